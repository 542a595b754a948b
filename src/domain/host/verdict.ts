/** What the judgements of the rules come to for a request. */
import type { MessageCode } from '../messages/messages.js';
import type { Judgement } from '../rules/judgement.js';

export type Verdict =
  /** A warning is not accepted: the command is refused, and nothing is recorded. */
  | { readonly kind: 'warned'; readonly rules: readonly string[] }
  /** A rule forbids it: recorded as a refusal. */
  | { readonly kind: 'forbidden'; readonly code: MessageCode; readonly rules: readonly string[]; readonly judgements: readonly Judgement[] }
  | { readonly kind: 'allowed'; readonly judgements: readonly Judgement[] };

/**
 * A rule that refuses comes before warnings: what is forbidden is recorded as such whether or not warnings were accepted. Missing
 * input warns and never refuses (DOMAIN, section 4).
 */
export function verdictOf(judged: readonly Judgement[], acceptedWarnings: readonly string[]): Verdict {
  const judgements = judged.map((judgement) => withAcceptance(judgement, acceptedWarnings));
  const violated = judgements.filter(({ effect, outcome }) => effect === 'REFUSE' && outcome === 'VIOLATED').map(({ rule }) => rule);
  const [first] = violated;
  if (first !== undefined) return { kind: 'forbidden', code: REFUSAL_CODES[first] ?? 'RULES_FORBID', rules: violated, judgements };
  const open = judgements.filter((judgement) => isWarning(judgement) && judgement.accepted !== true).map(({ rule }) => rule);
  return open.length === 0 ? { kind: 'allowed', judgements } : { kind: 'warned', rules: open };
}

/** What a refusal by a rule of the field is called; rules that were configured share one code. */
const REFUSAL_CODES: Readonly<Record<string, MessageCode>> = {
  'R-2': 'COPY_NOT_IDENTICAL',
  'R-3': 'ACTIVATION_NOT_GRANTED',
  'R-4': 'DOWNGRADE_NOT_ALLOWED',
  'R-6': 'SBS_NOT_SERVED_SO',
};

function withAcceptance(judgement: Judgement, acceptedWarnings: readonly string[]): Judgement {
  return isWarning(judgement) && acceptedWarnings.includes(judgement.rule) ? { ...judgement, accepted: true } : judgement;
}

function isWarning({ effect, outcome }: Judgement): boolean {
  if (outcome === 'NOT_DETERMINED') return effect === 'REFUSE' || effect === 'WARN';
  return effect === 'WARN' && outcome === 'VIOLATED';
}
