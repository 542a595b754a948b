import { ArgsType, Field, ID, InputType } from 'type-graphql';
import type { HostFilter, HostOrder, InstallationStatus } from '../../../projections/hostStatus.js';
import type { ActivationMethod } from '../../domain/vocabulary.js';
import { describedEnum } from '../describedEnum.js';
import { PageArguments } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { ActivationMethodEnum, DirectionEnum, InstallationStatusEnum } from '../vocabulary.js';

export const HostOrderEnum = describedEnum<HostOrder>('HostOrder', 'What a list of hosts is ordered by.', {
  NAME: 'Name.',
  LAST_SEEN: 'Time of the newest evidence.',
  EXPIRES: 'Earliest end of a timed activation.',
});

export const RetiredHostsEnum = describedEnum<'INCLUDED' | 'ONLY'>('RetiredHosts', 'What a list does with retired hosts.', {
  INCLUDED: 'They are in it with the others.',
  ONLY: 'They alone are in it.',
});

@InputType('HostFilter', { description: 'Which hosts; all given conditions hold, those on installations for one and the same installation.' })
export class HostFilterInput {
  @Field(() => RetiredHostsEnum, { nullable: true, description: 'Without it, retired hosts are left out. Hosts that are part of others always are.' })
  retired?: 'INCLUDED' | 'ONLY' | null;

  @Field(() => [InstallationStatusEnum], { nullable: true, description: 'An installation that runs is in one of these states.' })
  status?: InstallationStatus[] | null;

  @Field(() => String, { nullable: true, description: 'An installation of this SKU id, or of this product name as reported.' })
  product?: string | null;

  @Field(() => String, { nullable: true, description: 'An installation with a key of these last five characters.' })
  keyLastFive?: string | null;

  @Field(() => [ActivationMethodEnum], { nullable: true, description: 'An installation activated in one of these ways.' })
  method?: ActivationMethod[] | null;

  @Field(() => String, { nullable: true, description: 'DNS domain, exactly; upper and lower case are the same.' })
  domain?: string | null;

  @Field(() => InstantScalar, { nullable: true, description: 'A timed activation ends before this time.' })
  lapsesBefore?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'No evidence at or after this time.' })
  notSeenSince?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'That have left a domain, or only the others.' })
  leftDomain?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Beginning of a name, name.domain, domain, CMID or hardware address.' })
  search?: string | null;
}

@ArgsType()
export class HostsArguments extends PageArguments {
  @Field(() => HostFilterInput, { nullable: true, description: 'Which hosts; without it all.' })
  filter?: HostFilterInput | null;

  @Field(() => HostOrderEnum, { description: 'What the list is ordered by.', defaultValue: 'NAME' })
  order!: HostOrder;

  @Field(() => DirectionEnum, { description: 'Which way.', defaultValue: 'ASCENDING' })
  direction!: 'ASCENDING' | 'DESCENDING';

  @Field(() => InstantScalar, { nullable: true, description: 'As the ledger knew it at this time of recording. Such a page may be short although rows follow.' })
  asOf?: number | null;
}

@InputType({ description: 'Which changes of hosts; all given conditions hold.' })
export class HostChangeFilter {
  @Field(() => [ID], { nullable: true, description: 'Of these hosts.' })
  hosts?: string[] | null;

  @Field(() => [InstallationStatusEnum], { nullable: true, description: 'An installation is in one of these states afterwards.' })
  status?: InstallationStatus[] | null;

  @Field(() => String, { nullable: true, description: 'Of hosts in this DNS domain.' })
  domain?: string | null;
}

export function hostFilter(input: HostFilterInput | null | undefined): HostFilter {
  return {
    retired: input?.retired ?? undefined,
    status: input?.status ?? undefined,
    product: input?.product ?? undefined,
    keyLastFive: input?.keyLastFive?.toUpperCase() ?? undefined,
    method: input?.method ?? undefined,
    domain: input?.domain?.toLowerCase() ?? undefined,
    lapsesBefore: input?.lapsesBefore ?? undefined,
    notSeenSince: input?.notSeenSince ?? undefined,
    leftDomain: input?.leftDomain ?? undefined,
    search: input?.search?.toLowerCase() ?? undefined,
  };
}
