import type { Sequence } from '../kernel/identifiers.js';

/** A checkpoint as others are shown it. */
export interface SealedCheckpoint {
  /** The last event it covers: the size of the tree. */
  readonly sequence: Sequence;
  /** Root of the Merkle tree of all events up to there, base64. */
  readonly root: string;
  /** The signed note (https://c2sp.org/tlog-checkpoint), verbatim. */
  readonly note: string;
}

export interface EventReceipt {
  /** Proof that the event is in the log (https://c2sp.org/tlog-proof). */
  readonly proof: string;
  /** The checkpoint in it. */
  readonly checkpoint: SealedCheckpoint;
}

/**
 * The log as evidence: *recorded* is an event that is on disk and has its sequence, *sealed* one that a published checkpoint covers.
 */
export interface SealedLog {
  /** Name of the log in its checkpoints. */
  readonly origin: string;
  /** Verifier keys (https://c2sp.org/signed-note), the current one first. */
  readonly verifierKeys: readonly string[];
  /** The one last published; undefined before the first. */
  checkpoint(): SealedCheckpoint | undefined;
  /** Undefined while the event is not sealed, or for no event. */
  receipt(sequence: number): Promise<EventReceipt | undefined>;
  /** True once the event is sealed; false when it is not within the time (milliseconds). */
  waitUntilSealed(sequence: Sequence, withinMs: number): Promise<boolean>;
  /** Why nothing more is sealed, or why a checkpoint is not where it should be kept; undefined while all is well. */
  fault(): { readonly code: string; readonly sealing: boolean } | undefined;
  /** What is served below `/log/tile/`, by its path from `tile/` on; undefined where a checkpoint has no such tile. */
  tile(path: string): Promise<Uint8Array | undefined>;
}
