import type { RuleOutcome } from './judgement.js';

/** True, false, or not known. */
export type Truth = boolean | undefined;

/** False as soon as one is false; else unknown as soon as one is unknown. */
export function every(...truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

/** True as soon as one is true; else unknown as soon as one is unknown. */
export function some(...truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

export function outcomeOf(truth: Truth): RuleOutcome {
  if (truth === undefined) return 'NOT_DETERMINED';
  return truth ? 'SATISFIED' : 'VIOLATED';
}
