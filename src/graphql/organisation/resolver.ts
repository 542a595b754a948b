import { Args, ArgsType, Ctx, Field, FieldResolver, ID, InputType, Query, Resolver, Root, type ClassType } from 'type-graphql';
import type { LedgerContext } from '../context.js';
import { isGiven } from '../given.js';
import { momentAsOf, type Moment } from '../moment.js';
import { requireId } from '../relay/globalId.js';
import { PageArguments, pageRequest, readPage } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { DirectionEnum } from '../vocabulary.js';
import { Organisation, OrganisationConnection } from './type.js';

@InputType('OrganisationFilter', { description: 'Which organisations; all given conditions hold.' })
export class OrganisationFilterInput {
  @Field(() => ID, { nullable: true, description: 'Belonging to this one.' })
  parent?: string | null;

  @Field(() => String, { nullable: true, description: 'With this in their name.' })
  search?: string | null;
}

@ArgsType()
export class OrganisationsArguments extends PageArguments {
  @Field(() => OrganisationFilterInput, { nullable: true, description: 'Which organisations; without it all.' })
  filter?: OrganisationFilterInput | null;

  @Field(() => DirectionEnum, { description: 'Which way, by name.', defaultValue: 'ASCENDING' })
  direction!: 'ASCENDING' | 'DESCENDING';

  @Field(() => InstantScalar, { nullable: true, description: 'As the ledger knew them at this time of recording.' })
  asOf?: number | null;
}

@Resolver(() => Organisation)
export class OrganisationResolver {
  @Query(() => OrganisationConnection as ClassType, { description: 'Organisations, filtered, by name.' })
  organisations(@Ctx() context: LedgerContext, @Args(() => OrganisationsArguments) args: OrganisationsArguments): object {
    const { filter } = args;
    const parent = isGiven(filter?.parent) ? requireId('Organisation', filter.parent, 'parent') : undefined;
    return pageOfOrganisations(context, { parent, search: filter?.search ?? undefined }, args, momentAsOf(context, args.asOf));
  }

  @FieldResolver(() => Organisation, { nullable: true, description: 'The organisation it belongs to; null if it belongs to none.' })
  parent(@Root() { row, moment }: Organisation, @Ctx() context: LedgerContext): Organisation | undefined {
    return row.parent === undefined ? undefined : organisationAt(context, row.parent, moment);
  }

  @FieldResolver(() => OrganisationConnection as ClassType, { description: 'The organisations that belong to it.' })
  children(@Root() { row, moment }: Organisation, @Ctx() context: LedgerContext, @Args(() => PageArguments) args: PageArguments): object {
    return pageOfOrganisations(context, { parent: row.organisation, search: undefined }, args, moment);
  }
}

export function organisationAt({ services }: LedgerContext, organisation: string, moment: Moment): Organisation | undefined {
  const row = services.readModel.agreements.organisation(organisation, moment.asOf);
  return row && new Organisation(row, moment);
}

function pageOfOrganisations(
  { services }: LedgerContext,
  filter: { readonly parent: string | undefined; readonly search: string | undefined },
  args: PageArguments & { readonly direction?: 'ASCENDING' | 'DESCENDING' },
  moment: Moment,
): object {
  const request = pageRequest(args);
  const page = readPage(request, (bounds) => services.readModel.agreements.organisations(filter, args.direction === 'DESCENDING', bounds, moment.asOf));
  return new OrganisationConnection(page, request, (row) => new Organisation(row, moment));
}
