import { canonicalText } from '../../../src/kernel/canonical.js';
import { START, type Position, type Sequence } from '../../../src/kernel/identifiers.js';
import type { EventEnvelope, StoredEvent } from '../../../src/kernel/envelope.js';
import type { FollowedStore } from '../../../src/readmodel/follow.js';

/** A log in memory that can only be read: what a follower needs, without a store's promises. */
export interface ListStore extends FollowedStore {
  readonly events: readonly StoredEvent[];
  push(...envelopes: readonly EventEnvelope[]): void;
}

export function listStore(envelopes: Iterable<EventEnvelope> = []): ListStore {
  const events: StoredEvent[] = [];
  const wakers = new Set<() => void>();

  const push = (...added: readonly EventEnvelope[]): void => {
    for (const envelope of added) events.push(stored(envelope, events.length + 1));
    for (const wake of wakers) wake();
    wakers.clear();
  };
  for (const envelope of envelopes) push(envelope);

  return {
    events,
    push,
    readAll: (after, limit) => Promise.resolve(events.slice(after.sequence, after.sequence + limit)),
    head: () => Promise.resolve(bookmarkOf(events.length)),
    bookmarkAt: (sequence) => Promise.resolve(bookmarkOf(sequence)),
    subscribe: (after, { limit, signal }) => {
      let next: number = after.sequence;
      return (async function* deliver() {
        while (!signal.aborted) {
          const batch = events.slice(next, next + limit);
          next += batch.length;
          if (batch.length > 0) yield batch;
          else await nextPush(wakers, signal);
        }
      })();
    },
  };
}

function nextPush(wakers: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    wakers.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function bookmarkOf(sequence: number) {
  return sequence === 0 ? START : { sequence: sequence as Sequence, position: BigInt(sequence) as Position };
}

function stored(envelope: EventEnvelope, sequence: number): StoredEvent {
  return {
    position: BigInt(sequence) as Position,
    sequence: sequence as Sequence,
    stream: envelope.stream,
    revision: envelope.revision,
    id: envelope.id,
    text: canonicalText(envelope),
  };
}
