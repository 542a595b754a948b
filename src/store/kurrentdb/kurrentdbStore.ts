import type { StoredEvent } from '../../kernel/envelope.js';
import { START, type Bookmark, type EventId, type Revision, type StreamId } from '../../kernel/identifiers.js';
import { checkAppend, checkAppends, checkBookmark, checkIds, checkLimit, checkReadStream, checkSequence, checkStream } from '../arguments.js';
import { storeClosed } from '../faults.js';
import { StoreError, type AppendOutcome } from '../port.js';
import { subscribeToLog, wakeAll, type WakeUps } from '../subscription.js';
import { openAppender } from './appender.js';
import { openConnection, type Connection, type StreamRead } from './connection.js';
import { logDamaged, storeUnavailable } from './failures.js';
import { openGate, type Gate } from './gate.js';
import { bookmarkIn, readNumbered } from './numberedLog.js';
import type { KurrentdbLog, KurrentdbReader, KurrentdbStore, KurrentdbStoreOptions } from './options.js';
import { openPlaceIndex, openPlaceIndexReader, type Place, type PlaceIndex, type PlaceIndexReader } from './placeIndex.js';
import { numbered, recordOf } from './records.js';
import { openTail, type Tail } from './tail.js';

/**
 * Opens a ledger's log on KurrentDB (EventStoreDB 23.10 and later): one process of any number that do so.
 *
 * Its events are those of all streams whose names begin with the prefix, in the server's order; `sequence` is their place in that order, counted
 * by each node for itself. What it counted it keeps in the index file, so that a restart counts only what is new. Resolves when the log is
 * counted to its end. Only one store may have an index file open for writing; readers in other threads (`openKurrentdbReader`) may share it.
 *
 * Beyond what the port says: `readAll`, `subscribe`, `head` and `bookmarkAt` answer from what this node has counted, which follows the server by
 * its subscription; the sequence of a bookmark decides, and its position is looked up. `readStream` and `findByIds` see what the leader has at
 * the time of the call. That an id stands in the same stream is always found out; that it stands in another stream, where it was counted.
 *
 * Rejects with `StoreError` INVALID_ARGUMENT (connection string or prefix), STORE_UNAVAILABLE (retryable), ACCESS_DENIED, LOG_DAMAGED.
 */
export async function openKurrentdbStore(options: KurrentdbStoreOptions): Promise<KurrentdbStore> {
  // First, since it refuses what is no prefix; it connects only when it is used.
  const connection = openConnection(options);
  const index = openPlaceIndex(options.indexPath, options.prefix);
  const wakeUps: WakeUps = new Set();
  const onTrouble = (error: Error): void => options.onTrouble?.(error);
  let reportDamage: (error: Error) => void = () => undefined;
  const damaged = new Promise<Error>((resolve) => {
    reportDamage = resolve;
  });
  try {
    await forgetAnotherLog(connection, index, onTrouble);
    const tail = await openTail({
      connection,
      index,
      onTrouble,
      onProgress: options.onProgress,
      onGrown() {
        wakeAll(wakeUps);
        options.onGrown?.();
      },
      onDamaged(error) {
        wakeAll(wakeUps);
        reportDamage(error);
      },
    });
    return storeOf({ connection, index, tail, wakeUps, damaged, appendBytesMax: options.appendBytesMax });
  } catch (error) {
    await connection.close();
    index.close();
    throw error;
  }
}

/**
 * Opens the log of a store that this process has open already, for another thread. It has a connection of its own, reads the store's index, and
 * shows what that store has counted. Throws `StoreError` INVALID_ARGUMENT, STORE_MISSING (no such index).
 */
