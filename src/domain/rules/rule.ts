import type { LocalisedText } from '../messages/message.js';
import type { FigureInForce } from './figures.js';
import type { RuleEffect, RuleOutcome } from './judgement.js';
import type { JudgedRuleId, RuleInputs } from './ruleBook.js';
import type { Citation } from './sources.js';

export const RULE_KINDS = ['V', 'K', 'A', 'B', 'G', 'P', 'R'] as const;
/** V: what volume activation is; K: KMS; A: Active Directory; B: MAK budgets; G: grace; P: product keys; R: rights. */
export type RuleKind = (typeof RULE_KINDS)[number];

/** A rule as people read it. */
export interface Rule {
  readonly id: string;
  readonly kind: RuleKind;
  readonly effect: RuleEffect;
  readonly title: LocalisedText;
  readonly citations: readonly Citation[];
  /** First date on which it holds, `YYYY-MM-DD`; undefined: from the beginning of volume activation. */
  readonly validFrom: string | undefined;
  /** Last date on which it holds; undefined: no end is known. */
  readonly validTo: string | undefined;
  /** Names of what it is judged on; `licensed.product` is a member of `licensed`. */
  readonly inputs: readonly string[];
  /** What it looks up, as data; undefined where it needs no table. */
  readonly table?: unknown;
  /** Raised when the same inputs give another answer: decisions name a digest over it. */
  readonly revision: number;
}

/** A rule that is judged on the inputs of `Id`. */
export interface RuleOf<Id extends JudgedRuleId> extends Rule {
  /** Undefined: the case is not one that the rule is about. */
  readonly judge: (inputs: RuleInputs[Id], figure: FigureInForce) => RuleOutcome | undefined;
  /** Where the inputs decide the effect. */
  readonly effectOn?: (inputs: RuleInputs[Id]) => RuleEffect;
}

/** The rules that come with the ledger, each under its id. */
export type BuiltInRules = { readonly [Id in JudgedRuleId]: RuleOf<Id> };

export interface RuleCase {
  /** By name of the input. A case without conditions always holds. */
  readonly when: Readonly<Record<string, RuleCondition>>;
  readonly outcome: RuleOutcome;
}

/** One of these values, or a number from `min` to `max`. */
export type RuleCondition =
  | { readonly kind: 'oneOf'; readonly values: readonly (string | number | boolean)[] }
  | { readonly kind: 'range'; readonly min: number | undefined; readonly max: number | undefined };

/** What a configured rule decides by. */
export interface CaseTable {
  /** The first whose conditions all hold decides. */
  readonly cases: readonly RuleCase[];
  /** What holds where no case does. */
  readonly otherwise: RuleOutcome;
}

/** A rule from a configuration: a later version of a built-in one, or one of its own. */
export interface ConfiguredRule extends Rule {
  /** The built-in rule on whose inputs it is judged. */
  readonly judgedWith: JudgedRuleId;
  readonly table: CaseTable;
  readonly judge: (inputs: object) => RuleOutcome;
}

/** What of a built-in rule is not the same for all. */
export type RuleDefinition<Id extends JudgedRuleId> = Omit<RuleOf<Id>, 'id' | 'kind' | 'validFrom' | 'validTo' | 'revision'> & {
  readonly revision?: number;
};

/** A rule that comes with the ledger. */
export function builtInRule<Id extends JudgedRuleId>(id: Id, definition: RuleDefinition<Id>): RuleOf<Id> {
  return { id, kind: kindOf(id), validFrom: undefined, validTo: undefined, revision: 1, ...definition };
}

/** The kind that an id begins with. */
export function kindOf(id: string): RuleKind {
  const kind = RULE_KINDS.find((each) => id.startsWith(`${each}-`));
  if (kind === undefined) throw new Error(`rule ${id} is of no kind`);
  return kind;
}
