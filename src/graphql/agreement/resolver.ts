import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, type ClassType } from 'type-graphql';
import type { StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { withText } from '../event/read.js';
import { LedgerEvent, LedgerEventConnection } from '../event/type.js';
import { isGiven } from '../given.js';
import { momentAsOf } from '../moment.js';
import { organisationAt } from '../organisation/resolver.js';
import { Organisation } from '../organisation/type.js';
import { requireId } from '../relay/globalId.js';
import { PageArguments, pageRequest, readPage } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { agreementFilter, AgreementsArguments } from './input.js';
import { Agreement, AgreementConnection, Entitlement, EntitlementConnection } from './type.js';
import { inputError } from '../clientError.js';

@Resolver(() => Agreement)
export class AgreementResolver {
  @Query(() => Agreement, { nullable: true, description: 'One agreement, by its id or its licence ID; null if the ledger knows none such.' })
  agreement(
    @Ctx() context: LedgerContext,
    @Arg('id', () => ID, { nullable: true, description: 'Id of the agreement.' }) id?: string | null,
    @Arg('licenceId', () => String, { nullable: true, description: 'Its licence ID; spaces and case do not matter.' }) licenceId?: string | null,
    @Arg('asOf', () => InstantScalar, { nullable: true, description: 'As the ledger knew it at this time of recording.' }) asOf?: number | null,
  ): Agreement | undefined {
    if (isGiven(id) === isGiven(licenceId)) throw inputError('EITHER', { one: 'id', other: 'licenceId' });
    const moment = momentAsOf(context, asOf);
    const { agreements } = context.services.readModel;
    const row = isGiven(id) ? agreements.byStream(requireId('Agreement', id, 'id') as StreamId, moment.asOf) : agreements.byLicenceId(licenceId ?? '', moment.asOf);
    return row && new Agreement(row, moment);
  }

  @Query(() => AgreementConnection as ClassType, { description: 'Agreements, filtered, by licence ID.' })
  agreements(@Ctx() context: LedgerContext, @Args(() => AgreementsArguments) args: AgreementsArguments): object {
    const request = pageRequest(args);
    const moment = momentAsOf(context, args.asOf);
    const { agreements } = context.services.readModel;
    const filter = agreementFilter(args.filter, context, moment);
    const page = readPage(request, (bounds) => agreements.page(filter, args.direction === 'DESCENDING', bounds, moment.asOf));
    return new AgreementConnection(page, request, (row) => new Agreement(row, moment), () => agreements.count(filter, moment.asOf));
  }

  @FieldResolver(() => Organisation, { nullable: true, description: 'The organisation that holds it.' })
  organisation(@Root() { row, moment }: Agreement, @Ctx() context: LedgerContext): Organisation | undefined {
    return organisationAt(context, row.organisation, moment);
  }

  @FieldResolver(() => EntitlementConnection as ClassType, { description: 'What was bought under it, in the order it was recorded.' })
  entitlements(@Root() { row, moment }: Agreement, @Ctx() { services }: LedgerContext, @Args(() => PageArguments) args: PageArguments): object {
    const request = pageRequest(args);
    const page = readPage(request, (bounds) => services.readModel.agreements.entitlements(row.agreement, bounds, moment.asOf));
    return new EntitlementConnection(page, request, (found) => new Entitlement(found, moment));
  }

  @FieldResolver(() => LedgerEventConnection as ClassType, { description: 'Its events, newest first.' })
  async events(@Root() { row, moment }: Agreement, @Ctx() { services }: LedgerContext, @Args(() => PageArguments) args: PageArguments): Promise<object> {
    const request = pageRequest(args);
    const page = readPage(request, (bounds) => services.readModel.timeline.page({ stream: row.agreement }, true, bounds, moment.asOf));
    return new LedgerEventConnection(await withText(services.store, page), request, (stored) => new LedgerEvent(stored));
  }
}

@Resolver(() => Entitlement)
export class EntitlementResolver {
  @FieldResolver(() => Agreement, { nullable: true, description: 'The agreement it was bought under.' })
  agreement(@Root() { row, moment }: Entitlement, @Ctx() { services }: LedgerContext): Agreement | undefined {
    const found = services.readModel.agreements.byStream(row.agreement, moment.asOf);
    return found && new Agreement(found, moment);
  }

  @FieldResolver(() => EntitlementConnection as ClassType, { description: 'Each state it was in, newest first.' })
  history(@Root() { row, moment }: Entitlement, @Ctx() { services }: LedgerContext, @Args(() => PageArguments) args: PageArguments): object {
    const request = pageRequest(args);
    const page = readPage(request, (bounds) => services.readModel.agreements.entitlementHistory(row.agreement, row.entitlement, bounds, moment.asOf));
    return new EntitlementConnection(page, request, (found) => new Entitlement(found, moment));
  }
}
