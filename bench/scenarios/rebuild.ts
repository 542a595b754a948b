import { join } from 'node:path';
import { median, type Scenario } from '../bench.js';
import { runModule } from '../processes/child.js';

/** All projections folded anew, against writing the rows they come to. */
export const rebuildScenario: Scenario = {
  name: 'rebuild',
  title: 'Rebuild of all projections',
  async run(bench) {
    const { directory } = await bench.importedLedger();
    const subject: number[] = [];
    const floor: number[] = [];
    for (let turn = 0; turn < bench.settings.rebuildRuns; turn += 1) {
      const { seconds } = await runModule<{ seconds: number }>('rebuild', { directory });
      const raw = await runModule<{ rows: number; seconds: number }>('rawRows', { directory, target: join(bench.workDirectory, 'floor.db') });
      bench.say(`${raw.rows} rows: rebuilt in ${seconds.toFixed(1)} s, written raw in ${raw.seconds.toFixed(1)} s`);
      subject.push(raw.rows / seconds);
      floor.push(raw.rows / raw.seconds);
    }
    const value = median(subject) / median(floor);
    return [{ name: 'rows rebuilt per second', value, target: 0.5, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } }];
  },
};
