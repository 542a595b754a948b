/**
 * What stands where in the log, as this node has counted it: a small file beside the read model. KurrentDB knows positions, streams and
 * revisions, but neither numbers over all of a ledger's streams nor where an event id stands; those answers are kept here.
 */
import type Database from 'better-sqlite3';
import { START, type Bookmark, type EventId, type Revision, type Sequence, type StreamId } from '../../kernel/identifiers.js';
import { boundedCache } from '../sqlite/boundedCache.js';
import { openDatabaseFile, type DatabaseSchema } from '../sqlite/databaseFile.js';
import { EVENT_ID_BYTES, readEventId, writeEventId } from '../sqlite/eventIdBytes.js';
import { positionOf, type LogRecord, type ServerPosition } from './records.js';

/** Where an event stands. */
export interface Place {
  readonly sequence: Sequence;
  readonly stream: StreamId;
  readonly revision: Revision;
  readonly id: EventId;
  readonly at: ServerPosition;
}

export interface PlaceIndexReader {
  /** The last event counted; `START` before the first. */
  head(): Bookmark;
  /** Undefined beyond the last event counted. */
  place(sequence: number): Place | undefined;
  /** Where to go on reading: at the last event counted, or after it where the server said that nothing of the ledger stands in between. */
  resumeAt(): ServerPosition | undefined;
  close(): void;
}

export interface PlaceIndex extends PlaceIndexReader {
  /** Revision of the last event of a stream that is counted. */
  headOf(stream: StreamId): Revision | undefined;
  /** The first place of each id that has one. */
  byIds(ids: readonly EventId[]): ReadonlyMap<EventId, Place>;
  /** Numbers of a stream's events between two revisions, both included, by revision. */
  sequencesOf(stream: StreamId, from: Revision, to: Revision): ReadonlyMap<Revision, Sequence>;
  /** Counts events that follow the last one. Their streams must go on without a gap, which the caller has seen to. */
  add(records: readonly LogRecord[]): void;
  /** Nothing of the ledger stands between the last event counted and this position. */
  moveTo(at: ServerPosition): void;
  /** Forgets everything. */
  clear(): void;
}

export const PLACE_INDEX_SCHEMA: DatabaseSchema = {
  name: 'KurrentDB index',
  applicationId: 0x41_4c_6b_69,
  migrations: [
    `CREATE TABLE log (
       id INTEGER PRIMARY KEY CHECK (id = 1),
       prefix TEXT NOT NULL,
       commitPosition INTEGER,
       preparePosition INTEGER
     ) STRICT;
     CREATE TABLE streams (
       id INTEGER PRIMARY KEY,
       name TEXT NOT NULL UNIQUE
     ) STRICT;
     CREATE TABLE events (
       sequence INTEGER PRIMARY KEY,
       stream INTEGER NOT NULL REFERENCES streams (id),
       revision INTEGER NOT NULL,
       id BLOB NOT NULL,
       commitPosition INTEGER NOT NULL,
       preparePosition INTEGER NOT NULL,
       UNIQUE (stream, revision)
     ) STRICT;
     CREATE INDEX events_by_id ON events (id);`,
  ],
};

/** Streams whose last revision is remembered. */
const STREAM_HEADS_MAX = 131_072;

/** A stream as far as it is counted; without a number as long as it is not. */
interface CountedStream {
  number: number | undefined;
  head: Revision | undefined;
}

type PlaceRow = [sequence: bigint, stream: StreamId, revision: bigint, id: string, commit: bigint, prepare: bigint];

const PLACES = `SELECT sequence, streams.name, revision, lower(hex(events.id)), commitPosition, preparePosition
  FROM events JOIN streams ON streams.id = events.stream`;

/** Opens the index of a thread that only reads. Throws STORE_MISSING where there is none. */
export function openPlaceIndexReader(path: string): PlaceIndexReader {
  return readerOf(openDatabaseFile({ path, schema: PLACE_INDEX_SCHEMA, readOnly: true }));
}

