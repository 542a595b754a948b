/** What a rule does when it is violated (DOMAIN, section 4). */
export const RULE_EFFECTS = ['REFUSE', 'WARN', 'ADVISE', 'FACT'] as const;
export type RuleEffect = (typeof RULE_EFFECTS)[number];

/** `NOT_DETERMINED`: an input is missing, or the product is outside the rule's table. It warns and never refuses. */
export const RULE_OUTCOMES = ['SATISFIED', 'VIOLATED', 'NOT_DETERMINED'] as const;
export type RuleOutcome = (typeof RULE_OUTCOMES)[number];

/** A rule's answer, as it is stored with a decision. */
export interface Judgement {
  /** Id of the rule. */
  readonly rule: string;
  readonly effect: RuleEffect;
  readonly outcome: RuleOutcome;
  /** What it was judged on. */
  readonly inputs: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** The person who asked accepted the warning. */
  readonly accepted?: true | undefined;
}

/** Why a request was granted or refused: what was in force, and what each rule made of it. */
export interface RuledDecision {
  /** Digest of the rules and figures in force (`RulesetActivated`). */
  readonly ruleset: string;
  readonly judgements: readonly Judgement[];
}
