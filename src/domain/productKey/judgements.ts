import { refuse, type Decision } from '../decision.js';
import type { MessageCode } from '../messages/messages.js';
import type { Judgement, RuledDecision } from '../rules/judgement.js';
import type { RuleBook } from '../rules/ruleBook.js';

/** What the rules make of a request. */
export interface Judged {
  readonly decision: RuledDecision;
  /** Of rules that refuse, those that are violated. */
  readonly violated: readonly Judgement[];
  /** Ids of rules that warn and whose warning nobody accepted. */
  readonly unaccepted: readonly string[];
}

/** A rule that warns, or that would refuse and cannot tell, warns; the person who asks must accept each warning by its rule. */
export function weigh(rules: RuleBook, judgements: readonly Judgement[], acceptedWarnings: readonly string[]): Judged {
  const marked = judgements.map((judgement): Judgement => (warns(judgement) && acceptedWarnings.includes(judgement.rule) ? { ...judgement, accepted: true } : judgement));
  return {
    decision: { ruleset: rules.digest, judgements: marked },
    violated: marked.filter(({ effect, outcome }) => effect === 'REFUSE' && outcome === 'VIOLATED'),
    unaccepted: [...new Set(marked.filter((judgement) => warns(judgement) && judgement.accepted === undefined).map(({ rule }) => rule))],
  };
}

export function warningRefusal<Event>(unaccepted: readonly string[]): Decision<Event> {
  return refuse('WARNING_NOT_ACCEPTED', { rules: unaccepted.join(', ') }, unaccepted);
}

/** The code that tells which rule refuses. */
export function codeOf(rule: string): MessageCode {
  return CODES[rule] ?? 'REFUSED_BY_RULE';
}

function warns({ effect, outcome }: Judgement): boolean {
  if (outcome === 'NOT_DETERMINED') return effect === 'REFUSE' || effect === 'WARN';
  return outcome === 'VIOLATED' && effect === 'WARN';
}

const CODES: Readonly<Record<string, MessageCode>> = {
  'B-1': 'LIMIT_REACHED',
  'B-6': 'PRODUCT_NOT_COVERED',
  'K-4': 'KMS_LIMIT_REACHED',
  'K-5': 'PRODUCT_NOT_COVERED',
  'K-6': 'KMS_SYSTEM_UNSUITED',
};
