import type { Database } from 'better-sqlite3';
import type { Revision, Sequence, StreamId, SubjectId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { internerTable, openInternedTexts, openInterner, type InternedTexts } from '../src/readmodel/interner.js';
import { PAGE_ROWS_MAX, type Page, type PagedRow, type PageRequest } from '../src/readmodel/page.js';
import { openRowBuffer } from '../src/readmodel/rowBuffer.js';

/** Where an event stands; its text is read from the log (stream and revision). Times are epoch milliseconds, UTC. */
export interface TimelineRow {
  readonly sequence: Sequence;
  readonly stream: StreamId;
  readonly revision: Revision;
  readonly type: string;
  readonly actor: SubjectId;
  readonly occurredAt: number;
  readonly recordedAt: number;
}

/** All given conditions hold. Times are inclusive from, exclusive to (epoch ms). */
export interface TimelineFilter {
  /** A stream: host, product key, agreement or `ledger`. */
  readonly stream?: StreamId | undefined;
  /** Events that mention a key by its last five characters, on whichever stream. */
  readonly keyLastFive?: string | undefined;
  readonly actor?: SubjectId | undefined;
  readonly types?: readonly string[] | undefined;
  readonly occurredFrom?: number | undefined;
  readonly occurredTo?: number | undefined;
  readonly recordedFrom?: number | undefined;
  readonly recordedTo?: number | undefined;
}

export interface TimelineQueries {
  /** In log order (cursor `[sequence]`), or newest first. `asOf` leaves out later events. */
  page(filter: TimelineFilter, descending: boolean, request: PageRequest, asOf?: Sequence): Page<TimelineRow>;
  bySequence(sequence: Sequence): TimelineRow | undefined;
}

/** Events per block: how finely a search by time alone skips what cannot match. */
const BLOCK_EVENTS = 1_024;

/**
 * Which events concern what. An event's subjects are its stream, its type, its actor and a key's last five characters; for each
 * subject the sequences are kept as runs without gaps, so that a long import by one actor is a single row.
 */
export const timeline: Projection = {
  name: 'timeline',
  version: 2,
  tables: [
    internerTable('timeline_text'),
    `CREATE TABLE timeline_event (
       sequence INTEGER PRIMARY KEY,
       stream INTEGER NOT NULL,
       revision INTEGER NOT NULL,
       type INTEGER NOT NULL,
       actor INTEGER NOT NULL,
       occurredAt INTEGER NOT NULL,
       recordedAt INTEGER NOT NULL
     ) STRICT`,
    `CREATE TABLE timeline_run (
       subject INTEGER NOT NULL,
       first INTEGER NOT NULL,
       last INTEGER NOT NULL,
       PRIMARY KEY (subject, first)
     ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE timeline_block (
       first INTEGER PRIMARY KEY,
       last INTEGER NOT NULL,
       occurredMin INTEGER NOT NULL,
       occurredMax INTEGER NOT NULL,
       recordedMin INTEGER NOT NULL,
       recordedMax INTEGER NOT NULL
     ) STRICT`,
  ],
  open: openWriter,
};

/** Kinds of subjects share one number space; the prefix keeps them apart. */
const SUBJECT = {
  stream: (stream: string) => `stream ${stream}`,
  type: (type: string) => `type ${type}`,
  actor: (actor: string) => `actor ${actor}`,
  key: (lastFive: string) => `key ${lastFive}`,
} as const;

/** Runs held at most; those still growing are then written twice. */
const RUNS_HELD_MAX = 100_000;

/** Subjects of one kind whose numbers are remembered. */
const SUBJECTS_REMEMBERED_MAX = 200_000;

interface Run {
  readonly subject: number;
  readonly first: number;
  last: number;
}

interface Block {
  readonly first: number;
  last: number;
  occurredMin: number;
  occurredMax: number;
  recordedMin: number;
  recordedMax: number;
}

function openWriter(database: Database): ProjectionWriter {
  const texts = openInterner(database, 'timeline_text');
  const events = openRowBuffer(database, {
    insert: 'INSERT INTO timeline_event',
    columns: ['sequence', 'stream', 'revision', 'type', 'actor', 'occurredAt', 'recordedAt'],
  });
  const writtenRuns = openRowBuffer(database, { insert: 'INSERT OR REPLACE INTO timeline_run', columns: ['subject', 'first', 'last'] });
  const writtenBlocks = openRowBuffer(database, {
    insert: 'INSERT OR REPLACE INTO timeline_block',
    columns: ['first', 'last', 'occurredMin', 'occurredMax', 'recordedMin', 'recordedMax'],
  });
  const newestRun = database.prepare<[number], Run>('SELECT subject, first, last FROM timeline_run WHERE subject = ? ORDER BY first DESC LIMIT 1');
  let block = database.prepare<[], Block>('SELECT * FROM timeline_block ORDER BY first DESC LIMIT 1').get();
  let blocks: Block[] = [];
  let runs: Run[] = [];
  /** Runs that the previous event belongs to; undefined before the first event of this writer. */
  let growing: Run[] | undefined;
  const numbers = { stream: new Map<string, number>(), type: new Map<string, number>(), actor: new Map<string, number>(), key: new Map<string, number>() };

  // Numbers are remembered by kind: putting the prefix before each text of each event would cost more than finding it.
  const subject = (kind: keyof typeof SUBJECT, text: string): number => {
    const known = numbers[kind].get(text);
    if (known !== undefined) return known;
    const number = texts.id(SUBJECT[kind](text));
    if (numbers[kind].size >= SUBJECTS_REMEMBERED_MAX) numbers[kind].clear();
    numbers[kind].set(text, number);
    return number;
  };

  const extendOrBegin = (number: number, sequence: number): Run => {
    const known = growing === undefined ? newestRun.get(number) : growing.find((run) => run.subject === number);
    if (known !== undefined && known.last === sequence - 1) {
      known.last = sequence;
      if (growing === undefined) runs.push(known);
      return known;
    }
    const run = { subject: number, first: sequence, last: sequence };
    runs.push(run);
    return run;
  };

  const writeRuns = (): void => {
    runs.sort((a, b) => a.subject - b.subject || a.first - b.first);
    for (const run of runs) writtenRuns.add([run.subject, run.first, run.last]);
    writtenRuns.flush();
    // A run still growing is written again with its next end.
    runs = [...(growing ?? [])];
  };

  return {
    apply(event) {
      const { sequence, occurredMs, recordedMs } = event;
      const stream = subject('stream', event.stream);
      const type = subject('type', event.type);
      const actor = subject('actor', event.actor);
      const key = keyIn(event);
      events.add([sequence, stream, event.revision, type, actor, occurredMs, recordedMs]);
      const next = [extendOrBegin(stream, sequence), extendOrBegin(type, sequence), extendOrBegin(actor, sequence)];
      if (key !== undefined) next.push(extendOrBegin(subject('key', key), sequence));
      growing = next;
      if (block === undefined || Math.floor(block.first / BLOCK_EVENTS) !== Math.floor(sequence / BLOCK_EVENTS)) {
        block = { first: sequence, last: sequence, occurredMin: occurredMs, occurredMax: occurredMs, recordedMin: recordedMs, recordedMax: recordedMs };
      }
      if (blocks.at(-1) !== block) blocks.push(block);
      grow(block, event);
      if (runs.length >= RUNS_HELD_MAX) writeRuns();
    },

    flush() {
      texts.flush();
      events.flush();
      writeRuns();
      for (const each of blocks) {
        writtenBlocks.add([each.first, each.last, each.occurredMin, each.occurredMax, each.recordedMin, each.recordedMax]);
      }
      writtenBlocks.flush();
      blocks = [];
    },
  };
}

/** The last five characters of the key that an event mentions. */
function keyIn(event: ProjectedEvent): string | undefined {
  const { keyLastFive, lastFive, serving } = event.data as { readonly keyLastFive?: unknown; readonly lastFive?: unknown; readonly serving?: { readonly lastFive?: unknown } };
  const key = keyLastFive ?? lastFive ?? serving?.lastFive;
  return typeof key === 'string' ? key : undefined;
}

function grow(block: Block, { sequence, occurredMs, recordedMs }: ProjectedEvent): void {
  block.last = sequence;
  block.occurredMin = Math.min(block.occurredMin, occurredMs);
  block.occurredMax = Math.max(block.occurredMax, occurredMs);
  block.recordedMin = Math.min(block.recordedMin, recordedMs);
  block.recordedMax = Math.max(block.recordedMax, recordedMs);
}

/** Opens the questions on one read-model file. */
export function openTimelineQueries(database: Database): TimelineQueries {
  const texts = openInternedTexts(database, 'timeline_text');
  const bySequence = database.prepare<[number], EventRecord>('SELECT * FROM timeline_event WHERE sequence = ?');
  const ranges = prepareRanges(database);
  const events = prepareEvents(database);
  const inRun = database
    .prepare<[number, number], number>('SELECT last FROM timeline_run WHERE subject = ? AND first <= ? ORDER BY first DESC LIMIT 1')
    .pluck();

  return {
    bySequence(sequence) {
      const record = bySequence.get(sequence);
      return record === undefined ? undefined : rowOf(record, texts);
    },

    page(filter, descending, request, asOf) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const newestFirst = descending !== (request.direction === 'BACKWARD');
      const search = openSearch(filter, texts);
      if (search === undefined) return { rows: [], hasMore: false };
      const bounds = boundsOf(descending, request, asOf);
      const found: PagedRow<TimelineRow>[] = [];
      const direction = newestFirst ? 'newestFirst' : 'oldestFirst';
      for (const range of ranges(search, direction, bounds)) {
        const first = Math.max(range.first, bounds.first);
        const last = Math.min(range.last, bounds.last);
        for (const record of events[direction].iterate(first, last)) {
          if (!search.accepts(record)) continue;
          if (search.key !== undefined && (inRun.get(search.key, record.sequence) ?? 0) < record.sequence) continue;
          if (found.length === limit) return { rows: arrange(found, request), hasMore: true };
          found.push({ row: rowOf(record, texts), cursor: [record.sequence] });
        }
      }
      return { rows: arrange(found, request), hasMore: false };
    },
  };
}

