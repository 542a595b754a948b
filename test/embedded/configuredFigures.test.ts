/** Figures of a rules file reach the answers of a whole ledger, and another file needs no other read model. */
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { loadRules } from '../../src/embedded/loadRules.js';
import type { Instant } from '../../src/kernel/identifiers.js';
import { applicationOf, importText, kmsCsv, newDirectory, testEnvironment } from '../support/embedded.js';

const FIRST = '2026-03-01T10:00:00.000Z' as Instant;
const LATER = '2026-05-01T10:00:00.000Z' as Instant;

function rulesFile(figures: readonly object[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'figures-')), 'rules.json');
  writeFileSync(path, JSON.stringify({ source: 'Synthetic terms', figures }));
  return path;
}

test('a configured validity and configured slots govern status and limit, from their date on, and nothing is built anew for them', async () => {
  const directory = newDirectory();
  const clock = { now: FIRST };
  const environment = { ...testEnvironment(), now: () => clock.now };
  const rules = await loadRules(
    rulesFile([
      { id: 'KMS_VALIDITY', value: 40, validFrom: '2026-01-01' },
      { id: 'KMS_HOST_SLOTS', value: 8, validFrom: '2026-04-01' },
    ]),
  );
  const configured = await openEmbeddedLedger({ directory, environment, follow: 'onDemand', rules });
  await importText(configured, environment, kmsCsv([1]));
  const registered = await applicationOf(configured, environment).registerProductKey(
    { lastFive: 'BBBBB', kind: 'KMS_HOST', product: 'Windows 10' },
    { commandId: environment.newId(), actor: configured.localActor, correlationId: configured.ledgerId },
  );
  if (registered.kind !== 'done') throw new Error(registered.kind);
  const key = registered.id;
  await configured.readModel.catchUp();
  const { sequence } = configured.readModel.progress();
  const statusOn = (ledger: typeof configured, now: Instant) => ledger.readModel.hosts.byName('pc1', { now: Date.parse(now) })[0]?.installations[0]?.status;
  expect([statusOn(configured, FIRST), statusOn(configured, LATER)]).toEqual(['ACTIVE_UNTIL', 'GRACE']);
  expect(configured.readModel.productKeys.byKey(key)?.allowed).toBe(60);
  clock.now = LATER;
  expect([configured.readModel.productKeys.byKey(key)?.allowed, configured.readModel.productKeys.byKey(key, sequence)?.allowed]).toEqual([80, 60]);
  const files = readdirSync(directory).filter((name) => name.startsWith('readmodel-') && name.endsWith('.db'));
  await configured.close();

  const builtIn = await openEmbeddedLedger({ directory, environment, follow: 'onDemand' });
  expect(readdirSync(directory).filter((name) => name.startsWith('readmodel-') && name.endsWith('.db'))).toEqual(files);
  expect([statusOn(builtIn, LATER), builtIn.readModel.productKeys.byKey(key)?.allowed]).toEqual(['RENEWAL_OVERDUE', 60]);
  await builtIn.close();
});
