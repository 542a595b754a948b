import Database from 'better-sqlite3';
import { openDatabaseFile } from '../../src/store/sqlite/databaseFile.js';
import { LOG_SCHEMA } from '../../src/store/sqlite/schema.js';
import { PAGE_CACHE_KIB } from '../../src/store/sqlite/sqliteStore.js';
import { openWalKeeper, WAL_BYTES_MAX } from '../../src/store/sqlite/walKeeper.js';

/** The rows of a log as bytes: what the product wrote, to be written again without it. */
export interface RawRows {
  readonly streams: readonly (readonly [id: number, name: string])[];
  readonly events: readonly (readonly [position: number, stream: number, revision: number, id: Buffer, text: string])[];
}

/** Reads the rows after a position; streams come with their first event. */
export function openRawReader(path: string): { read(after: number, limit: number): RawRows; close(): void } {
  const database = new Database(path, { readonly: true });
  const selectEvents = database
    .prepare<[number, number], RawRows['events'][number]>('SELECT position, stream, revision, id, text FROM events WHERE position > ? ORDER BY position LIMIT ?')
    .raw(true);
  const selectName = database.prepare<[number], string>('SELECT name FROM streams WHERE id = ?').pluck();
  return {
    read(after, limit) {
      const events = selectEvents.all(after, limit);
      const opened = events.filter(([, , revision]) => revision === 0).map(([, stream]) => stream);
      return { events, streams: opened.map((id) => [id, selectName.get(id) ?? '']) };
    },
    close: () => void database.close(),
  };
}

/** A file with the product's own tables, indexes and pragmas, written by nothing but prepared inserts. */
export function openRawLog(path: string): { write(rows: RawRows, batch: number): number; close(): void } {
  const database = openDatabaseFile({ path, schema: LOG_SCHEMA, readOnly: false });
  database.pragma('synchronous = FULL');
  database.pragma(`cache_size = -${PAGE_CACHE_KIB}`);
  database.pragma('mmap_size = 0');
  openWalKeeper(database, path, WAL_BYTES_MAX);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const insertStream = database.prepare<[number, string]>('INSERT INTO streams (id, name) VALUES (?, ?)');
  const insertEvent = database.prepare<[number, number, number, Buffer, string]>(
    'INSERT INTO events (position, stream, revision, id, text) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    /** Writes the rows in transactions of `batch` events, and answers with the seconds that took. */
    write({ streams, events }, batch) {
      const names = new Map(streams);
      const start = performance.now();
      for (let from = 0; from < events.length; from += batch) {
        begin.run();
        const to = Math.min(from + batch, events.length);
        for (let index = from; index < to; index += 1) {
          const row = events[index];
          if (row === undefined) continue;
          const [position, stream, revision, id, text] = row;
          if (revision === 0) insertStream.run(stream, names.get(stream) ?? '');
          insertEvent.run(position, stream, revision, id, text);
        }
        commit.run();
      }
      return (performance.now() - start) / 1_000;
    },
    close: () => void database.close(),
  };
}
