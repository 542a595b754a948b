import type { Database } from 'better-sqlite3';
import { GraphQLError } from 'graphql';
import { activationMeans, openActivationMeansQueries, type ActivationMeansQueries } from '../../projections/activationMeans.js';
import { agreements, openAgreementsQueries, type AgreementsQueries } from '../../projections/agreements.js';
import { hostStatus, openHostStatusQueries, type HostStatusQueries } from '../../projections/hostStatus.js';
import { imports, openImportsQueries, type ImportsQueries } from '../../projections/imports.js';
import { keyCounts, kmsKeyFigures, openKeyCountsQueries, type KeyCountsQueries } from '../../projections/keyCounts.js';
import { kmsCensus, openKmsCensusQueries, type KmsCensusQueries } from '../../projections/kmsCensus.js';
import { openRequestsQueries, requests, type RequestsQueries } from '../../projections/requests.js';
import { openReservationsQueries, reservations, type ReservationsQueries } from '../../projections/reservations.js';
import { licenceUse, openLicenceUseQueries, type LicenceUseQueries } from '../../projections/licenceUse.js';
import { openTimelineQueries, timeline, type TimelineQueries } from '../../projections/timeline.js';
import type { KnownHost } from '../application/hostDirectory.js';
import type { KnownKey } from '../application/keyDirectory.js';
import type { Catalogue } from '../domain/catalogue/catalogue.js';
import type { RuleBook } from '../domain/rules/ruleBook.js';
import { upcast } from '../domain/upcast.js';
import type { Instant, Sequence } from '../kernel/identifiers.js';
import { trackApplied, type AppliedSequence } from '../readmodel/applied.js';
import { buildReadModel } from '../readmodel/build.js';
import type { Projection } from '../readmodel/definition.js';
import { openFollower } from '../readmodel/follow.js';
import { openForWriting, readCheckpoint, readModelPath, recordedAtOf, sequenceAsOf } from '../readmodel/readModelFile.js';
import { planReadModel, removeOtherReadModels, serveReadModel } from '../readmodel/rebuild.js';
import { startWorkerFollower } from '../readmodel/worker.js';
import { feedReadModel } from '../readmodel/workerFollower.js';
import { boundYoungGeneration, withBoundedHeap } from './heapBounds.js';
import type { LedgerParts } from './ledgerParts.js';
import type { LogPlace } from './logPlace.js';
import { PROJECTIONS, type FollowTask } from './projections.js';

/** The questions that can be put to one read-model file. */
export interface Queries {
  readonly hosts: HostStatusQueries;
  readonly productKeys: KeyCountsQueries;
  readonly kms: KmsCensusQueries;
  readonly imports: ImportsQueries;
  readonly timeline: TimelineQueries;
  readonly requests: RequestsQueries;
  readonly reservations: ReservationsQueries;
  readonly activationMeans: ActivationMeansQueries;
  readonly agreements: AgreementsQueries;
  readonly licenceUse: LicenceUseQueries;
}

/** `available`: the projections that the file holds as they are defined today; asking another is refused while it is rebuilt. */
export function openQueries(database: Database, { catalogue, rules, now }: Pick<ReadModelOptions, 'catalogue' | 'rules' | 'now'>, available: ReadonlySet<string>): Queries {
  const ifHeld = <Asked extends object>(projection: Projection, open: () => Asked): Asked => (available.has(projection.name) ? open() : beingRebuilt(projection.name));
  return {
    hosts: ifHeld(hostStatus, () => openHostStatusQueries(database, rules)),
    productKeys: ifHeld(keyCounts, () =>
      openKeyCountsQueries(database, (asOf) => kmsKeyFigures(rules, asOf === undefined ? Date.parse(now()) : recordedAtOf(database, asOf))),
    ),
    kms: ifHeld(kmsCensus, () => openKmsCensusQueries(database, catalogue)),
    imports: ifHeld(imports, () => openImportsQueries(database)),
    timeline: ifHeld(timeline, () => openTimelineQueries(database)),
    requests: ifHeld(requests, () => openRequestsQueries(database)),
    reservations: ifHeld(reservations, () => openReservationsQueries(database)),
    activationMeans: ifHeld(activationMeans, () => openActivationMeansQueries(database)),
    agreements: ifHeld(agreements, () => openAgreementsQueries(database)),
    licenceUse: ifHeld(licenceUse, () => openLicenceUseQueries(database)),
  };
}

/** Queries that answer each question with the same refusal. */
function beingRebuilt<Asked extends object>(projection: string): Asked {
  const refuse = (): never => {
    const message = `${projection} is being rebuilt; ask again in a while (ledger { projections } tells how far it is).`;
    throw new GraphQLError(message, { extensions: { code: 'READ_MODEL_REBUILDING', retryable: true } });
  };
  return new Proxy({} as Asked, { get: () => refuse });
}

