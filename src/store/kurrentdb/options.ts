import type { EventStore } from '../port.js';

/** Which log on which cluster, and where this node keeps what it knows of it. */
export interface KurrentdbLog {
  /**
   * `kurrentdb://user:password@host:2113?tls=true`, `kurrentdb://a:2113,b:2113,c:2113`, `kurrentdb+discover://cluster.example:2113`; `esdb` is taken as well.
   * `tls=false` is refused unless every host is a loopback address, since the client then leaves out user and password without a word.
   */
  readonly connectionString: string;
  /** What the names of the ledger's streams begin with: lower-case letters and digits with a full stop at the end, such as `acme.`. */
  readonly prefix: string;
  /** This node's own file of what stands where (`kurrentdb-index.db`). Disposable: it is counted anew from the log where it is missing or of another log. */
  readonly indexPath: string;
  /** The operator insists on `tls=false` with a host that is not a loopback address. */
  readonly allowPlaintext?: boolean | undefined;
  /** Bounds of time other than those of `KURRENTDB_TIMING`. */
  readonly timing?: Partial<KurrentdbTiming> | undefined;
}

export interface KurrentdbStoreOptions extends KurrentdbLog {
  /**
   * Largest append the server takes (its `MaxAppendSize`), in bytes as it counts them: canonical text and twice the length of the type, for each event.
   * Default APPEND_BYTES_MAX. A larger append is refused with `StoreError` APPEND_TOO_LARGE before anything is sent.
   */
  readonly appendBytesMax?: number | undefined;
  /** Called when this node has seen new events, its own or another's: for a thread that follows the log with a reader of its own. */
  readonly onGrown?: (() => void) | undefined;
  /** Called while the log is counted when the store opens, with the number of events counted so far. */
  readonly onProgress?: ((sequence: number) => void) | undefined;
  /** Called when something failed that the store goes on after: a subscription dropped, an append whose answer did not come. */
  readonly onTrouble?: ((error: Error) => void) | undefined;
}

export interface KurrentdbTiming {
  /** How long one attempt of an append waits for its answer; then its outcome is unknown and it is sent again, with the same ids and revision. */
  readonly appendAttemptMs: number;
  /** How long an append is tried before it rejects with STORE_UNAVAILABLE. */
  readonly appendMs: number;
  /** How long one attempt of a read waits for its end. */
  readonly readAttemptMs: number;
  /** How long a read is tried before it rejects with STORE_UNAVAILABLE. */
  readonly readMs: number;
  /** How long an acknowledged append waits for the subscription to deliver it before it is read from the server instead. */
  readonly deliveryMs: number;
  /** Before the first repetition; each further one waits twice as long. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** How long closing waits for connections to end. */
  readonly disposeMs: number;
}

export const KURRENTDB_TIMING: KurrentdbTiming = {
  appendAttemptMs: 5_000,
  appendMs: 20_000,
  readAttemptMs: 5_000,
  readMs: 15_000,
  deliveryMs: 1_000,
  backoffMs: 50,
  backoffMsMax: 5_000,
  disposeMs: 1_000,
};

/** The server's own default (`MaxAppendSize`): 1 MiB. */
export const APPEND_BYTES_MAX = 1_048_576;

/** The log of this node's main thread: it appends, and keeps the index. */
export interface KurrentdbStore extends EventStore {
  /** Resolves, with the reason, when the log was found damaged: every call then rejects with LOG_DAMAGED. */
  readonly damaged: Promise<Error>;
}

/** The same log read by another thread of the node. It appends nothing and sees what the main thread's store has seen. */
export interface KurrentdbReader extends Pick<EventStore, 'readAll' | 'subscribe' | 'head' | 'bookmarkAt' | 'close'> {
  /** The main thread's store has seen more (`onGrown`): wakes subscriptions parked at the end. */
  notify(): void;
}
