import type { TimelineRow } from '../../../projections/timeline.js';
import type { StoredEvent } from '../../kernel/envelope.js';
import type { Sequence, StreamId } from '../../kernel/identifiers.js';
import type { Page } from '../../readmodel/page.js';
import type { EventStore } from '../../store/port.js';

/** Events of one object read to answer about a past moment; more are refused rather than folded. */
export const STREAM_EVENTS_MAX = 20_000;
const STREAM_READ_EVENTS = 1_000;

/** The event with this sequence; undefined where the log has none. */
export async function eventAt(store: EventStore, sequence: Sequence): Promise<StoredEvent | undefined> {
  if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > (await store.head()).sequence) return undefined;
  const [event] = await store.readAll(await store.bookmarkAt(sequence - 1), 1);
  return event;
}

/** A page of the timeline with the events' text from the log, in the same order. */
export async function withText(store: EventStore, page: Page<TimelineRow>): Promise<Page<StoredEvent>> {
  const rows = await Promise.all(
    page.rows.map(async ({ row, cursor }) => {
      const [event] = await store.readStream(row.stream, row.revision, 1);
      if (event === undefined) throw new Error(`The read model names event ${row.sequence}, which the log does not have.`);
      return { row: event, cursor };
    }),
  );
  return { rows, hasMore: page.hasMore };
}

/** All events of a stream up to a sequence; undefined when there are more than STREAM_EVENTS_MAX. */
export async function streamEvents(store: EventStore, stream: StreamId, upTo: Sequence | undefined): Promise<readonly StoredEvent[] | undefined> {
  const events: StoredEvent[] = [];
  for (;;) {
    const from = events.length as StoredEvent['revision'];
    const batch = await store.readStream(stream, from, STREAM_READ_EVENTS);
    for (const event of batch) if (upTo === undefined || event.sequence <= upTo) events.push(event);
    if (batch.length < STREAM_READ_EVENTS || events.length < from + batch.length) return events;
    if (events.length >= STREAM_EVENTS_MAX) return undefined;
  }
}
