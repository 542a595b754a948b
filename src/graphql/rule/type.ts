import { Field, Int, ObjectType } from 'type-graphql';
import type { Language } from '../../domain/messages/message.js';
import type { Figure as FigureRow } from '../../domain/rules/figures.js';
import type { RuleEffect, RuleOutcome } from '../../domain/rules/judgement.js';
import type { CaseTable, Rule as RuleRow, RuleCase as RuleCaseRow, RuleCondition as RuleConditionRow, RuleKind } from '../../domain/rules/rule.js';
import type { Citation as CitationRow } from '../../domain/rules/sources.js';
import { describedEnum } from '../describedEnum.js';

export const RuleKindEnum = describedEnum<RuleKind>('RuleKind', 'What a rule is about: the letter of its id.', {
  V: 'What volume activation is.',
  K: 'Key management service (KMS).',
  A: 'Active Directory-based activation.',
  B: 'Budgets of multiple activation keys.',
  G: 'Grace periods.',
  P: 'Product keys.',
  R: 'Rights; they change with the Product Terms and may be configured.',
});

export const RuleEffectEnum = describedEnum<RuleEffect>('RuleEffect', 'What a rule does where it is violated.', {
  REFUSE: 'The request is refused.',
  WARN: 'The caller must accept the warning.',
  ADVISE: 'Advice says so.',
  FACT: 'It is used in computing.',
});

@ObjectType({ simpleResolvers: true, description: 'Where a rule comes from.' })
export class Citation {
  @Field(() => String, { description: 'The document.' })
  readonly document: string;

  @Field(() => String, { description: 'The question or section in it.' })
  readonly place: string;

  constructor({ document, place }: CitationRow, language: Language) {
    this.document = document[language];
    this.place = place[language];
  }
}

export const RuleOutcomeEnum = describedEnum<RuleOutcome>('RuleOutcome', 'What a rule made of its inputs.', {
  SATISFIED: 'Nothing speaks against it.',
  VIOLATED: 'It speaks against the request.',
  NOT_DETERMINED: 'An input is missing, or the product is outside its table: a warning, never a denial.',
});

@ObjectType({ simpleResolvers: true, description: 'What a case asks of one input: one of some values, or a number within bounds.' })
export class RuleCondition {
  @Field(() => String, { description: 'The input.' })
  readonly input: string;

  @Field(() => [String], { nullable: true, description: 'It is one of these; null where bounds are given.' })
  readonly oneOf: readonly string[] | undefined;

  @Field(() => String, { nullable: true, description: 'It is a number, and at least this.' })
  readonly min: string | undefined;

  @Field(() => String, { nullable: true, description: 'It is a number, and at most this.' })
  readonly max: string | undefined;

  constructor(input: string, condition: RuleConditionRow) {
    this.input = input;
    this.oneOf = condition.kind === 'oneOf' ? condition.values.map(String) : undefined;
    this.min = condition.kind === 'range' ? condition.min?.toString() : undefined;
    this.max = condition.kind === 'range' ? condition.max?.toString() : undefined;
  }
}

@ObjectType({ simpleResolvers: true, description: 'A case of a configured rule.' })
export class RuleCase {
  @Field(() => [RuleCondition], { description: 'What all have to hold; a case without conditions always holds.' })
  readonly when: readonly RuleCondition[];

  @Field(() => RuleOutcomeEnum, { description: 'What the rule answers then.' })
  readonly outcome: RuleOutcome;

  constructor({ when, outcome }: RuleCaseRow) {
    this.when = Object.entries(when).map(([input, condition]) => new RuleCondition(input, condition));
    this.outcome = outcome;
  }
}

@ObjectType({ simpleResolvers: true, description: 'A rule that requests, advice and figures go by.' })
export class Rule {
  @Field(() => String, { description: 'Its id, which decisions and refusals name: `R-2`.' })
  readonly id: string;

  @Field(() => RuleKindEnum, { description: 'What it is about.' })
  readonly kind: RuleKind;

  @Field(() => RuleEffectEnum, { description: 'What it does where it is violated.' })
  readonly effect: RuleEffect;

  @Field(() => String, { description: 'What it says, in the language of the request (`Accept-Language`: English or French).' })
  readonly title: string;

  @Field(() => [Citation], { description: 'Where it comes from.' })
  readonly citations: readonly Citation[];

  @Field(() => String, { nullable: true, description: 'First date on which it holds, `YYYY-MM-DD`; null: from the beginning of volume activation.' })
  readonly validFrom: string | undefined;

  @Field(() => String, { nullable: true, description: 'Last date on which it holds, `YYYY-MM-DD`; null: no end is known.' })
  readonly validTo: string | undefined;

  @Field(() => [String], { description: 'What it is judged on; `licensed.product` is the product of what is licensed. A configured rule may name these in its conditions.' })
  readonly inputs: readonly string[];

  @Field(() => Boolean, { description: 'Whether the configuration replaced, ended or added it.' })
  readonly configured: boolean;

  @Field(() => [RuleCase], { nullable: true, description: 'Of a rule that the configuration replaced or added: its cases, of which the first that holds decides.' })
  readonly cases: readonly RuleCase[] | undefined;

  @Field(() => RuleOutcomeEnum, { nullable: true, description: 'Of such a rule: what it answers where no case holds.' })
  readonly otherwise: RuleOutcome | undefined;

  /** `table`: of a rule that the configuration replaced or added. */
  constructor(row: RuleRow, configured: boolean, language: Language, table: CaseTable | undefined) {
    this.id = row.id;
    this.kind = row.kind;
    this.effect = row.effect;
    this.title = row.title[language];
    this.citations = row.citations.map((citation) => new Citation(citation, language));
    this.validFrom = row.validFrom;
    this.validTo = row.validTo;
    this.inputs = row.inputs;
    this.configured = configured;
    this.cases = table?.cases.map((each) => new RuleCase(each));
    this.otherwise = table?.otherwise;
  }
}

@ObjectType({ simpleResolvers: true, description: 'A dated figure that rules compute with.' })
export class RuleFigure {
  @Field(() => String, { description: 'Its name: `KMS_HOST_SLOTS`.' })
  readonly id: string;

  @Field(() => String, { description: 'The rule it belongs to.' })
  readonly rule: string;

  @Field(() => Int, { description: 'Its value, in its unit.' })
  readonly value: number;

  @Field(() => String, { description: 'The unit: days, hours, machines, hosts, activations, contacts.' })
  readonly unit: string;

  @Field(() => String, { description: 'Where it comes from.' })
  readonly source: string;

  @Field(() => String, { nullable: true, description: 'First date on which it holds, `YYYY-MM-DD`; null: from the beginning of volume activation.' })
  readonly validFrom: string | undefined;

  constructor(row: FigureRow) {
    this.id = row.id;
    this.rule = row.rule;
    this.value = row.value;
    this.unit = row.unit;
    this.source = row.source;
    this.validFrom = row.validFrom;
  }
}

@ObjectType({ simpleResolvers: true, description: 'The rules and figures that decisions are made by.' })
export class Ruleset {
  @Field(() => String, { description: 'SHA-256 over all that decides, hexadecimal: each decision names it.' })
  readonly digest: string;

  @Field(() => [RuleFigure], { description: 'The figures in force.' })
  readonly figures: readonly RuleFigure[];

  constructor(digest: string, figures: readonly RuleFigure[]) {
    this.digest = digest;
    this.figures = figures;
  }
}
