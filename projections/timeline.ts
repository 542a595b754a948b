import type { Database } from 'better-sqlite3';
import type { Revision, Sequence, StreamId, SubjectId } from '../src/kernel/identifiers.js';
import type { Projection } from '../src/readmodel/definition.js';
import type { Page, PageRequest } from '../src/readmodel/page.js';

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

export declare const timeline: Projection;
export declare function openTimelineQueries(database: Database): TimelineQueries;
