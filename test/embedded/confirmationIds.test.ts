import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyBackup, restoreBackup } from '../../src/embedded/backup.js';
import { applicationOf, newDirectory, openTestLedger, testEnvironment } from '../support/embedded.js';

/** Invented. */
const DIGITS = '246813'.repeat(8);

test('the confirmation id of a proxy activation is in the vault and its backup, and its digits are in no file and no event', async () => {
  const directory = newDirectory();
  const environment = testEnvironment();
  const ledger = await openTestLedger(directory, environment);
  const application = applicationOf(ledger, environment);
  const meta = { actor: ledger.localActor, correlationId: 'correlation-1' };
  const key = await application.registerProductKey({ lastFive: 'BBBBB', kind: 'MAK', product: 'Synthetic Suite', allowed: 5 }, meta);
  const host = await application.registerHost({ name: 'desk-1.corp.example' }, meta);
  if (key.kind !== 'done' || host.kind !== 'done') throw new Error('The key or the host was refused.');
  await ledger.readModel.catchUp();
  const request = { productKey: key.id, host: host.id, method: 'MAK_PROXY', acceptWarnings: ['B-1', 'B-6', 'R-1'] } as const;
  const asked = await application.requestActivation(request, meta);
  if (asked.kind !== 'granted') throw new Error(`The activation was not granted: ${JSON.stringify(asked)}`);
  const activation = asked.request;
  const confirmation = { productKey: key.id, activation, confirmationId: DIGITS.replaceAll(/(\d{6})(?=\d)/g, '$1-'), hardware: 'board-7' };
  const first = { ...meta, commandId: '0199f0c0-0000-7000-8000-000000000021' };
  expect(await application.confirmActivation(confirmation, first)).toMatchObject({ kind: 'done' });
  const kept = { productKey: key.id, activation, host: host.id, hardware: 'board-7', confirmationId: DIGITS };
  expect(await ledger.vault.confirmationIdsOf(host.id)).toMatchObject([kept]);
  // Neither the command sent again nor another id for what is confirmed touches what is kept.
  expect(await application.confirmActivation(confirmation, first)).toMatchObject({ kind: 'done' });
  expect(await application.confirmActivation({ ...confirmation, confirmationId: '135790'.repeat(8) }, meta)).toMatchObject({ kind: 'refused', code: 'ACTIVATION_CONFIRMED' });
  expect(await ledger.vault.confirmationIdsOf(host.id)).toMatchObject([kept]);
  await ledger.close();

  const [copy, restored] = [newDirectory(), newDirectory()];
  await copyBackup(directory, copy, () => undefined);
  await restoreBackup(copy, restored);
  const again = await openTestLedger(restored, environment);
  expect(await again.vault.findConfirmationId({ productKey: key.id, activation })).toMatchObject(kept);
  await again.close();
  for (const folder of [directory, copy, restored]) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) expect(readFileSync(join(parentPath, name)).includes(DIGITS), name).toBe(false);
  }
});
