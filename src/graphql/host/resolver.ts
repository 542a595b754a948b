import { GraphQLError } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription, type ClassType } from 'type-graphql';
import { hostAt, type HostRow } from '../../../projections/hostStatus.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { projected } from '../event/projected.js';
import { withText } from '../event/read.js';
import { LedgerEvent, LedgerEventConnection } from '../event/type.js';
import { isGiven } from '../given.js';
import { momentAsOf, type Moment } from '../moment.js';
import { ProductKey } from '../productKey/type.js';
import { globalId, requireId } from '../relay/globalId.js';
import { inputError, PageArguments, pageRequest, readPage } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { hostChanges } from './feed.js';
import { HostChangeFilter, hostFilter, HostsArguments } from './input.js';
import { Host, HostConnection, HostIdentity, HostStatusChange, Installation } from './type.js';

@Resolver(() => Host)
export class HostResolver {
  @Query(() => Host, { nullable: true, description: 'One host, by its id or a name it is known by; null if the ledger knows none such.' })
  host(
    @Ctx() context: LedgerContext,
    @Arg('id', () => ID, { nullable: true, description: 'Id of the host.' }) id?: string | null,
    @Arg('name', () => String, { nullable: true, description: 'Instead of the id: a name, `name` or `name.domain`, that only one host is known by.' }) name?: string | null,
    @Arg('asOf', () => InstantScalar, { nullable: true, description: 'As the ledger knew it at this time of recording.' }) asOf?: number | null,
    @Arg('validAt', () => InstantScalar, { nullable: true, description: 'As it was at this time, with everything known (by `asOf`, if given).' }) validAt?: number | null,
  ): Host | undefined | Promise<Host | undefined> {
    if (isGiven(id) === isGiven(name)) throw inputError('Give either "id" or "name".');
    const moment = momentAsOf(context, asOf);
    const found = isGiven(name) ? hostByName(context, name, moment) : hostById(context, requireId('Host', id ?? '', 'id') as StreamId, moment);
    if (found === undefined || !isGiven(validAt)) return found && new Host(found, moment);
    return validHost(context, found.host, moment, validAt);
  }

  @Query(() => HostConnection as ClassType, { description: 'Hosts, filtered and ordered.' })
  hosts(@Ctx() context: LedgerContext, @Args(() => HostsArguments) args: HostsArguments): object {
    const request = pageRequest(args);
    const moment = momentAsOf(context, args.asOf);
    const { hosts } = context.services.readModel;
    const filter = hostFilter(args.filter);
    const page = readPage(request, (bounds) => hosts.page(filter, args.order, args.direction === 'DESCENDING', bounds, moment));
    return new HostConnection(page, request, (row) => new Host(row, moment), () => (moment.asOf === undefined ? hosts.count(filter, moment.now) : undefined));
  }

  @FieldResolver(() => [HostIdentity], { description: 'Every name, CMID and hardware address it was met with, in the order of first sight.' })
  identities(@Root() host: Host, @Ctx() { services }: LedgerContext): readonly HostIdentity[] {
    return services.readModel.hosts.identities(host.row.host, host.moment.asOf).map((row) => new HostIdentity(row));
  }

  @FieldResolver(() => LedgerEventConnection as ClassType, { description: 'Its events, newest first.' })
  async events(@Root() host: Host, @Ctx() { services }: LedgerContext, @Args(() => PageArguments) args: PageArguments): Promise<object> {
    const request = pageRequest(args);
    const page = readPage(request, (bounds) => services.readModel.timeline.page({ stream: host.row.host }, true, bounds, host.moment.asOf));
    return new LedgerEventConnection(await withText(services.store, page), request, (stored) => new LedgerEvent(stored));
  }

  @Subscription(() => HostStatusChange, {
    description: 'A host after each event that touched it: history first, then live. Changes that come by time alone (a period ends) have no event and are left out.',
    subscribe: ({ args, context }: { args: { after?: Sequence | null; filter?: HostChangeFilter | null }; context: LedgerContext }) =>
      hostChanges(context, args.after, args.filter),
  })
  hostStatusChanged(
    @Root() change: HostStatusChange,
    @Arg('filter', () => HostChangeFilter, { nullable: true, description: 'Which changes; without it all.' }) _filter?: HostChangeFilter | null,
    @Arg('after', () => SequenceScalar, { nullable: true, description: 'Sequence of the last change seen, 0 for the whole history; without it only what comes from now on.' })
    _after?: Sequence | null,
  ): HostStatusChange {
    return change;
  }
}

@Resolver(() => Installation)
export class InstallationResolver {
  @FieldResolver(() => [ProductKey], { description: 'The ledger\'s keys with these last five characters; more than one if they cannot be told apart.' })
  productKeys(@Root() installation: Installation, @Ctx() { services }: LedgerContext): readonly ProductKey[] {
    const { keyLastFive, moment } = installation;
    if (keyLastFive === undefined) return [];
    return services.readModel.productKeys.byLastFive(keyLastFive, moment.asOf).map((row) => new ProductKey(row, moment));
  }
}

async function validHost(context: LedgerContext, host: StreamId, moment: Moment, validAt: number): Promise<Host | undefined> {
  const row = hostAt(await projected(context, host, moment.asOf), validAt);
  return row && new Host(row, { ...moment, now: validAt });
}

export function hostById({ services }: LedgerContext, host: StreamId, moment: Moment): HostRow | undefined {
  return services.readModel.hosts.byHost(host, moment);
}

function hostByName({ services }: LedgerContext, name: string, moment: Moment): HostRow | undefined {
  const [found, ...others] = services.readModel.hosts.byName(name.trim().toLowerCase(), moment);
  if (found === undefined || others.length === 0) return found;
  throw new GraphQLError(`${others.length + 1} hosts are known by this name: ask by id.`, {
    extensions: { code: 'AMBIGUOUS_NAME', ids: [found, ...others].map(({ host }) => globalId('Host', host)) },
  });
}
