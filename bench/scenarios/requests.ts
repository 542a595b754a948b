import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Bench, type Figure, type Scenario } from '../bench.js';
import { runModule, startServer } from '../processes/child.js';
import type { ConstantRequestsTask } from '../processes/constantRequests.js';
import type { RequestKeysTask } from '../processes/requestKeys.js';
import type { LoadTask } from '../processes/load.js';
import { serveLedger } from '../served.js';

const REQUEST = 'mutation ($input: RequestActivationInput!) { requestActivation(input: $input) { __typename ... on RequestGranted { request sequence applied } } }';
/** Keys of the run on many keys. */
const KEYS = 1_000;
/** More requests than any machine answers in one round. */
const BODIES_PER_SECOND = 20_000;

interface Endpoint {
  readonly graphql: string;
  readonly token: string;
  stop(): Promise<void>;
}

interface MadeKeys {
  readonly keys: readonly string[];
  readonly hosts: readonly string[];
}

/** Requests for activations over HTTP, each durable, against the same mutation with a resolver that does nothing. */
export const requestsScenario: Scenario = {
  name: 'requests',
  title: 'Requests for activations over HTTP, on one key and on a thousand',
  async run(bench) {
    const directory = join(bench.workDirectory, 'requests');
    const empty = join(bench.workDirectory, 'constant-requests');
    for (const used of [directory, empty]) rmSync(used, { recursive: true, force: true });
    // Each round has keys of its own, so that none is asked twice for one installation.
    const rounds = bench.settings.httpRounds + 1;
    const made = await runModule<MadeKeys>('requestKeys', { directory, keys: KEYS + rounds, hosts: KEYS } satisfies RequestKeysTask);
    const product = await serveLedger(directory);
    const constant = await startEndpoint('constantRequests', { directory: empty } satisfies ConstantRequestsTask);
    try {
      const one = await compare(bench, 'requestActivation on one key', (round) => [made.keys[round] ?? ''], made.hosts, product, constant);
      const many = await compare(bench, `requestActivation on ${KEYS} keys`, () => made.keys.slice(rounds), made.hosts, product, constant);
      return [one, many];
    } finally {
      await Promise.all([product.stop(), constant.stop()]);
    }
  },
};

async function compare(bench: Bench, name: string, keysOf: (round: number) => readonly string[], hosts: readonly string[], product: Endpoint, constant: Endpoint): Promise<Figure> {
  const { httpSeconds, httpRounds } = bench.settings;
  const subject: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round <= httpRounds; round += 1) {
    // The first round warms both up.
    const seconds = round === 0 ? 1 : httpSeconds;
    const bodies = requestBodies(keysOf(round), hosts, round, seconds * BODIES_PER_SECOND);
    const idle = await rateOf(bench, constant, seconds, bodies);
    const rate = await rateOf(bench, product, seconds, bodies);
    if (round === 0) continue;
    floor.push(idle);
    subject.push(rate);
  }
  bench.say(`${name}: ${Math.round(median(subject))} requests/s, floor ${Math.round(median(floor))}`);
  return { name, value: median(subject) / median(floor), target: 0.4, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } };
}

/** Each for an installation of its own: hosts by turns, and the next installation when all have had theirs. */
function requestBodies(keys: readonly string[], hosts: readonly string[], round: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const turn = Math.floor(index / hosts.length);
    const input = { productKey: keys[(index + turn) % keys.length], host: hosts[index % hosts.length], installation: round * 1_000 + turn + 1 };
    return JSON.stringify({ query: REQUEST, variables: { input } });
  });
}

async function rateOf(bench: Bench, { graphql: url, token }: Endpoint, seconds: number, bodies: readonly string[]): Promise<number> {
  // Too many for a command line.
  const bodiesFile = join(bench.workDirectory, 'bodies.json');
  mkdirSync(bench.workDirectory, { recursive: true });
  writeFileSync(bodiesFile, JSON.stringify(bodies));
  const task: LoadTask = { url, token, connections: bench.settings.httpConnections, seconds, bodiesFile, once: true };
  return (await runModule<{ rate: number }>('load', task)).rate;
}

async function startEndpoint(module: string, task: object): Promise<Endpoint> {
  const server = await startServer([`dist/bench/processes/${module}.js`, JSON.stringify(task)]);
  const { graphql, token } = server.answer as { graphql: string; token: string };
  return { graphql, token, stop: () => server.stop() };
}
