import { BACKWARDS, END, ErrorType, FORWARDS, KurrentDBClient, NO_STREAM, START, isCommandError, streamNameFilter, type AllStreamSubscription, type EventData, type ResolvedEvent } from '@kurrent/kurrentdb-client';
import { StoreError } from '../port.js';
import { APPEND_BYTES_MAX, KURRENTDB_TIMING, type KurrentdbLog, type KurrentdbTiming } from './options.js';
import { checkConnectionString } from './connectionString.js';
import { commandErrorOf, decisiveError, storeUnavailable } from './failures.js';
import type { ServerPosition } from './records.js';
import { checkStreamPrefix } from './streamPrefix.js';
import { collected, persist, within, type Persistence } from './waits.js';

/** Streams and events of KurrentDB, without a word of ledgers: calls that are tried again where that may help. */
export interface Connection {
  readonly timing: KurrentdbTiming;
  readonly prefix: string;
  /**
   * Appends at an exact revision. Resolves when the server says that the events stand there, whoever wrote them; `conflict` when others do.
   * An attempt whose answer does not come is repeated: with the same ids and revision the server recognises it. Not so once that is needless.
   */
  append(stream: string, expected: bigint | 'none', events: readonly EventData[], isNeedless: () => boolean): Promise<'stands' | 'conflict'>;
  /** Events of one stream from the leader; `from` counts for reads forwards only. Empty for a stream that is not there. */
  readStream(stream: string, read: StreamRead): Promise<readonly ResolvedEvent[]>;
  /** Events under the prefix from the leader, the one at the position included. */
  readAll(from: ServerPosition | undefined, limit: number): Promise<readonly ResolvedEvent[]>;
  /** Events under the prefix after the position, as they come. It does not come back by itself. */
  subscribe(after: ServerPosition | undefined, onCheckpoint: (at: ServerPosition) => void): AllStreamSubscription;
  /** What subscriptions run on was replaced: the one there is will deliver nothing more. */
  onReplaced(listener: () => void): void;
  close(): Promise<void>;
}

export interface StreamRead {
  readonly from: bigint;
  readonly direction: 'forwards' | 'backwards';
  readonly limit: number;
}

export interface ConnectionOptions extends KurrentdbLog {
  readonly appendBytesMax?: number | undefined;
  readonly onTrouble?: ((error: Error) => void) | undefined;
}

/** Batches of 32 events that the server looks at before a subscription hears how far it is. */
const CHECKPOINT_INTERVAL = 32;

/** Throws `StoreError` INVALID_ARGUMENT for a connection string or a prefix that is refused. Connects when it is first used. */
export function openConnection(options: ConnectionOptions): Connection {
  const { connectionString, prefix, appendBytesMax = APPEND_BYTES_MAX } = options;
  checkConnectionString(connectionString, options.allowPlaintext ?? false);
  checkStreamPrefix(prefix);
  const timing = { ...KURRENTDB_TIMING, ...options.timing };
  const trouble = (error: unknown): void => options.onTrouble?.(error instanceof Error ? error : new Error(String(error)));
  const replaced: (() => void)[] = [];
  // Appends share one stream of the client. Where that hangs, the client has to go, and must take no reader with it.
  const appending = openClients(connectionString, timing, trouble, () => undefined);
  const reading = openClients(connectionString, timing, trouble, () => replaced.forEach((listener) => listener()));

  const persistence = (what: string, totalMs: number, isNeedless?: () => boolean): Persistence => ({
    backoffMs: timing.backoffMs,
    backoffMsMax: timing.backoffMsMax,
    totalMs,
    isNeedless,
    decisive(error) {
      const decisive = decisiveError(error, appendBytesMax);
      if (decisive === undefined) trouble(error);
      return decisive;
    },
    exhausted: (last) => storeUnavailable(what, last),
  });

  const read = (what: string, call: (client: KurrentDBClient) => AsyncIterable<ResolvedEvent>): Promise<readonly ResolvedEvent[]> =>
    persist(
      () => reading.use(async (client) => collected(call(client), timing.readAttemptMs, () => unanswered(what))),
      persistence(what, timing.readMs),
    );

  return {
    timing,
    prefix,
    append: (stream, expected, events, isNeedless) =>
      persist(
        async () => {
          try {
            await appending.use((client) => {
              const sent = client.appendToStream(stream, [...events], { streamState: expected === 'none' ? NO_STREAM : expected, requiresLeader: true });
              return within(timing.appendAttemptMs, sent, () => unanswered('append'));
            });
            return 'stands';
          } catch (error) {
            if (typeOf(error) === ErrorType.WRONG_EXPECTED_VERSION) return 'conflict';
            throw error;
          }
        },
        persistence('append', timing.appendMs, isNeedless),
      ),
    readStream: (stream, { from, direction, limit }) =>
      read('read of a stream', async function* (client) {
        const common = { maxCount: limit, requiresLeader: true };
        try {
          yield* direction === 'forwards'
            ? client.readStream(stream, { ...common, direction: FORWARDS, fromRevision: from })
            : client.readStream(stream, { ...common, direction: BACKWARDS, fromRevision: END });
        } catch (error) {
          if (typeOf(error) !== ErrorType.STREAM_NOT_FOUND) throw error;
        }
      }),
    readAll: (from, limit) =>
      read('read of the log', (client) =>
        client.readAll({ direction: FORWARDS, fromPosition: from ?? START, filter: streamNameFilter({ prefixes: [prefix] }), maxCount: limit, requiresLeader: true }),
      ),
    subscribe: (after, onCheckpoint) =>
      reading.current().subscribeToAll({
        fromPosition: after ?? START,
        filter: streamNameFilter({ prefixes: [prefix], checkpointInterval: CHECKPOINT_INTERVAL, checkpointReached: (_subscription, at) => onCheckpoint(at) }),
      }),
    onReplaced: (listener) => void replaced.push(listener),
    async close() {
      await Promise.all([appending.close(), reading.close()]);
    },
  };
}

/** A client that can be replaced. */
interface Clients {
  current(): KurrentDBClient;
  /** Gives the client to a call; when the call is not answered in time, the next one gets a new client. */
  use<Result>(call: (client: KurrentDBClient) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

function openClients(connectionString: string, timing: KurrentdbTiming, trouble: (error: unknown) => void, onReplaced: () => void): Clients {
  let client = KurrentDBClient.connectionString(connectionString);

  /** Half-closed streams of appends never end, so nobody waits for them for long. */
  const dispose = (old: KurrentDBClient): Promise<void> => within(timing.disposeMs, old.dispose(), () => unanswered('end of a connection')).catch(trouble);

  return {
    current: () => client,
    async use(call) {
      const used = client;
      try {
        return await call(used);
      } catch (error) {
        if (isUnanswered(error) && client === used) {
          client = KurrentDBClient.connectionString(connectionString);
          void dispose(used);
          onReplaced();
        }
        throw commandErrorOf(error);
      }
    },
    close: () => dispose(client),
  };
}

/** Not a `StoreError`: whether the call was carried out is unknown, and it is tried again. */
class UnansweredError extends Error {}

function unanswered(what: string): UnansweredError {
  return new UnansweredError(`no answer to ${what} in time`);
}

function isUnanswered(error: unknown): boolean {
  return error instanceof UnansweredError;
}

function typeOf(error: unknown): ErrorType | undefined {
  return error instanceof Error && !(error instanceof StoreError) && isCommandError(error) ? error.type : undefined;
}
