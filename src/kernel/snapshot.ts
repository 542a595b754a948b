import type { EventId, Revision, StreamId } from './identifiers.js';

/** A folded state at a revision. Disposable: it is checked on load, and a stream can always be folded whole instead. */
export interface Snapshot {
  readonly decider: string;
  readonly deciderVersion: number;
  readonly revision: Revision;
  readonly lastEventId: EventId;
  /** JSON text of the state. */
  readonly state: string;
  /** SHA-256 of `state`, hexadecimal. */
  readonly digest: string;
}

export interface SnapshotStore {
  load(stream: StreamId): Snapshot | undefined;
  save(stream: StreamId, snapshot: Snapshot): void;
  close(): void;
}
