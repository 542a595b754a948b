import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Bench, type Figure, type Scenario } from '../bench.js';
import { startNats } from '../natsServer.js';
import { runModule } from '../processes/child.js';
import type { Delivered, FeedConsumerTask } from '../processes/feedConsumer.js';
import type { Acknowledged, FeedLatencyTask } from '../processes/feedLatency.js';
import type { FeedRates } from '../processes/feedRate.js';

/** Part of the rate that saturates the feed, at which its delay is looked at. */
const CALM_PART = 0.1;

/** Every event on NATS, in order and fenced, against the client publishing the same bytes and expecting nothing. */
export const feedScenario: Scenario = {
  name: 'feed',
  title: 'The feed on NATS JetStream',
  async run(bench) {
    const { directory } = await bench.importedLedger();
    const nats = await startNats(bench.workDirectory);
    try {
      const rates = await measureRates(bench, join(directory, 'ledger.db'), nats.url);
      const delays = await measureDelays(bench, nats.url, median(rates.samples['feed'] ?? []) * CALM_PART);
      return [rates, delays];
    } finally {
      await nats.stop();
    }
  },
};

async function measureRates({ settings, say }: Bench, path: string, server: string): Promise<Figure> {
  const { feedEvents: events, feedRounds: rounds } = settings;
  const { feed, pipeline, bare } = await runModule<FeedRates>('feedRate', { path, server, events, rounds });
  say(`${Math.round(median(feed))} messages/s; the client's own pipeline ${Math.round(median(pipeline))}, with nothing kept for each message ${Math.round(median(bare))}`);
  return { name: 'messages published', value: median(feed) / median(pipeline), target: 0.8, unit: 'ratio', sense: 'atLeast', samples: { feed, pipeline, bare } };
}

async function measureDelays({ settings, workDirectory, say }: Bench, server: string, perSecond: number): Promise<Figure> {
  const path = join(workDirectory, 'feed.db');
  const clear = (): void => ['', '-wal', '-shm'].forEach((suffix) => rmSync(`${path}${suffix}`, { force: true }));
  clear();
  const [prefix, total] = ['latency', Math.round(perSecond * settings.feedSeconds)];
  const [acknowledged, { at: delivered, roundTrips }] = await Promise.all([
    runModule<Acknowledged>('feedLatency', { path, server, prefix, perSecond, total } satisfies FeedLatencyTask),
    runModule<Delivered>('feedConsumer', { server, prefix, total } satisfies FeedConsumerTask),
  ]);
  clear();
  // The consumer may have an event before whoever appended it has the acknowledgement.
  const milliseconds = delivered.map((at, index) => Math.max(0, at - (acknowledged.at[index] ?? Number.NaN)));
  const trip = median(roundTrips);
  const ordered = milliseconds.toSorted((left, right) => left - right);
  const at = (part: number): number => ordered[Math.floor(ordered.length * part)] ?? Number.NaN;
  const [half, most] = [at(0.5), at(0.99)];
  say(`${Math.round(perSecond)} events/s: on the feed after ${half.toFixed(2)} ms (p50), ${most.toFixed(2)} ms (p99); a round trip is ${trip.toFixed(2)} ms`);
  const samples = { p50Ms: [half], p99Ms: [most], roundTripMs: [trip] };
  return { name: 'p99 from acknowledgement to feed, in round trips', value: most / trip, target: 20, unit: 'ratio', sense: 'atMost', samples };
}
