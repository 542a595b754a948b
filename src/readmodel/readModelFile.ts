import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Bookmark, Position, Sequence } from '../kernel/identifiers.js';
import type { Projection } from './definition.js';
import { ReadModelError } from './errors.js';
import { definitionHash, readModelFingerprint } from './fingerprint.js';

/** How far a file has folded the log, and what proves that it was this log. */
export interface Checkpoint {
  readonly bookmark: Bookmark;
  /** Undefined until the log's first event is folded. */
  readonly ledgerId: string | undefined;
  /** SHA-256 of the text of the last event folded; undefined before the first. */
  readonly eventHash: string | undefined;
}

/** Pages kept in memory by the connection that writes: enough for the current rows of some 100,000 hosts. */
const WRITER_CACHE_KIB = 48 * 1024;
const READER_CACHE_KIB = 64 * 1024;
/** Frames after which SQLite moves the write-ahead log into the file: large, since one batch touches thousands of pages. */
const WAL_AUTOCHECKPOINT_PAGES = 8_000;
const BUSY_TIMEOUT_MS = 5_000;

const ENGINE_TABLES = [
  `CREATE TABLE readmodel_checkpoint (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     sequence INTEGER NOT NULL,
     position TEXT NOT NULL,
     ledgerId TEXT,
     eventHash TEXT
   ) STRICT`,
  `INSERT INTO readmodel_checkpoint (id, sequence, position) VALUES (1, 0, '0')`,
  // The running maximum of recordedAt, where it rises: `asOf` a time is the sequence before the first later row.
  `CREATE TABLE readmodel_clock (recordedAt INTEGER PRIMARY KEY, sequence INTEGER NOT NULL) STRICT`,
  `CREATE TABLE readmodel_projection (name TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT`,
];

/** Path of the file that today's projections are kept in. */
export function readModelPath(directory: string, projections: readonly Projection[]): string {
  return join(directory, `readmodel-${readModelFingerprint(projections)}.db`);
}

const BUILDING_SUFFIX = '.building';
/** What belongs to one SQLite file in WAL mode. */
const FILE_SUFFIXES = ['', '-wal', '-shm'] as const;

/** Under which name a file is built. */
export function unfinishedPath(path: string): string {
  return `${path}${BUILDING_SUFFIX}`;
}

/** The name that an unfinished file is to get; any other name as it is. */
export function finishedName(name: string): string {
  return name.replace(BUILDING_SUFFIX, '');
}

/** Removes a file and what SQLite keeps beside it. */
export function removeFile(path: string): void {
  for (const suffix of FILE_SUFFIXES) rmSync(`${path}${suffix}`, { force: true });
}

/** Opens the file for the one connection that writes it, and makes its tables if it is new. */
export function openForWriting(path: string, projections: readonly Projection[]): Database.Database {
  // Made before SQLite does, which would let others read it; SQLite gives its -wal and -shm the same mode.
  closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = WAL');
  // A commit lost in a power failure is folded again from the log: the checkpoint goes with the rows.
  database.pragma('synchronous = NORMAL');
  database.pragma(`wal_autocheckpoint = ${WAL_AUTOCHECKPOINT_PAGES}`);
  return prepared(database, projections);
}

/**
 * Opens a new file that nobody else looks at before `closeBuilt`: without sync and with a journal in memory (which is empty, for pages
 * that are new; SQLite as it is compiled here refuses to do without), since a build that is cut off is thrown away and begun again.
 */
export function openForBuilding(path: string, projections: readonly Projection[]): Database.Database {
  closeSync(openSync(path, 'ax', 0o600));
  const database = new Database(path);
  database.pragma('journal_mode = MEMORY');
  database.pragma('synchronous = OFF');
  database.pragma('locking_mode = EXCLUSIVE');
  return prepared(database, projections);
}

/** Brings a built file to the disk, and into the mode in which it is written and read from now on. */
export function closeBuilt(database: Database.Database): void {
  database.pragma('journal_mode = WAL');
  database.close();
  const file = openSync(database.name, 'r+');
  fsyncSync(file);
  closeSync(file);
}

