import { Field, Int, ObjectType } from 'type-graphql';
import type { AdvisedOption as OptionRow, Connectivity, Suitability } from '../../domain/advice/facts.js';
import type { WipeAdvice as WipeAdviceRow } from '../../domain/advice/wipeAdvice.js';
import { sentenceOf, type Statement } from '../../domain/messages/advice.js';
import { rulesInForce } from '../../domain/rules/makeRuleBook.js';
import type { ActivationMethod } from '../../domain/vocabulary.js';
import type { StreamId } from '../../kernel/identifiers.js';
import { shownHost, shownKey } from '../command/result.js';
import type { LedgerContext } from '../context.js';
import { describedEnum } from '../describedEnum.js';
import { Host } from '../host/type.js';
import { ProductKey } from '../productKey/type.js';
import { Citation } from '../rule/type.js';
import { ActivationMethodEnum } from '../vocabulary.js';

export const ConnectivityEnum = describedEnum<Connectivity>('Connectivity', 'How machines reach Microsoft.', {
  ONLINE: 'Over the internet.',
  PHONE: 'By telephone.',
  NONE: 'Not at all; a station may act on their behalf.',
});

export const SuitabilityEnum = describedEnum<Suitability>('Suitability', 'How well a way to activate serves.', {
  RECOMMENDED: 'The best that works now.',
  POSSIBLE: 'It works now.',
  NEEDS_STEPS: 'It works once its remedies are done.',
  NOT_POSSIBLE: 'It does not work.',
});

export const IdUsableEnum = describedEnum<'YES' | 'NO' | 'NOT_KNOWN'>('ConfirmationIdUsable', 'Whether a stored confirmation id fits the machine.', {
  YES: 'The hardware is unchanged.',
  NO: 'None is stored, or the hardware has changed.',
  NOT_KNOWN: 'One is stored, and what the hardware is now was not said.',
});

@ObjectType({ simpleResolvers: true, description: 'One sentence of advice.' })
export class AdviceStatement {
  @Field(() => String, { description: 'Stable code, upper snake case.' })
  readonly code: string;

  @Field(() => String, { description: 'The sentence, in the language of the request.' })
  readonly text: string;

  @Field(() => [String], { description: 'Ids of the rules behind it.' })
  readonly rules: readonly string[];

  @Field(() => [Citation], { description: 'Where those rules come from.' })
  readonly citations: readonly Citation[];

  constructor(statement: Statement, { services, language }: LedgerContext) {
    this.code = statement.code;
    this.text = sentenceOf(statement, language);
    this.rules = statement.rules;
    this.citations = rulesInForce(services.rules.parts, services.now())
      .filter(({ id }) => statement.rules.includes(id))
      .flatMap(({ citations }) => citations.map((citation) => new Citation(citation, language)));
  }
}

@ObjectType({ simpleResolvers: true, description: 'Activations that a way to activate spends.' })
export class AdviceCost {
  @Field(() => Int, { description: 'At least.' })
  readonly least: number;

  @Field(() => Int, { description: 'At most.' })
  readonly most: number;

  constructor({ least, most }: OptionRow['cost']) {
    this.least = least;
    this.most = most;
  }
}

@ObjectType({ simpleResolvers: true, description: 'One way to activate.' })
export class ActivationOption {
  readonly row: OptionRow;
  readonly context: LedgerContext;

  constructor(row: OptionRow, context: LedgerContext) {
    this.row = row;
    this.context = context;
  }

  @Field(() => ActivationMethodEnum, { description: 'The method.' })
  get method(): ActivationMethod {
    return this.row.method;
  }

  @Field(() => SuitabilityEnum, { description: 'How well it serves.' })
  get suitability(): Suitability {
    return this.row.suitability;
  }

  @Field(() => Boolean, { description: 'Whether the stored confirmation id is applied again.' })
  get withStoredConfirmationId(): boolean {
    return this.row.withStoredConfirmationId;
  }

  @Field(() => ProductKey, { nullable: true, description: 'The key it takes, where it is one that is registered.' })
  get productKey(): ProductKey | undefined {
    return shownKey(this.row.key?.key as StreamId | undefined, this.context);
  }

  @Field(() => String, { nullable: true, description: 'Name of the KMS host or activation object.' })
  get through(): string | undefined {
    return this.row.through;
  }

  @Field(() => AdviceCost, { description: 'What it spends.' })
  get cost(): AdviceCost {
    return new AdviceCost(this.row.cost);
  }

  @Field(() => [AdviceStatement], { description: 'What speaks for it.' })
  get reasons(): readonly AdviceStatement[] {
    return statements(this.row.reasons, this.context);
  }

  @Field(() => [AdviceStatement], { description: 'What speaks against it.' })
  get objections(): readonly AdviceStatement[] {
    return statements(this.row.objections, this.context);
  }

  @Field(() => [AdviceStatement], { description: 'What to do about that.' })
  get remedies(): readonly AdviceStatement[] {
    return statements(this.row.remedies, this.context);
  }
}

@ObjectType({ simpleResolvers: true, description: 'The ways to activate, best first.' })
export class ActivationAdvice {
  @Field(() => [ActivationOption], { description: 'Best first; empty for a product older than volume activation.' })
  readonly options: readonly ActivationOption[];

  @Field(() => [AdviceStatement], { description: 'What else is good to know.' })
  readonly notes: readonly AdviceStatement[];

  constructor({ options, notes }: { readonly options: readonly OptionRow[]; readonly notes: readonly Statement[] }, context: LedgerContext) {
    this.options = options.map((row) => new ActivationOption(row, context));
    this.notes = statements(notes, context);
  }
}

@ObjectType({ simpleResolvers: true, description: 'What a technician asks before a host is wiped.' })
export class WipeAdvice {
  readonly stream: StreamId;
  readonly row: WipeAdviceRow;
  readonly context: LedgerContext;

  @Field(() => String, { description: 'The product it is about.' })
  readonly product: string;

  constructor(stream: StreamId, product: string, row: WipeAdviceRow, context: LedgerContext) {
    this.stream = stream;
    this.product = product;
    this.row = row;
    this.context = context;
  }

  @Field(() => Host, { nullable: true, description: 'The host; null while queries do not show it.' })
  get host(): Host | undefined {
    return shownHost(this.stream, this.context);
  }

  @Field(() => Boolean, { description: 'Whether a confirmation id of it is stored.' })
  get confirmationIdStored(): boolean {
    return this.row.confirmationId.stored;
  }

  @Field(() => IdUsableEnum, { description: 'Whether the stored confirmation id fits.' })
  get confirmationIdUsable(): 'YES' | 'NO' | 'NOT_KNOWN' {
    return this.row.confirmationId.usable;
  }

  @Field(() => AdviceCost, { nullable: true, description: 'What the best way spends; null where none works as things stand.' })
  get cost(): AdviceCost | undefined {
    return this.row.cost && new AdviceCost(this.row.cost);
  }

  @Field(() => [ActivationOption], { description: 'Ways to activate it afterwards, best first.' })
  get options(): readonly ActivationOption[] {
    return this.row.options.map((row) => new ActivationOption(row, this.context));
  }

  @Field(() => [AdviceStatement], { description: 'What else is good to know.' })
  get notes(): readonly AdviceStatement[] {
    return statements(this.row.notes, this.context);
  }
}

function statements(rows: readonly Statement[], context: LedgerContext): readonly AdviceStatement[] {
  return rows.map((row) => new AdviceStatement(row, context));
}
