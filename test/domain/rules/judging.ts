import { builtInRules } from '../../../src/domain/rules/builtIn.js';
import type { RuleOutcome } from '../../../src/domain/rules/judgement.js';
import type { CopyInputs, JudgedRuleId, RuleInputs } from '../../../src/domain/rules/ruleBook.js';

export const ON = '2026-03-01T12:00:00.000Z';

/** The outcome of a built-in rule; undefined where it is not about the case. */
export function outcome<Id extends JudgedRuleId>(id: Id, inputs: RuleInputs[Id]): RuleOutcome | undefined {
  const answers = builtInRules.judge(id, inputs, ON);
  if (answers.length > 1) throw new Error(`${id} answered ${answers.length} times`);
  return answers[0]?.outcome;
}

export function copy(product: string | undefined, edition?: string, language?: string, version?: string): CopyInputs {
  return { product, edition, language, version };
}
