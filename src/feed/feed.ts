import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { EVENT_BYTES_MAX } from '../kernel/envelope.js';
import { START } from '../kernel/identifiers.js';
import { encryptionOf } from '../nats/encryption.js';
import { StoreError } from '../store/port.js';
import { openCheckpointBox, type CheckpointBox } from './checkpoints.js';
import { cloudEventOf } from './cloudEvent.js';
import { FeedError } from './errors.js';
import { openPipeline } from './pipeline.js';
import { checkFeedSettings, FEED_PREFIX, streamName, type FeedSettings } from './settings.js';
import { aheadOfLog, assertAgreed, openEventStream, type PublishedStore } from './stream.js';
import { eventSubject } from './subject.js';

export interface FeedOptions {
  /** `nats://host:port`, or `tls://host:port` for no connection without encryption; of a cluster, as many of its servers as there are. */
  readonly servers: readonly string[];
  readonly settings?: FeedSettings | undefined;
  /** Content of a NATS credentials file. */
  readonly credentials?: Uint8Array | undefined;
  readonly store: PublishedStore;
  readonly ledgerId: string;
  readonly log: FeedLog;
  /** Called when the feed begins to publish, to wait, or stops, or waits for another reason; not for each event. */
  readonly onState?: ((progress: FeedProgress) => void) | undefined;
  readonly timings?: Partial<FeedTimings> | undefined;
}

/** The part of a pino logger that the feed writes to. */
export interface FeedLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** All in milliseconds. */
export interface FeedTimings {
  /** Until a server must have answered a connection or a question. */
  readonly answerMs: number;
  /** Until an acknowledgement must have come while any is due: longer than a cluster takes to elect a leader. */
  readonly acknowledgementMs: number;
  /** Between two attempts: the first pause, doubled each time up to the longest. */
  readonly retryMs: number;
  readonly retryMsMax: number;
  /** How long this publisher keeps still after it met another one, before it looks whether that one is still at work. */
  readonly standbyMs: number;
  /** How long the log of a node may stay behind the stream that other nodes fill. */
  readonly logBehindMs: number;
}

export const FEED_TIMINGS: FeedTimings = { answerMs: 5_000, acknowledgementMs: 8_000, retryMs: 100, retryMsMax: 5_000, standbyMs: 3_000, logBehindMs: 15_000 };

/** `publishing`: at the end of the log or on the way there. `waiting`: tries again by itself. `stopped`: for good, or because it was asked to. */
export interface FeedProgress {
  readonly state: 'publishing' | 'waiting' | 'stopped';
  /** The last event known to be on the feed; 0 until the stream has been looked at. */
  readonly sequence: number;
  /** Why it waits or has stopped. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

export interface FeedState extends FeedProgress {
  /** Events of the log that are not known to be on the feed. */
  readonly lag: number;
}

export interface Feed {
  /** What is known without asking the log. */
  progress(): FeedProgress;
  state(): Promise<FeedState>;
  /**
   * Hands over a signed checkpoint, to be published on `<prefix>.checkpoint` once the server is there. Of several that wait the last one
   * is published: it covers all before it.
   */
  publishCheckpoint(text: string): void;
  /** Resolves when the feed has ended: with the reason when it stopped by itself. */
  readonly stopped: Promise<Error | undefined>;
  /** Ends it; what is on its way may still arrive, and is found by the next publisher. */
  stop(): Promise<void>;
}

/** The code of a publisher that keeps still while another one is at work. */
export const STANDS_BY = 'FEED_STANDS_BY';

/** Room for the attributes beside an event's data. */
const MESSAGE_BYTES_MAX = EVENT_BYTES_MAX + 4_096;
/** Few enough that reading and sending them takes no noticeable time from whoever else works on this thread. */
const READ_EVENTS = 256;

/**
 * Publishes every event of a log, in order, without a gap and none twice, for as long as it is let.
 *
 * Nothing is remembered here: the stream was empty when it was made and gets event n as message n, so its last sequence says where to
 * go on. Each message expects the one before it to be the last, so if one is refused or lost, all later ones are refused, and whoever
 * publishes beside this one can only publish the same. After any trouble the stream is asked again how far it is.
 *
 * Throws `FeedError` FEED_SETTINGS_REFUSED for settings outside their bounds; all else shows in `state` and `stopped`.
 */