/** Tables without rows, for questions that are put before there is any file. */
export function openEmpty(projections: readonly Projection[]): Database.Database {
  return prepared(new Database(':memory:'), projections);
}

/** Opens an existing file for questions. */
export function openForReading(path: string): Database.Database {
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  database.pragma(`cache_size = -${READER_CACHE_KIB}`);
  return database;
}

export function readCheckpoint(database: Database.Database): Checkpoint {
  const row = database
    .prepare<[], CheckpointRow>('SELECT sequence, position, ledgerId, eventHash FROM readmodel_checkpoint WHERE id = 1')
    .get();
  if (row === undefined) throw new ReadModelError('FILE_UNUSABLE', `${database.name} has no checkpoint`);
  return {
    bookmark: { sequence: row.sequence as Sequence, position: BigInt(row.position) as Position },
    ledgerId: row.ledgerId ?? undefined,
    eventHash: row.eventHash ?? undefined,
  };
}

/**
 * The last event known at a moment of recorded time (epoch ms): the last sequence whose running maximum of `recordedAt` is not
 * later. 0 before the first event; the checkpoint's sequence for a moment after the last.
 */
export function sequenceAsOf(database: Database.Database, recordedMs: number): Sequence {
  const later = database
    .prepare<[number], number>('SELECT sequence FROM readmodel_clock WHERE recordedAt > ? ORDER BY recordedAt LIMIT 1')
    .pluck()
    .get(recordedMs);
  return later === undefined ? readCheckpoint(database).bookmark.sequence : ((later - 1) as Sequence);
}

/** The recorded time (epoch ms) from which on the file knew an event: the earliest for which `sequenceAsOf` has come to it. */
export function recordedAtOf(database: Database.Database, sequence: Sequence): number {
  const bounds = database.prepare<[], { first: number | null; last: number | null }>('SELECT MIN(recordedAt) AS first, MAX(recordedAt) AS last FROM readmodel_clock').get();
  let before = bounds?.first ?? 0;
  let known = bounds?.last ?? 0;
  // By halves: the clock is found by its times alone, and rises with the sequence.
  while (before < known) {
    const middle = Math.floor((before + known) / 2);
    if (sequenceAsOf(database, middle) >= sequence) known = middle;
    else before = middle + 1;
  }
  return known;
}

/** The projections of a file whose tables are those of today: only these may be asked in an older file. */
export function readableProjections(database: Database.Database, projections: readonly Projection[]): ReadonlySet<string> {
  const stored = database.prepare<[], { name: string; definition: string }>('SELECT name, definition FROM readmodel_projection').all();
  const definitions = new Map(stored.map((row) => [row.name, row.definition]));
  return new Set(projections.filter((each) => definitions.get(each.name) === definitionHash(each)).map((each) => each.name));
}

interface CheckpointRow {
  readonly sequence: number;
  readonly position: string;
  readonly ledgerId: string | null;
  readonly eventHash: string | null;
}

function prepared(database: Database.Database, projections: readonly Projection[]): Database.Database {
  database.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
  database.pragma('temp_store = MEMORY');
  createTables(database, projections);
  return database;
}

function createTables(database: Database.Database, projections: readonly Projection[]): void {
  database.transaction(() => {
    const exists = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'readmodel_checkpoint'`).get() !== undefined;
    if (exists) {
      if (readableProjections(database, projections).size !== projections.length) {
        throw new ReadModelError('FILE_UNUSABLE', `${database.name} was built by other projections; delete it and start again`);
      }
      return;
    }
    for (const statement of ENGINE_TABLES) database.exec(statement);
    const describe = database.prepare('INSERT INTO readmodel_projection (name, definition) VALUES (?, ?)');
    for (const projection of projections) {
      for (const statement of projection.tables) database.exec(statement);
      describe.run(projection.name, definitionHash(projection));
    }
  }).immediate();
}
