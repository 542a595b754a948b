import { readFile } from 'node:fs/promises';
import type { Registry } from 'prom-client';
import type { EmbeddedLedger } from '../embedded/embeddedLedger.js';
import type { MerkleLog } from '../embedded/merkleLog.js';
import type { Feed, FeedLog, FeedProgress } from '../feed/feed.js';
import { registerGauge } from '../server/metrics.js';
import type { PartHealth, PartStatus, ServedPart } from '../server/parts.js';
import { VerbError } from './failure.js';
import type { FeedCliOptions } from './feedOptions.js';
import { natsServers } from './natsServers.js';

export interface ServedFeed {
  readonly feed: Feed;
  readonly part: ServedPart;
  /** Adds its figures. */
  measure(metrics: Registry): void;
}

/** The feed of a served ledger, its signed checkpoints too, if one was asked for. Throws `FeedError` FEED_SETTINGS_REFUSED, and `VerbError` for options that come to nothing. */
export async function startServedFeed(options: FeedCliOptions, { store, ledgerId, merkleLog }: Pick<EmbeddedLedger, 'store' | 'ledgerId' | 'merkleLog'>, log: FeedLog): Promise<ServedFeed | undefined> {
  const { feed: given, feedCredentials, feedPrefix: prefix, feedReplicas: replicas, feedStorage: storage, feedMaxAge: maxAgeMs, feedMaxBytes: maxBytes, feedMaxMessages: maxMessages } = options;
  const settings = { prefix, replicas, storage, maxAgeMs, maxBytes, maxMessages };
  if (given === undefined) {
    if ([feedCredentials, ...Object.values(settings)].some((value) => value !== undefined)) throw new VerbError('--feed-… options need --feed, which says where the feed goes.');
    return undefined;
  }
  const servers = natsServers(given, '--feed-credentials');
  const credentials = feedCredentials === undefined ? undefined : await readFile(feedCredentials);
  // Loaded where it is used: the client of NATS costs a ledger without a feed time and memory for nothing.
  const { startFeed } = await import('../feed/feed.js');
  const feed = startFeed({ servers, settings, credentials, store, ledgerId, log });
  const keepBack = merkleLog === undefined ? undefined : publishCheckpoints(merkleLog, feed);
  const stop = async (): Promise<void> => {
    keepBack?.();
    await feed.stop();
  };
  return {
    feed,
    part: { name: 'feed', health: () => healthOfFeed(feed.progress()), stop },
    measure(metrics) {
      registerGauge(metrics, 'feed_lag_events', 'Events of the log that are not known to be on the feed.', async () => (await feed.state()).lag);
      registerGauge(metrics, 'feed_stopped', '1 when the feed has stopped for good: somebody has to act.', () => (feed.progress().state === 'stopped' ? 1 : 0));
    },
  };
}

/** The checkpoint there is, and each that follows until the returned function is called. */
function publishCheckpoints(log: MerkleLog, feed: Feed): () => void {
  const present = log.checkpoint();
  if (present !== undefined) feed.publishCheckpoint(present.note);
  return log.onSealed(({ note }) => feed.publishCheckpoint(note));
}

const STATUS: Readonly<Record<FeedProgress['state'], PartStatus>> = { publishing: 'ok', waiting: 'degraded', stopped: 'failed' };

/** A node that stands by while another publishes is as it should be. */
function healthOfFeed({ state, sequence, error }: FeedProgress): PartHealth {
  const status = error?.code === 'FEED_STANDS_BY' ? 'ok' : STATUS[state];
  return { status, state, sequence, problem: error?.code ?? null };
}
