import { existsSync, renameSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { Sequence } from '../kernel/identifiers.js';
import type { Projection } from './definition.js';
import { openFollower, type FollowedStore, type FollowProgress } from './follow.js';
import type { Upcast } from './readEvent.js';
import { closeBuilt, openForBuilding, readModelPath, removeFile, unfinishedPaths } from './readModelFile.js';

export interface BuildOptions {
  readonly store: FollowedStore;
  readonly directory: string;
  readonly projections: readonly Projection[];
  readonly upcast: Upcast;
  readonly batchEvents?: number | undefined;
  readonly onProgress?: ((progress: FollowProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Without it all is folded here. */
  readonly aside?: BuildAside | undefined;
}

/** Folds some of the projections at the same time as the others, in another thread and into a file of its own. */
export interface BuildAside {
  /** Their names. */
  readonly projections: readonly string[];
  /** Logs of fewer events are not worth a thread. */
  readonly eventsMin: number;
  /** Fulfilled when `foldPart` has done the task; rejects when it could not, or was ended by `signal`. */
  build(task: PartTask, signal: AbortSignal): Promise<void>;
}

export interface PartTask {
  /** The file to make. */
  readonly path: string;
  /** The last event to fold. */
  readonly until: Sequence;
}

/** Far more than a follower folds before it commits: there is nothing to keep from a crash, and the rows of an object are written once each time. */
const BUILD_TRANSACTION_EVENTS = 1_000_000;

/**
 * Builds today's file up to what is now the end of the log under another name, then gives it its own in one step: who finds the
 * name finds it complete. What an interrupted build left is thrown away. Answers undefined when `signal` ended it early.
 */
export async function buildReadModel(options: BuildOptions): Promise<string | undefined> {
  const path = readModelPath(options.directory, options.projections);
  if (existsSync(path)) return path;
  const [building, part] = unfinishedPaths(path);
  for (const left of [building, part]) removeFile(left);
  const { sequence: until } = await options.store.head();
  const database = openForBuilding(building, options.projections);
  try {
    await foldAll(options, database, { path: part, until });
    if (options.signal?.aborted !== true) {
      closeBuilt(database);
      renameSync(building, path);
      return path;
    }
    return undefined;
  } finally {
    database.close();
    for (const left of [building, part]) removeFile(left);
  }
}

/** What a `BuildAside` does in its thread: folds projections into a new file. */
export async function foldPart(options: Pick<BuildOptions, 'store' | 'projections' | 'upcast' | 'batchEvents'>, { path, until }: PartTask): Promise<void> {
  const database = openForBuilding(path, options.projections);
  try {
    await fold(options, database, options.projections, until);
  } finally {
    database.close();
  }
}

async function foldAll(options: BuildOptions, database: Database.Database, part: PartTask): Promise<void> {
  const { aside, projections } = options;
  if (aside === undefined || part.until < aside.eventsMin) return fold(options, database, projections, part.until);
  const stop = new AbortController();
  const stopped = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const apart = aside.build(part, stopped);
  try {
    const rest = projections.filter(({ name }) => !aside.projections.includes(name));
    await Promise.all([fold(options, database, rest, part.until), apart]);
    if (!stopped.aborted) copyTables(database, part.path);
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
  } finally {
    stop.abort();
    // Its file may only be removed when nobody writes it any more.
    await apart.catch(() => undefined);
  }
}

async function fold(
  options: Pick<BuildOptions, 'store' | 'upcast' | 'batchEvents' | 'onProgress' | 'signal'>,
  database: Database.Database,
  projections: readonly Projection[],
  until: Sequence,
): Promise<void> {
  const { store, upcast, batchEvents, onProgress, signal } = options;
  const follower = await openFollower({ store, upcast, batchEvents, database, projections, transactionEvents: BUILD_TRANSACTION_EVENTS });
  await follower.applyUntilHead({ until, onProgress, signal });
}

/** SQLite moves rows between tables and indexes of the same definition without unpacking them: a small part of what folding them took. */
function copyTables(database: Database.Database, from: string): void {
  database.prepare('ATTACH ? AS part').run(from);
  const tables = database.prepare<[], string>(`SELECT name FROM part.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'readmodel\\_%' ESCAPE '\\'`);
  for (const table of tables.pluck().all()) database.exec(`INSERT INTO main.${table} SELECT * FROM part.${table}`);
  database.exec('DETACH part');
}
