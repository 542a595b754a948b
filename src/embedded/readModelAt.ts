/** A read model of one moment, that nobody writes to: what tables are computed from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Catalogue } from '../domain/catalogue/catalogue.js';
import type { RuleBook } from '../domain/rules/ruleBook.js';
import { upcast } from '../domain/upcast.js';
import type { StoredEvent } from '../kernel/envelope.js';
import { START, type Bookmark, type Instant, type Sequence } from '../kernel/identifiers.js';
import { buildReadModel } from '../readmodel/build.js';
import type { Projection } from '../readmodel/definition.js';
import type { FollowedStore } from '../readmodel/follow.js';
import { openForReading, readCheckpoint, readModelPath } from '../readmodel/readModelFile.js';
import { boundYoungGeneration, withBoundedHeap } from './heapBounds.js';
import { PROJECTIONS, VIEW_PROJECTIONS } from './projections.js';
import { openQueries, type Queries } from './readModel.js';

/** What answers hang on besides the events. */
export interface ViewFacts {
  readonly catalogue: Catalogue;
  /** The figures that answers are computed by. */
  readonly rules: Pick<RuleBook, 'figure'>;
  /** The time that decides what time has changed. */
  readonly at: Instant;
}

export interface ReadModelAt {
  queries(facts: ViewFacts): Queries;
  /** The last event in it. */
  readonly sequence: Sequence;
  close(): Promise<void>;
}

const namesOf = (projections: readonly Projection[]): ReadonlySet<string> => new Set(projections.map(({ name }) => name));
const ALL = namesOf(PROJECTIONS);
const OF_VIEWS = namesOf(VIEW_PROJECTIONS);

/** The read model of a directory as it is now: what is committed to it later is not seen. Undefined while it is being built. */
export function snapshotReadModel(directory: string): ReadModelAt | undefined {
  let database;
  try {
    database = openForReading(readModelPath(directory, PROJECTIONS));
  } catch {
    return undefined;
  }
  database.exec('BEGIN');
  // The first read decides what is seen.
  const { sequence } = readCheckpoint(database).bookmark;
  const opened = database;
  return { queries: (facts) => queriesOn(opened, facts, ALL), sequence, close: async () => void opened.close() };
}

/** What the tables of exports need, folded from the events of a log up to a sequence, in a directory of its own that is gone afterwards. */
export async function foldReadModel(log: Pick<FollowedStore, 'readAll'>, sequence: number, onProgress?: (applied: number) => void): Promise<ReadModelAt> {
  const directory = await mkdtemp(join(tmpdir(), 'activation-ledger-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const store = storeUpTo(log, sequence);
    const build = { store, directory, projections: VIEW_PROJECTIONS, upcast };
    await withBoundedHeap(() =>
      buildReadModel({
        ...build,
        onProgress: ({ applied }) => {
          boundYoungGeneration();
          onProgress?.(applied);
        },
      }),
    );
    const database = openForReading(readModelPath(directory, VIEW_PROJECTIONS));
    return {
      queries: (facts) => queriesOn(database, facts, OF_VIEWS),
      sequence: readCheckpoint(database).bookmark.sequence,
      async close() {
        database.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function queriesOn(database: Database.Database, { catalogue, rules, at }: ViewFacts, held: ReadonlySet<string>): Queries {
  return openQueries(database, { catalogue, rules, now: () => at }, held);
}

/** The log as if it ended there. */
function storeUpTo(log: Pick<FollowedStore, 'readAll'>, sequence: number): FollowedStore {
  let last: Bookmark = START;
  const refuse = (): never => {
    throw new Error('A log that is folded once is neither followed nor searched.');
  };
  return {
    async readAll(after, limit) {
      const left = sequence - after.sequence;
      if (left <= 0) return [];
      const events: readonly StoredEvent[] = await log.readAll(after, Math.min(limit, left));
      last = events.at(-1) ?? last;
      return events;
    },
    head: async () => (last.sequence < sequence ? { position: last.position, sequence: sequence as Sequence } : last),
    subscribe: refuse,
    bookmarkAt: refuse,
  };
}