export interface EmbeddedReadModel extends Queries {
  progress(): { readonly sequence: Sequence; readonly rebuilding: boolean };
  /** The last sequence known at a moment of recorded time (epoch ms). */
  sequenceAsOf(recordedAt: number): Sequence;
  /** True once the event is applied; false when it will not be soon. */
  waitUntilApplied(sequence: Sequence, signal?: AbortSignal): Promise<boolean>;
  /** Folds everything there is in the log; of a live read model: waits until it has. */
  catchUp(onProgress?: (applied: number) => void): Promise<void>;
  /** The log has grown. */
  headMoved(): void;
  /** Resolves, with the reason, when following the log broke: queries would grow old without anybody noticing. */
  readonly failed: Promise<Error>;
  readonly hostsUnder: (shortName: string) => readonly KnownHost[];
  readonly keysEndingIn: (lastFive: string) => readonly KnownKey[];
  close(): Promise<void>;
}

export interface ReadModelOptions {
  readonly parts: Pick<LedgerParts, 'directory' | 'store' | 'log' | 'releaseMemory'>;
  /** `live`: follows by itself, in a thread of its own where the program is built; `onDemand`: catches up when asked. */
  readonly follow: 'live' | 'onDemand';
  readonly catalogue: Catalogue;
  readonly programDirectory: URL | undefined;
  /** The figures that answers are computed by. */
  readonly rules: Pick<RuleBook, 'figure'>;
  readonly now: () => Instant;
}

/** How long a mutation waits for its own events to be readable, and a request for those it asks for. */
export const APPLIED_WAIT_MS_MAX = 5_000;

