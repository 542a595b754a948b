/** `npm run bench [-- NAME…] [--scale 0.1] [--reuse]`: measures the figures the project promises, each against a floor of the same run. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Figure, ImportedLedger, Settings } from './bench.js';
import { describeEnvironment } from './environment.js';
import { makeLedger } from './ledgers.js';
import { isMet } from './bench.js';
import { describe, tableOf } from './report.js';
import { SCENARIOS } from './scenarios.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' }, reuse: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
process.exitCode = values.help ? printHelp() : await run(Number(values.scale), values.reuse, positionals);

function printHelp(): number {
  process.stdout.write(
    'npm run bench [-- NAME…] [--scale 0.1] [--reuse]\n\n' +
      `${SCENARIOS.map(({ name, title }) => `  ${name.padEnd(10)}${title}`).join('\n')}\n\n` +
      '  --scale   part of the events and hosts, for a quick look\n' +
      '  --reuse   take the ledger of the last run instead of importing one; the import is then not measured\n',
  );
  return 0;
}

async function run(scale: number, reuse: boolean, names: readonly string[]): Promise<number> {
  const chosen = names.length === 0 ? SCENARIOS : SCENARIOS.filter(({ name }) => names.includes(name));
  if (chosen.length < names.length || !(scale > 0 && scale <= 1)) {
    process.stderr.write('There is no such scenario, or the scale is not above 0 and at most 1; --help lists them.\n');
    return 2;
  }
  const bench = openBench(scale, reuse);
  const environment = describeEnvironment(bench.workDirectory);
  process.stdout.write(`${describe(environment, scale)}\n`);
  const results: { scenario: string; figures: readonly Figure[] }[] = [];
  for (const scenario of chosen) {
    process.stdout.write(`\n${scenario.title}\n`);
    const figures = await scenario.run(bench);
    results.push({ scenario: scenario.name, figures });
    process.stdout.write(tableOf(figures));
  }
  const startedAt = new Date(Date.now() - performance.now()).toISOString();
  const file = join('bench', 'results', `${startedAt.slice(0, 16).replace(':', '')}Z.json`);
  writeFileSync(file, `${JSON.stringify({ startedAt, scale, environment, settings: bench.settings, results }, undefined, 1)}\n`);
  process.stdout.write(`\n${file}\n`);
  return results.every(({ figures }) => figures.every(isMet)) ? 0 : 1;
}

function openBench(scale: number, reuse: boolean): Bench {
  const settings = scaled(JSON.parse(readFileSync(join('bench', 'settings.json'), 'utf8')) as Settings, scale);
  const workDirectory = join('bench', 'work', String(scale));
  mkdirSync(workDirectory, { recursive: true });
  const say = (text: string): void => void process.stdout.write(`  ${text}\n`);
  const kept = join(workDirectory, 'ledger.json');
  let ledger: Promise<ImportedLedger> | undefined;
  const make = async (): Promise<ImportedLedger> => {
    if (reuse && existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as ImportedLedger;
    const made = await makeLedger({ settings, workDirectory, say });
    writeFileSync(kept, JSON.stringify(made));
    return made;
  };
  return { settings, workDirectory, say, importedLedger: () => (ledger ??= make()) };
}

function scaled(settings: Settings, scale: number): Settings {
  const part = (size: number): number => Math.max(1, Math.round(size * scale));
  return { ...settings, events: part(settings.events), hosts: part(settings.hosts), missedEvents: part(settings.missedEvents), feedEvents: part(settings.feedEvents) };
}
