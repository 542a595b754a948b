import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHostStatusQueries } from '../../projections/hostStatus.js';
import { openKeyCountsQueries } from '../../projections/keyCounts.js';
import { PROJECTIONS } from '../../src/embedded/projections.js';
import { globalId, type NodeKind } from '../../src/graphql/relay/globalId.js';
import type { StreamId } from '../../src/kernel/identifiers.js';
import { openForReading, readModelPath } from '../../src/readmodel/readModelFile.js';
import { median, type Bench, type Figure, type Scenario } from '../bench.js';
import { runModule, startServer } from '../processes/child.js';
import type { ConstantTask } from '../processes/constantServer.js';
import type { LoadTask } from '../processes/load.js';
import { serveLedger } from '../served.js';

const HOST = `query ($id: ID!) { host(id: $id) { id name domain cmid lastSeenAt expiresAt installations { number status until method kmsHost } } }`;
const PRODUCT_KEY = `query ($id: ID!) { productKey(id: $id) { id lastFive kind product allowed used remaining active } }`;
const HOSTS = `query ($first: Int!) { hosts(first: $first) { nodes { id name domain rawName cmid kmsHost isKmsHost firstSeenAt } pageInfo { hasNextPage } } }`;
const LIST_HOSTS = 100;
/** Different objects asked for by turns. */
const OBJECTS = 200;

interface Endpoint {
  readonly graphql: string;
  readonly token: string;
  stop(): Promise<void>;
}

/** Requests per second over HTTP: single objects against a constant, a list against a bare server. */
export const graphqlScenario: Scenario = {
  name: 'graphql',
  title: 'GraphQL over HTTP',
  async run(bench) {
    const { directory: source } = await bench.importedLedger();
    const { hosts, productKeys, allHosts } = someIds(source);
    const [host, productKey] = [hosts[0], productKeys[0]];
    if (host === undefined || productKey === undefined) throw new Error('The ledger holds no hosts or no keys.');
    const empty = join(bench.workDirectory, 'constant');
    rmSync(empty, { recursive: true, force: true });
    const product = await serveLedger(source);
    const constant = await startEndpoint('constantServer', { directory: empty, source, host, productKey } satisfies ConstantTask);
    const bare = await startEndpoint('bareServer', { source });
    try {
      const list = [JSON.stringify({ query: HOSTS, variables: { first: LIST_HOSTS } })];
      return [
        await compare(bench, 'host(id) to a constant', 0.85, bodies(HOST, 'Host', hosts), product, constant),
        await compare(bench, 'host(id) of every host by turns to a constant', 0.85, bodies(HOST, 'Host', allHosts), product, constant),
        await compare(bench, 'productKey(id) to a constant', 0.85, bodies(PRODUCT_KEY, 'ProductKey', productKeys), product, constant),
        await compare(bench, '100 hosts × 8 fields to a bare server', 1, list, product, bare),
      ];
    } finally {
      await Promise.all([product.stop(), constant.stop(), bare.stop()]);
    }
  },
};

async function compare(bench: Bench, name: string, target: number, requests: readonly string[], product: Endpoint, other: Endpoint): Promise<Figure> {
  const { httpConnections: connections, httpSeconds: seconds, httpRounds } = bench.settings;
  // Too many for a command line.
  const bodiesFile = join(bench.workDirectory, 'bodies.json');
  writeFileSync(bodiesFile, JSON.stringify(requests));
  const rate = async ({ graphql: url, token }: Endpoint, duration: number): Promise<number> =>
    (await runModule<{ rate: number }>('load', { url, token, connections, seconds: duration, bodiesFile, together: true } satisfies LoadTask)).rate;
  // A second each to warm up.
  await rate(product, 1);
  await rate(other, 1);
  const subject: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < httpRounds; round += 1) {
    floor.push(await rate(other, seconds));
    subject.push(await rate(product, seconds));
  }
  bench.say(`${name}: ${Math.round(median(subject))} requests/s, floor ${Math.round(median(floor))}`);
  return { name, value: median(subject) / median(floor), target, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } };
}

async function startEndpoint(module: string, task: object): Promise<Endpoint> {
  const server = await startServer([`dist/bench/processes/${module}.js`, JSON.stringify(task)]);
  const { graphql, token } = server.answer as { graphql: string; token: string };
  return { graphql, token, stop: () => server.stop() };
}

function someIds(directory: string): { readonly hosts: readonly StreamId[]; readonly productKeys: readonly StreamId[]; readonly allHosts: readonly StreamId[] } {
  const file = openForReading(readModelPath(directory, PROJECTIONS));
  try {
    const page = { limit: OBJECTS, direction: 'FORWARD' } as const;
    const hosts = openHostStatusQueries(file).page({}, 'LAST_SEEN', false, page, { now: 0 });
    const productKeys = openKeyCountsQueries(file).page({}, 'LAST_FIVE', false, page);
    const allHosts = file.prepare<[], StreamId>('SELECT stream FROM hostStatus_host ORDER BY stream').pluck().all();
    return { hosts: hosts.rows.map(({ row }) => row.host), productKeys: productKeys.rows.map(({ row }) => row.key), allHosts };
  } finally {
    file.close();
  }
}

function bodies(query: string, kind: NodeKind, ids: readonly StreamId[]): readonly string[] {
  return ids.map((id) => JSON.stringify({ query, variables: { id: globalId(kind, id) } }));
}
