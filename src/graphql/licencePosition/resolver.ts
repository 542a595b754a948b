import { Args, ArgsType, Ctx, Field, FieldResolver, ID, InputType, Query, Resolver, Root, type ClassType } from 'type-graphql';
import type { Programme } from '../../domain/vocabulary.js';
import { organisationsOf } from '../agreement/input.js';
import type { LedgerContext } from '../context.js';
import { describedEnum } from '../describedEnum.js';
import { momentAsOf, type Moment } from '../moment.js';
import { organisationAt } from '../organisation/resolver.js';
import { Organisation } from '../organisation/type.js';
import { arrayPage } from '../relay/arrayPage.js';
import { PageArguments, pageRequest, readPage } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { ProgrammeEnum } from '../vocabulary.js';
import { lazyCounts, positionGroups, positionPage, type PositionDimension, type PositionFilter } from './position.js';
import { LicencePosition, LicencePositionConnection, LicencePositionFigure, LicencePositionPart, LicencePositionPartConnection } from './type.js';

export const PositionDimensionEnum = describedEnum<PositionDimension>('LicencePositionDimension', 'What the licence position is grouped by.', {
  PRODUCT: 'The product, however its name is spaced and cased.',
  AGREEMENT: 'The agreement.',
  ORGANISATION: 'The organisation that holds the agreement.',
});

@InputType('LicencePositionFilter', { description: 'What the position is about; all given conditions hold.' })
export class LicencePositionFilterInput {
  @Field(() => String, { nullable: true, description: 'This product, however its name is spaced and cased.' })
  product?: string | null;

  @Field(() => String, { nullable: true, description: 'The agreement of this licence ID.' })
  licenceId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Agreements of this organisation.' })
  organisation?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'With `organisation`: also of its affiliates, which belong to the same one in the end (rule R-8).' })
  includeAffiliates?: boolean | null;

  @Field(() => [ProgrammeEnum], { nullable: true, description: 'Agreements of these programmes.' })
  programme?: Programme[] | null;
}

@ArgsType()
export class LicencePositionArguments extends PageArguments {
  @Field(() => [PositionDimensionEnum], { description: 'What each row stands for; an empty list makes one row of everything.', defaultValue: ['PRODUCT'] })
  groupBy!: PositionDimension[];

  @Field(() => LicencePositionFilterInput, { nullable: true, description: 'What it is about; without it everything.' })
  filter?: LicencePositionFilterInput | null;

  @Field(() => InstantScalar, { nullable: true, description: 'As the ledger knew it at this time of recording.' })
  asOf?: number | null;
}

@Resolver(() => LicencePosition)
export class LicencePositionResolver {
  @Query(() => LicencePositionConnection as ClassType, {
    description: 'Owned, allowed, reported and active side by side, with what was used and what consumes the licences: by product, agreement, organisation, or any of them together.',
  })
  licencePosition(@Ctx() context: LedgerContext, @Args(() => LicencePositionArguments) args: LicencePositionArguments): object {
    const request = pageRequest(args);
    const moment = momentAsOf(context, args.asOf);
    const sources = context.services.readModel;
    const groups = positionGroups(sources, args.groupBy, positionFilter(args.filter, context, moment), moment);
    const page = readPage(request, (bounds) => positionPage(groups, bounds));
    const counts = lazyCounts(sources, page.rows.map(({ row }) => row), moment);
    return new LicencePositionConnection(page, request, (group) => new LicencePosition(group, { sources, counts, moment }), () => groups.length);
  }

  @FieldResolver(() => Organisation, { nullable: true, description: 'The organisation; null where it is not grouped by, or not known.' })
  organisation(@Root() { group, context: { moment } }: LicencePosition, @Ctx() context: LedgerContext): Organisation | undefined {
    return group.organisation === undefined ? undefined : organisationAt(context, group.organisation, moment);
  }
}

@Resolver(() => LicencePositionFigure)
export class LicencePositionFigureResolver {
  @FieldResolver(() => LicencePositionPartConnection as ClassType, { description: 'What it was made of, largest first.' })
  parts(@Root() { figure, moment }: LicencePositionFigure, @Args(() => PageArguments) args: PageArguments): object {
    const request = pageRequest(args);
    return new LicencePositionPartConnection(arrayPage(figure.parts(), request), request, (part) => new LicencePositionPart(part, moment));
  }
}

function positionFilter(input: LicencePositionFilterInput | null | undefined, context: LedgerContext, moment: Moment): PositionFilter {
  return {
    product: input?.product ?? undefined,
    licenceId: input?.licenceId ?? undefined,
    organisations: organisationsOf(input, context, moment),
    programme: input?.programme ?? undefined,
  };
}
