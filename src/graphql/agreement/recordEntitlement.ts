import { Arg, createUnionType, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { EntitlementOutcome } from '../../application/agreementPort.js';
import type { ProductPool } from '../../domain/vocabulary.js';
import { CommandInput, commandMeta } from '../command/input.js';
import { CommandRefused, invalidInput } from '../command/refusal.js';
import type { LedgerContext } from '../context.js';
import { presentMoment } from '../moment.js';
import { CalendarDateScalar } from '../scalars/calendarDate.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { ProductPoolEnum } from '../vocabulary.js';
import { agreementOf, notAnAgreement } from './registerAgreement.js';
import { Entitlement, readEntitlementId } from './type.js';

@InputType({ description: 'Licences that were bought.' })
export class RecordEntitlementInput extends CommandInput {
  @Field(() => ID, { description: 'The agreement they were bought under.' })
  agreement!: string;

  @Field(() => String, { description: 'Product they are for.' })
  product!: string;

  @Field(() => Int, { description: 'How many.' })
  quantity!: number;

  @Field(() => String, { nullable: true, description: 'Part number.' })
  partNumber?: string | null;

  @Field(() => ProductPoolEnum, { nullable: true, description: 'Pool of the product (rule P-4).' })
  pool?: ProductPool | null;

  @Field(() => CalendarDateScalar, { description: 'First day on which they count.' })
  from!: string;

  @Field(() => CalendarDateScalar, { nullable: true, description: 'Last day on which they count; left out where they have no end.' })
  until?: string | null;
}

@InputType({ description: 'What has changed about licences that were bought; what is left out stays.' })
export class AmendEntitlementInput extends CommandInput {
  @Field(() => ID, { description: 'The entitlement.' })
  entitlement!: string;

  @Field(() => Int, { nullable: true, description: 'How many from now on.' })
  quantity?: number | null;

  @Field(() => CalendarDateScalar, { nullable: true, description: 'Last day on which they count.' })
  until?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'The command on an entitlement was carried out.' })
export class EntitlementCommandSuccess {
  @Field(() => SequenceScalar, { description: 'The command\'s last event.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  readonly applied: boolean;

  @Field(() => Entitlement, { nullable: true, description: 'The entitlement; null while queries do not show it.' })
  readonly entitlement: Entitlement | undefined;

  constructor(sequence: number, applied: boolean, entitlement: Entitlement | undefined) {
    this.sequence = sequence;
    this.applied = applied;
    this.entitlement = entitlement;
  }
}

export const EntitlementCommandResult = createUnionType({
  name: 'EntitlementCommandResult',
  description: 'Success, or why not.',
  types: () => [EntitlementCommandSuccess, CommandRefused] as const,
});

@Resolver()
export class RecordEntitlementResolver {
  @Mutation(() => EntitlementCommandResult, { description: 'Records licences that were bought under an agreement.' })
  async recordEntitlement(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RecordEntitlementInput, { description: 'The licences.' }) input: RecordEntitlementInput,
  ): Promise<EntitlementCommandSuccess | CommandRefused> {
    const agreement = agreementOf(input.agreement);
    if (agreement === undefined) return notAnAgreement();
    const { product, quantity, from } = input;
    const bought = { agreement, product, quantity, from, partNumber: input.partNumber ?? undefined, pool: input.pool ?? undefined, until: input.until ?? undefined };
    return entitlementResult(context, await context.services.application.recordEntitlement(bought, commandMeta(context, input)));
  }

  @Mutation(() => EntitlementCommandResult, { description: 'Records that more or fewer licences count than were bought at first, or until another day.' })
  async amendEntitlement(
    @Ctx() context: LedgerContext,
    @Arg('input', () => AmendEntitlementInput, { description: 'The change.' }) input: AmendEntitlementInput,
  ): Promise<EntitlementCommandSuccess | CommandRefused> {
    const entitlement = readEntitlementId(input.entitlement);
    if (entitlement === undefined) return invalidInput('NOT_AN_ENTITLEMENT', ['entitlement']);
    const amendment = { ...entitlement, quantity: input.quantity ?? undefined, until: input.until ?? undefined };
    return entitlementResult(context, await context.services.application.amendEntitlement(amendment, commandMeta(context, input)));
  }
}

function entitlementResult(context: LedgerContext, outcome: EntitlementOutcome): EntitlementCommandSuccess | CommandRefused {
  if (outcome.kind === 'refused') return new CommandRefused(outcome);
  const { sequence, applied, agreement, entitlement } = outcome;
  const row = applied ? context.services.readModel.agreements.entitlement(agreement, entitlement) : undefined;
  return new EntitlementCommandSuccess(sequence, applied, row && new Entitlement(row, presentMoment(context)));
}
