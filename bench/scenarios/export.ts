import { join } from 'node:path';
import { median, type Figure, type Scenario } from '../bench.js';
import { runModule } from '../processes/child.js';

interface Run {
  readonly events: number;
  readonly seconds: number;
  readonly rssMiB: number;
}

/** What each format is to reach of the rate at which the log is read and parsed. */
const FORMATS = [
  ['NDJSON', 0.5],
  ['CSV', 0.25],
  ['PARQUET', 0.25],
] as const;
const RSS_MIB_MAX = 400;

/** Exports against reading the log, and the check of a bundle against a bare loop over its lines. Tables are all of them, not the events alone. */
export const exportScenario: Scenario = {
  name: 'export',
  title: 'Exports and their verification',
  async run(bench) {
    const { directory } = await bench.importedLedger();
    const figures: Figure[] = [];
    let rssMiB = 0;
    const rate = (run: Pick<Run, 'events' | 'seconds' | 'rssMiB'>): number => {
      rssMiB = Math.max(rssMiB, run.rssMiB);
      return run.events / run.seconds;
    };
    const out = (name: string): string => join(bench.workDirectory, 'exports', name);
    const ratio = (name: string, subject: readonly number[], floor: readonly number[], target: number): void => {
      bench.say(`${name}: ${Math.round(median(subject))} events/s, floor ${Math.round(median(floor))}`);
      figures.push({ name, value: median(subject) / median(floor), target, unit: 'ratio', sense: 'atLeast', samples: { subject, floor } });
    };
    const exported = { directory, format: 'BUNDLE', out: out('bundle') };
    const bundle = await runModule<Run>('exportLog', exported);
    bench.say(`bundle: ${bundle.events} events in ${bundle.seconds.toFixed(1)} s, ${bundle.rssMiB} MiB`);
    rate(bundle);
    for (const [format, target] of FORMATS) {
      const [subject, floor]: [number[], number[]] = [[], []];
      for (let turn = 0; turn < bench.settings.rebuildRuns; turn += 1) {
        floor.push((await runModule<{ rate: number }>('readLog', { path: join(directory, 'ledger.db'), events: bundle.events })).rate);
        subject.push(rate(await runModule<Run>('exportLog', { directory, format, out: out(format.toLowerCase()) })));
      }
      ratio(`${format} to reading the log`, subject, floor, target);
    }
    const [plain, withTables, floor]: [number[], number[], number[]] = [[], [], []];
    for (let turn = 0; turn < bench.settings.rebuildRuns; turn += 1) {
      const bare = await runModule<Run>('bareMerkle', { bundle: exported.out });
      floor.push(bare.events / bare.seconds);
      plain.push(rate(await runModule<Run>('verifyExport', { bundle: exported.out, views: false })));
      withTables.push(rate(await runModule<Run>('verifyExport', { bundle: exported.out, views: true })));
    }
    ratio('verify, its tables left out, to a bare loop', plain, floor, 0.5);
    ratio('verify with its tables to a bare loop', withTables, floor, 0.5);
    figures.push({ name: 'highest memory of an export or verification', value: rssMiB, target: RSS_MIB_MAX, unit: 'MiB', sense: 'atMost', samples: { rssMiB: [rssMiB] } });
    return figures;
  },
};
