import type { Judgement, RuleOutcome } from '../../src/domain/rules/judgement.js';
import type { JudgedRuleId, RuleBook } from '../../src/domain/rules/ruleBook.js';

export const RULESET = 'd'.repeat(64);

const WARNING_RULES: ReadonlySet<string> = new Set(['K-7', 'K-12', 'P-4', 'R-1', 'R-5', 'R-7', 'R-8']);

/** What the rule of that id says, in its effect of DOMAIN section 4; the inputs are left out of stored judgements here. */
export function says(rule: string, outcome: RuleOutcome = 'SATISFIED', accepted?: true): Judgement {
  const judgement = { rule, effect: WARNING_RULES.has(rule) ? ('WARN' as const) : ('REFUSE' as const), outcome, inputs: {} };
  return accepted === undefined ? judgement : { ...judgement, accepted };
}

export interface AskedRule {
  readonly rule: string;
  readonly inputs: object;
  readonly on: string;
}

/** Rules that say what a test gives for them and are satisfied otherwise; `asked` collects what they were asked. */
export function givenRules(answers: Readonly<Record<string, readonly Judgement[]>> = {}, asked: AskedRule[] = []): RuleBook {
  return {
    digest: RULESET,
    judge: (rule: JudgedRuleId, inputs, on) => {
      asked.push({ rule, inputs, on });
      if (rule === 'R-3' && answers[rule] === undefined) return [says(rule, 'granted' in inputs && inputs.granted ? 'SATISFIED' : 'VIOLATED')];
      return answers[rule] ?? [says(rule)];
    },
    figure: (id) => {
      throw new Error(`No test here asks for ${id}.`);
    },
  };
}
