import assert from 'node:assert/strict';
import { START, type Bookmark } from '../../src/kernel/identifiers.js';
import type { StoredEvent } from '../../src/kernel/envelope.js';
import { READ_EVENTS_MAX, type EventStore } from '../../src/store/port.js';
import type { Acknowledgement } from './acknowledgement.js';

/**
 * Rejects unless the log holds every acknowledged event exactly once and at the place that was told, its sequences have
 * no gap and the revisions of each stream are contiguous. Resolves to the number of events, acknowledged or not.
 */
export async function verifyLog(store: EventStore, acknowledgements: readonly Acknowledgement[]): Promise<number> {
  const places = new Map<string, string>();
  const heads = new Map<string, number>();
  let count = 0;
  for await (const event of wholeLog(store)) {
    count += 1;
    assert.equal(event.sequence, count, 'sequences have no gap');
    assert.equal(event.revision, (heads.get(event.stream) ?? -1) + 1, `revisions of ${event.stream} are contiguous`);
    assert.ok(!places.has(event.id), `event ${event.id} stands there once`);
    heads.set(event.stream, event.revision);
    places.set(event.id, `${event.stream} ${event.revision}`);
  }
  for (const { stream, first, ids } of acknowledgements) {
    for (const [index, id] of ids.entries()) {
      assert.equal(places.get(id), `${stream} ${first + index}`, `event ${id} was acknowledged`);
    }
  }
  return count;
}

async function* wholeLog(store: EventStore): AsyncGenerator<StoredEvent> {
  let bookmark: Bookmark = START;
  for (;;) {
    const events = await store.readAll(bookmark, READ_EVENTS_MAX);
    const last = events.at(-1);
    if (last === undefined) return;
    yield* events;
    bookmark = { position: last.position, sequence: last.sequence };
  }
}
