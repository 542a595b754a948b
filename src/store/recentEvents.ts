import type { StoredEvent } from '../kernel/envelope.js';

/** The last events of the log, so that many subscribers at its end do not each ask for the same. */
export interface RecentEvents {
  /** The events that follow the last one added. */
  add(events: readonly StoredEvent[]): void;
  /** Those after a number, at most `limit`; undefined where they are not kept any more, or none were added yet. */
  after(sequence: number, limit: number): readonly StoredEvent[] | undefined;
}

export interface RecentBounds {
  readonly events: number;
  /** UTF-16 code units of their texts; the last event is kept whatever its length. */
  readonly length: number;
}

export function openRecentEvents(bounds: RecentBounds): RecentEvents {
  let events: StoredEvent[] = [];
  /** Of `events`, how many are forgotten: dropped together, since each drop moves the rest. */
  let forgotten = 0;
  let length = 0;

  const forget = (): void => {
    while (events.length - forgotten > bounds.events || (length > bounds.length && events.length - forgotten > 1)) {
      length -= events[forgotten]?.text.length ?? 0;
      forgotten += 1;
    }
    if (2 * forgotten <= events.length) return;
    events = events.slice(forgotten);
    forgotten = 0;
  };

  return {
    add(added) {
      for (const event of added) {
        events.push(event);
        length += event.text.length;
      }
      forget();
    },
    after(sequence, limit) {
      const first = events[forgotten];
      if (first === undefined || sequence < first.sequence - 1) return undefined;
      const from = forgotten + sequence - (first.sequence - 1);
      return events.slice(from, from + limit);
    },
  };
}
