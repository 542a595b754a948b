import { writeSync } from 'node:fs';
import type { StreamId } from '../../src/kernel/identifiers.js';
import type { EventStore, ExpectedRevision } from '../../src/store/port.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { eventMaker, type EventMaker } from '../contract/syntheticEvents.js';
import { BATCH_EVENTS_MAX, STREAMS_PER_WRITER, type Acknowledgement, type WriterOptions } from './acknowledgement.js';
import { seededRandom } from './seededRandom.js';

// A process of its own, made to be killed: it appends and says what was acknowledged, nothing else.

const options = JSON.parse(process.argv[2] ?? '') as WriterOptions;
const random = seededRandom(options.seed);
const store = openSqliteStore({ path: options.path, synchronous: options.synchronous });
const make = eventMaker(options.idPrefix);
await Promise.all(Array.from({ length: options.writers }, (_, writer) => write(store, make, writer)));
await store.close();

async function write(target: EventStore, maker: EventMaker, writer: number): Promise<void> {
  for (let appends = 0; options.appends === null || appends < options.appends; appends += 1) {
    const stream = `host-${writer}-${random(STREAMS_PER_WRITER)}` as StreamId;
    const [last] = await target.readStreamBackwards(stream, 1);
    const expected: ExpectedRevision = last?.revision ?? 'none';
    const events = maker.events(1 + random(BATCH_EVENTS_MAX));
    const result = await target.append(stream, expected, events);
    if (result.kind !== 'appended') throw new Error(`the append came to ${result.kind}`);
    acknowledge({ stream, first: result.events[0]?.revision ?? -1, ids: events.map(({ id }) => id) });
  }
}

/** One write call for each, so that it stands in a trace of system calls where it happened. */
function acknowledge(acknowledgement: Acknowledgement): void {
  writeSync(1, `${JSON.stringify(acknowledgement)}\n`);
}
