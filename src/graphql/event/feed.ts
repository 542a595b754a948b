import type { StoredEvent } from '../../kernel/envelope.js';
import type { Bookmark, Sequence } from '../../kernel/identifiers.js';
import type { LedgerContext } from '../context.js';
import { filteredStream, type LedgerEventFilter } from './input.js';
import { LedgerEventBatch, sharedEvent } from './type.js';
import { ClientError, inputError } from '../clientError.js';

/** Most events read from the log at once for one subscriber, and so the most that wait in memory for it. */
export const FEED_EVENTS_MAX = 200;

/** Turns the events of one read into what the subscriber gets for them. */
export type FeedStep<Item extends object> = (events: readonly StoredEvent[], signal: AbortSignal) => Promise<readonly Item[]>;

export type EventTest = (event: StoredEvent) => boolean;

/** Batches of the events that pass the filter. */
export function eventBatches(
  context: LedgerContext,
  after: Sequence | null | undefined,
  filter: LedgerEventFilter | null | undefined,
): Promise<AsyncIterableIterator<LedgerEventBatch>> {
  const step: FeedStep<LedgerEventBatch> = async (stored) => {
    const last = stored.at(-1);
    return last === undefined ? [] : [new LedgerEventBatch(stored.map(sharedEvent), last.sequence)];
  };
  return logFeed(context, after, step, eventTest(filter));
}

/**
 * Reads the log from a cursor on, history first, then live. The next read waits until its items are taken, so a slow
 * subscriber holds no more than one read. Since history and live come from the same read of the log, there is no seam.
 * `step` is given what `passes`; a subscriber whom an event does not concern is not woken for it.
 */
export async function logFeed<Item extends object>(
  { services, stillAuthorised }: LedgerContext,
  after: Sequence | null | undefined,
  step: FeedStep<Item>,
  passes?: EventTest,
): Promise<AsyncIterableIterator<Item>> {
  const head = await services.store.head();
  const start = after === null || after === undefined ? head : await cursorBookmark(after, head, (sequence) => services.store.bookmarkAt(sequence));
  const stop = new AbortController();
  const source = services.store.subscribe(start, { limit: FEED_EVENTS_MAX, signal: stop.signal, passes });
  return feedIterator(source, stop, async (events) => {
    if (!(await stillAuthorised())) throw new ClientError('TOKEN_NOT_VALID', {}, { code: 'UNAUTHENTICATED' });
    return step(events, stop.signal);
  });
}

// Written by hand: `return()` of an async generator waits until the pending `next()` settles, so that an idle subscriber
// who leaves would keep its place in the log open.
function feedIterator<Item extends object>(
  source: AsyncIterator<readonly StoredEvent[]>,
  stop: AbortController,
  step: (events: readonly StoredEvent[]) => Promise<readonly Item[]>,
): AsyncIterableIterator<Item> {
  let items: readonly Item[] = [];
  let taken = 0;
  const ended = { done: true, value: undefined } as const;
  return {
    async next() {
      while (taken >= items.length) {
        const read = await source.next();
        if (read.done === true || stop.signal.aborted) return ended;
        items = await step(read.value);
        taken = 0;
      }
      if (stop.signal.aborted) return ended;
      const item = items[taken];
      taken += 1;
      return item === undefined ? ended : { done: false, value: item };
    },
    async return() {
      stop.abort();
      items = [];
      return ended;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function cursorBookmark(after: Sequence, head: Bookmark, bookmarkAt: (sequence: number) => Promise<Bookmark>): Promise<Bookmark> {
  if (after > head.sequence) throw inputError('AFTER_THE_END', { after, end: head.sequence });
  return bookmarkAt(after);
}

function eventTest(filter: LedgerEventFilter | null | undefined): EventTest | undefined {
  const stream = filteredStream(filter);
  const types = filter?.types ?? undefined;
  const actor = filter?.actor ?? undefined;
  if (stream === undefined && types === undefined && actor === undefined) return undefined;
  // The stream first: it is there without parsing.
  return (event) =>
    (stream === undefined || event.stream === stream) &&
    (types === undefined || types.includes(sharedEvent(event).type)) &&
    (actor === undefined || sharedEvent(event).envelope.actor === actor);
}

/**
 * Waits until the read model has the last of these events; a subscriber whose read model is being rebuilt is told to come
 * back, with the cursor it has.
 */
export async function awaitReadModel({ services }: LedgerContext, events: readonly StoredEvent[], signal: AbortSignal): Promise<void> {
  const last = events.at(-1);
  if (last === undefined || signal.aborted) return;
  const applied = await services.readModel.waitUntilApplied(last.sequence, signal);
  if (applied || signal.aborted) return;
  throw new ClientError('REBUILDING', {}, { code: 'READ_MODEL_REBUILDING' });
}
