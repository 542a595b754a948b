import { DiscardPolicy, JetStreamApiCodes, JetStreamApiError, type JetStreamManager, type StreamConfig, type StreamInfo } from '@nats-io/jetstream';
import type { StoredEvent } from '../kernel/envelope.js';
import type { EventStore } from '../store/port.js';
import { carries } from './cloudEvent.js';
import { FeedError } from './errors.js';
import { WINDOW_MESSAGES } from './pipeline.js';
import { checkpointStreamName, streamName, type FeedSettings } from './settings.js';
import { allEventSubjects, checkpointSubject } from './subject.js';

/** What the feed needs of a store. */
export type PublishedStore = Pick<EventStore, 'readAll' | 'subscribe' | 'head' | 'bookmarkAt' | 'findByIds'>;

const NANOSECONDS_PER_MS = 1_000_000;
/**
 * How long the server remembers message ids, where messages are kept that long. The expected sequence alone keeps order; the ids
 * tell a publisher that another one was first. Short, because a cluster also remembers ids of messages that it lost with its leader.
 */
const DUPLICATE_WINDOW_MS = 10_000;
/** Questions to the server at once while messages are compared with events. */
const COMPARED_AT_ONCE = 64;
/** Signed checkpoints kept; each covers all before it. */
const CHECKPOINTS_KEPT = 1_000;

/** Error codes of the server, `err_code` in its answers. */
const API_ERROR = { nameInUse: 10_058, subjectsOverlap: 10_065, invalidConfig: 10_052, notClustered: 10_074 } as const;

/**
 * The stream of the events, made if it is not there, its settings as asked for. It says in its description which ledger it is of,
 * which still holds when its first message, and every message, has aged out. Throws `FeedError`.
 */
export async function openEventStream(manager: JetStreamManager, prefix: string, settings: FeedSettings, ledgerId: string): Promise<StreamInfo> {
  const name = streamName(prefix);
  const found = await findStream(manager, name);
  if (found === undefined) {
    const created = { ...FIXED, ...limitsOf(settings), name, subjects: [allEventSubjects(prefix)], description: descriptionOf(ledgerId), storage: settings.storage ?? 'file' };
    return orRefusal(name, manager.streams.add(created as StreamConfig));
  }
  const { config } = found;
  if (config.description !== descriptionOf(ledgerId)) {
    throw new FeedError(
      'FEED_OF_ANOTHER_LEDGER',
      `The stream ${name} is not the feed of ledger ${ledgerId}: it is described as "${config.description ?? ''}". Give this ledger another --feed-prefix, or delete the stream if nobody needs it: it is then filled from the first event on.`,
    );
  }
  if (settings.storage !== undefined && config.storage !== settings.storage) {
    throw new FeedError(
      'FEED_SETTING_FIXED',
      `The stream ${name} keeps its messages in ${config.storage}, and that cannot be changed to ${settings.storage}. Leave the setting out, or delete the stream: it is then filled from the first event on.`,
    );
  }
  const wanted = { ...limitsOf(settings, config), subjects: [allEventSubjects(prefix)] };
  return differs(wanted, config) ? orRefusal(name, manager.streams.update(name, wanted)) : found;
}

/** The stream of the signed checkpoints, made if it is not there. */
export async function openCheckpointStream(manager: JetStreamManager, prefix: string, settings: FeedSettings, ledgerId: string): Promise<void> {
  const name = checkpointStreamName(prefix);
  if ((await findStream(manager, name)) !== undefined) return;
  const { replicas, storage = 'file' } = settings;
  const limits = { max_msgs: CHECKPOINTS_KEPT, ...(replicas === undefined ? {} : { num_replicas: replicas }) };
  const config = { ...FIXED, ...limits, name, subjects: [checkpointSubject(prefix)], description: `Signed checkpoints of activation ledger ${ledgerId}`, storage };
  await orRefusal(name, manager.streams.add(config as StreamConfig));
}

/**
 * Throws `FeedError` unless stream and log tell the same story; the log must have come as far as the stream.
 *
 * As many messages are compared as can have been on their way at once. A stranger's message takes a number of that window: the event of
 * that number is refused, but those after it are not.
 */
