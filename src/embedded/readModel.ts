import { chmodSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { hostStatus, openHostStatusQueries, type HostStatusQueries } from '../../projections/hostStatus.js';
import { imports, openImportsQueries, type ImportsQueries } from '../../projections/imports.js';
import { keyCounts, openKeyCountsQueries, type KeyCountsQueries } from '../../projections/keyCounts.js';
import { kmsCensus, openKmsCensusQueries, type KmsCensusQueries } from '../../projections/kmsCensus.js';
import { openTimelineQueries, timeline, type TimelineQueries } from '../../projections/timeline.js';
import type { KnownHost } from '../application/hostDirectory.js';
import type { KnownKey } from '../application/keyDirectory.js';
import type { Catalogue } from '../domain/catalogue/catalogue.js';
import { upcast } from '../domain/upcast.js';
import type { Sequence } from '../kernel/identifiers.js';
import { trackApplied } from '../readmodel/applied.js';
import type { Projection } from '../readmodel/definition.js';
import { openFollower } from '../readmodel/follow.js';
import { openForReading, openForWriting, readCheckpoint, readModelPath, sequenceAsOf } from '../readmodel/readModelFile.js';
import type { EventStore } from '../store/port.js';
import type { DataDirectory } from './dataDirectory.js';

/** Every projection of the product, in the order their rows are written. */
export const PROJECTIONS: readonly Projection[] = [hostStatus, keyCounts, kmsCensus, timeline, imports];

/** The questions that can be put to one read-model file. */
export interface Queries {
  readonly hosts: HostStatusQueries;
  readonly productKeys: KeyCountsQueries;
  readonly kms: KmsCensusQueries;
  readonly imports: ImportsQueries;
  readonly timeline: TimelineQueries;
}

export function openQueries(database: Database, catalogue: Catalogue): Queries {
  return {
    hosts: openHostStatusQueries(database),
    productKeys: openKeyCountsQueries(database),
    kms: openKmsCensusQueries(database, catalogue),
    imports: openImportsQueries(database),
    timeline: openTimelineQueries(database),
  };
}

export interface EmbeddedReadModel extends Queries {
  progress(): { readonly sequence: Sequence; readonly rebuilding: boolean };
  /** The last sequence known at a moment of recorded time (epoch ms). */
  sequenceAsOf(recordedAt: number): Sequence;
  /** True once the event is applied; false when it will not be soon. */
  waitUntilApplied(sequence: Sequence, signal?: AbortSignal): Promise<boolean>;
  /** Folds everything there is in the log. */
  catchUp(onProgress?: (applied: number) => void): Promise<void>;
  /** Resolves, with the reason, when following the log broke: queries would grow old without anybody noticing. */
  readonly failed: Promise<Error>;
  readonly hostsUnder: (shortName: string) => readonly KnownHost[];
  readonly keysEndingIn: (lastFive: string) => readonly KnownKey[];
  close(): Promise<void>;
}

export interface ReadModelOptions {
  readonly directory: DataDirectory;
  readonly store: EventStore;
  readonly follow: 'live' | 'onDemand';
  readonly catalogue: Catalogue;
  readonly programDirectory: URL | undefined;
}

/** How long a mutation waits for its own events to be readable. */
const APPLIED_WAIT_MS_MAX = 5_000;

/** Opens the read model of a directory and, if it is to live, follows the log with it. */
export async function openReadModel(options: ReadModelOptions): Promise<EmbeddedReadModel> {
  const path = readModelPath(options.directory.path, PROJECTIONS);
  const writer = openForWriting(path, PROJECTIONS);
  chmodSync(path, 0o600);
  const reader = openForReading(path);
  const queries = openQueries(reader, options.catalogue);
  const applied = trackApplied(readCheckpoint(reader).bookmark.sequence);
  const stop = new AbortController();
  const follower = await openFollower({
    store: options.store,
    database: writer,
    projections: PROJECTIONS,
    upcast,
    onApplied: (sequence) => applied.advance(sequence),
  });
  const following = options.follow === 'live' ? follower.follow(stop.signal) : Promise.resolve();
  const failed = new Promise<Error>((resolve) => {
    following.catch((error: unknown) => resolve(error instanceof Error ? error : new Error(String(error))));
  });
  const catchUp = async (onProgress?: (done: number) => void): Promise<void> => {
    if (options.follow === 'live') {
      await applied.waitUntilApplied((await options.store.head()).sequence, APPLIED_WAIT_MS_MAX);
      return;
    }
    await follower.applyUntilHead({ onProgress: (progress) => onProgress?.(progress.applied) });
  };
  await catchUp();

  return {
    ...queries,
    progress: () => ({ sequence: applied.current(), rebuilding: false }),
    sequenceAsOf: (recordedAt) => sequenceAsOf(reader, recordedAt),
    async waitUntilApplied(sequence) {
      if (options.follow === 'onDemand') await catchUp();
      return applied.waitUntilApplied(sequence, APPLIED_WAIT_MS_MAX);
    },
    catchUp,
    failed,
    hostsUnder: (shortName) => hostsUnder(queries.hosts, shortName),
    keysEndingIn: (lastFive) => queries.productKeys.byLastFive(lastFive).map((row) => ({ stream: row.key, fingerprint: row.fingerprint })),
    async close() {
      stop.abort();
      applied.close();
      await following.catch(() => undefined);
      reader.close();
      writer.close();
    },
  };
}

/** Every domain that a host was met with under this short name. */
function hostsUnder(queries: HostStatusQueries, shortName: string): readonly KnownHost[] {
  return queries.byName(shortName, { now: 0 }).flatMap(({ host }) =>
    queries
      .identities(host)
      .filter(({ kind, value }) => kind === 'NAME' && (value === shortName || value.startsWith(`${shortName}.`)))
      .map(({ value }) => ({ domain: value.slice(shortName.length + 1), stream: host })),
  );
}