export function startFeed(options: FeedOptions): Feed {
  const { store, log } = options;
  checkFeedSettings(options.settings ?? {});
  const timings = { ...FEED_TIMINGS, ...options.timings };
  const stopping = new AbortController();
  let progress: FeedProgress = { state: 'waiting', sequence: 0 };

  const moveTo = (next: FeedProgress): void => {
    const isNews = next.state !== progress.state || next.error?.message !== progress.error?.message;
    progress = next;
    if (!isNews) return;
    const fields = { state: next.state, sequence: next.sequence, code: next.error?.code };
    if (next.state === 'publishing') log.info(fields, 'the feed publishes');
    else if (next.error?.code === STANDS_BY) log.info(fields, 'the feed stands by: another publisher is at work');
    else if (next.state === 'waiting') log.warn(fields, `the feed waits: ${next.error?.message ?? ''}`);
    else if (next.error !== undefined) log.error(fields, `the feed has stopped: ${next.error.message}`);
    options.onState?.(next);
  };
  const checkpoints = openCheckpointBox((error) => log.error({ err: error }, 'a checkpoint was not published'));
  const publisher: Publisher = {
    ...options,
    settings: options.settings ?? {},
    timings,
    checkpoints,
    stopping: stopping.signal,
    sentMax: 0,
    standsBy: undefined,
    sequence: () => progress.sequence,
    onProgress: (sequence) => moveTo({ state: 'publishing', sequence }),
    onTrouble: (error) => moveTo({ state: 'waiting', sequence: error instanceof OtherPublisherError ? error.last : progress.sequence, error: described(error) }),
  };
  const stopped = publishUntilStopped(publisher).then(
    (error) => {
      moveTo({ state: 'stopped', sequence: progress.sequence, error: error === undefined ? undefined : described(error) });
      return error;
    },
  );

  return {
    progress: () => progress,
    async state() {
      const { sequence: head } = await store.head();
      return { ...progress, lag: Math.max(0, head - progress.sequence) };
    },
    publishCheckpoint: (text) => checkpoints.put(text),
    stopped,
    async stop() {
      stopping.abort();
      await stopped;
    },
  };
}

interface Publisher extends Omit<FeedOptions, 'timings' | 'settings'> {
  readonly settings: FeedSettings;
  readonly timings: FeedTimings;
  readonly checkpoints: CheckpointBox;
  readonly stopping: AbortSignal;
  /** The highest sequence this publisher has ever sent: what is known already and was never sent from here came from another. */
  sentMax: number;
  /** While another publisher is at work: where the log ended when the stream was last looked at. */
  standsBy: { readonly head: number } | undefined;
  sequence(): number;
  readonly onProgress: (sequence: number) => void;
  readonly onTrouble: (error: Error) => void;
}

/** Another publisher is at work on the same stream, and has come so far. */
class OtherPublisherError extends Error {
  readonly last: number;

  constructor(last: number) {
    super('another publisher fills the stream; this one stands by');
    this.last = last;
  }
}

/** One connection after the other, until asked to stop (then undefined) or until waiting does not help. */
async function publishUntilStopped(publisher: Publisher): Promise<Error | undefined> {
  const { timings, stopping } = publisher;
  let pause = timings.retryMs;
  while (!stopping.aborted) {
    const before = publisher.sequence();
    const error = await publishOverOneConnection(publisher).catch(asError);
    if (stopping.aborted) break;
    if (error instanceof FeedError || (error instanceof StoreError && !error.retryable)) return error;
    publisher.onTrouble(error);
    if (publisher.sequence() > before) pause = timings.retryMs;
    const wait = error instanceof OtherPublisherError ? timings.standbyMs : pause;
    await sleep(wait, stopping);
    pause = Math.min(pause * 2, timings.retryMsMax);
  }
  return undefined;
}

/** Throws why it ended; the connection is never used again after that, so nothing of one attempt reaches into the next. */
async function publishOverOneConnection(publisher: Publisher): Promise<Error> {
  const { stopping, checkpoints } = publisher;
  const connection = await connected(publisher);
  const over = new AbortController();
  const signal = AbortSignal.any([stopping, over.signal]);
  const end = (error: Error): void => over.abort(error);
  void connection.closed().then((error) => end(error ?? new Error('the connection to the NATS server was closed')));
  // What is asked over the connection ends with it.
  signal.addEventListener('abort', () => void connection.close(), { once: true });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: publisher.timings.answerMs });
    const last = await lastPublished(manager, publisher);
    publisher.onProgress(last);
    const context = { connection, manager, prefix: prefixOf(publisher), settings: publisher.settings, ledgerId: publisher.ledgerId };
    checkpoints.attach(context, end);
    await publishFrom(last, connection, publisher, signal, end);
    return over.signal.aborted ? asError(over.signal.reason) : new Error('the log was closed');
  } finally {
    checkpoints.detach();
    await connection.close();
  }
}

/** Where to go on; throws when the stream must not be written to, or not now. */
async function lastPublished(manager: JetStreamManager, publisher: Publisher): Promise<number> {
  const { store, ledgerId, settings } = publisher;
  const prefix = prefixOf(publisher);
  const info = await openEventStream(manager, prefix, settings, ledgerId);
  const { last_seq: last } = info.state;
  await logHasReached(last, publisher);
  await assertAgreed(manager, info, store, ledgerId);
  const { sequence: head } = await store.head();
  if (othersPublish(last, publisher)) {
    publisher.standsBy = { head };
    publisher.sentMax = Math.max(publisher.sentMax, last);
    throw new OtherPublisherError(last);
  }
  publisher.standsBy = undefined;
  publisher.sentMax = Math.max(publisher.sentMax, last);
  return last;
}

