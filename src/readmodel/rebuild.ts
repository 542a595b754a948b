import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type Database from 'better-sqlite3';
import type { EventEnvelope } from '../kernel/envelope.js';
import type { Sequence } from '../kernel/identifiers.js';
import type { Projection } from './definition.js';
import { openFollower, type FollowedStore, type FollowProgress } from './follow.js';
import { openForReading, openForWriting, readableProjections, readCheckpoint, readModelPath } from './readModelFile.js';

/** Which file answers at a start, and whether another has to be built. */
export type ReadModelPlan =
  /** Today's file is there, or there is none at all: it answers while it catches up. */
  | { readonly kind: 'current'; readonly path: string }
  /** Only older files are there: the newest of them answers, frozen, while today's is built beside it. */
  | { readonly kind: 'rebuild'; readonly path: string; readonly serving: string };

export interface BuildOptions {
  readonly store: FollowedStore;
  readonly directory: string;
  readonly projections: readonly Projection[];
  readonly upcast: (event: EventEnvelope) => EventEnvelope;
  readonly batchEvents?: number | undefined;
  readonly onProgress?: ((progress: FollowProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const BUILDING_SUFFIX = '.building';
/** What belongs to one SQLite file in WAL mode. */
const FILE_PARTS = ['', '-wal', '-shm'] as const;
const READ_MODEL_FILE = /^readmodel-[0-9a-f]+\.db$/;

export function planReadModel(directory: string, projections: readonly Projection[]): ReadModelPlan {
  const path = readModelPath(directory, projections);
  if (existsSync(path)) return { kind: 'current', path };
  const serving = furthest(olderFiles(directory, path));
  return serving === undefined ? { kind: 'current', path } : { kind: 'rebuild', path, serving };
}

/**
 * Builds today's file up to the end of the log under another name, then gives it its own in one step: who finds the name finds
 * it complete. An interrupted build goes on where its last commit was. Answers undefined when `signal` ended it early.
 */
export async function buildReadModel(options: BuildOptions): Promise<string | undefined> {
  const path = readModelPath(options.directory, options.projections);
  if (existsSync(path)) return path;
  const building = `${path}${BUILDING_SUFFIX}`;
  const database = openForWriting(building, options.projections);
  try {
    const follower = await openFollower({ ...options, database });
    await follower.applyUntilHead({
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    // Everything must be in the file itself before it is renamed: its log would stay behind under the old name.
    database.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    database.close();
  }
  if (options.signal?.aborted === true) return undefined;
  renameSync(building, path);
  return path;
}

/** Removes the files of other projections and their unfinished builds. Call it when nobody reads them any more. */
export function removeOtherReadModels(directory: string, projections: readonly Projection[]): readonly string[] {
  const keep = readModelPath(directory, projections);
  const others = readdirSync(directory)
    .filter((name) => READ_MODEL_FILE.test(name.replace(BUILDING_SUFFIX, '')) && !name.startsWith(basename(keep)))
    .map((name) => join(directory, name));
  for (const other of others) for (const part of FILE_PARTS) rmSync(`${other}${part}`, { force: true });
  return others;
}

/** Removes today's file, so that it is built from the log again. Nobody may have it open. */
export function removeReadModel(directory: string, projections: readonly Projection[]): void {
  const path = readModelPath(directory, projections);
  for (const file of [path, `${path}${BUILDING_SUFFIX}`]) for (const part of FILE_PARTS) rmSync(`${file}${part}`, { force: true });
}

/** What the answers of a read model rest on. */
export type ServedState =
  | { readonly kind: 'live' }
  | {
      readonly kind: 'rebuilding';
      /** The last event that the frozen answers know. */
      readonly frozenAt: Sequence;
      /** Projections that the frozen file cannot answer for: their tables or folds have changed. */
      readonly unavailable: ReadonlySet<string>;
    };

/** The read model that questions go to; it may be exchanged for a newly built one between two questions. */
export interface ServedReadModel<Queries> {
  queries(): Queries;
  database(): Database.Database;
  state(): ServedState;
  /** From now on, this file answers, live; the one before is closed. */
  switchTo(path: string): void;
  close(): void;
}

/**
 * Opens the file of a plan for questions. `open` prepares the queries and is told which projections the file holds as they are
 * defined today: it must leave out the others, whose tables may be missing.
 */
export function serveReadModel<Queries>(
  plan: ReadModelPlan,
  projections: readonly Projection[],
  open: (database: Database.Database, available: ReadonlySet<string>) => Queries,
): ServedReadModel<Queries> {
  if (plan.kind === 'current') openForWriting(plan.path, projections).close();
  let database = openForReading(plan.kind === 'current' ? plan.path : plan.serving);
  const available = readableProjections(database, projections);
  let queries = open(database, available);
  let state: ServedState = plan.kind === 'current' ? { kind: 'live' } : frozen(database, projections, available);

  return {
    queries: () => queries,
    database: () => database,
    state: () => state,
    switchTo(path) {
      const next = openForReading(path);
      queries = open(next, readableProjections(next, projections));
      state = { kind: 'live' };
      database.close();
      database = next;
    },
    close: () => database.close(),
  };
}

function frozen(database: Database.Database, projections: readonly Projection[], available: ReadonlySet<string>): ServedState {
  const unavailable = new Set(projections.map((projection) => projection.name).filter((name) => !available.has(name)));
  return { kind: 'rebuilding', frozenAt: readCheckpoint(database).bookmark.sequence, unavailable };
}

function olderFiles(directory: string, wanted: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => READ_MODEL_FILE.test(name) && name !== basename(wanted))
    .map((name) => join(directory, name));
}

/** Of several older files, the one that knows the most events. */
function furthest(paths: readonly string[]): string | undefined {
  let best: { readonly path: string; readonly sequence: number } | undefined;
  for (const path of paths) {
    const database = openForReading(path);
    try {
      const { sequence } = readCheckpoint(database).bookmark;
      if (best === undefined || sequence > best.sequence) best = { path, sequence };
    } finally {
      database.close();
    }
  }
  return best?.path;
}
