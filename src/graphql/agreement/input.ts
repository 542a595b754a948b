import { ArgsType, Field, ID, InputType } from 'type-graphql';
import type { AgreementFilter } from '../../../projections/agreements.js';
import type { Programme } from '../../domain/vocabulary.js';
import type { LedgerContext } from '../context.js';
import { isGiven } from '../given.js';
import type { Moment } from '../moment.js';
import { requireId } from '../relay/globalId.js';
import { PageArguments } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { DirectionEnum, ProgrammeEnum } from '../vocabulary.js';

@InputType('AgreementFilter', { description: 'Which agreements; all given conditions hold.' })
export class AgreementFilterInput {
  @Field(() => [ProgrammeEnum], { nullable: true, description: 'Of one of these programmes.' })
  programme?: Programme[] | null;

  @Field(() => ID, { nullable: true, description: 'Held by this organisation.' })
  organisation?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'With `organisation`: also by its affiliates, which belong to the same one in the end (rule R-8).' })
  includeAffiliates?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Ended, or not.' })
  ended?: boolean | null;

  @Field(() => String, { nullable: true, description: 'With this in the licence ID or the organisation\'s name.' })
  search?: string | null;
}

@ArgsType()
export class AgreementsArguments extends PageArguments {
  @Field(() => AgreementFilterInput, { nullable: true, description: 'Which agreements; without it all.' })
  filter?: AgreementFilterInput | null;

  @Field(() => DirectionEnum, { description: 'Which way, by licence ID.', defaultValue: 'ASCENDING' })
  direction!: 'ASCENDING' | 'DESCENDING';

  @Field(() => InstantScalar, { nullable: true, description: 'As the ledger knew them at this time of recording.' })
  asOf?: number | null;
}

export function agreementFilter(input: AgreementFilterInput | null | undefined, context: LedgerContext, moment: Moment): AgreementFilter {
  return {
    programme: input?.programme ?? undefined,
    organisations: organisationsOf(input, context, moment),
    ended: input?.ended ?? undefined,
    search: input?.search ?? undefined,
  };
}

/** The organisations that a filter names. */
export function organisationsOf(
  input: { readonly organisation?: string | null | undefined; readonly includeAffiliates?: boolean | null | undefined } | null | undefined,
  { services }: LedgerContext,
  { asOf }: Moment,
): readonly string[] | undefined {
  if (!isGiven(input?.organisation)) return undefined;
  const organisation = requireId('Organisation', input.organisation, 'organisation');
  return input.includeAffiliates === true ? services.readModel.agreements.affiliates(organisation, asOf) : [organisation];
}
