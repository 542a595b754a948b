import type { NewEvent, StoredEvent } from '../kernel/envelope.js';
import type { Bookmark, EventId, Revision, StreamId } from '../kernel/identifiers.js';

/**
 * What a writer expects of the stream it appends to: `none` (no event yet), `exists` (at least one),
 * `any` (no expectation), or the exact revision of the last event.
 */
export type ExpectedRevision = 'none' | 'exists' | 'any' | Revision;

export type AppendResult =
  | {
      readonly kind: 'appended';
      /** The events as stored, in order, with their places. */
      readonly events: readonly StoredEvent[];
    }
  | {
      /** The same ids stand at the same place already; nothing was written. */
      readonly kind: 'alreadyAppended';
      readonly events: readonly StoredEvent[];
    }
  | {
      readonly kind: 'conflict';
      /** Revision of the stream's last event, or `undefined` for a stream without events. */
      readonly actual: Revision | undefined;
    }
  | {
      /**
       * An event id stands elsewhere in the log: the command ran before, or two commands share an id. In the same stream it is always found;
       * in another stream it is found unless another node wrote it so lately that this one has not counted it.
       */
      readonly kind: 'duplicateId';
      readonly id: EventId;
    };

/** One append of several that are handed in together. */
export interface Append {
  readonly stream: StreamId;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/** What one append of several came to; `failed`: alone it would have rejected with this error. */
export type AppendOutcome = AppendResult | { readonly kind: 'failed'; readonly error: unknown };

export interface SubscribeOptions {
  /** Most events in a batch, and most read at once. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /**
   * Which events are delivered; without it all. Asked before the subscriber is woken, and possibly more than once for an event: it answers
   * at once, and always the same.
   */
  readonly passes?: ((event: StoredEvent) => boolean) | undefined;
}

/**
 * An append-only log of many streams.
 *
 * Promises, each held by the contract suite in `test/contract`:
 * 1. an append is atomic, names its stream and its expectation, and a mismatch is a conflict that tells the actual revision;
 * 2. an append with the same ids at the same place returns the first result and writes nothing; where an answer was lost on the way, the first
 *    result is that of the attempt that wrote;
 * 3. acknowledged means on disk;
 * 4. positions are unique and increase; who has seen a position has seen everything before it;
 * 5. `readAll` and `subscribe` deliver in that order, from any bookmark, without a gap between history and live.
 */
export interface EventStore {
  /** `sqlite`, `memory`, …: shown to operators. */
  readonly kind: string;

  /**
   * Appends 1 to APPEND_EVENTS_MAX events. Rejects with `StoreError` when the store itself fails: then the outcome is unknown.
   * Rejects with `CanonicalError`, and writes nothing, when an event has no canonical form or is too large.
   * Limits, counts and revisions outside their bounds are INVALID_ARGUMENT here and in every read; after `close` all is STORE_CLOSED.
   */
  append(stream: StreamId, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<AppendResult>;

  /**
   * At most APPENDS_MAX appends, no two of them to the same stream. Each is atomic by itself and comes to what it would come to alone;
   * the outcomes stand in the order of the appends. A store may commit them together, and need not write them in this order.
   * Rejects, and writes nothing, when an argument is outside its bounds or the store is closed.
   */
  appendAll(appends: readonly Append[]): Promise<readonly AppendOutcome[]>;

  /** Events of one stream from revision `from` on, ascending, at most `limit`. */
  readStream(stream: StreamId, from: Revision, limit: number): Promise<readonly StoredEvent[]>;

  /** The last `limit` events of a stream, newest first. */
  readStreamBackwards(stream: StreamId, limit: number): Promise<readonly StoredEvent[]>;

  /** Events after the bookmark in log order, at most `limit`; empty at the end of the log. */
  readAll(after: Bookmark, limit: number): Promise<readonly StoredEvent[]>;

  /**
   * History after the bookmark, then live, in batches of 1 to `limit` events. Ends when `signal` aborts or the store closes.
   * Nothing is buffered: the next batch is read when it is asked for.
   */
  subscribe(after: Bookmark, options: SubscribeOptions): AsyncIterableIterator<readonly StoredEvent[]>;

  /**
   * The stored events with these ids, where they are; ids that are not in the log are absent from the answer. Of a log that others append
   * to as well, an event of theirs may be missed until this store has handed it out in any answer: who relies on more reads the stream.
   */
  findByIds(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, StoredEvent>>;

  /** The place of the last event; `START` for an empty log. */
  head(): Promise<Bookmark>;

  /**
   * The bookmark whose sequence is the given one, so that a cursor that holds only a sequence can be resumed.
   * Rejects with `StoreError` SEQUENCE_UNKNOWN (retryable) beyond the end of the log.
   */
  bookmarkAt(sequence: number): Promise<Bookmark>;

  /** Waits for what is under way, then releases the store. Idempotent. */
  close(): Promise<void>;
}

/** Most events in one append: the largest call that is written as one, with what falls due in passing. */
export const APPEND_EVENTS_MAX = 4_000;

/** Most appends handed in together. */
export const APPENDS_MAX = 10_000;

/** Most events, or ids, in one read. */
export const READ_EVENTS_MAX = 10_000;

/** Longest stream id, in UTF-16 code units. */
export const STREAM_ID_LENGTH_MAX = 512;

/** The store could not do what was asked; `retryable` says whether the same call may succeed later. */
export class StoreError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'StoreError';
    this.code = code;
    this.retryable = options.retryable;
  }
}