export async function assertAgreed(manager: JetStreamManager, { config, state }: StreamInfo, store: PublishedStore, ledgerId: string): Promise<void> {
  const { last_seq: last, first_seq: first } = state;
  const from = Math.max(1, first, last - WINDOW_MESSAGES + 1);
  // When all messages have aged out, the first one is the next. That the stream is this ledger's is known from its description.
  if (from > last) return;
  const events = await store.readAll(await store.bookmarkAt(from - 1), last - from + 1);
  for (let at = 0; at < events.length; at += COMPARED_AT_ONCE) {
    await Promise.all(events.slice(at, at + COMPARED_AT_ONCE).map((event) => assertCarried(manager, config.name, event, ledgerId)));
  }
}

async function assertCarried(manager: JetStreamManager, name: string, event: StoredEvent, ledgerId: string): Promise<void> {
  const message = await messageAt(manager, name, event.sequence);
  // It may have aged out meanwhile.
  if (message === undefined || carries(message, event, ledgerId)) return;
  throw new FeedError(
    'FEED_DIFFERS_FROM_LOG',
    `Message ${event.sequence} of the stream ${name} is not event ${event.sequence} of this ledger. Either the log was restored from an older backup and has gone on differently, or something else publishes on the feed's subjects. ${WHAT_TO_DO}`,
  );
}

/** The log ends before the stream does, and does not catch up. */
export function aheadOfLog(name: string, last: number, head: number): FeedError {
  return new FeedError(
    'FEED_AHEAD_OF_LOG',
    `The stream ${name} holds ${last} messages, the log ${head} events: the log has lost its end, or something else publishes on the feed's subjects. ${WHAT_TO_DO}`,
  );
}

const WHAT_TO_DO =
  'Restore the log that the stream was filled from; or, if this log is the right one, delete the stream (it is then filled from the first event on) or give another --feed-prefix, and let consumers begin anew. Let nobody but the ledger publish on these subjects.';

/** Held to once and for all: single messages cannot be deleted, so that a gap in the numbers is always a loss. */
const FIXED = { discard: DiscardPolicy.Old, deny_delete: true, allow_direct: true, allow_rollup_hdrs: false } as const;

function descriptionOf(ledgerId: string): string {
  return `Feed of activation ledger ${ledgerId}; message n is event n`;
}

/** Settings in the server's words; without an answer from the settings, as they are in `present`, and on a new stream as the server likes. */
function limitsOf(settings: FeedSettings, present?: StreamConfig): Partial<StreamConfig> {
  const limits: Partial<StreamConfig> = {};
  if (settings.replicas !== undefined) limits.num_replicas = settings.replicas;
  if (settings.maxAgeMs !== undefined) limits.max_age = settings.maxAgeMs * NANOSECONDS_PER_MS;
  if (settings.maxBytes !== undefined) limits.max_bytes = settings.maxBytes === 0 ? -1 : settings.maxBytes;
  if (settings.maxMessages !== undefined) limits.max_msgs = settings.maxMessages === 0 ? -1 : settings.maxMessages;
  const age = limits.max_age ?? present?.max_age ?? 0;
  const window = DUPLICATE_WINDOW_MS * NANOSECONDS_PER_MS;
  // The server refuses to remember ids for longer than messages.
  limits.duplicate_window = age === 0 ? window : Math.min(window, age);
  return limits;
}

function differs(wanted: Partial<StreamConfig>, present: StreamConfig): boolean {
  const now = present as Partial<Record<string, unknown>>;
  return Object.entries(wanted).some(([name, value]) => JSON.stringify(now[name]) !== JSON.stringify(value));
}

async function findStream(manager: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
    throw error;
  }
}

/** Turns what no waiting mends into a `FeedError`; a stream that another node made at this moment is found at the next attempt. */
async function orRefusal<Result>(name: string, answer: Promise<Result>): Promise<Result> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    if (error.code === API_ERROR.subjectsOverlap) {
      const message = `Another stream takes messages of subjects that the feed ${name} needs. Give another --feed-prefix, or change that stream.`;
      throw new FeedError('FEED_SUBJECTS_TAKEN', message, { cause: error });
    }
    if (error.code === API_ERROR.invalidConfig || error.code === API_ERROR.notClustered) {
      throw new FeedError('FEED_SETTINGS_REFUSED', `The NATS server refuses the settings of the stream ${name}: ${error.message}.`, { cause: error });
    }
    throw error;
  }
}

/** From the stream's leader: a replica may be behind. */
async function messageAt(manager: JetStreamManager, name: string, sequence: number): Promise<string | undefined> {
  try {
    return (await manager.streams.getMessage(name, { seq: sequence }))?.string();
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound) return undefined;
    throw error;
  }
}
