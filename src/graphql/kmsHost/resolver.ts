import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root, type ClassType } from 'type-graphql';
import type { CensusMoment } from '../../../projections/kmsCensus.js';
import type { LedgerContext } from '../context.js';
import { Host } from '../host/type.js';
import { momentAsOf, type Moment } from '../moment.js';
import { inputError, PAGE_SIZE_MAX, pageRequest, readPage } from '../relay/page.js';
import { InstantScalar } from '../scalars/instant.js';
import { KmsHostsArguments } from './input.js';
import { DuplicateClientId, KmsCensus, KmsClientCountedTwice, KmsHost, KmsHostConnection, LapsingKmsClient } from './type.js';

@Resolver(() => KmsHost)
export class KmsHostResolver {
  @Query(() => KmsHostConnection as ClassType, { description: 'The KMS hosts met so far, by name.' })
  kmsHosts(@Ctx() context: LedgerContext, @Args(() => KmsHostsArguments) args: KmsHostsArguments): object {
    const request = pageRequest(args);
    const moment = momentAsOf(context, args.asOf);
    const page = readPage(request, (bounds) => context.services.readModel.kms.kmsHosts(bounds, moment.asOf));
    return new KmsHostConnection(page, request, (row) => new KmsHost(row, moment));
  }

  @FieldResolver(() => Host, { nullable: true, description: 'The same computer as a host; null if the ledger has met it as a KMS host only.' })
  host(@Root() kmsHost: KmsHost, @Ctx() context: LedgerContext): Host | undefined {
    if (kmsHost.row.host === undefined) return undefined;
    const row = context.services.readModel.hosts.byHost(kmsHost.row.host, kmsHost.moment);
    return row && new Host(row, kmsHost.moment);
  }

  @FieldResolver(() => [KmsCensus], { description: 'Its counts per class of products.' })
  census(
    @Root() kmsHost: KmsHost,
    @Ctx() context: LedgerContext,
    @Arg('at', () => InstantScalar, { nullable: true, description: 'End of the 30 days counted; without it the time asked about.' }) at?: number | null,
  ): readonly KmsCensus[] {
    const moment = { ...kmsHost.moment, now: at ?? kmsHost.moment.now };
    return context.services.readModel.kms.census(kmsHost.row.id, censusMoment(moment, context.services)).map((row) => new KmsCensus(row, kmsHost.row.id, moment));
  }
}

@Resolver(() => KmsCensus)
export class KmsCensusResolver {
  @FieldResolver(() => [DuplicateClientId], { description: 'The client machine ids that several machines used.' })
  duplicateClientIds(
    @Root() census: KmsCensus,
    @Ctx() { services }: LedgerContext,
    @Arg('first', () => Int, { description: `How many: 1 to ${PAGE_SIZE_MAX}.`, defaultValue: 50 }) first: number,
  ): readonly DuplicateClientId[] {
    return services.readModel.kms.duplicates(census.kmsHost, census.countClass, censusMoment(census.moment, services), bounded(first)).map((row) => new DuplicateClientId(row, census.moment));
  }

  @FieldResolver(() => [KmsClientCountedTwice], { description: 'The machines that are counted more than once.' })
  countedTwice(
    @Root() census: KmsCensus,
    @Ctx() { services }: LedgerContext,
    @Arg('first', () => Int, { description: `How many: 1 to ${PAGE_SIZE_MAX}.`, defaultValue: 50 }) first: number,
  ): readonly KmsClientCountedTwice[] {
    return services.readModel.kms.countedTwice(census.kmsHost, census.countClass, censusMoment(census.moment, services), bounded(first)).map((row) => new KmsClientCountedTwice(row, census.moment));
  }

  @FieldResolver(() => [LapsingKmsClient], { description: 'Clients about to lapse, soonest first.' })
  lapsing(
    @Root() census: KmsCensus,
    @Ctx() { services }: LedgerContext,
    @Arg('first', () => Int, { description: `How many: 1 to ${PAGE_SIZE_MAX}.`, defaultValue: 50 }) first: number,
  ): readonly LapsingKmsClient[] {
    return services.readModel.kms.lapsing(census.kmsHost, census.countClass, censusMoment(census.moment, services), bounded(first)).map((row) => new LapsingKmsClient(row, census.moment));
  }
}

@Resolver(() => DuplicateClientId)
export class DuplicateClientIdResolver {
  @FieldResolver(() => [Host], { description: 'The machines that use it.' })
  hosts(@Root() duplicate: DuplicateClientId, @Ctx() context: LedgerContext): readonly Host[] {
    const { hostStreams, moment } = duplicate;
    return context.services.readModel.hosts.byHosts(hostStreams.slice(0, PAGE_SIZE_MAX), moment).map((row) => new Host(row, moment));
  }
}

@Resolver(() => KmsClientCountedTwice)
export class KmsClientCountedTwiceResolver {
  @FieldResolver(() => Host, { nullable: true, description: 'The machine.' })
  host(@Root() client: KmsClientCountedTwice, @Ctx() context: LedgerContext): Host | undefined {
    const row = context.services.readModel.hosts.byHost(client.hostStream, client.moment);
    return row && new Host(row, client.moment);
  }
}

@Resolver(() => LapsingKmsClient)
export class LapsingKmsClientResolver {
  @FieldResolver(() => Host, { nullable: true, description: 'The client.' })
  host(@Root() client: LapsingKmsClient, @Ctx() context: LedgerContext): Host | undefined {
    const row = context.services.readModel.hosts.byHost(client.hostStream, client.moment);
    return row && new Host(row, client.moment);
  }
}

export function kmsHostByName({ services }: LedgerContext, name: string, moment: Moment): KmsHost | undefined {
  const row = services.readModel.kms.byName(name, moment.asOf);
  return row && new KmsHost(row, moment);
}

function censusMoment({ now, asOf }: Moment, { rules }: LedgerContext['services']): CensusMoment {
  return { at: now, asOf, rules };
}

function bounded(first: number): number {
  if (first >= 1 && first <= PAGE_SIZE_MAX) return first;
  throw inputError(`"first" must be between 1 and ${PAGE_SIZE_MAX}; it is ${first}.`);
}
