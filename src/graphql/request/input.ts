import { ArgsType, Field, ID, InputType } from 'type-graphql';
import type { RequestFilter, RequestKind, RequestState } from '../../../projections/requests.js';
import type { ActivationPurpose } from '../../domain/vocabulary.js';
import type { StreamId, SubjectId } from '../../kernel/identifiers.js';
import { isGiven } from '../given.js';
import { requireId } from '../relay/globalId.js';
import { PageArguments } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { ActivationPurposeEnum, DirectionEnum } from '../vocabulary.js';
import { RequestKindEnum, RequestStateEnum } from './listed.js';

@InputType('RequestFilter', { description: 'Which requests; all given conditions hold.' })
export class RequestFilterInput {
  @Field(() => [RequestKindEnum], { nullable: true, description: 'Of these kinds.' })
  kinds?: RequestKind[] | null;

  @Field(() => [RequestStateEnum], { nullable: true, description: 'In these states.' })
  states?: RequestState[] | null;

  @Field(() => ID, { nullable: true, description: 'About this host.' })
  host?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of this product key.' })
  productKey?: string | null;

  @Field(() => String, { nullable: true, description: 'Consuming a licence of the agreement with this licence ID.' })
  agreement?: string | null;

  @Field(() => String, { nullable: true, description: 'Of this team.' })
  team?: string | null;

  @Field(() => String, { nullable: true, description: 'With this image.' })
  image?: string | null;

  @Field(() => ActivationPurposeEnum, { nullable: true, description: 'For this purpose.' })
  purpose?: ActivationPurpose | null;

  @Field(() => ID, { nullable: true, description: 'Asked by this subject.' })
  actor?: string | null;

  @Field(() => String, { nullable: true, description: 'Refused with this code.' })
  refusalCode?: string | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Asked at or after this time.' })
  requestedFrom?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Asked before this time.' })
  requestedTo?: number | null;
}

@ArgsType()
export class RequestsArguments extends PageArguments {
  @Field(() => RequestFilterInput, { nullable: true, description: 'Which requests; without it all.' })
  filter?: RequestFilterInput | null;

  @Field(() => DirectionEnum, { description: 'In the order they were asked, or latest first.', defaultValue: 'DESCENDING' })
  direction!: 'ASCENDING' | 'DESCENDING';

  @Field(() => InstantScalar, { nullable: true, description: 'As the ledger knew them at this time of recording.' })
  asOf?: number | null;
}

export function requestFilter(input: RequestFilterInput | null | undefined): RequestFilter {
  return {
    kinds: input?.kinds ?? undefined,
    states: input?.states ?? undefined,
    host: isGiven(input?.host) ? (requireId('Host', input.host, 'host') as StreamId) : undefined,
    key: isGiven(input?.productKey) ? (requireId('ProductKey', input.productKey, 'productKey') as StreamId) : undefined,
    agreement: input?.agreement ?? undefined,
    team: input?.team ?? undefined,
    image: input?.image ?? undefined,
    purpose: input?.purpose ?? undefined,
    actor: (input?.actor ?? undefined) as SubjectId | undefined,
    refusalCode: input?.refusalCode ?? undefined,
    requestedFrom: input?.requestedFrom ?? undefined,
    requestedTo: input?.requestedTo ?? undefined,
  };
}