/** The log of a node may be behind the stream for a moment: another node has published what has not come here yet. */
async function logHasReached(last: number, publisher: Publisher): Promise<void> {
  const { store, timings, stopping } = publisher;
  for (let waited = 0; ; waited += timings.retryMs) {
    const { sequence: head } = await store.head();
    if (head >= last) return;
    if (waited >= timings.logBehindMs) return catchUp(last, publisher);
    publisher.onTrouble(new Error(`the stream holds event ${last}, which has not come to this log yet`));
    await sleep(timings.retryMs, stopping);
    if (stopping.aborted) throw new Error('the feed was asked to stop');
  }
}

/**
 * A node that cannot reach its log's servers sees it end where it was last seen: before the log is said to have lost its end, the servers are
 * asked. Looking for an id makes them answer; while they do not, it rejects as retryable, and the feed goes on waiting.
 */
async function catchUp(last: number, publisher: Publisher): Promise<void> {
  const { store } = publisher;
  const [first] = await store.readAll(START, 1);
  if (first !== undefined) await store.findByIds([first.id]);
  const { sequence: head } = await store.head();
  if (head < last) throw aheadOfLog(streamName(prefixOf(publisher)), last, head);
}

/** Whoever stands by goes on doing so until something that the log held at the last look is still not published. */
function othersPublish(last: number, { standsBy, sentMax }: Publisher): boolean {
  if (standsBy !== undefined) return last >= standsBy.head;
  // At the first look it cannot be told, and nothing is lost by trying.
  return sentMax > 0 && last > sentMax;
}

async function publishFrom(last: number, connection: NatsConnection, publisher: Publisher, signal: AbortSignal, end: (error: Error) => void): Promise<void> {
  const { store, ledgerId } = publisher;
  const prefix = prefixOf(publisher);
  const sentBefore = publisher.sentMax;
  const pipeline = openPipeline(connection, {
    after: last,
    acknowledgementMs: publisher.timings.acknowledgementMs,
    onAcknowledged: publisher.onProgress,
    onBroken: (error) => {
      const isForeign = error.kind === 'duplicate' && error.sequence > sentBefore;
      if (isForeign) publisher.standsBy = { head: error.sequence };
      end(isForeign ? new OtherPublisherError(error.sequence - 1) : error);
    },
  });
  // Whoever waits for room must not wait for a server that is gone.
  signal.addEventListener('abort', pipeline.close, { once: true });
  try {
    const after = await store.bookmarkAt(last);
    for await (const events of store.subscribe(after, { limit: READ_EVENTS, signal })) {
      for (const event of events) {
        if (!pipeline.hasRoom()) await pipeline.room();
        if (signal.aborted) return;
        const cloudEvent = cloudEventOf(event, ledgerId);
        pipeline.send(event.sequence, eventSubject(prefix, event.stream, cloudEvent.type), JSON.stringify(cloudEvent), event.id);
        publisher.sentMax = Math.max(publisher.sentMax, event.sequence);
      }
      if (signal.aborted) return;
    }
  } finally {
    signal.removeEventListener('abort', pipeline.close);
    pipeline.close();
  }
}

async function connected({ servers, credentials, timings, stopping }: Publisher): Promise<NatsConnection> {
  const options: ConnectionOptions = {
    servers: [...servers],
    name: 'activation-ledger feed',
    // Each connection is used until its first trouble; the next one begins with a look at the stream.
    reconnect: false,
    timeout: timings.answerMs,
    ...encryptionOf(servers),
    ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(credentials) }),
  };
  const connecting = connect(options);
  const settled = new AbortController();
  // Whoever stops the feed does not wait for a server that does not answer.
  await Promise.race([connecting, once(stopping, 'abort', { signal: settled.signal })]).finally(() => settled.abort());
  if (stopping.aborted) {
    void connecting.then((late) => late.close(), () => undefined);
    throw new Error('the feed was asked to stop');
  }
  const connection = await connecting;
  const { max_payload: largest = MESSAGE_BYTES_MAX } = connection.info ?? {};
  if (largest >= MESSAGE_BYTES_MAX) return connection;
  await connection.close();
  const message = `The NATS server takes messages of at most ${largest} bytes, and an event can be ${MESSAGE_BYTES_MAX}: raise its max_payload, and start again.`;
  throw new FeedError('FEED_SETTINGS_REFUSED', message);
}

function prefixOf({ settings }: Publisher): string {
  return settings.prefix ?? FEED_PREFIX;
}

/** Ends early, and quietly, when the feed is asked to stop. */
async function sleep(milliseconds: number, stopping: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal: stopping }).catch(() => undefined);
}

function described(error: Error): { readonly code: string; readonly message: string } {
  if (error instanceof FeedError || error instanceof StoreError) return { code: error.code, message: error.message };
  if (error instanceof OtherPublisherError) return { code: STANDS_BY, message: error.message };
  return { code: 'FEED_UNAVAILABLE', message: error.message };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
