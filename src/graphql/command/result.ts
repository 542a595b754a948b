import { createUnionType, Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { CommandOutcome } from '../../application/port.js';
import type { BulkOutcome } from '../../application/requestPort.js';
import type { StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { Host } from '../host/type.js';
import { presentMoment } from '../moment.js';
import { ProductKey } from '../productKey/type.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { CommandRefused } from './refusal.js';

type Done = Exclude<CommandOutcome, { kind: 'refused' }>;

@InterfaceType({ description: 'A command that was carried out.' })
export abstract class CommandDone {
  readonly outcome: Done;
  readonly context: LedgerContext;

  constructor(outcome: Done, context: LedgerContext) {
    this.outcome = outcome;
    this.context = context;
  }

  @Field(() => SequenceScalar, { description: 'The command\'s last event.' })
  get sequence(): number {
    return this.outcome.sequence;
  }

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  get applied(): boolean {
    return this.outcome.applied;
  }
}

@ObjectType({ implements: CommandDone, simpleResolvers: true, description: 'The command on a product key was carried out.' })
export class ProductKeyCommandSuccess extends CommandDone {
  @Field(() => ProductKey, { nullable: true, description: 'The key; null while queries do not show it.' })
  get productKey(): ProductKey | undefined {
    return shownKey(this.outcome.id, this.context);
  }
}

@ObjectType({ implements: CommandDone, simpleResolvers: true, description: 'The command on a host was carried out.' })
export class HostCommandSuccess extends CommandDone {
  @Field(() => Host, { nullable: true, description: 'The host; null while queries do not show it.' })
  get host(): Host | undefined {
    return shownHost(this.outcome.id, this.context);
  }
}

@ObjectType({ implements: CommandDone, simpleResolvers: true, description: 'The correction is recorded.' })
export class CorrectionSuccess extends CommandDone {
  @Field(() => String, { description: 'The stream of the event that was corrected.' })
  get stream(): string {
    return this.outcome.id;
  }
}

export const ProductKeyCommandResult = createUnionType({
  name: 'ProductKeyCommandResult',
  description: 'Success, or why not.',
  types: () => [ProductKeyCommandSuccess, CommandRefused] as const,
});

export const HostCommandResult = createUnionType({
  name: 'HostCommandResult',
  description: 'Success, or why not.',
  types: () => [HostCommandSuccess, CommandRefused] as const,
});

export const CorrectionResult = createUnionType({
  name: 'CorrectionResult',
  description: 'Success, or why not.',
  types: () => [CorrectionSuccess, CommandRefused] as const,
});

export function productKeyResult(outcome: CommandOutcome, context: LedgerContext): ProductKeyCommandSuccess | CommandRefused {
  return outcome.kind === 'refused' ? new CommandRefused(outcome) : new ProductKeyCommandSuccess(outcome, context);
}

export function hostResult(outcome: CommandOutcome, context: LedgerContext): HostCommandSuccess | CommandRefused {
  return outcome.kind === 'refused' ? new CommandRefused(outcome) : new HostCommandSuccess(outcome, context);
}

export function correctionResult(outcome: CommandOutcome, context: LedgerContext): CorrectionSuccess | CommandRefused {
  return outcome.kind === 'refused' ? new CommandRefused(outcome) : new CorrectionSuccess(outcome, context);
}

@ObjectType({ simpleResolvers: true, description: 'The answers to commands on product keys that were sent together.' })
export class ProductKeyCommandsAnswered {
  @Field(() => [ProductKeyCommandResult], { description: 'One for each item, in their order.' })
  readonly results: readonly (ProductKeyCommandSuccess | CommandRefused)[];

  @Field(() => Int, { description: 'Items carried out.' })
  readonly done: number;

  @Field(() => Int, { description: 'Items refused.' })
  readonly refused: number;

  constructor(outcomes: readonly CommandOutcome[], context: LedgerContext) {
    this.results = outcomes.map((outcome) => productKeyResult(outcome, context));
    this.done = outcomes.filter(({ kind }) => kind === 'done').length;
    this.refused = outcomes.length - this.done;
  }
}

export const ProductKeyCommandsResult = createUnionType({
  name: 'ProductKeyCommandsResult',
  description: 'An answer to each item, or why none was taken.',
  types: () => [ProductKeyCommandsAnswered, CommandRefused] as const,
});

export function productKeyResults(outcome: BulkOutcome<CommandOutcome>, context: LedgerContext): ProductKeyCommandsAnswered | CommandRefused {
  return outcome.kind === 'refused' ? new CommandRefused(outcome) : new ProductKeyCommandsAnswered(outcome.outcomes, context);
}

@ObjectType({ simpleResolvers: true, description: 'The answers to commands on hosts that were sent together.' })
export class HostCommandsAnswered {
  @Field(() => [HostCommandResult], { description: 'One for each item, in their order.' })
  readonly results: readonly (HostCommandSuccess | CommandRefused)[];

  @Field(() => Int, { description: 'Items carried out; in a dry run, those that would be.' })
  readonly done: number;

  @Field(() => Int, { description: 'Items refused.' })
  readonly refused: number;

  constructor(outcomes: readonly CommandOutcome[], context: LedgerContext) {
    this.results = outcomes.map((outcome) => hostResult(outcome, context));
    this.done = outcomes.filter(({ kind }) => kind === 'done').length;
    this.refused = outcomes.length - this.done;
  }
}

export const HostCommandsResult = createUnionType({
  name: 'HostCommandsResult',
  description: 'An answer to each item, or why none was taken.',
  types: () => [HostCommandsAnswered, CommandRefused] as const,
});

export function hostResults(outcome: BulkOutcome<CommandOutcome>, context: LedgerContext): HostCommandsAnswered | CommandRefused {
  return outcome.kind === 'refused' ? new CommandRefused(outcome) : new HostCommandsAnswered(outcome.outcomes, context);
}

/** A key as queries show it now. */
export function shownKey(key: StreamId | undefined, context: LedgerContext): ProductKey | undefined {
  const row = key === undefined ? undefined : context.services.readModel.productKeys.byKey(key);
  return row && new ProductKey(row, presentMoment(context));
}

/** A host as queries show it now. */
export function shownHost(host: StreamId | undefined, context: LedgerContext): Host | undefined {
  if (host === undefined) return undefined;
  const moment = presentMoment(context);
  const row = context.services.readModel.hosts.byHost(host, moment);
  return row && new Host(row, moment);
}
