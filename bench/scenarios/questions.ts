import { openHostStatusQueries } from '../../projections/hostStatus.js';
import { openKeyCountsQueries } from '../../projections/keyCounts.js';
import { PROJECTIONS } from '../../src/embedded/projections.js';
import { globalId, type NodeKind } from '../../src/graphql/relay/globalId.js';
import { openForReading, readModelPath } from '../../src/readmodel/readModelFile.js';
import { median, type Bench, type Figure, type Scenario } from '../bench.js';
import { runModule } from '../processes/child.js';
import type { CatchUpTask } from '../processes/catchUp.js';
import type { LatenciesTask } from '../processes/latencies.js';
import type { LoadTask } from '../processes/load.js';
import { serveLedger, type ServedLedger } from '../served.js';

const POSITION = 'query { licencePosition(first: 50) { nodes { product owned { value } allowed { value } used { value } reported { value } active { value } } } }';
const HOSTS = 'query { hosts(first: 50) { nodes { id name installations { productName status until method } } } }';
const PAST_HOSTS = 'query ($asOf: Instant!) { hosts(first: 50, asOf: $asOf) { nodes { id name installations { productName status until method } } } }';
const HOST = 'query ($id: ID!, $asOf: Instant) { host(id: $id, asOf: $asOf) { id name installations { productName status until method } } }';
const KEY = 'query ($id: ID!, $asOf: Instant) { productKey(id: $id, asOf: $asOf) { id allowed used remaining active } }';
/** Different objects asked for by turns. */
const OBJECTS = 200;
/** Answers of a run at half of the saturating load. */
const STEADY_SECONDS = 5;

/** Lists at half of the saturating load, and questions about the past beside the same about the present. */
export const questionsScenario: Scenario = {
  name: 'questions',
  title: 'Lists under steady load, and the past beside the present',
  async run(bench) {
    const { directory } = await bench.importedLedger();
    await runModule('catchUp', { directory } satisfies CatchUpTask);
    const { hosts, keys, past, end } = someObjects(directory);
    const product = await serveLedger(directory);
    try {
      return [
        await steadiness(bench, 'licencePosition', [body(POSITION, {})], product),
        await steadiness(bench, 'hosts (50 rows with their products)', [body(HOSTS, {})], product),
        await pastToPresent(bench, 'one key asOf', 0.5, bodies(KEY, keys), bodies(KEY, keys, end), product),
        await pastToPresent(bench, 'one host asOf', 0.5, bodies(HOST, hosts), bodies(HOST, hosts, past), product),
        await pastToPresent(bench, 'a past list of hosts', 0.05, [body(HOSTS, {})], [body(PAST_HOSTS, { asOf: past })], product),
      ];
    } finally {
      await product.stop();
    }
  },
};

/** The slowest in a hundred answers to the one in the middle. */
async function steadiness(bench: Bench, name: string, requests: readonly string[], product: ServedLedger): Promise<Figure> {
  await rateOf(bench, requests, product, 1);
  const saturating = await rateOf(bench, requests, product, bench.settings.httpSeconds);
  const task: LatenciesTask = { url: product.graphql, token: product.token, seconds: STEADY_SECONDS, perSecond: saturating / 2, bodies: requests };
  const { milliseconds } = await runModule<{ milliseconds: readonly number[] }>('latencies', task);
  const ordered = milliseconds.toSorted((one, other) => one - other);
  const at = (part: number): number => ordered[Math.min(ordered.length - 1, Math.floor(part * ordered.length))] ?? Number.NaN;
  bench.say(`${name}: saturated at ${Math.round(saturating)} requests/s; at half of it p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms`);
  return { name: `${name}: p99 to p50`, value: at(0.99) / at(0.5), target: 4, unit: 'ratio', sense: 'atMost', samples: { saturating: [saturating], p50: [at(0.5)], p99: [at(0.99)] } };
}

async function pastToPresent(bench: Bench, name: string, target: number, present: readonly string[], past: readonly string[], product: ServedLedger): Promise<Figure> {
  const { httpRounds, httpSeconds } = bench.settings;
  const subject: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < httpRounds; round += 1) {
    floor.push(await rateOf(bench, present, product, httpSeconds));
    subject.push(await rateOf(bench, past, product, httpSeconds));
  }
  bench.say(`${name}: ${Math.round(median(subject))} requests/s, the present ${Math.round(median(floor))}`);
  return { name: `${name} to the present`, value: median(subject) / median(floor), target, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } };
}

async function rateOf({ settings }: Bench, requests: readonly string[], { graphql: url, token }: ServedLedger, seconds: number): Promise<number> {
  const task: LoadTask = { url, token, connections: settings.httpConnections, seconds, bodies: requests };
  return (await runModule<{ rate: number }>('load', task)).rate;
}

/** Some hosts and keys, the moment when half of the log was recorded, and that of its end: the keys came last. */
function someObjects(directory: string): { readonly hosts: readonly string[]; readonly keys: readonly string[]; readonly past: string; readonly end: string } {
  const file = openForReading(readModelPath(directory, PROJECTIONS));
  try {
    const page = { limit: OBJECTS, direction: 'FORWARD' } as const;
    const hosts = openHostStatusQueries(file).page({}, 'LAST_SEEN', false, page, { now: 0 });
    const keys = openKeyCountsQueries(file).page({}, 'LAST_FIVE', false, page);
    const ids = (kind: NodeKind, streams: readonly string[]): readonly string[] => streams.map((stream) => globalId(kind, stream));
    const moments = file.prepare<[], number>('SELECT recordedAt FROM readmodel_clock ORDER BY recordedAt').pluck().all();
    const [past, end] = [moments[moments.length >> 1], moments.at(-1)];
    if (past === undefined || end === undefined) throw new Error('The ledger holds no events.');
    return { hosts: ids('Host', hosts.rows.map(({ row }) => row.host)), keys: ids('ProductKey', keys.rows.map(({ row }) => row.key)), past: new Date(past).toISOString(), end: new Date(end).toISOString() };
  } finally {
    file.close();
  }
}

function body(query: string, variables: object): string {
  return JSON.stringify({ query, variables });
}

function bodies(query: string, ids: readonly string[], asOf?: string): readonly string[] {
  return ids.map((id) => body(query, { id, asOf }));
}
