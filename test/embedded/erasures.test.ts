import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noteErasure, recordErasures } from '../../src/embedded/erasures.js';
import { exportsFolder } from '../../src/embedded/exportsFolder.js';
import { newDirectory, openTestLedger, testEnvironment } from '../support/embedded.js';

test('an erasure that was cut off behind the vault is recorded once, and leaves no export with a name in it', async () => {
  const directory = newDirectory();
  const ledger = await openTestLedger(directory, testEnvironment());
  const subject = await ledger.vault.subjectFor('Ada Example');
  noteErasure(directory, subject);
  mkdirSync(exportsFolder(directory));
  writeFileSync(join(exportsFolder(directory), 'synthetic.csv'), 'Ada Example\r\n');
  expect([await recordErasures(ledger), existsSync(exportsFolder(directory))]).toEqual([0, true]);
  await ledger.vault.forgetSubject(subject);
  expect([await recordErasures(ledger), await recordErasures(ledger)]).toEqual([1, 0]);
  expect([existsSync(exportsFolder(directory)), readdirSync(join(directory, 'erasures'))]).toEqual([false, []]);
  await ledger.close();
});
