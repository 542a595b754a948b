/** Events at a steady rate, published by the feed of the same process; when each append was acknowledged. */
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startFeed } from '../../src/feed/feed.js';
import { streamName } from '../../src/feed/settings.js';
import type { CommandId, EventId, Instant, StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import type { NewEvent } from '../../src/kernel/envelope.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { answer, monotonicMs, taskOfProcess } from './child.js';
import { newCommandId } from './environment.js';

export interface FeedLatencyTask {
  /** A log to begin. */
  readonly path: string;
  readonly server: string;
  readonly prefix: string;
  readonly perSecond: number;
  readonly total: number;
}

export interface Acknowledged {
  /** By sequence − 1, in milliseconds of the system's monotonic clock, which all its processes share. */
  readonly at: readonly number[];
}

const LEDGER = '0199a000-fe14-8010-8b4f-e83303852f04';
/** Between two looks whether the consumer is there. */
const LOOK_MS = 10;

const task = taskOfProcess<FeedLatencyTask>();
const store = openSqliteStore({ path: task.path });
const connection = await connect({ servers: task.server });
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const feed = startFeed({ servers: [task.server], settings: { prefix: task.prefix }, store, ledgerId: LEDGER, log });
const at = new Float64Array(task.total);
await consumerIsThere();
await appendSteadily();
while (feed.progress().sequence < task.total) await delay(LOOK_MS);
await feed.stop();
await connection.close();
await store.close();
answer({ at: [...at] } satisfies Acknowledged);

async function consumerIsThere(): Promise<void> {
  const manager = await jetstreamManager(connection);
  const count = (): Promise<number> => manager.streams.info(streamName(task.prefix)).then(({ state }) => state.consumer_count, () => 0);
  while ((await count()) === 0) await delay(LOOK_MS);
}

/** Each append is sent when it is due, whether or not the last one is acknowledged. */
async function appendSteadily(): Promise<void> {
  const start = performance.now();
  const appends: Promise<void>[] = [];
  for (let sent = 0; sent < task.total; ) {
    const due = Math.min(task.total, Math.ceil(((performance.now() - start) / 1_000) * task.perSecond));
    for (; sent < due; sent += 1) appends.push(appendOne());
    await delay(1);
  }
  await Promise.all(appends);
}

async function appendOne(): Promise<void> {
  const id = newCommandId();
  const result = await store.append(`host-${id}` as StreamId, 'none', [eventOf(id)]);
  const now = monotonicMs();
  if (result.kind !== 'appended') throw new Error(`An event was not appended: ${result.kind}.`);
  for (const { sequence } of result.events) at[sequence - 1] = now;
}

function eventOf(commandId: CommandId): NewEvent {
  const now = '2026-11-22T13:00:00.000Z' as Instant;
  return {
    id: commandId as string as EventId,
    type: 'HostRegistered',
    schemaVersion: 1,
    recordedAt: now,
    occurredAt: now,
    actor: 'subject-of-the-bench' as SubjectId,
    correlationId: commandId,
    commandId,
    inputHash: '0'.repeat(64),
    data: { origin: 'REGISTRATION', identities: [{ kind: 'NAME', name: 'pc-1', domain: 'bench.example', raw: 'PC-1.bench.example' }] },
  };
}