/** What feeds the file that is asked. */
interface Feed {
  headMoved(): void;
  catchUp(onProgress?: (applied: number) => void): Promise<void>;
  /** Rejects when feeding broke. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Opens the read model of a directory. What is there answers at once; a changed projection is built anew beside it. */
export async function openReadModel(options: ReadModelOptions): Promise<EmbeddedReadModel> {
  const directory = options.parts.directory.path;
  if (options.follow === 'onDemand') await buildReadModelIfMissing(options);
  const served = serveReadModel(planReadModel(directory, PROJECTIONS), PROJECTIONS, (database, available) => openQueries(database, options, available));
  const applied = trackApplied(readCheckpoint(served.database()).bookmark.sequence);
  const onBuilt = (path: string): void => {
    served.switchTo(path);
    removeOtherReadModels(directory, PROJECTIONS);
  };
  const onApplied = (sequence: Sequence): void => {
    // Who waits for the event shall see it.
    served.renew();
    applied.advance(sequence);
  };
  const feed = await openFeed(options, { onApplied, onBuilt }, applied);
  const failed = new Promise<Error>((resolve) => {
    feed.ended.catch((error: unknown) => resolve(error instanceof Error ? error : new Error(String(error))));
  });
  await feed.catchUp();

  // A first import meets tens of thousands of names, and a look-up of each costs more than deciding its event.
  let hasHosts = false;
  let emptyAt: Sequence | undefined;
  const isEmpty = (): boolean => {
    if (hasHosts || emptyAt === applied.current()) return !hasHosts;
    hasHosts = served.queries().hosts.page({}, 'NAME', false, { limit: 1, direction: 'FORWARD' }, { now: 0 }).rows.length > 0;
    emptyAt = applied.current();
    return !hasHosts;
  };

  return {
    // Getters: after a rebuild the questions go to another file.
    get hosts() {
      return served.queries().hosts;
    },
    get productKeys() {
      return served.queries().productKeys;
    },
    get kms() {
      return served.queries().kms;
    },
    get imports() {
      return served.queries().imports;
    },
    get timeline() {
      return served.queries().timeline;
    },
    get requests() {
      return served.queries().requests;
    },
    get reservations() {
      return served.queries().reservations;
    },
    get activationMeans() {
      return served.queries().activationMeans;
    },
    get agreements() {
      return served.queries().agreements;
    },
    get licenceUse() {
      return served.queries().licenceUse;
    },
    progress() {
      const state = served.state();
      return state.kind === 'live' ? { sequence: applied.current(), rebuilding: false } : { sequence: state.frozenAt, rebuilding: true };
    },
    sequenceAsOf: (recordedAt) => sequenceAsOf(served.database(), recordedAt),
    async waitUntilApplied(sequence) {
      if (served.state().kind !== 'live') return false;
      if (options.follow === 'onDemand') await feed.catchUp();
      return applied.waitUntilApplied(sequence, APPLIED_WAIT_MS_MAX);
    },
    catchUp(onProgress) {
      // A reader's open transaction would keep what is committed meanwhile from being moved into the file.
      served.renew();
      return feed.catchUp(onProgress);
    },
    headMoved: () => feed.headMoved(),
    failed,
    hostsUnder: (shortName) => (isEmpty() ? [] : hostsUnder(served.queries().hosts, shortName)),
    keysEndingIn: (lastFive) => served.queries().productKeys.byLastFive(lastFive).map((row) => ({ stream: row.key, fingerprint: row.fingerprint })),
    async close() {
      applied.close();
      await feed.stop().catch(() => undefined);
      served.close();
    },
  };
}

async function buildReadModelIfMissing({ parts: { directory, store } }: ReadModelOptions): Promise<void> {
  if (planReadModel(directory.path, PROJECTIONS).kind === 'current') return;
  await withBoundedHeap(() => buildReadModel({ store, directory: directory.path, projections: PROJECTIONS, upcast, onProgress: boundYoungGeneration }));
  removeOtherReadModels(directory.path, PROJECTIONS);
}

interface FeedEvents {
  readonly onApplied: (sequence: Sequence) => void;
  readonly onBuilt: (path: string) => void;
}

async function openFeed(options: ReadModelOptions, events: FeedEvents, applied: AppliedSequence): Promise<Feed> {
  const { store, log } = options.parts;
  if (options.follow === 'onDemand') return openFeedOnDemand(options, events);
  const catchUp = async (): Promise<void> => {
    await applied.waitUntilApplied((await store.head()).sequence, APPLIED_WAIT_MS_MAX);
  };
  const isHere = options.programDirectory === undefined || log === undefined;
  return { ...(isHere ? feedHere(options, events) : feedInWorker(options, log, events)), catchUp };
}

async function openFeedOnDemand({ parts }: ReadModelOptions, { onApplied }: FeedEvents): Promise<Feed> {
  const { directory, store } = parts;
  const database = openForWriting(readModelPath(directory.path, PROJECTIONS), PROJECTIONS);
  const follower = await openFollower({ store, database, projections: PROJECTIONS, upcast, onApplied });
  // One after another: two that read the log at once would fold the same events.
  let catchingUp: Promise<unknown> = Promise.resolve();
  const catchUp = async (onProgress?: (applied: number) => void): Promise<void> => {
    // After a long import the log's pages are in memory and will not be needed; the read model's will.
    parts.releaseMemory?.();
    await withBoundedHeap(() => follower.applyUntilHead({ onProgress: (progress) => onProgress?.(progress.applied) }));
  };
  return {
    headMoved: () => undefined,
    catchUp(onProgress) {
      const caughtUp = catchingUp.then(() => catchUp(onProgress));
      catchingUp = caughtUp.catch(() => undefined);
      return caughtUp;
    },
    ended: new Promise(() => undefined),
    async stop() {
      await catchingUp;
      database.close();
    },
  };
}

function feedHere({ parts: { directory, store } }: ReadModelOptions, events: FeedEvents): Omit<Feed, 'catchUp'> {
  const stop = new AbortController();
  const ended = feedReadModel({ store, directory: directory.path, projections: PROJECTIONS, upcast, signal: stop.signal, ...events });
  return {
    headMoved: () => undefined,
    ended,
    stop() {
      stop.abort();
      return ended;
    },
  };
}

function feedInWorker({ parts }: ReadModelOptions, log: LogPlace, events: FeedEvents): Omit<Feed, 'catchUp'> {
  const data: FollowTask = { log, directory: parts.directory.path };
  const worker = startWorkerFollower({ entry: new URL('./followThread.js', import.meta.url), data, ...events });
  let told = false;
  return {
    ...worker,
    // Once for all commits of one turn of the event loop: a message costs more than a commit's share of it.
    headMoved() {
      if (told) return;
      told = true;
      setImmediate(() => {
        told = false;
        worker.headMoved();
      });
    },
  };
}

/** Every domain that a host was met with under this short name. */
function hostsUnder(queries: HostStatusQueries, shortName: string): readonly KnownHost[] {
  return queries.byName(shortName, { now: 0 }).flatMap(({ host }) => {
    // What is met under the name of a merged host is the survivor's.
    const stream = queries.survivorOf(host);
    return queries
      .identities(host)
      .filter(({ kind, value }) => kind === 'NAME' && (value === shortName || value.startsWith(`${shortName}.`)))
      .map(({ value }) => ({ domain: value.slice(shortName.length + 1), stream }));
  });
}
