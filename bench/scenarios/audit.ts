import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Bench, type Figure, type ImportRun, type Scenario } from '../bench.js';
import { kmsEventFile } from '../ledgers.js';
import { runModule } from '../processes/child.js';
import type { ImportTask } from '../processes/importFile.js';
import type { LoadTask } from '../processes/load.js';
import type { RequestRateTask } from '../processes/requestRate.js';
import { serveLedger } from '../served.js';

const SEALINGS = ['on', 'off'] as const;
type Sealing = (typeof SEALINGS)[number];
type Rates = Readonly<Record<Sealing, number[]>>;

/** Bodies of different questions, asked again and again. */
const BODIES = 500;
const ONE_CONNECTION = 1;

/** What the Merkle log costs, and what a receipt does. */
export const auditScenario: Scenario = {
  name: 'audit',
  title: 'Import and requests with the Merkle log against without, and a receipt against a host',
  async run(bench) {
    const imports: Rates = { on: [], off: [] };
    const closed: Rates = { on: [], off: [] };
    const requests: Rates = { on: [], off: [] };
    const path = await kmsEventFile(bench, 'csv');
    for (let turn = 0; turn < bench.settings.importRuns; turn += 1) {
      // By turns, so that a machine that gets slower does so for both.
      for (const sealing of SEALINGS) {
        const directory = emptied(bench, `audit-${sealing}`);
        const run = await runModule<ImportRun>('importFile', { path, directory, project: true, sealing } satisfies ImportTask);
        imports[sealing].push(run.events / run.projectedSeconds);
        closed[sealing].push(run.events / run.closedSeconds);
        bench.say(`import, sealing ${sealing}: ${Math.round(run.events / run.projectedSeconds)} events/s, ${Math.round(run.events / run.closedSeconds)} until closed, ${run.rssMiB} MiB`);
        const asked = await runModule<{ rate: number }>('requestRate', { directory: emptied(bench, 'audit-requests'), seconds: bench.settings.httpSeconds, sealing } satisfies RequestRateTask);
        requests[sealing].push(asked.rate);
        bench.say(`requestActivation, sealing ${sealing}: ${Math.round(asked.rate)} requests/s`);
      }
    }
    return [ratioOf('import', imports), ratioOf('import, until all is sealed', closed), ratioOf('requestActivation', requests), await receipts(bench, join(bench.workDirectory, 'audit-on'))];
  },
};

function ratioOf(name: string, { on, off }: Rates): Figure {
  return { name: `${name}: with the Merkle log`, value: median(on) / median(off), target: 0.85, unit: 'ratio', sense: 'atLeast', samples: { on, off } };
}

/** Time of a receipt against that of a host, each on one connection. */
async function receipts(bench: Bench, directory: string): Promise<Figure> {
  const server = await serveLedger(directory);
  const ask = async (bodies: readonly string[], seconds: number): Promise<number> => {
    const bodiesFile = join(bench.workDirectory, 'audit-bodies.json');
    writeFileSync(bodiesFile, JSON.stringify(bodies));
    const task: LoadTask = { url: server.graphql, token: server.token, connections: ONE_CONNECTION, seconds, bodiesFile };
    return (await runModule<{ rate: number }>('load', task)).rate;
  };
  try {
    const { ledger, hosts } = await question(server, `{ ledger { sealedSequence } hosts(first: 200) { nodes { id } } }`);
    const ids = hosts.nodes.map(({ id }) => id);
    const ofHosts = Array.from({ length: BODIES }, (_, at) => JSON.stringify({ query: 'query ($id: ID!) { host(id: $id) { name } }', variables: { id: ids[at % ids.length] } }));
    const ofReceipts = Array.from({ length: BODIES }, (_, at) => {
      const sequence = 1 + Math.floor((at * ledger.sealedSequence) / BODIES);
      return JSON.stringify({ query: 'query ($sequence: Sequence!) { event(sequence: $sequence) { receipt { proof } } }', variables: { sequence } });
    });
    const samples = { receipts: [] as number[], hosts: [] as number[] };
    for (let round = 0; round <= bench.settings.httpRounds; round += 1) {
      const seconds = round === 0 ? 1 : bench.settings.httpSeconds;
      const [host, receipt] = [await ask(ofHosts, seconds), await ask(ofReceipts, seconds)];
      // The first round warms up.
      if (round === 0) continue;
      samples.hosts.push(host);
      samples.receipts.push(receipt);
    }
    const value = median(samples.hosts) / median(samples.receipts);
    bench.say(`receipt at ${ledger.sealedSequence} events: ${value.toFixed(2)} times a host`);
    return { name: `receipt at ${ledger.sealedSequence} events: time against host(id)`, value, target: 2, unit: 'ratio', sense: 'atMost', samples };
  } finally {
    await server.stop();
  }
}

interface Known {
  readonly ledger: { readonly sealedSequence: number };
  readonly hosts: { readonly nodes: readonly { readonly id: string }[] };
}

async function question({ graphql, token }: { readonly graphql: string; readonly token: string }, query: string): Promise<Known> {
  const response = await fetch(graphql, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query }) });
  const { data } = (await response.json()) as { readonly data: Known };
  return data;
}

function emptied(bench: Bench, name: string): string {
  const directory = join(bench.workDirectory, name);
  rmSync(directory, { recursive: true, force: true });
  return directory;
}
