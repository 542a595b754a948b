/** The feed fills an empty stream from a log, in turns with pipelines that publish the same messages and expect nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import { cloudEventOf } from '../../src/feed/cloudEvent.js';
import { startFeed } from '../../src/feed/feed.js';
import { WINDOW_MESSAGES } from '../../src/feed/pipeline.js';
import { eventSubject } from '../../src/feed/subject.js';
import { START } from '../../src/kernel/identifiers.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { publishBare, publishPipelined, type RawMessage } from '../floor/pipeline.js';
import { answer, taskOfProcess } from './child.js';

export interface FeedRateTask {
  readonly path: string;
  readonly server: string;
  /** Messages in each turn. */
  readonly events: number;
  readonly rounds: number;
}

export interface FeedRates {
  readonly feed: readonly number[];
  readonly pipeline: readonly number[];
  readonly bare: readonly number[];
}

const LEDGER = '0199a000-fe14-8010-8b4f-e83303852f04';
/** Between two looks whether the last event is published: little beside a turn. */
const LOOK_MS = 2;

const task = taskOfProcess<FeedRateTask>();
const store = openSqliteStore({ path: task.path, readOnly: true });
const rates: { readonly [Kind in keyof FeedRates]: number[] } = { feed: [], pipeline: [], bare: [] };
for (let round = 0; round < task.rounds; round += 1) {
  rates.feed.push(await feedRate(`feed${round}`));
  rates.pipeline.push(await publishPipelined(task.server, `pipeline${round}`, await messagesOf(`pipeline${round}`), WINDOW_MESSAGES));
  rates.bare.push(await publishBare(task.server, `bare${round}`, await messagesOf(`bare${round}`), WINDOW_MESSAGES));
}
await store.close();
answer(rates satisfies FeedRates);

/** From the moment it has found its stream empty. */
async function feedRate(prefix: string): Promise<number> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  let start = Number.NaN;
  const feed = startFeed({
    servers: [task.server],
    settings: { prefix },
    store,
    ledgerId: LEDGER,
    log,
    onState: ({ state, error }) => {
      if (state === 'publishing') start = performance.now();
      else if (error !== undefined) throw new Error(error.message);
    },
  });
  while (feed.progress().sequence < task.events) await delay(LOOK_MS);
  const rate = feed.progress().sequence / ((performance.now() - start) / 1_000);
  await feed.stop();
  return rate;
}

async function messagesOf(prefix: string): Promise<readonly RawMessage[]> {
  const messages: RawMessage[] = [];
  for (let after = START; messages.length < task.events; ) {
    const events = await store.readAll(after, 1_000);
    for (const event of events) {
      const message = cloudEventOf(event, LEDGER);
      messages.push({ subject: eventSubject(prefix, event.stream, message.type), payload: Buffer.from(JSON.stringify(message)) });
    }
    const last = events.at(-1);
    if (last === undefined) break;
    after = { position: last.position, sequence: last.sequence };
  }
  return messages.slice(0, task.events);
}
