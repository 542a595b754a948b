import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Figure, Scenario } from '../bench.js';
import { runModule, startServer } from '../processes/child.js';
import type { Subscribed, SubscribersTask } from '../processes/subscribers.js';

const SUBSCRIBERS = 1_000;
const DELIVERIES_PER_SECOND = 5_000;
/** At each rate on the way to where a server does not keep up. */
const CLIMB_SECONDS = 2;
const KIB = 1_024;

type Endpoint = Pick<SubscribersTask, 'source' | 'token' | 'head'> & { readonly graphql: string };

/** A thousand subscribers with different filters on one node: the process that plays them counts what each must have, and fails if it has not. */
export const subscribersScenario: Scenario = {
  name: 'subscribers',
  title: 'A thousand subscribers with different filters',
  async run(bench) {
    const directory = join(bench.workDirectory, 'subscribers');
    rmSync(directory, { recursive: true, force: true });
    const product = await measure(bench, 'the ledger', 'subscribedServer', { directory });
    const bare = await measure(bench, 'bare graphql-js over ws', 'bareSubscriptions', {});
    rmSync(directory, { recursive: true, force: true });
    return figuresOf(product, bare);
  },
};

async function measure({ settings, say }: Bench, name: string, module: string, served: object): Promise<Subscribed> {
  const server = await startServer(['--expose-gc', `dist/bench/processes/${module}.js`, JSON.stringify(served)]);
  try {
    const { graphql, token, source, head } = server.answer as Endpoint;
    const task: SubscribersTask = {
      url: graphql.replace(/^http/, 'ws'),
      token,
      source,
      head,
      subscribers: SUBSCRIBERS,
      deliveriesPerSecond: DELIVERIES_PER_SECOND,
      seconds: settings.feedSeconds,
      climbSeconds: CLIMB_SECONDS,
    };
    const had = await runModule<Subscribed>('subscribers', task);
    say(
      `${name}: ${had.deliveries} deliveries, none lost; at ${DELIVERIES_PER_SECOND} a second ${had.p50Ms.toFixed(2)} ms (p50), ${had.p99Ms.toFixed(2)} ms (p99), ` +
        `${had.cpuMicroseconds.toFixed(0)} µs of processor each; a subscriber holds ${kib(had.heapBytes)} KiB, ${kib(had.rssBytes)} KiB resident when connected; keeps up with ${Math.round(had.saturation)} a second`,
    );
    return had;
  } finally {
    await server.stop();
  }
}

function figuresOf(product: Subscribed, bare: Subscribed): readonly Figure[] {
  const latency = { p50Ms: [product.p50Ms], p99Ms: [product.p99Ms], bareP50Ms: [bare.p50Ms], bareP99Ms: [bare.p99Ms] };
  const memory = { rssKiB: [kib(product.rssBytes)], heapKiB: [kib(product.heapBytes)], bareRssKiB: [kib(bare.rssBytes)], bareHeapKiB: [kib(bare.heapBytes)] };
  const rates = { saturation: [product.saturation], bareSaturation: [bare.saturation], cpuMicroseconds: [product.cpuMicroseconds], bareCpuMicroseconds: [bare.cpuMicroseconds] };
  return [
    // Where a server does not keep up, all deliveries are late, and p99 says nothing against p50.
    { name: `deliveries/s kept up with, against ${DELIVERIES_PER_SECOND}`, value: product.saturation / DELIVERIES_PER_SECOND, target: 1, unit: 'ratio', sense: 'atLeast', samples: rates },
    { name: `${DELIVERIES_PER_SECOND} deliveries/s: p99 against p50`, value: product.p99Ms / product.p50Ms, target: 10, unit: 'ratio', sense: 'atMost', samples: latency },
    { name: 'heap and buffers for a subscriber', value: product.heapBytes / KIB, target: 50, unit: 'KiB', sense: 'atMost', samples: memory },
  ];
}

function kib(bytes: number): number {
  return Math.round((bytes / KIB) * 10) / 10;
}
