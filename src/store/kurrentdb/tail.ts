/**
 * The end of the log, as this node sees it grow: a subscription that counts every event of the ledger into the index, in the server's order.
 *
 * 1. Opening reads what is new since the index was last counted, then subscribes.
 * 2. What the subscription delivers in one turn of the event loop is counted in one transaction.
 * 3. A subscription that breaks is made anew from the last position counted, at growing intervals.
 * 4. Who must know what the leader has at this moment reads the rest from it (`catchUp`). Both ways deliver the same order, and what was
 *    counted already is passed over, so they may run at once.
 * 5. An event of nobody's making or a gap in a stream ends all counting: LOG_DAMAGED.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AllStreamSubscription, ResolvedEvent } from '@kurrent/kurrentdb-client';
import type { StoredEvent } from '../../kernel/envelope.js';
import type { Revision, StreamId } from '../../kernel/identifiers.js';
import { nextRevision } from '../judgeAppend.js';
import { StoreError } from '../port.js';
import { openRecentEvents, type RecentBounds } from '../recentEvents.js';
import type { Connection } from './connection.js';
import { logDamaged, storeUnavailable } from './failures.js';
import type { PlaceIndex } from './placeIndex.js';
import { numbered, positionOf, recordOf, type LogRecord, type ServerPosition } from './records.js';

export interface Tail {
  /** Resolves when everything that the leader had when this was called is counted. */
  catchUp(): Promise<void>;
  /** Waits for events at these places of a stream, whoever writes them. Only one may wait for a stream. */
  expect(stream: StreamId, first: Revision, count: number): Expectation;
  /** Events after a number, from memory; undefined where they go too far back. */
  readonly recent: (after: number, limit: number) => readonly StoredEvent[] | undefined;
  /** Why nothing is counted any more. */
  readonly failure: () => StoreError | undefined;
  /** How often the subscription has delivered anything. */
  deliveries(): number;
  /** Makes the subscription anew: it should have delivered something and did not. */
  restart(reason: Error): void;
  close(): void;
}

export interface Expectation {
  readonly seen: Promise<readonly StoredEvent[]>;
  /** Ends the wait; `seen` stays pending if it is. */
  leave(): void;
}

export interface TailOptions {
  readonly connection: Connection;
  readonly index: PlaceIndex;
  /** Events were counted: they can be read and looked up now. */
  readonly onGrown: () => void;
  readonly onDamaged: (error: StoreError) => void;
  readonly onTrouble: (error: Error) => void;
  readonly onProgress?: ((sequence: number) => void) | undefined;
}

/** Kept for subscribers at the end of the log. */
const RECENT: RecentBounds = { events: 8_192, length: 16_777_216 };
/** Events read at once while catching up. */
const PAGE_EVENTS = 2_000;

interface Waiting {
  readonly first: Revision;
  readonly last: number;
  readonly events: StoredEvent[];
  readonly resolve: (events: readonly StoredEvent[]) => void;
}

