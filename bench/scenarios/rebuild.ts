import { join } from 'node:path';
import { median, type Scenario } from '../bench.js';
import { runModule } from '../processes/child.js';
import type { RawRowsTask } from '../processes/rawRows.js';

const MANNERS = ['plain', 'asBuilt'] as const satisfies readonly RawRowsTask['manner'][];

/**
 * All projections folded anew, against writing the rows they come to: raw in the plain way, and raw by the means of the build
 * itself. A build makes its indexes before it fills the tables, and so do both floors: making them afterwards gains nothing here,
 * since most rows come in the order of their keys.
 */
export const rebuildScenario: Scenario = {
  name: 'rebuild',
  title: 'Rebuild of all projections',
  async run(bench) {
    const { directory } = await bench.importedLedger();
    const target = join(bench.workDirectory, 'floor.db');
    const subject: number[] = [];
    const floors = { plain: [] as number[], asBuilt: [] as number[] };
    for (let turn = 0; turn < bench.settings.rebuildRuns; turn += 1) {
      const { seconds } = await runModule<{ seconds: number }>('rebuild', { directory });
      for (const manner of MANNERS) {
        const raw = await runModule<{ rows: number; seconds: number }>('rawRows', { directory, target, manner } satisfies RawRowsTask);
        bench.say(`${raw.rows} rows: rebuilt in ${seconds.toFixed(1)} s, written raw (${manner}) in ${raw.seconds.toFixed(1)} s`);
        floors[manner].push(raw.rows / raw.seconds);
        if (manner === 'plain') subject.push(raw.rows / seconds);
      }
    }
    const to = (floor: readonly number[]) => ({ value: median(subject) / median(floor), target: 0.5, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } }) as const;
    return [
      { name: 'rows rebuilt per second', ...to(floors.plain) },
      { name: 'the same to rows written as a build writes', ...to(floors.asBuilt) },
    ];
  },
};
