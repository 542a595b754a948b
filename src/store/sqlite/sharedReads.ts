import type { StoredEvent } from '../../kernel/envelope.js';
import type { Bookmark } from '../../kernel/identifiers.js';
import { openRecentEvents, type RecentBounds } from '../recentEvents.js';

/** Kept for each open store; a store follows the log in several threads of a process. */
const RECENT: RecentBounds = { events: 1_024, length: 1_048_576 };

export interface SharedReads {
  /** Events after the bookmark, at most `limit`; empty at the end of the log. */
  readonly read: (after: Bookmark, limit: number) => readonly StoredEvent[];
  /** There may be more events now: runs the subscribers that look for them, none of which waits. */
  readonly news: (run: () => void) => void;
}

/**
 * Reads of which those near the end of the log are made once for all subscribers: what was read last is kept, as the same objects. It is
 * the log's own text, which never changes. Where the log ends is asked of the file once for each news; with `others`, whose commits may
 * come before the news of them, also by each look between two news.
 */
export function openSharedReads(readFile: (after: number, limit: number) => readonly StoredEvent[], { others }: { readonly others: boolean }): SharedReads {
  let recent = openRecentEvents(RECENT);
  /** Sequence of the last event kept. */
  let last = 0;
  let remembersEnd = !others;
  let end: number | undefined;

  const keep = (events: readonly StoredEvent[]): void => {
    const [first, newest] = [events[0], events.at(-1)];
    // Who reads history does not push out what those at the end share.
    if (first === undefined || newest === undefined || newest.sequence <= last) return;
    if (first.sequence !== last + 1) recent = openRecentEvents(RECENT);
    recent.add(events);
    last = newest.sequence;
  };

  return {
    read({ sequence }, limit) {
      if (sequence === end) return [];
      const known = recent.after(sequence, limit);
      if (known !== undefined && known.length > 0) return known;
      const events = readFile(sequence, limit);
      keep(events);
      if (remembersEnd && events.length < limit) end = sequence + events.length;
      return events;
    },
    news(run) {
      end = undefined;
      remembersEnd = true;
      try {
        run();
      } finally {
        if (others) {
          remembersEnd = false;
          end = undefined;
        }
      }
    },
  };
}