/** Rejects with what `catchUp` rejects with, LOG_DAMAGED among it. */
export async function openTail(options: TailOptions): Promise<Tail> {
  const { connection, index } = options;
  const { timing, prefix } = connection;
  const recent = openRecentEvents(RECENT);
  const waiting = new Map<StreamId, Waiting>();
  let subscription: AllStreamSubscription | undefined;
  let delivered: ResolvedEvent[] = [];
  let checkpoint: ServerPosition | undefined;
  let isCounting = false;
  let deliveries = 0;
  let backoffMs = timing.backoffMs;
  let resubscribing: NodeJS.Timeout | undefined;
  let failed: StoreError | undefined;
  let isClosed = false;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  const fail = (error: StoreError): void => {
    if (failed !== undefined) return;
    failed = error;
    unsubscribe();
    options.onDamaged(error);
  };

  /** The records that are new, up to the first that must not be there. */
  const sound = (resolved: readonly ResolvedEvent[]): { readonly records: readonly LogRecord[]; readonly damage: StoreError | undefined } => {
    const records: LogRecord[] = [];
    const heads = new Map<StreamId, Revision>();
    const resumeAt = index.resumeAt();
    let last = resumeAt === undefined ? -1n : positionOf(resumeAt);
    try {
      for (const event of resolved) {
        const { event: recorded } = event;
        if (recorded?.position !== undefined && positionOf(recorded.position) <= last) continue;
        const record = recordOf(event, prefix);
        const head = heads.get(record.stream) ?? index.headOf(record.stream);
        if (record.revision !== nextRevision(head)) {
          throw logDamaged(`stream ${prefix}${record.stream} goes on with revision ${record.revision} after ${head ?? 'nothing'}`);
        }
        heads.set(record.stream, record.revision);
        records.push(record);
        last = record.position;
      }
      return { records, damage: undefined };
    } catch (error) {
      if (error instanceof StoreError) return { records, damage: error };
      throw error;
    }
  };

  const count = (resolved: readonly ResolvedEvent[]): void => {
    if (failed !== undefined || isClosed) return;
    const { records, damage } = sound(resolved);
    if (records.length > 0) {
      const { sequence } = index.head();
      index.add(records);
      const events = records.map((record, place) => numbered(record, sequence + 1 + place));
      recent.add(events);
      for (const event of events) hand(event);
      options.onGrown();
    }
    if (damage !== undefined) fail(damage);
  };

  const hand = (event: StoredEvent): void => {
    const wanted = waiting.get(event.stream);
    if (wanted === undefined || event.revision < wanted.first) return;
    wanted.events.push(event);
    if (event.revision < wanted.last) return;
    waiting.delete(event.stream);
    wanted.resolve(wanted.events);
  };

  const countDelivered = (): void => {
    isCounting = false;
    const [events, at] = [delivered, checkpoint];
    delivered = [];
    checkpoint = undefined;
    try {
      count(events);
      const known = index.resumeAt();
      if (at !== undefined && failed === undefined && !isClosed && (known === undefined || positionOf(at) > positionOf(known))) index.moveTo(at);
    } catch (error) {
      // The index could not be written; what was delivered is delivered again.
      resubscribe(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const soon = (): void => {
    if (isCounting) return;
    isCounting = true;
    setImmediate(countDelivered);
  };

  const subscribe = (): void => {
    resubscribing = undefined;
    if (isClosed || failed !== undefined) return;
    const made: AllStreamSubscription = connection.subscribe(index.resumeAt(), (at) => {
      if (made !== subscription) return;
      checkpoint = at;
      soon();
    });
    subscription = made;
    const broken = (error?: Error): void => {
      if (made === subscription) resubscribe(error ?? new Error('the subscription ended'));
    };
    made.on('data', (event: ResolvedEvent) => {
      if (made !== subscription) return;
      deliveries += 1;
      delivered.push(event);
      soon();
    });
    made.on('confirmation', () => {
      backoffMs = timing.backoffMs;
    });
    made.on('error', broken).on('end', () => broken()).on('close', () => broken());
  };

  const unsubscribe = (): void => {
    const old = subscription;
    subscription = undefined;
    delivered = [];
    checkpoint = undefined;
    clearTimeout(resubscribing);
    resubscribing = undefined;
    // It may fail, or never begin: nobody listens any more, and an error that nobody listens for would end the process.
    old?.on('error', () => undefined);
    old?.unsubscribe().catch(() => undefined);
  };

  const resubscribe = (reason: Error): void => {
    unsubscribe();
    if (isClosed || failed !== undefined) return;
    options.onTrouble(storeUnavailable('the subscription to the log', reason));
    resubscribing = setTimeout(subscribe, backoffMs);
    backoffMs = Math.min(2 * backoffMs, timing.backoffMsMax);
  };

  const readRest = async (): Promise<void> => {
    while (failed === undefined && !isClosed) {
      // One more than a page: the event where it begins may be counted already.
      const page = await connection.readAll(index.resumeAt(), PAGE_EVENTS + 1);
      count(page);
      options.onProgress?.(index.head().sequence);
      if (page.length <= PAGE_EVENTS) break;
      await nextTurn();
    }
    if (failed !== undefined) throw failed;
  };

  /** Calls share a read that begins after them. */
  const catchUp = (): Promise<void> => {
    if (running === undefined) {
      running = readRest().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return catchUp();
      });
    return next;
  };

  await catchUp();
  connection.onReplaced(() => resubscribe(new Error('the connection was replaced')));
  subscribe();

  return {
    catchUp,
    expect(stream, first, many) {
      let resolve: Waiting['resolve'] = () => undefined;
      const seen = new Promise<readonly StoredEvent[]>((settle) => {
        resolve = settle;
      });
      const wanted: Waiting = { first, last: first + many - 1, events: [], resolve };
      waiting.set(stream, wanted);
      return {
        seen,
        leave() {
          if (waiting.get(stream) === wanted) waiting.delete(stream);
        },
      };
    },
    recent: (after, limit) => recent.after(after, limit),
    failure: () => failed,
    deliveries: () => deliveries,
    restart: resubscribe,
    close() {
      isClosed = true;
      unsubscribe();
    },
  };
}
