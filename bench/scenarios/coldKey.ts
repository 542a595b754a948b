import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Scenario } from '../bench.js';
import { runModule } from '../processes/child.js';
import type { ColdKeyTask } from '../processes/coldKey.js';

/** Activations of the key. */
const ACTIVATIONS = 200_000;

/** The first request of a key with a long history after a start, against the same when the key is known. */
export const coldKeyScenario: Scenario = {
  name: 'cold-key',
  title: 'The first request after a start on a key with 200,000 activations',
  async run({ settings, workDirectory, say }) {
    const directory = join(workDirectory, 'cold-key');
    rmSync(directory, { recursive: true, force: true });
    const task: ColdKeyTask = { directory, activations: ACTIVATIONS, starts: settings.startRuns };
    const { cold, warm } = await runModule<{ cold: readonly number[]; warm: readonly number[] }>('coldKey', task);
    rmSync(directory, { recursive: true, force: true });
    say(`first request ${median(cold).toFixed(2)} ms, the following ${median(warm).toFixed(2)} ms`);
    return [{ name: 'first request to a following one', value: median(cold) / median(warm), target: 10, unit: 'ratio', sense: 'atMost', samples: { cold, warm } }];
  },
};
