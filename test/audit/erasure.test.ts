import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseEnvelope } from '../../src/kernel/envelope.js';
import { START } from '../../src/kernel/identifiers.js';
import { noteErasure, recordErasures } from '../../src/embedded/erasures.js';
import { newDirectory } from '../support/embedded.js';
import { exportingLedger, newPlace, verified, verifiedByPython } from './exportingLedger.js';

vi.setConfig({ testTimeout: 60_000 });

const NAME = '=Ada Example';
const REASON = 'a new lab';

/** Files of a directory that hold a text, byte by byte, write-ahead logs and all. */
function filesWith(directory: string, text: string): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text)).map(({ name }) => name);
}

test('after an erasure every proof still holds, names and reasons show as redacted, and no file has them any more', async () => {
  const directory = newDirectory();
  const origin = await exportingLedger({ directory });
  const { ledger } = origin;
  const before = (await origin.export()).path;
  const kept = await origin.checkpoint();
  expect(readFileSync(join(before, 'views/requests.csv'), 'utf8')).toContain(NAME);
  expect(filesWith(directory, NAME)).toEqual(['vault.db']);
  expect(filesWith(directory, REASON)).toEqual([]);

  const subject = await ledger.vault.subjectFor(NAME);
  noteErasure(directory, subject);
  expect(await recordErasures(ledger)).toBe(0);
  await ledger.vault.forgetSubject(subject);
  expect([await recordErasures(ledger), await recordErasures(ledger)]).toEqual([1, 0]);
  expect(filesWith(directory, NAME)).toEqual([]);
  const [last] = (await ledger.store.readAll(START, 10_000)).slice(-1).map(({ text }) => parseEnvelope(text));
  expect([last?.type, last?.data]).toEqual(['SubjectForgotten', { subject }]);

  const after = (await origin.export()).path;
  const requests = readFileSync(join(after, 'views/requests.csv'), 'utf8');
  expect(requests).not.toContain(NAME);
  expect(requests.split('\r\n')[1]).toContain(`${subject},redacted,`);
  const table = (await origin.export({ format: 'CSV' })).path;
  const events = readFileSync(join(table, 'events.csv'), 'utf8');
  expect([events.includes(NAME), events.includes(REASON), events.includes(`${subject},redacted,redacted`)]).toEqual([false, false, true]);

  const since = newPlace('since');
  writeFileSync(since, kept);
  for (const [path, earlier] of [
    [before, undefined],
    [after, kept],
  ] as const) {
    expect((await verified(path, [origin.signer], earlier)).findings).toEqual([]);
    expect((await verifiedByPython(path, [origin.key], earlier === undefined ? undefined : since)).verdict).toBe('intact');
  }
  await ledger.close();
  expect(filesWith(directory, NAME)).toEqual([]);
});
