import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, ImportedLedger, ImportRun } from './bench.js';
import { writeKmsEvents } from './generate/kmsEvents.js';
import { writeProductKeys } from './generate/productKeys.js';
import { runModule } from './processes/child.js';
import type { ImportTask } from './processes/importFile.js';

/** The synthetic events of this run's size, made if they are not there yet. */
export async function kmsEventFile({ settings, workDirectory, say }: Pick<Bench, 'settings' | 'workDirectory' | 'say'>, format: 'csv' | 'xml'): Promise<string> {
  const { seed, events, hosts } = settings;
  const path = join(workDirectory, `kms-${seed}-${events}-${hosts}.${format}`);
  say(`events: ${path}`);
  await writeKmsEvents(path, format, { seed, events, hosts });
  return path;
}

/** Imports a file into a directory, in a process of its own. */
export function importInto(directory: string, path: string): Promise<ImportRun> {
  return runModule<ImportRun>('importFile', { path, directory, project: true } satisfies ImportTask);
}

/** A fresh ledger of all the events, imported from CSV, and then a list of product keys. */
export async function makeLedger(bench: Pick<Bench, 'settings' | 'workDirectory' | 'say'>): Promise<ImportedLedger> {
  const directory = join(bench.workDirectory, 'ledger');
  rmSync(directory, { recursive: true, force: true });
  const run = await importInto(directory, await kmsEventFile(bench, 'csv'));
  const keys = join(bench.workDirectory, 'product-keys.csv');
  writeProductKeys(keys, bench.settings);
  await importInto(directory, keys);
  return { directory, run };
}
