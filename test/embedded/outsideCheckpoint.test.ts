import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEmbeddedLedger, type EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { importText, kmsCsv, newDirectory, testEnvironment } from '../support/embedded.js';

test('a log whose tiles are to be built anew is held to the checkpoint outside by its events, and goes on', async () => {
  const directory = newDirectory();
  const checkpointFile = join(newDirectory(), 'checkpoint');
  const environment = testEnvironment();
  const open = (): Promise<EmbeddedLedger> => openEmbeddedLedger({ directory, environment, follow: 'onDemand', checkpointFile });
  const first = await open();
  await importText(first, environment, kmsCsv([1, 2, 3]));
  await first.close();
  const sealed = readFileSync(checkpointFile, 'utf8');
  for (const name of ['checkpoint', 'tile']) rmSync(join(directory, 'log', name), { recursive: true });

  const second = await open();
  await importText(second, environment, kmsCsv([4, 5], 100));
  await second.close();
  expect(readFileSync(checkpointFile, 'utf8')).toBe(readFileSync(join(directory, 'log', 'checkpoint'), 'utf8'));
  expect(readFileSync(checkpointFile, 'utf8')).not.toBe(sealed);
});
