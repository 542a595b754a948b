import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Bench, type Figure, type ImportRun, type Scenario } from '../bench.js';
import { importInto, kmsEventFile } from '../ledgers.js';
import { runModule } from '../processes/child.js';

const RAW_BATCH_EVENTS = 500;

/** Import of KMS events, against raw inserts of the bytes it wrote. */
export const importScenario: Scenario = {
  name: 'import',
  title: 'Import of KMS events from CSV and XML',
  async run(bench) {
    const csv: ImportRun[] = [];
    const xml: ImportRun[] = [];
    const floors: number[] = [];
    const { directory, run } = await bench.importedLedger();
    csv.push(run);
    report(bench, 'csv', run);
    floors.push(await floor(bench, directory));
    for (let turn = 0; turn < bench.settings.importRuns; turn += 1) {
      if (turn > 0) csv.push(await importAgain(bench, 'csv'));
      xml.push(await importAgain(bench, 'xml'));
      floors.push(await floor(bench, directory));
    }
    return [...figuresOf('csv', csv, floors), ...figuresOf('xml', xml, floors)];
  },
};

async function importAgain(bench: Bench, format: 'csv' | 'xml'): Promise<ImportRun> {
  const directory = join(bench.workDirectory, `import-${format}`);
  rmSync(directory, { recursive: true, force: true });
  const run = await importInto(directory, await kmsEventFile(bench, format));
  rmSync(directory, { recursive: true, force: true });
  report(bench, format, run);
  return run;
}

/** Events per second of raw inserts. */
async function floor(bench: Bench, directory: string): Promise<number> {
  const task = { source: join(directory, 'ledger.db'), target: join(bench.workDirectory, 'floor.db'), batch: RAW_BATCH_EVENTS };
  const { events, seconds } = await runModule<{ events: number; seconds: number }>('rawInserts', task);
  bench.say(`floor: ${Math.round(events / seconds)} events/s raw`);
  return events / seconds;
}

function report({ say }: Bench, format: string, { events, appendSeconds, projectedSeconds, rssMiB }: ImportRun): void {
  say(`${format}: ${Math.round(events / appendSeconds)} events/s appended, ${Math.round(events / projectedSeconds)} projected, ${rssMiB} MiB`);
}

function figuresOf(format: string, runs: readonly ImportRun[], floors: readonly number[]): readonly Figure[] {
  const floorRate = median(floors);
  const appended = runs.map(({ events, appendSeconds }) => events / appendSeconds);
  const projected = runs.map(({ events, projectedSeconds }) => events / projectedSeconds);
  const memory = runs.map(({ rssMiB }) => rssMiB);
  const ratio = { unit: 'ratio', sense: 'atLeast' } as const;
  return [
    { name: `${format}: to the last durable append`, value: median(appended) / floorRate, target: 0.35, ...ratio, samples: { appended, floors } },
    { name: `${format}: with all projections applied`, value: median(projected) / floorRate, target: 0.15, ...ratio, samples: { projected, floors } },
    { name: `${format}: resident memory`, value: Math.max(...memory), target: 400, unit: 'MiB', sense: 'atMost', samples: { memory } },
  ];
}
