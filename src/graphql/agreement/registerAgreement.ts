import { Arg, createUnionType, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { CommandOutcome } from '../../application/port.js';
import type { PriceLevel, Programme } from '../../domain/vocabulary.js';
import type { StreamId } from '../../kernel/identifiers.js';
import { CommandInput, commandMeta } from '../command/input.js';
import { CommandRefused, invalidInput } from '../command/refusal.js';
import type { LedgerContext } from '../context.js';
import { presentMoment } from '../moment.js';
import { readGlobalId } from '../relay/globalId.js';
import { CalendarDateScalar } from '../scalars/calendarDate.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { PriceLevelEnum, ProgrammeEnum } from '../vocabulary.js';
import { Agreement } from './type.js';

@InputType({ description: 'An agreement to enter into the ledger.' })
export class RegisterAgreementInput extends CommandInput {
  @Field(() => String, { description: 'The licence ID.' })
  licenceId!: string;

  @Field(() => ProgrammeEnum, { description: 'Its programme.' })
  programme!: Programme;

  @Field(() => PriceLevelEnum, { nullable: true, description: 'Its price level, where the programme has one (rule B-3).' })
  priceLevel?: PriceLevel | null;

  @Field(() => ID, { description: 'The organisation that holds it.' })
  organisation!: string;

  @Field(() => CalendarDateScalar, { nullable: true, description: 'Its first day.' })
  startsOn?: string | null;

  @Field(() => CalendarDateScalar, { nullable: true, description: 'The last day it is meant to have.' })
  endsOn?: string | null;
}

@InputType({ description: 'The end of an agreement.' })
export class EndAgreementInput extends CommandInput {
  @Field(() => ID, { description: 'The agreement.' })
  agreement!: string;

  @Field(() => CalendarDateScalar, { description: 'Its last day; not one that is still to come.' })
  endedOn!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The command on an agreement was carried out.' })
export class AgreementCommandSuccess {
  @Field(() => SequenceScalar, { description: 'The command\'s last event.' })
  readonly sequence: number;

  @Field(() => Boolean, { description: 'Whether queries show it already.' })
  readonly applied: boolean;

  @Field(() => Agreement, { nullable: true, description: 'The agreement; null while queries do not show it.' })
  readonly agreement: Agreement | undefined;

  constructor(sequence: number, applied: boolean, agreement: Agreement | undefined) {
    this.sequence = sequence;
    this.applied = applied;
    this.agreement = agreement;
  }
}

export const AgreementCommandResult = createUnionType({
  name: 'AgreementCommandResult',
  description: 'Success, or why not.',
  types: () => [AgreementCommandSuccess, CommandRefused] as const,
});

@Resolver()
export class RegisterAgreementResolver {
  @Mutation(() => AgreementCommandResult, { description: 'Enters an agreement into the ledger.' })
  async registerAgreement(
    @Ctx() context: LedgerContext,
    @Arg('input', () => RegisterAgreementInput, { description: 'The agreement.' }) input: RegisterAgreementInput,
  ): Promise<AgreementCommandSuccess | CommandRefused> {
    const organisation = readGlobalId(input.organisation);
    if (organisation?.kind !== 'Organisation') return invalidInput('NOT_AN_ORGANISATION', ['organisation']);
    const registration = {
      licenceId: input.licenceId,
      programme: input.programme,
      priceLevel: input.priceLevel ?? undefined,
      organisation: organisation.id,
      startsOn: input.startsOn ?? undefined,
      endsOn: input.endsOn ?? undefined,
    };
    return agreementResult(context, await context.services.application.registerAgreement(registration, commandMeta(context, input)));
  }

  @Mutation(() => AgreementCommandResult, { description: 'Records that an agreement has ended. Licences without an end of their own go on counting as owned.' })
  async endAgreement(
    @Ctx() context: LedgerContext,
    @Arg('input', () => EndAgreementInput, { description: 'The agreement and its last day.' }) input: EndAgreementInput,
  ): Promise<AgreementCommandSuccess | CommandRefused> {
    const agreement = agreementOf(input.agreement);
    if (agreement === undefined) return notAnAgreement();
    return agreementResult(context, await context.services.application.endAgreement({ agreement, endedOn: input.endedOn }, commandMeta(context, input)));
  }
}

/** The stream that an input's id names. */
export function agreementOf(id: string): StreamId | undefined {
  const read = readGlobalId(id);
  return read?.kind === 'Agreement' ? (read.id as StreamId) : undefined;
}

export function notAnAgreement(): CommandRefused {
  return invalidInput('NOT_AN_AGREEMENT', ['agreement']);
}

function agreementResult(context: LedgerContext, outcome: CommandOutcome): AgreementCommandSuccess | CommandRefused {
  if (outcome.kind === 'refused') return new CommandRefused(outcome);
  const row = outcome.applied ? context.services.readModel.agreements.byStream(outcome.id) : undefined;
  return new AgreementCommandSuccess(outcome.sequence, outcome.applied, row && new Agreement(row, presentMoment(context)));
}
