import type { Database } from 'better-sqlite3';
import type { AnyEvent, EventOf } from '../src/domain/events.js';
import type { Sequence, SubjectId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { keyset, PAGE_ROWS_MAX, type Page, type PageRequest } from '../src/readmodel/page.js';

/** One import. Times are epoch milliseconds, UTC. */
export interface ImportRow {
  readonly importId: string;
  readonly format: string;
  readonly parserVersion: number;
  readonly sourceName: string | undefined;
  readonly sourceSha256: string;
  readonly sourceBytes: number;
  readonly actor: SubjectId;
  readonly startedAt: number;
  readonly startedSequence: Sequence;
  /** Undefined: not finished (running, or cut off). */
  readonly finished: ImportOutcome | undefined;
}

export interface ImportOutcome {
  readonly outcome: 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly finishedAt: number;
  readonly sequence: Sequence;
  readonly recordsRead: number;
  readonly eventsAppended: number;
  readonly recordsAlreadyKnown: number;
  readonly recordsWithoutNews: number;
  readonly recordsTimeUnclear: number;
  readonly recordsRefused: number;
  /** The first refusals; `recordsRefused` counts all. */
  readonly refusals: readonly { readonly record: number; readonly code: string; readonly reason: string }[];
}

export interface ImportFilter {
  readonly format?: string | undefined;
  readonly sourceSha256?: string | undefined;
  readonly outcome?: ImportOutcome['outcome'] | 'UNFINISHED' | undefined;
}

export interface ImportsQueries {
  byId(importId: string, asOf?: Sequence): ImportRow | undefined;
  /** In the order they were started (cursor `[startedSequence]`), or newest first. */
  page(filter: ImportFilter, descending: boolean, request: PageRequest, asOf?: Sequence): Page<ImportRow>;
}

/** Imports and their outcomes. Each changes once, when it finishes: the two sequences are its history. */
export const imports: Projection = {
  name: 'imports',
  version: 1,
  tables: [
    `CREATE TABLE imports_import (
       startedSequence INTEGER PRIMARY KEY,
       importId TEXT NOT NULL UNIQUE,
       format TEXT NOT NULL,
       parserVersion INTEGER NOT NULL,
       sourceName TEXT,
       sourceSha256 TEXT NOT NULL,
       sourceBytes INTEGER NOT NULL,
       actor TEXT NOT NULL,
       startedAt INTEGER NOT NULL,
       finishedSequence INTEGER,
       finishedAt INTEGER,
       outcome TEXT,
       figures TEXT -- JSON of ImportFinished's data
     ) STRICT`,
    'CREATE INDEX imports_import_source ON imports_import (sourceSha256)',
  ],
  open: openWriter,
};

function openWriter(database: Database): ProjectionWriter {
  // An import that is told twice keeps its first beginning and its first end.
  const start = database.prepare(
    `INSERT OR IGNORE INTO imports_import
       (startedSequence, importId, format, parserVersion, sourceName, sourceSha256, sourceBytes, actor, startedAt)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const finish = database.prepare(
    `UPDATE imports_import SET finishedSequence = ?, finishedAt = ?, outcome = ?, figures = ?
      WHERE importId = ? AND finishedSequence IS NULL`,
  );
  return {
    apply(projected) {
      const event = projected as unknown as AnyEvent & ProjectedEvent;
      if (event.type === 'ImportStarted') {
        const { importId, format, parserVersion, sourceName, sourceSha256, sourceBytes } = event.data;
        start.run(event.sequence, importId, format, parserVersion, sourceName ?? null, sourceSha256, sourceBytes, event.actor, event.occurredMs);
      }
      if (event.type === 'ImportFinished') {
        finish.run(event.sequence, event.occurredMs, event.data.outcome, JSON.stringify(event.data), event.data.importId);
      }
    },
    flush() {
      // Imports are few: their rows are written at once.
    },
  };
}

/** Opens the questions on one read-model file. */
export function openImportsQueries(database: Database): ImportsQueries {
  const byId = database.prepare<[string], ImportRecord>('SELECT * FROM imports_import WHERE importId = ?');
  return {
    byId(importId, asOf) {
      const record = byId.get(importId);
      return record === undefined || record.startedSequence > (asOf ?? Number.POSITIVE_INFINITY) ? undefined : rowOf(record, asOf);
    },

    page(filter, descending, request, asOf) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(['startedSequence'], descending, request);
      const known = asOf ?? Number.MAX_SAFE_INTEGER;
      const conditions = ['startedSequence <= ?', seek.condition];
      const values: (string | number | null)[] = [known, ...seek.values];
      if (filter.format !== undefined) {
        conditions.push('format = ?');
        values.push(filter.format);
      }
      if (filter.sourceSha256 !== undefined) {
        conditions.push('sourceSha256 = ?');
        values.push(filter.sourceSha256);
      }
      if (filter.outcome === 'UNFINISHED') {
        conditions.push('(finishedSequence IS NULL OR finishedSequence > ?)');
        values.push(known);
      } else if (filter.outcome !== undefined) {
        conditions.push('outcome = ? AND finishedSequence <= ?');
        values.push(filter.outcome, known);
      }
      const records = database
        .prepare<unknown[], ImportRecord>(`SELECT * FROM imports_import WHERE ${conditions.join(' AND ')} ORDER BY ${seek.orderBy} LIMIT ?`)
        .all(...values, limit + 1);
      const rows = records.slice(0, limit).map((record) => ({ row: rowOf(record, asOf), cursor: [record.startedSequence] }));
      return { rows: seek.arrange(rows), hasMore: records.length > limit };
    },
  };
}

interface ImportRecord {
  readonly startedSequence: number;
  readonly importId: string;
  readonly format: string;
  readonly parserVersion: number;
  readonly sourceName: string | null;
  readonly sourceSha256: string;
  readonly sourceBytes: number;
  readonly actor: string;
  readonly startedAt: number;
  readonly finishedSequence: number | null;
  readonly finishedAt: number | null;
  readonly figures: string | null;
}

function rowOf(record: ImportRecord, asOf: number | undefined): ImportRow {
  return {
    importId: record.importId,
    format: record.format,
    parserVersion: record.parserVersion,
    sourceName: record.sourceName ?? undefined,
    sourceSha256: record.sourceSha256,
    sourceBytes: record.sourceBytes,
    actor: record.actor as SubjectId,
    startedAt: record.startedAt,
    startedSequence: record.startedSequence as Sequence,
    finished: outcomeOf(record, asOf),
  };
}

function outcomeOf(record: ImportRecord, asOf: number | undefined): ImportOutcome | undefined {
  const { finishedSequence, finishedAt, figures } = record;
  if (finishedSequence === null || finishedAt === null || figures === null) return undefined;
  if (finishedSequence > (asOf ?? Number.POSITIVE_INFINITY)) return undefined;
  const { importId: _, ...outcome } = JSON.parse(figures) as EventOf<'ImportFinished'>['data'];
  return { ...outcome, finishedAt, sequence: finishedSequence as Sequence };
}
