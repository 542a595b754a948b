import type { Database } from 'better-sqlite3';
import type { Sequence, SubjectId } from '../src/kernel/identifiers.js';
import type { Projection } from '../src/readmodel/definition.js';
import type { Page, PageRequest } from '../src/readmodel/page.js';

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

export declare const imports: Projection;
export declare function openImportsQueries(database: Database): ImportsQueries;
