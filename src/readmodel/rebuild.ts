import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Sequence } from '../kernel/identifiers.js';
import type { Projection } from './definition.js';
import { openReadTurns, type ReadTurns } from './readTurns.js';
import {
  finishedName,
  openEmpty,
  openForReading,
  openForWriting,
  readableProjections,
  readCheckpoint,
  readModelPath,
  removeFile,
  unfinishedPath,
} from './readModelFile.js';

/** Which file answers at a start, and whether another has to be built. */
export type ReadModelPlan =
  /** Today's file is there: it answers while it catches up. */
  | { readonly kind: 'current'; readonly path: string }
  /** Today's file is built, and until then the newest of the older ones answers, frozen; where there is none, empty tables do. */
  | { readonly kind: 'rebuild'; readonly path: string; readonly serving: string | undefined };

const READ_MODEL_FILE = /^readmodel-[0-9a-f]+\.db$/;

export function planReadModel(directory: string, projections: readonly Projection[]): ReadModelPlan {
  const path = readModelPath(directory, projections);
  if (existsSync(path)) return { kind: 'current', path };
  return { kind: 'rebuild', path, serving: furthest(olderFiles(directory, path)) };
}

/** Removes the files of other projections and their unfinished builds. Call it when nobody reads them any more. */
export function removeOtherReadModels(directory: string, projections: readonly Projection[]): readonly string[] {
  const keep = readModelPath(directory, projections);
  const others = readdirSync(directory)
    .filter((name) => READ_MODEL_FILE.test(finishedName(name)) && !name.startsWith(basename(keep)))
    .map((name) => join(directory, name));
  for (const other of others) removeFile(other);
  return others;
}

/** Removes today's file, so that it is built from the log again. Nobody may have it open. */
export function removeReadModel(directory: string, projections: readonly Projection[]): void {
  const path = readModelPath(directory, projections);
  for (const file of [path, unfinishedPath(path)]) removeFile(file);
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
  /** What is asked in one turn of the event loop is answered from one moment, unless `renew` is called in between. */
  queries(): Queries;
  database(): Database.Database;
  state(): ServedState;
  /** What is asked next sees everything committed by now. */
  renew(): void;
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
  let database = openServing(plan, projections);
  let turns: ReadTurns = openReadTurns(database);
  const available = readableProjections(database, projections);
  let queries = open(database, available);
  let state: ServedState = plan.kind === 'current' ? { kind: 'live' } : frozen(database, projections, available);

  return {
    queries() {
      turns.begin();
      return queries;
    },
    database: () => database,
    state: () => state,
    renew: () => turns.end(),
    switchTo(path) {
      const next = openForReading(path);
      queries = open(next, readableProjections(next, projections));
      state = { kind: 'live' };
      turns.end();
      database.close();
      database = next;
      turns = openReadTurns(next);
    },
    close() {
      turns.end();
      database.close();
    },
  };
}

function openServing(plan: ReadModelPlan, projections: readonly Projection[]): Database.Database {
  const path = plan.kind === 'current' ? plan.path : plan.serving;
  return path === undefined ? openEmpty(projections) : openForReading(path);
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
