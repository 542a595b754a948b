import { jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { expect, vi } from 'vitest';
import { carries } from '../../src/feed/cloudEvent.js';
import { startFeed, type Feed, type FeedOptions, type FeedProgress } from '../../src/feed/feed.js';
import { FEED_PREFIX, streamName } from '../../src/feed/settings.js';
import type { PublishedStore } from '../../src/feed/stream.js';
import { eventSubject } from '../../src/feed/subject.js';
import { parseEnvelope, type StoredEvent } from '../../src/kernel/envelope.js';
import { START } from '../../src/kernel/identifiers.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import type { EventStore } from '../../src/store/port.js';
import { eventMaker } from '../contract/syntheticEvents.js';

export const LEDGER = '0199a000-fe14-8010-8b4f-e83303852f04';
export const STREAM = streamName(FEED_PREFIX);
/** Longest wait for a condition; the machine may be busy. */
const PATIENCE_MS = 60_000;
const EVENTS_PER_APPEND = 500;

const clearing: (() => Promise<unknown>)[] = [];

/** Undone after the test, the last first. */
export function undoLater(undo: () => Promise<unknown>): void {
  clearing.push(undo);
}

export async function undoAll(): Promise<void> {
  for (const undo of clearing.splice(0).toReversed()) await undo();
}

/** A log in memory, with so many synthetic events of several streams. */
export interface GrowingLog extends EventStore {
  grow(count: number): Promise<void>;
  /** Grows with events that no other log holds. */
  growOtherwise(count: number): Promise<void>;
}

/** Logs that have only grown, by the same steps, hold the same events in the same order. */
export async function growingLog(count: number): Promise<GrowingLog> {
  const store = openMemoryStore();
  const growth = growthOf(store, '0000000000fe');
  await growth(count);
  undoLater(() => store.close());
  return { ...store, grow: growth, growOtherwise: growthOf(store, '0000000000ff') };
}

/** Appends synthetic events, to a new stream with each append. */
export function growthOf(store: EventStore, prefix: string): (count: number) => Promise<void> {
  const maker = eventMaker(prefix);
  return async (more) => {
    for (let left = more; left > 0; left -= EVENTS_PER_APPEND) {
      const stream = maker.stream();
      await store.append(stream, 'none', maker.events(Math.min(left, EVENTS_PER_APPEND)));
    }
  };
}

export interface WatchedFeed extends Feed {
  /** All that it reported, in order. */
  readonly reported: readonly FeedProgress[];
}

/** A feed with short pauses, ended after the test. */
export function watchedFeed(options: Pick<FeedOptions, 'servers' | 'store'> & Partial<FeedOptions>): WatchedFeed {
  const reported: FeedProgress[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const timings = { answerMs: 2_000, acknowledgementMs: 2_000, retryMs: 20, retryMsMax: 200, standbyMs: 300, logBehindMs: 200 };
  const feed = startFeed({ ledgerId: LEDGER, log, timings, ...options, onState: (progress) => void reported.push(progress) });
  undoLater(() => feed.stop());
  return { ...feed, reported };
}

/** Resolves when all events of the log are on the feed. */
export async function untilPublished(feed: Feed, store: Pick<PublishedStore, 'head'>): Promise<void> {
  await vi.waitFor(async () => expect((await feed.state()).sequence, JSON.stringify(await feed.state())).toBe((await store.head()).sequence), { timeout: PATIENCE_MS, interval: 10 });
}

export async function untilSequence(feed: Feed, least: number): Promise<void> {
  await vi.waitFor(async () => expect((await feed.state()).sequence, JSON.stringify(await feed.state())).toBeGreaterThanOrEqual(least), { timeout: PATIENCE_MS, interval: 2 });
}

export async function untilState(feed: Feed, state: FeedProgress['state']): Promise<void> {
  await vi.waitFor(async () => expect((await feed.state()).state).toBe(state), { timeout: PATIENCE_MS, interval: 5 });
}

export async function connection(servers: readonly string[]): Promise<NatsConnection> {
  const connected = await connect({ servers: [...servers], maxReconnectAttempts: -1, waitOnFirstConnect: true });
  undoLater(() => connected.close());
  return connected;
}

/** Every message that the stream holds, in order. */
export async function messagesOf(servers: readonly string[], stream = STREAM): Promise<readonly JsMsg[]> {
  const connected = await connection(servers);
  // While a leader is being chosen nobody answers.
  const { state } = await vi.waitFor(async () => (await jetstreamManager(connected, { checkAPI: false })).streams.info(stream), { timeout: 60_000, interval: 50 });
  if (state.messages === 0) return [];
  const consumer = await jetstream(connected).consumers.get(stream, {});
  const messages: JsMsg[] = [];
  for await (const message of await consumer.consume({ max_messages: 1_000 })) {
    messages.push(message);
    if (message.seq >= state.last_seq) break;
  }
  await connected.close();
  return messages;
}

/** Every message is the log's event of its number, on its subject, and from `first` to the log's end there is one of each. */
export async function expectWholeLog(servers: readonly string[], store: PublishedStore, first = 1): Promise<void> {
  const messages = await messagesOf(servers);
  const { sequence: head } = await store.head();
  expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: head - first + 1 }, (_, index) => first + index));
  const events = await eventsOf(store);
  const wrong = messages.filter((message) => !isEvent(message, events[message.seq - 1]));
  expect(wrong.map(({ seq, subject }) => ({ seq, subject }))).toEqual([]);
}

function isEvent(message: JsMsg, event: StoredEvent | undefined): boolean {
  if (event === undefined) return false;
  const subject = eventSubject(FEED_PREFIX, event.stream, parseEnvelope(event.text).type);
  return message.subject === subject && message.headers?.get('Nats-Msg-Id') === event.id && carries(message.string(), event, LEDGER);
}

async function eventsOf(store: PublishedStore): Promise<readonly StoredEvent[]> {
  const all: StoredEvent[] = [];
  for (let after = START; ; ) {
    const events = await store.readAll(after, EVENTS_PER_APPEND);
    const last = events.at(-1);
    if (last === undefined) return all;
    all.push(...events);
    after = { position: last.position, sequence: last.sequence };
  }
}
