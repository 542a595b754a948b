import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Bench, type Figure, type Scenario } from '../bench.js';
import type { BulkTask } from '../processes/bulk.js';
import { runModule } from '../processes/child.js';

/** Calls of each run that count. */
const ROUNDS = 12;

/** Many requests in one call, per event against raw inserts of the same events: no less than an import comes to. */
export const bulkScenario: Scenario = {
  name: 'bulk',
  title: '1,000 requests for activations in one call',
  async run(bench) {
    return [
      await measure(bench, 'each for itself, to the last durable append', 'EACH', 'durable', 0.35),
      await measure(bench, 'all or none, to the durable append', 'ATOMIC', 'durable', 0.35),
      await measure(bench, 'each for itself, until applied', 'EACH', 'applied', 0.15),
      await measure(bench, 'all or none, until applied', 'ATOMIC', 'applied', 0.15),
    ];
  },
};

async function measure({ workDirectory, say }: Bench, name: string, mode: BulkTask['mode'], until: BulkTask['until'], target: number): Promise<Figure> {
  const directory = join(workDirectory, 'bulk');
  rmSync(directory, { recursive: true, force: true });
  const { subject, floor } = await runModule<{ subject: number[]; floor: number[] }>('bulk', { directory, rounds: ROUNDS, mode, until } satisfies BulkTask);
  rmSync(directory, { recursive: true, force: true });
  say(`${name}: ${Math.round(median(subject))} events/s, ${Math.round(median(floor))} raw`);
  const ratios = subject.map((rate, round) => rate / (floor[round] ?? Number.NaN));
  return { name, value: median(ratios), target, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } };
}
