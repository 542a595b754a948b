import type { InstantText } from '../event.js';
import type { Statement } from '../messages/advice.js';
import type { RuleOutcome } from '../rules/judgement.js';
import type { JudgedRuleId, RuleBook, RuleInputs } from '../rules/ruleBook.js';
import type { AdvisedOption, Suitability } from './facts.js';

/** The rules, on the day that is asked about. */
export type RulesOnDay = Pick<RuleBook, 'judge' | 'figure'>;

/**
 * What the rules come to: violated as soon as one is, else not determined as soon as one is not; undefined where none is about the
 * case.
 */
export function outcomeOn<Id extends JudgedRuleId>(rules: RulesOnDay, id: Id, inputs: RuleInputs[Id], on: InstantText): RuleOutcome | undefined {
  const outcomes = rules.judge(id, inputs, on).map(({ outcome }) => outcome);
  if (outcomes.includes('VIOLATED')) return 'VIOLATED';
  return outcomes.includes('NOT_DETERMINED') ? 'NOT_DETERMINED' : outcomes[0];
}

/** What was found for and against an option. */
export interface Finding {
  readonly reasons?: readonly Statement[];
  readonly objections?: readonly Statement[];
  readonly remedies?: readonly Statement[];
  /** How far the objections go: they speak against it, must be dealt with first, or rule it out. */
  readonly weight?: 'DOUBT' | 'STEP' | 'OBSTACLE';
}

/** The findings together. */
export function assessed(findings: readonly Finding[]): Pick<AdvisedOption, 'suitability' | 'reasons' | 'objections' | 'remedies'> {
  const weights = findings.filter(({ objections = [] }) => objections.length > 0).map(({ weight }) => weight);
  return {
    suitability: suitabilityOf(weights),
    reasons: findings.flatMap(({ reasons = [] }) => reasons),
    objections: findings.flatMap(({ objections = [] }) => objections),
    remedies: findings.flatMap(({ remedies = [] }) => remedies),
  };
}

function suitabilityOf(weights: readonly Finding['weight'][]): Suitability {
  if (weights.includes('OBSTACLE')) return 'NOT_POSSIBLE';
  return weights.includes('STEP') ? 'NEEDS_STEPS' : 'POSSIBLE';
}