interface EventRecord {
  readonly sequence: number;
  readonly stream: number;
  readonly revision: number;
  readonly type: number;
  readonly actor: number;
  readonly occurredAt: number;
  readonly recordedAt: number;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** A filter in the numbers of the tables. */
interface Search {
  /** The subject whose runs are walked; undefined: all blocks that the times allow. */
  readonly subject: number | undefined;
  /** A key to look up besides, when another subject is walked. */
  readonly key: number | undefined;
  readonly times: Times;
  accepts(record: EventRecord): boolean;
}

interface Times {
  readonly occurredFrom: number;
  readonly occurredTo: number;
  readonly recordedFrom: number;
  readonly recordedTo: number;
}

/** Undefined when the filter names something that no event has. */
function openSearch(filter: TimelineFilter, texts: InternedTexts): Search | undefined {
  const wanted = {
    stream: filter.stream === undefined ? undefined : (texts.find(SUBJECT.stream(filter.stream)) ?? NO_SUBJECT),
    key: filter.keyLastFive === undefined ? undefined : (texts.find(SUBJECT.key(filter.keyLastFive)) ?? NO_SUBJECT),
    actor: filter.actor === undefined ? undefined : (texts.find(SUBJECT.actor(filter.actor)) ?? NO_SUBJECT),
  };
  const types = filter.types?.flatMap((type) => texts.find(SUBJECT.type(type)) ?? []);
  if (Object.values(wanted).includes(NO_SUBJECT) || types?.length === 0) return undefined;
  const times: Times = {
    occurredFrom: filter.occurredFrom ?? Number.NEGATIVE_INFINITY,
    occurredTo: filter.occurredTo ?? Number.POSITIVE_INFINITY,
    recordedFrom: filter.recordedFrom ?? Number.NEGATIVE_INFINITY,
    recordedTo: filter.recordedTo ?? Number.POSITIVE_INFINITY,
  };
  // From the most to the least selective; a single type before an actor, who is often the one that imports everything.
  const subject = wanted.stream ?? wanted.key ?? (types?.length === 1 ? types[0] : undefined) ?? wanted.actor;
  return {
    subject,
    key: wanted.key === subject ? undefined : wanted.key,
    times,
    accepts: (record) =>
      (wanted.stream === undefined || record.stream === wanted.stream) &&
      (wanted.actor === undefined || record.actor === wanted.actor) &&
      (types === undefined || types.includes(record.type)) &&
      record.occurredAt >= times.occurredFrom &&
      record.occurredAt < times.occurredTo &&
      record.recordedAt >= times.recordedFrom &&
      record.recordedAt < times.recordedTo,
  };
}

/** No row has it: interned texts are numbered from 1. */
const NO_SUBJECT = 0;

type Direction = 'oldestFirst' | 'newestFirst';

function prepareRanges(database: Database) {
  const runs = (order: string) =>
    database.prepare<[number, number, number], Range>(
      `SELECT first, last FROM timeline_run WHERE subject = ? AND last >= ? AND first <= ? ORDER BY first ${order}`,
    );
  const blocks = (order: string) =>
    database.prepare<[number, number, number, number, number, number], Range>(
      `SELECT first, last FROM timeline_block
        WHERE last >= ? AND first <= ? AND occurredMax >= ? AND occurredMin < ? AND recordedMax >= ? AND recordedMin < ?
        ORDER BY first ${order}`,
    );
  const prepared = {
    oldestFirst: { runs: runs('ASC'), blocks: blocks('ASC') },
    newestFirst: { runs: runs('DESC'), blocks: blocks('DESC') },
  };
  return ({ subject, times }: Search, direction: Direction, { first, last }: Range): IterableIterator<Range> =>
    subject === undefined
      ? prepared[direction].blocks.iterate(first, last, times.occurredFrom, times.occurredTo, times.recordedFrom, times.recordedTo)
      : prepared[direction].runs.iterate(subject, first, last);
}

function prepareEvents(database: Database) {
  const select = (order: string) =>
    database.prepare<[number, number], EventRecord>(`SELECT * FROM timeline_event WHERE sequence >= ? AND sequence <= ? ORDER BY sequence ${order}`);
  return { oldestFirst: select('ASC'), newestFirst: select('DESC') };
}

function boundsOf(descending: boolean, request: PageRequest, asOf: number | undefined): Range {
  const [lower, upper] = descending ? [request.before, request.after] : [request.after, request.before];
  const above = lower === undefined ? 1 : Number(lower[0]) + 1;
  const below = upper === undefined ? Number.MAX_SAFE_INTEGER : Number(upper[0]) - 1;
  return { first: above, last: Math.min(below, asOf ?? below) };
}

function arrange<Row>(rows: readonly Row[], request: PageRequest): readonly Row[] {
  return request.direction === 'BACKWARD' ? rows.toReversed() : rows;
}

function rowOf(record: EventRecord, texts: InternedTexts): TimelineRow {
  return {
    sequence: record.sequence as Sequence,
    stream: bare(texts.text(record.stream)) as StreamId,
    revision: record.revision as Revision,
    type: bare(texts.text(record.type)),
    actor: bare(texts.text(record.actor)) as SubjectId,
    occurredAt: record.occurredAt,
    recordedAt: record.recordedAt,
  };
}

/** A subject's text without its kind. */
function bare(subject: string): string {
  return subject.slice(subject.indexOf(' ') + 1);
}