export function openKurrentdbReader(options: KurrentdbLog): KurrentdbReader {
  const index = openPlaceIndexReader(options.indexPath);
  const connection = openConnection(options);
  const wakeUps: WakeUps = new Set();
  const gate = openGate(() => undefined);
  const log = openNumberedLog({ connection, index, wakeUps, gate, recent: () => undefined, failure: () => undefined });
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    const ended = gate.close();
    wakeAll(wakeUps);
    await ended;
    await connection.close();
    index.close();
  };

  return {
    ...log.reads,
    notify: () => wakeAll(wakeUps),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

interface Parts {
  readonly connection: Connection;
  readonly index: PlaceIndex;
  readonly tail: Tail;
  readonly wakeUps: WakeUps;
  readonly damaged: Promise<Error>;
  readonly appendBytesMax: number | undefined;
}

function storeOf({ connection, index, tail, wakeUps, damaged, appendBytesMax }: Parts): KurrentdbStore {
  const gate = openGate(tail.failure);
  const log = openNumberedLog({ connection, index, wakeUps, gate, recent: tail.recent, failure: tail.failure });
  const streams = openStreamReads(connection, index, tail);
  const appender = openAppender({ connection, index, tail, appendBytesMax, readStream: streams.forwards });
  let closing: Promise<void> | undefined;

  const close = async (): Promise<void> => {
    const ended = gate.close();
    wakeAll(wakeUps);
    await ended;
    tail.close();
    await connection.close();
    index.close();
  };

  return {
    kind: 'kurrentdb',
    damaged,
    ...log.reads,
    append: (stream, expected, events) =>
      gate.pass(() => {
        checkAppend(stream, expected, events);
        return appender.append({ stream, expected, events });
      }),
    appendAll: (appends) =>
      gate.pass(() => {
        checkAppends(appends);
        return Promise.all(appends.map((each) => appender.append(each).catch((error: unknown): AppendOutcome => ({ kind: 'failed', error }))));
      }),
    readStream: (stream, from, limit) =>
      gate.pass(() => {
        checkReadStream(stream, from, limit);
        return streams.forwards(stream, from, limit);
      }),
    readStreamBackwards: (stream, limit) =>
      gate.pass(() => {
        checkStream(stream);
        checkLimit(limit);
        return streams.backwards(stream, limit);
      }),
    findByIds: (ids) =>
      gate.pass(async () => {
        checkIds(ids);
        if (ids.length === 0) return new Map();
        await tail.catchUp();
        return findPlaces(index.byIds(ids), log.page);
      }),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

interface NumberedLog {
  readonly reads: Pick<KurrentdbReader, 'readAll' | 'subscribe' | 'head' | 'bookmarkAt'>;
  /** Events after a number, all counted. */
  readonly page: (after: number, count: number) => readonly StoredEvent[] | Promise<readonly StoredEvent[]>;
}

interface NumberedLogParts {
  readonly connection: Connection;
  readonly index: PlaceIndexReader;
  readonly wakeUps: WakeUps;
  readonly gate: Gate;
  readonly recent: Tail['recent'];
  readonly failure: Tail['failure'];
}

/** What is counted, read by its numbers. */
function openNumberedLog({ connection, index, wakeUps, gate, recent, failure }: NumberedLogParts): NumberedLog {
  const page = (after: number, count: number): readonly StoredEvent[] | Promise<readonly StoredEvent[]> =>
    recent(after, count) ?? readNumbered(connection, index, after, count);

  const read = ({ sequence }: Bookmark, limit: number): readonly StoredEvent[] | Promise<readonly StoredEvent[]> => {
    const failed = failure();
    if (failed !== undefined) throw failed;
    const count = Math.min(limit, index.head().sequence - sequence);
    return count <= 0 ? [] : page(sequence, count);
  };

  return {
    page,
    reads: {
      readAll: (after, limit) =>
        gate.pass(() => {
          checkBookmark(after);
          checkLimit(limit);
          return read(after, limit);
        }),
      subscribe(after, subscription) {
        checkBookmark(after);
        checkLimit(subscription.limit);
        if (gate.isClosed()) throw storeClosed();
        return subscribeToLog({ read, wakeUps, isClosed: gate.isClosed }, after, subscription);
      },
      head: () => gate.pass(() => index.head()),
      bookmarkAt: (sequence) =>
        gate.pass(() => {
          checkSequence(sequence);
          return bookmarkIn(index, sequence);
        }),
    },
  };
}

interface StreamReads {
  readonly forwards: (stream: StreamId, from: Revision, limit: number) => Promise<readonly StoredEvent[]>;
  readonly backwards: (stream: StreamId, limit: number) => Promise<readonly StoredEvent[]>;
}

/** Streams as the leader has them, each event with its number. */
function openStreamReads(connection: Connection, index: PlaceIndex, tail: Tail): StreamReads {
  const read = async (stream: StreamId, { direction, from, limit }: StreamRead): Promise<readonly StoredEvent[]> => {
    const resolved = await connection.readStream(`${connection.prefix}${stream}`, { direction, from, limit });
    const records = resolved.map((event) => recordOf(event, connection.prefix));
    const [first, last] = direction === 'forwards' ? [records[0], records.at(-1)] : [records.at(-1), records[0]];
    if (first === undefined || last === undefined) return [];
    const isWhole = last.revision - first.revision === records.length - 1 && (direction === 'backwards' || first.revision === Number(from));
    if (!isWhole) throw logDamaged(`stream ${connection.prefix}${stream} has gaps between revision ${first.revision} and ${last.revision}`);
    // Another node may have appended a moment ago.
    if ((index.headOf(stream) ?? -1) < last.revision) await tail.catchUp();
    const sequences = index.sequencesOf(stream, first.revision, last.revision);
    return records.map((record) => {
      const sequence = sequences.get(record.revision);
      if (sequence === undefined) throw storeUnavailable(`event ${record.revision} of stream ${stream} is not counted yet`);
      return numbered(record, sequence);
    });
  };
  return {
    forwards: (stream, from, limit) => read(stream, { direction: 'forwards', from: BigInt(from), limit }),
    backwards: (stream, limit) => read(stream, { direction: 'backwards', from: 0n, limit }),
  };
}

/** The events at these places, those that follow each other in the log read together: the events of one command do. */
async function findPlaces(places: ReadonlyMap<EventId, Place>, page: NumberedLog['page']): Promise<ReadonlyMap<EventId, StoredEvent>> {
  const found = new Map<EventId, StoredEvent>();
  const ordered = [...places.values()].sort((left, right) => left.sequence - right.sequence);
  for (let from = 0; from < ordered.length; ) {
    const first = ordered[from]?.sequence ?? 0;
    let to = from + 1;
    while (ordered[to]?.sequence === first + to - from) to += 1;
    for (const event of await page(first - 1, to - from)) found.set(event.id, event);
    from = to;
  }
  return found;
}

/** An index is disposable: where its first and its last event are not those of the log, it is of another log, and everything is counted anew. */
async function forgetAnotherLog(connection: Connection, index: PlaceIndex, onTrouble: (error: Error) => void): Promise<void> {
  const { sequence } = index.head();
  if (sequence === START.sequence) return;
  for (const place of [index.place(1), index.place(sequence)]) {
    const [event] = place === undefined ? [] : await connection.readAll(place.at, 1);
    const isThere = event?.event?.id === place?.id && Number(event?.event?.revision) === place?.revision;
    if (isThere) continue;
    onTrouble(new StoreError('INDEX_FORGOTTEN', 'the KurrentDB index is of another log, or of one that was restored; everything is counted anew', { retryable: false }));
    index.clear();
    return;
  }
}
