import { GraphQLError } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription, type ClassType } from 'type-graphql';
import { hostAt, type HostRow } from '../../../projections/hostStatus.js';
import { STATUS_REASONS_MAX, whyStatus } from '../../domain/host/whyStatus.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { projected, projectedEvent } from '../event/projected.js';
import { eventAt, STREAM_EVENTS_MAX, streamEvents, withText } from '../event/read.js';
import { LedgerEvent, LedgerEventConnection } from '../event/type.js';
import { isGiven } from '../given.js';
import { momentAsOf, presentMoment, type Moment } from '../moment.js';
import { ProductKey } from '../productKey/type.js';
import { globalId, requireId } from '../relay/globalId.js';
import { inputError, PageArguments, pageRequest, readPage } from '../relay/page.js';
import { LedgerRequest } from '../request/listed.js';
import { InstantScalar } from '../scalars/instant.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { hostChanges } from './feed.js';
import { HostChangeFilter, hostFilter, HostsArguments } from './input.js';
import { InstallationTurn, StatusReason } from './lifeType.js';
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

  @FieldResolver(() => Host, { nullable: true, description: 'The host it is part of by now, over all merges; null for a host of its own.' })
  mergedInto(@Root() { row, moment }: Host, @Ctx() { services }: LedgerContext): Host | undefined {
    const next = row.life?.mergedInto as StreamId | undefined;
    const survivor = next === undefined ? undefined : services.readModel.hosts.byHost(moment.asOf === undefined ? services.readModel.hosts.survivorOf(next) : next, moment);
    return survivor && new Host(survivor, moment);
  }

  @FieldResolver(() => [Host], { description: 'The hosts that turned out to be this one, in the order they were merged.' })
  absorbed(@Root() { row, moment }: Host, @Ctx() { services }: LedgerContext): readonly Host[] {
    return services.readModel.hosts.byHosts((row.life?.absorbed ?? []) as readonly StreamId[], moment).map((absorbed) => new Host(absorbed, moment));
  }

  @FieldResolver(() => [LedgerRequest], { description: 'Its reimaging and downgrade that are granted and neither completed nor cancelled.' })
  openRequests(@Root() { row, moment }: Host, @Ctx() { services }: LedgerContext): readonly LedgerRequest[] {
    return (row.life?.openRequests ?? []).flatMap(({ request }) => {
      const found = services.readModel.requests.byId(request, moment.asOf);
      return found === undefined ? [] : [new LedgerRequest(found, moment)];
    });
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

@Resolver(() => HostIdentity)
export class HostIdentityResolver {
  @FieldResolver(() => LedgerEvent, { description: 'The event that showed it first: when, by whom, and from which source.' })
  async event(@Root() { sequence }: HostIdentity, @Ctx() { services }: LedgerContext): Promise<LedgerEvent> {
    const stored = await eventAt(services.store, sequence);
    if (stored === undefined) throw new Error(`The read model names event ${sequence}, which the log does not have.`);
    return new LedgerEvent(stored);
  }
}

@Resolver(() => InstallationTurn)
export class InstallationTurnResolver {
  @FieldResolver(() => LedgerRequest, { nullable: true, description: 'The request that it completed; null where there was none.' })
  request(@Root() { requestId }: InstallationTurn, @Ctx() context: LedgerContext): LedgerRequest | undefined {
    const row = requestId === undefined ? undefined : context.services.readModel.requests.byId(requestId);
    return row && new LedgerRequest(row, presentMoment(context));
  }
}

@Resolver(() => Installation)
export class InstallationResolver {
  @FieldResolver(() => [StatusReason], { description: `Why it has its status: the events that made it, oldest first, at most ${STATUS_REASONS_MAX}.` })
  async why(@Root() { host, number, moment }: Installation, @Ctx() { services }: LedgerContext): Promise<readonly StatusReason[]> {
    const stored = await streamEvents(services.store, host, moment.asOf);
    if (stored === undefined) throw inputError(`A status is explained from at most ${STREAM_EVENTS_MAX} events, and this host has more; read "events" instead.`);
    const happened = stored.map(projectedEvent).filter(({ occurredMs }) => moment.validAt === undefined || occurredMs <= moment.validAt);
    const bySequence = new Map(stored.map((event) => [event.sequence as number, event]));
    return whyStatus(happened as unknown as Parameters<typeof whyStatus>[0], number, moment.now, services.rules).map(
      (reason) => new StatusReason(reason, reason.sequence === undefined ? undefined : bySequence.get(reason.sequence)),
    );
  }

  @FieldResolver(() => [ProductKey], { description: 'The ledger\'s keys with these last five characters; more than one if they cannot be told apart.' })
  productKeys(@Root() installation: Installation, @Ctx() { services }: LedgerContext): readonly ProductKey[] {
    const { keyLastFive, moment } = installation;
    if (keyLastFive === undefined) return [];
    return services.readModel.productKeys.byLastFive(keyLastFive, moment.asOf).map((row) => new ProductKey(row, moment));
  }
}

async function validHost(context: LedgerContext, host: StreamId, moment: Moment, validAt: number): Promise<Host | undefined> {
  const row = hostAt(await projected(context, host, moment.asOf), validAt, context.services.rules);
  return row && new Host(row, { ...moment, now: validAt, validAt });
}

export function hostById({ services }: LedgerContext, host: StreamId, moment: Moment): HostRow | undefined {
  return services.readModel.hosts.byHost(host, moment);
}

function hostByName({ services }: LedgerContext, name: string, moment: Moment): HostRow | undefined {
  const { hosts } = services.readModel;
  const named = hosts.byName(name.trim().toLowerCase(), moment);
  // A name of a host that was merged is the survivor's.
  const survivors = named.some(({ life }) => life?.mergedInto !== undefined) ? hosts.byHosts([...new Set(named.map(({ host }) => hosts.survivorOf(host)))], moment) : named;
  const [found, ...others] = survivors;
  if (found === undefined || others.length === 0) return found;
  throw new GraphQLError(`${others.length + 1} hosts are known by this name: ask by id.`, {
    extensions: { code: 'AMBIGUOUS_NAME', ids: [found, ...others].map(({ host }) => globalId('Host', host)) },
  });
}
