import { join } from 'node:path';
import { median, type Figure, type Scenario } from '../bench.js';
import { startNats } from '../natsServer.js';
import { runModule } from '../processes/child.js';
import type { FeedRates } from '../processes/feedRate.js';

/** Every event on NATS, in order and fenced, against the client publishing the same bytes and expecting nothing. */
export const feedScenario: Scenario = {
  name: 'feed',
  title: 'The feed on NATS JetStream',
  async run(bench) {
    const { directory } = await bench.importedLedger();
    const { feedEvents: events, feedRounds: rounds } = bench.settings;
    const nats = await startNats(bench.workDirectory);
    try {
      const { feed, pipeline, bare } = await runModule<FeedRates>('feedRate', { path: join(directory, 'ledger.db'), server: nats.url, events, rounds });
      bench.say(`${Math.round(median(feed))} messages/s; the client's own pipeline ${Math.round(median(pipeline))}, with nothing kept for each message ${Math.round(median(bare))}`);
      return [{ name: 'messages published', value: median(feed) / median(pipeline), target: 0.8, unit: 'ratio', sense: 'atLeast', samples: { feed, pipeline, bare } } satisfies Figure];
    } finally {
      await nats.stop();
    }
  },
};
