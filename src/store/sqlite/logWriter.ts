import Database from 'better-sqlite3';
import { CanonicalError, canonicalEvent } from '../../kernel/canonical.js';
import type { CanonicalText, NewEvent, StoredEvent } from '../../kernel/envelope.js';
import type { EventId, Position, Revision, Sequence, StreamId } from '../../kernel/identifiers.js';
import { judgeAppend, meetsExpectation, nextRevision, type Judgement } from '../judgeAppend.js';
import type { Append, AppendOutcome, AppendResult, ExpectedRevision } from '../port.js';
import { boundedCache } from './boundedCache.js';
import { EVENT_ID_BYTES, writeEventId } from './eventIdBytes.js';
import type { LogReader } from './logReader.js';

/** Writes groups of appends, each group in one transaction. */
export interface LogWriter {
  /**
   * Judges the appends in order and commits them together; `failed` concerns one append alone (an event without canonical form).
   * When it throws, nothing of the group was acknowledged and its outcome is unknown.
   */
  commit(appends: readonly Append[]): AppendOutcome[];
}

/** Streams whose number and last revision are remembered. */
const STREAM_HEADS_MAX = 65_536;

/** A stream as the writer knows it. `head` moves with each insert; a rollback forgets all of them. */
interface StreamHead {
  readonly number: number;
  head: Revision | undefined;
}

/** Whether ids are looked up before they are inserted, or left to the unique index. */
type Care = 'trusting' | 'careful';

export function openLogWriter(database: Database.Database, reader: LogReader): LogWriter {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  const selectDataVersion = database.prepare<[], number>('PRAGMA data_version').pluck();
  const selectStream = database.prepare<[string], { number: number; head: Revision | null }>(
    'SELECT id AS number, (SELECT max(revision) FROM events WHERE stream = streams.id) AS head FROM streams WHERE name = ?',
  );
  const insertStream = database.prepare<[string]>('INSERT INTO streams (name) VALUES (?)');
  const insertEvent = database.prepare<[number, number, number, Buffer, string]>(
    'INSERT INTO events (position, stream, revision, id, text) VALUES (?, ?, ?, ?, ?)',
  );
  const heads = boundedCache<StreamId, StreamHead>(STREAM_HEADS_MAX);
  const idBytes = Buffer.alloc(EVENT_ID_BYTES);
  let last: number | undefined;
  let dataVersion: number | undefined;

  const forget = (): void => {
    heads.clear();
    reader.forget();
    last = undefined;
  };

  const headOf = (stream: StreamId): StreamHead | undefined => {
    const known = heads.get(stream);
    if (known !== undefined) return known;
    const row = selectStream.get(stream);
    if (row === undefined) return undefined;
    const found = { number: row.number, head: row.head ?? undefined };
    heads.set(stream, found);
    return found;
  };

  const insert = (stream: StreamId, known: StreamHead | undefined, events: readonly NewEvent[], first: Revision): readonly StoredEvent[] => {
    // All texts before the first insert: an event without a canonical form must leave nothing of its append behind.
    const texts = events.map((event, index) => canonicalEvent(event, stream, (first + index) as Revision));
    const target = known ?? { number: Number(insertStream.run(stream).lastInsertRowid), head: undefined };
    if (known === undefined) heads.set(stream, target);
    const stored = events.map(({ id }, index): StoredEvent => {
      const text = texts[index] as CanonicalText;
      const position = (last ?? 0) + 1;
      const revision = (first + index) as Revision;
      writeEventId(id, idBytes, 0);
      insertEvent.run(position, target.number, revision, idBytes, text);
      last = position;
      return { position: BigInt(position) as Position, sequence: position as Sequence, stream, revision, id, text };
    });
    target.head = (first + events.length - 1) as Revision;
    return stored;
  };

  const append = ({ stream, expected, events }: Append, care: Care): AppendResult => {
    const known = headOf(stream);
    const judgement = judge(stream, expected, events, known?.head, care, (id) => reader.byId(id));
    switch (judgement.kind) {
      case 'write':
        return { kind: 'appended', events: insert(stream, known, events, judgement.first) };
      case 'alreadyAppended':
        return { kind: 'alreadyAppended', events: reader.stream(stream, judgement.first, events.length) };
      case 'conflict':
      case 'duplicateId':
        return judgement;
    }
  };

  const transact = (appends: readonly Append[], care: Care): AppendOutcome[] => {
    begin.run();
    try {
      // Nobody else should write here, but if another connection did, nothing remembered may be trusted.
      const version = selectDataVersion.get();
      if (version !== dataVersion) forget();
      dataVersion = version;
      last ??= reader.last();
      const outcomes = appends.map((each) => outcomeOf(() => append(each, care)));
      commit.run();
      return outcomes;
    } catch (error) {
      forget();
      if (database.inTransaction) rollback.run();
      throw error;
    }
  };

  return {
    commit(appends) {
      try {
        return transact(appends, 'trusting');
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        // Some append repeats an id. Rare, so only now is each id looked up; the others are not disturbed.
        return transact(appends, 'careful');
      }
    },
  };
}

/**
 * The usual append expects the head it finds: then its ids can stand in the log only by mistake, and the unique index
 * finds that out without a look-up for each event.
 */
function judge(
  stream: StreamId,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  head: Revision | undefined,
  care: Care,
  find: (id: EventId) => StoredEvent | undefined,
): Judgement {
  const isExact = expected === 'none' || typeof expected === 'number';
  if (care === 'trusting' && isExact && meetsExpectation(expected, head)) return { kind: 'write', first: nextRevision(head) };
  return judgeAppend(
    stream,
    expected,
    events.map((event) => event.id),
    head,
    find,
  );
}

/** An event without canonical form is a fault of its append alone; whatever else fails ends the transaction. */
function outcomeOf(work: () => AppendResult): AppendOutcome {
  try {
    return work();
  } catch (error) {
    if (error instanceof CanonicalError) return { kind: 'failed', error };
    throw error;
  }
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Database.SqliteError && (error.code === 'SQLITE_CONSTRAINT_UNIQUE' || error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY');
}
