import type { Database } from 'better-sqlite3';
import type { CanonicalText, StoredEvent } from '../../kernel/envelope.js';
import type { EventId, Position, Revision, Sequence, StreamId } from '../../kernel/identifiers.js';
import { boundedCache } from './boundedCache.js';
import { EVENT_ID_BYTES, readEventId, writeEventId } from './eventIdBytes.js';

/** Reads of the log; every one sees all that is committed when it is called. */
export interface LogReader {
  after(sequence: number, limit: number): readonly StoredEvent[];
  stream(stream: StreamId, from: Revision, limit: number): readonly StoredEvent[];
  streamBackwards(stream: StreamId, limit: number): readonly StoredEvent[];
  byId(id: EventId): StoredEvent | undefined;
  byIds(ids: readonly EventId[]): ReadonlyMap<EventId, StoredEvent>;
  /** Sequence of the last event, 0 for an empty log. */
  last(): number;
  /** Drops what is remembered of streams that a rollback took back. */
  forget(): void;
}

/** Names of streams remembered by number, so that a page of events does not look each one up. */
const STREAM_NAMES_MAX = 131_072;

type Row = [position: number, stream: number, revision: number, id: Uint8Array, text: CanonicalText];

const COLUMNS = 'position, stream, revision, id, text';

export function openLogReader(database: Database): LogReader {
  const rows = (sql: string) => database.prepare<unknown[], Row>(sql).raw(true);
  const selectAfter = rows(`SELECT ${COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?`);
  const selectStream = rows(`SELECT ${COLUMNS} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`);
  const selectBackwards = rows(`SELECT ${COLUMNS} FROM events WHERE stream = ? ORDER BY revision DESC LIMIT ?`);
  const selectById = rows(`SELECT ${COLUMNS} FROM events WHERE id = ?`);
  // All ids as one value, cut up by SQLite: a statement for each id would take a lock of the file each, at several times the cost.
  const selectByIds = rows(
    `WITH RECURSIVE place (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM place WHERE number + 1 < ?)
     SELECT ${COLUMNS} FROM place CROSS JOIN events ON events.id = substr(?, 1 + ${EVENT_ID_BYTES} * place.number, ${EVENT_ID_BYTES})`,
  );
  const selectBetween = database.prepare<[Buffer, Buffer], number>('SELECT 1 FROM events WHERE id BETWEEN ? AND ? LIMIT 1').pluck();
  const selectLast = database.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
  const selectNumber = database.prepare<[string], number>('SELECT id FROM streams WHERE name = ?').pluck();
  const selectName = database.prepare<[number], StreamId>('SELECT name FROM streams WHERE id = ?').pluck();
  const names = boundedCache<number, StreamId>(STREAM_NAMES_MAX);
  const idBytes = Buffer.alloc(EVENT_ID_BYTES);

  const nameOf = (number: number): StreamId => {
    const known = names.get(number);
    if (known !== undefined) return known;
    const name = selectName.get(number);
    if (name === undefined) throw new Error(`stream ${number} has events but no name`);
    names.set(number, name);
    return name;
  };

  const stored = ([position, stream, revision, id, text]: Row): StoredEvent => ({
    position: BigInt(position) as Position,
    sequence: position as Sequence,
    stream: nameOf(stream),
    revision: revision as Revision,
    id: readEventId(id),
    text,
  });

  const ofStream = (stream: StreamId, read: (number: number) => Row[]): readonly StoredEvent[] => {
    const number = selectNumber.get(stream);
    return number === undefined ? [] : read(number).map(stored);
  };

  /**
   * Whether the log has no id from the least to the greatest of these. Ids begin with a time, and most look-ups are of ids that are all
   * later than what the log holds of their kind: one step into the index then answers for all of them.
   */
  const noneBetween = (ids: readonly EventId[]): boolean => {
    const [first = '' as EventId] = ids;
    let [least, greatest] = [first, first];
    for (const id of ids) {
      if (id < least) least = id;
      else if (id > greatest) greatest = id;
    }
    const bounds = Buffer.alloc(2 * EVENT_ID_BYTES);
    writeEventId(least, bounds, 0);
    writeEventId(greatest, bounds, EVENT_ID_BYTES);
    return selectBetween.get(bounds.subarray(0, EVENT_ID_BYTES), bounds.subarray(EVENT_ID_BYTES)) === undefined;
  };

  return {
    after: (sequence, limit) => selectAfter.all(sequence, limit).map(stored),
    stream: (stream, from, limit) => ofStream(stream, (number) => selectStream.all(number, from, limit)),
    streamBackwards: (stream, limit) => ofStream(stream, (number) => selectBackwards.all(number, limit)),
    byId(id) {
      writeEventId(id, idBytes, 0);
      const row = selectById.get(idBytes);
      return row === undefined ? undefined : stored(row);
    },
    byIds(ids) {
      if (ids.length === 0) return new Map();
      if (noneBetween(ids)) return new Map();
      const bytes = Buffer.alloc(EVENT_ID_BYTES * ids.length);
      let offset = 0;
      for (const id of ids) {
        writeEventId(id, bytes, offset);
        offset += EVENT_ID_BYTES;
      }
      return new Map(selectByIds.all(ids.length, bytes).map((row) => [readEventId(row[3]), stored(row)]));
    },
    last: () => selectLast.get() ?? 0,
    forget: () => names.clear(),
  };
}
