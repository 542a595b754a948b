import type { EventId, Revision, StreamId } from './identifiers.js';

/** A folded state at a revision. Disposable: it is checked on load, and a stream can always be folded whole instead. */
export interface Snapshot {
  readonly decider: string;
  readonly deciderVersion: number;
  readonly revision: Revision;
  readonly lastEventId: EventId;
  /** JSON text of the state; of a state with parts, with their names in it. */
  readonly state: string;
  /** SHA-256 of `state`, hexadecimal. */
  readonly digest: string;
}

/** Parts of a state: those it consists of, and of them those that are not kept yet. */
export interface SnapshotParts {
  readonly names: ReadonlySet<string>;
  readonly added: ReadonlyMap<string, string>;
}

export interface SnapshotStore {
  load(stream: StreamId): Snapshot | undefined;
  /** Keeps the snapshot and its parts together, and drops parts that it does not consist of. */
  save(stream: StreamId, snapshot: Snapshot, parts?: SnapshotParts): void;
  loadPart(stream: StreamId, name: string): string | undefined;
  /** Forgets a stream's snapshot, for instance one that is damaged. */
  drop(stream: StreamId): void;
  close(): void;
}
