/** A consumer of the feed, in a process of its own as consumers are: when each event reached it, and how long a round trip takes. */
import { setTimeout as delay } from 'node:timers/promises';
import { jetstream, type Consumer } from '@nats-io/jetstream';
import { connect, createInbox } from '@nats-io/transport-node';
import { streamName } from '../../src/feed/settings.js';
import { answer, monotonicMs, taskOfProcess } from './child.js';

export interface FeedConsumerTask {
  readonly server: string;
  readonly prefix: string;
  readonly total: number;
}

export interface Delivered {
  /** By sequence − 1, in milliseconds of the system's monotonic clock. */
  readonly at: readonly number[];
  /** A message to the server and back, while nothing else is published. */
  readonly roundTrips: readonly number[];
}

const ROUND_TRIPS = 500;
/** Between two looks whether the stream is there. */
const LOOK_MS = 10;

const { server, prefix, total } = taskOfProcess<FeedConsumerTask>();
const connection = await connect({ servers: server });
const roundTrips = await measureRoundTrips();
const at = new Float64Array(total);
for await (const message of await (await openConsumer()).consume({ max_messages: 5_000 })) {
  at[message.seq - 1] = monotonicMs();
  if (message.seq === total) break;
}
await connection.close();
answer({ at: [...at], roundTrips } satisfies Delivered);

async function openConsumer(): Promise<Consumer> {
  for (;;) {
    const consumer = await jetstream(connection).consumers.get(streamName(prefix), {}).catch(() => undefined);
    if (consumer !== undefined) return consumer;
    await delay(LOOK_MS);
  }
}

async function measureRoundTrips(): Promise<readonly number[]> {
  const inbox = createInbox();
  let arrived = (): void => undefined;
  connection.subscribe(inbox, { callback: () => arrived() });
  const samples: number[] = [];
  for (let count = 0; count < ROUND_TRIPS; count += 1) {
    const start = monotonicMs();
    await new Promise<void>((resolve) => {
      arrived = resolve;
      connection.publish(inbox);
    });
    samples.push(monotonicMs() - start);
  }
  return samples;
}