/** Opens the index for counting, and makes it where there is none. One of another prefix is emptied. */
export function openPlaceIndex(path: string, prefix: string): PlaceIndex {
  const database = openDatabaseFile({ path, schema: PLACE_INDEX_SCHEMA, readOnly: false });
  // What a power failure takes is counted again.
  database.pragma('synchronous = NORMAL');
  const reader = readerOf(database);
  const selectPrefix = database.prepare<[], string>('SELECT prefix FROM log').pluck();
  const selectGreatestId = database.prepare<[], string | null>('SELECT lower(hex(max(id))) FROM events').pluck();
  const selectStream = database.prepare<[string], { id: number; head: number | null }>(
    'SELECT id, (SELECT max(revision) FROM events WHERE stream = streams.id) AS head FROM streams WHERE name = ?',
  );
  const selectById = database.prepare<[Buffer], PlaceRow>(`${PLACES} WHERE events.id = ? ORDER BY sequence LIMIT 1`).raw(true).safeIntegers();
  const selectSequences = database.prepare<[string, number, number], [Revision, Sequence]>(
    'SELECT revision, sequence FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?) AND revision BETWEEN ? AND ?',
  ).raw(true);
  const insertStream = database.prepare<[string]>('INSERT INTO streams (name) VALUES (?)');
  const insertEvent = database.prepare<[number, number, number, Buffer, bigint, bigint]>(
    'INSERT INTO events (sequence, stream, revision, id, commitPosition, preparePosition) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) => database.prepare(sql)) as [Database.Statement, Database.Statement, Database.Statement];
  const move = database.prepare<[bigint, bigint]>('UPDATE log SET commitPosition = ?, preparePosition = ?');
  const idBytes = Buffer.alloc(EVENT_ID_BYTES);
  const streams = boundedCache<StreamId, CountedStream>(STREAM_HEADS_MAX);
  let head: Bookmark = START;
  let resumeAt: ServerPosition | undefined;
  /** Most ids begin with the present time: what is greater than all that are counted needs no look-up. */
  let greatestId = '' as EventId;

  const streamOf = (name: StreamId): CountedStream => {
    const known = streams.get(name);
    if (known !== undefined) return known;
    const row = selectStream.get(name);
    const found = { number: row?.id, head: (row?.head ?? undefined) as Revision | undefined };
    streams.set(name, found);
    return found;
  };

  const firstPlace = (id: EventId): Place | undefined => {
    if (id > greatestId) return undefined;
    writeEventId(id, idBytes, 0);
    const row = selectById.get(idBytes);
    return row === undefined ? undefined : placeOf(row);
  };

  const recall = (): void => {
    streams.clear();
    head = reader.head();
    resumeAt = reader.resumeAt();
    const greatest = selectGreatestId.get() ?? null;
    greatestId = greatest === null ? ('' as EventId) : readEventId(greatest);
  };

  const clear = (): void => {
    database.exec('BEGIN IMMEDIATE; DELETE FROM events; DELETE FROM streams; DELETE FROM log;');
    database.prepare('INSERT INTO log (id, prefix) VALUES (1, ?)').run(prefix);
    database.exec('COMMIT');
    recall();
  };

  const insert = (records: readonly LogRecord[]): void => {
    let sequence: number = head.sequence;
    for (const { stream: name, revision, id, at } of records) {
      const stream = streamOf(name);
      stream.number ??= Number(insertStream.run(name).lastInsertRowid);
      sequence += 1;
      writeEventId(id, idBytes, 0);
      insertEvent.run(sequence, stream.number, revision, idBytes, at.commit, at.prepare);
      stream.head = revision;
      if (id > greatestId) greatestId = id;
    }
  };

  /** One transaction; if it fails, nothing remembered may be trusted. */
  const transact = (work: () => void): void => {
    try {
      begin.run();
      work();
      commit.run();
    } catch (error) {
      if (database.inTransaction) rollback.run();
      recall();
      throw error;
    }
  };

  if (selectPrefix.get() === prefix) recall();
  else clear();

  return {
    ...reader,
    head: () => head,
    resumeAt: () => resumeAt,
    headOf: (stream) => streamOf(stream).head,
    byIds(ids) {
      const places = new Map<EventId, Place>();
      for (const id of ids) {
        const place = firstPlace(id);
        if (place !== undefined) places.set(id, place);
      }
      return places;
    },
    sequencesOf: (stream, from, to) => new Map(selectSequences.all(stream, from, to)),
    add(records) {
      const last = records.at(-1);
      if (last === undefined) return;
      transact(() => {
        insert(records);
        move.run(last.at.commit, last.at.prepare);
      });
      head = { position: last.position, sequence: (head.sequence + records.length) as Sequence };
      resumeAt = last.at;
    },
    moveTo(at) {
      move.run(at.commit, at.prepare);
      resumeAt = at;
    },
    clear,
  };
}

function readerOf(database: Database.Database): PlaceIndexReader {
  const selectLast = database.prepare<[], PlaceRow>(`${PLACES} ORDER BY sequence DESC LIMIT 1`).raw(true).safeIntegers();
  const selectPlace = database.prepare<[number], PlaceRow>(`${PLACES} WHERE sequence = ?`).raw(true).safeIntegers();
  const selectResume = database.prepare<[], ServerPosition>('SELECT commitPosition AS "commit", preparePosition AS prepare FROM log WHERE commitPosition IS NOT NULL').safeIntegers();
  return {
    head() {
      const row = selectLast.get();
      return row === undefined ? START : bookmarkOf(placeOf(row));
    },
    place(sequence) {
      const row = selectPlace.get(sequence);
      return row === undefined ? undefined : placeOf(row);
    },
    resumeAt: () => selectResume.get(),
    close: () => void database.close(),
  };
}

export function bookmarkOf({ at, sequence }: Place): Bookmark {
  return { position: positionOf(at), sequence };
}

function placeOf([sequence, stream, revision, id, commit, prepare]: PlaceRow): Place {
  return { sequence: Number(sequence) as Sequence, stream, revision: Number(revision) as Revision, id: readEventId(id), at: { commit, prepare } };
}
