import type { StoredEvent } from '../../kernel/envelope.js';
import { START, type Bookmark } from '../../kernel/identifiers.js';
import type { EventStore } from '../../store/port.js';

export type ReadableLog = Pick<EventStore, 'readAll' | 'bookmarkAt'>;

/** Events in memory at a time: so few that they are garbage before they are moved to where garbage is expensive to find. */
export const PAGE_EVENTS = 1_000;

/** The events of a range of sequences (both included), a page at a time. Throws SEQUENCE_UNKNOWN where the log ends before `from`. */
export async function* readRange(log: ReadableLog, from: number, to: number): AsyncGenerator<readonly StoredEvent[]> {
  let place: Bookmark = from <= 1 ? START : await log.bookmarkAt(from - 1);
  while (place.sequence < to) {
    const page = await log.readAll(place, Math.min(PAGE_EVENTS, to - place.sequence));
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    place = last;
  }
}
