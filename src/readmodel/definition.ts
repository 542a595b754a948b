import type { Database } from 'better-sqlite3';
import type { EventEnvelope } from '../kernel/envelope.js';
import type { Sequence } from '../kernel/identifiers.js';

/** An event as projections see it: the upcast envelope and its place in the log. */
export interface ProjectedEvent extends EventEnvelope {
  readonly sequence: Sequence;
  /** `occurredAt` and `recordedAt` as epoch milliseconds: parsed once for all projections. */
  readonly occurredMs: number;
  readonly recordedMs: number;
}

/** The running side of a projection, opened on one read-model file. */
export interface ProjectionWriter {
  /** Folds one event. Called in log order, inside the transaction that also moves the checkpoint. */
  apply(event: ProjectedEvent): void;
  /** Writes what `apply` kept in memory; called before each commit. Nothing may be carried over unwritten. */
  flush(): void;
}

/**
 * One read model: its tables and its fold. Its queries are plain functions beside it.
 * `version` changes whenever `tables` or the fold do: the read model is then built anew.
 */
export interface Projection {
  readonly name: string;
  readonly version: number;
  /** DDL, one statement each. Table and index names begin with the projection's name. */
  readonly tables: readonly string[];
  /** Prepares statements and caches (bounded). */
  open(database: Database): ProjectionWriter;
}
