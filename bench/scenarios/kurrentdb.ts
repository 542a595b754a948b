import { median, type Scenario } from '../bench.js';
import { runModule, startServer } from '../processes/child.js';
import type { KurrentdbTask } from '../processes/kurrentdb.js';

/** In each round, through the adapter and through the bare client. */
const APPENDS = 8_192;
const ROUNDS = 5;

/** The adapter, which reads every event back to number it, against the client alone, both in a pipeline. The server is a double: only the ratio says something. */
export const kurrentdbScenario: Scenario = {
  name: 'kurrentdb',
  title: 'Appends to KurrentDB (a double of it in another process), 256 under way',
  async run({ say }) {
    const server = await startServer([new URL('../../test/support/kurrentdb/doubleProcess.js', import.meta.url).pathname]);
    try {
      const { connectionString } = server.answer as { readonly connectionString: string };
      const task: KurrentdbTask = { connectionString, rounds: ROUNDS, appends: APPENDS, underWay: 256 };
      const { subject, floor } = await runModule<{ subject: readonly number[]; floor: readonly number[] }>('kurrentdb', task);
      say(`${Math.round(median(subject))} appends/s, ${Math.round(median(floor))} through the bare client`);
      const ratios = subject.map((rate, round) => rate / (floor[round] ?? Number.NaN));
      return [{ name: 'appends to those of the bare client', value: median(ratios), target: 0.6, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } }];
    } finally {
      await server.stop();
    }
  },
};
