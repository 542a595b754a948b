import { FeedError } from './errors.js';

/** How the feed's stream keeps what it is given. What is left out stays as it is on a stream that exists, and is the server's own on a new one. */
export interface FeedSettings {
  /** First tokens of all subjects; the stream is named after it. Default FEED_PREFIX. */
  readonly prefix?: string | undefined;
  /** Servers that hold a copy: 1, 3 or 5. */
  readonly replicas?: number | undefined;
  /** Where messages are kept. It cannot be changed later. */
  readonly storage?: 'file' | 'memory' | undefined;
  /** Messages older than this are dropped; 0: at no age. */
  readonly maxAgeMs?: number | undefined;
  /** The oldest messages are dropped above this size of all; 0: at no size. */
  readonly maxBytes?: number | undefined;
  /** The oldest messages are dropped above this number; 0: at no number. */
  readonly maxMessages?: number | undefined;
}

export const FEED_PREFIX = 'activation-ledger';

/** Longest prefix, in characters: subjects have to fit a protocol line. */
export const FEED_PREFIX_LENGTH_MAX = 100;
export const FEED_REPLICAS = [1, 3, 5] as const;
/** Shortest age that is not "no age": a consumer that is away for a moment should miss nothing. */
export const FEED_AGE_MS_MIN = 1_000;
/** A hundred years. */
export const FEED_AGE_MS_MAX = 3_155_760_000_000;
/** The largest event fits many times. */
export const FEED_BYTES_MIN = 1_048_576;

const PREFIX = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

/** Throws `FeedError` FEED_SETTINGS_REFUSED for what is outside its bounds. */
export function checkFeedSettings({ prefix, replicas, storage, maxAgeMs, maxBytes, maxMessages }: FeedSettings): void {
  if (prefix !== undefined && (!PREFIX.test(prefix) || prefix.length > FEED_PREFIX_LENGTH_MAX)) {
    throw refused(`The feed's prefix must be words of letters, digits, "-" and "_" with dots between them, at most ${FEED_PREFIX_LENGTH_MAX} characters.`);
  }
  if (replicas !== undefined && !FEED_REPLICAS.some((each) => each === replicas)) throw refused('The feed can have 1, 3 or 5 replicas.');
  if (storage !== undefined && !['file', 'memory'].includes(storage)) throw refused('The feed is stored in "file" or in "memory".');
  if (!isLimit(maxAgeMs, FEED_AGE_MS_MIN, FEED_AGE_MS_MAX)) throw refused('The feed keeps messages for a second to a hundred years, or 0 for ever.');
  if (!isLimit(maxBytes, FEED_BYTES_MIN, Number.MAX_SAFE_INTEGER)) throw refused('The feed keeps at least 1 MiB, or 0 for any size.');
  if (!isLimit(maxMessages, 1, Number.MAX_SAFE_INTEGER)) throw refused('The feed keeps at least one message, or 0 for any number.');
}

/** The name of the stream that carries the events. */
export function streamName(prefix: string): string {
  return prefix.replaceAll('.', '_');
}

/** The name of the stream that carries signed checkpoints: another, so that the events' numbers stay the ledger's. */
export function checkpointStreamName(prefix: string): string {
  return `${streamName(prefix)}-checkpoints`;
}

function isLimit(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || value === 0 || (Number.isSafeInteger(value) && value >= least && value <= most);
}

function refused(message: string): FeedError {
  return new FeedError('FEED_SETTINGS_REFUSED', message);
}
