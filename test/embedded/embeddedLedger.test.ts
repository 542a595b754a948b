import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyBackup, restoreBackup } from '../../src/embedded/backup.js';
import type { EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { parseEnvelope } from '../../src/kernel/envelope.js';
import { START, type StreamId } from '../../src/kernel/identifiers.js';
import { openForReading } from '../../src/readmodel/readModelFile.js';
import { tableDigests } from '../../src/readmodel/tableDigests.js';
import { applicationOf, importText, kmsCsv, newDirectory, openTestLedger, productCsv, testEnvironment } from '../support/embedded.js';

const NOW = Date.parse('2026-03-02T00:00:00Z');

async function opened() {
  const directory = newDirectory();
  const environment = testEnvironment();
  return { directory, environment, ledger: await openTestLedger(directory, environment) };
}

function counts(result: Awaited<ReturnType<typeof importText>>) {
  if (result.kind !== 'imported') throw new Error(`${result.code}: ${result.reason}`);
  const { recordsRead, eventsAppended, recordsAlreadyKnown, recordsWithoutNews, recordsRefused } = result.summary;
  return { recordsRead, eventsAppended, recordsAlreadyKnown, recordsWithoutNews, recordsRefused };
}

function hostNamed(ledger: EmbeddedLedger, name: string) {
  const [row] = ledger.readModel.hosts.byName(name, { now: NOW });
  if (row === undefined) throw new Error(`no host ${name}`);
  return row;
}

function digests(directory: string): ReadonlyMap<string, string> {
  const file = readdirSync(directory).find((name) => /^readmodel-.*\.db$/.test(name));
  if (file === undefined) throw new Error('no read model');
  const database = openForReading(join(directory, file));
  try {
    return tableDigests(database);
  } finally {
    database.close();
  }
}

describe('an import', () => {
  test('gives hosts their status and says what became of each record', async () => {
    const { ledger, environment } = await opened();
    expect(counts(await importText(ledger, environment, kmsCsv([1, 2, 2, 3])))).toEqual({
      recordsRead: 4,
      // Three hosts are met, four requests observed.
      eventsAppended: 7,
      recordsAlreadyKnown: 0,
      recordsWithoutNews: 0,
      recordsRefused: 0,
    });
    expect(ledger.readModel.hosts.count({}, NOW)).toBe(3);
    expect(hostNamed(ledger, 'pc2').installations.map(({ status, method, countedRequests }) => [status, method, countedRequests])).toEqual([
      ['ACTIVE_UNTIL', 'KMS', 2],
    ]);
    await ledger.close();
  });

  test('of the same export again, or of an overlapping one, appends nothing twice', async () => {
    const { ledger, environment } = await opened();
    await importText(ledger, environment, kmsCsv([1, 2, 3]));
    expect(counts(await importText(ledger, environment, kmsCsv([1, 2, 3])))).toMatchObject({ eventsAppended: 0, recordsAlreadyKnown: 3 });
    expect(counts(await importText(ledger, environment, kmsCsv([1, 2, 3, 4, 5])))).toMatchObject({ eventsAppended: 4, recordsAlreadyKnown: 3 });
    await ledger.close();
  });

  test('sent again with the same command id answers with the first account', async () => {
    const { ledger, environment } = await opened();
    const commandId = environment.newId();
    const first = await importText(ledger, environment, kmsCsv([1, 2]), { commandId });
    const head = await ledger.store.head();
    expect(await importText(ledger, environment, kmsCsv([1, 2]), { commandId })).toEqual(first);
    expect(await ledger.store.head()).toEqual(head);
    expect(await importText(ledger, environment, kmsCsv([7]), { commandId })).toMatchObject({ kind: 'refused', code: 'COMMAND_ID_REUSED' });
    await ledger.close();
  });

  test('keeps with each event the hash of its source, the record and the parser', async () => {
    const { ledger, environment } = await opened();
    await importText(ledger, environment, kmsCsv([1, 2]));
    const events = (await ledger.store.readAll(START, 100)).map((event) => parseEnvelope(event.text)).filter(({ source }) => source !== undefined);
    expect(events.map(({ source }) => [source?.record, source?.parser, source?.sha256.length])).toEqual([
      [1, 'event-csv', 64],
      [1, 'event-csv', 64],
      [2, 'event-csv', 64],
      [2, 'event-csv', 64],
    ]);
    await ledger.close();
  });

  test('of a licensed MAK host counts one activation of its key, and of the same host again none', async () => {
    const { ledger, environment } = await opened();
    await importText(ledger, environment, productCsv({ host: 'pc1.corp.example' }));
    await importText(ledger, environment, productCsv({ host: 'pc1.corp.example' }), { observedAt: '2026-02-01T00:00:00.000Z' });
    await importText(ledger, environment, productCsv({ host: 'pc2.corp.example' }));
    const [key] = ledger.readModel.productKeys.byLastFive('AAAAA');
    expect(key).toMatchObject({ kind: 'MAK', registered: false, observed: 2, used: 2, allowed: undefined, active: 2 });
    expect(hostNamed(ledger, 'pc1').installations[0]).toMatchObject({ status: 'PERMANENT', method: 'MAK_INDEPENDENT', keyLastFive: 'AAAAA' });
    await ledger.close();
  });

  test('that shows a MAK host without its licence lowers active, never used', async () => {
    const { ledger, environment } = await opened();
    await importText(ledger, environment, productCsv({ host: 'pc1.corp.example' }));
    await importText(ledger, environment, productCsv({ host: 'pc1.corp.example', status: 5 }));
    expect(ledger.readModel.productKeys.byLastFive('AAAAA')[0]).toMatchObject({ observed: 1, used: 1, active: 0 });
    // The same words as the first time: only the time of observation tells that it is another fact.
    expect(counts(await importText(ledger, environment, productCsv({ host: 'pc1.corp.example' })))).toMatchObject({ recordsAlreadyKnown: 1 });
    await importText(ledger, environment, productCsv({ host: 'pc1.corp.example' }), { observedAt: '2026-02-01T00:00:00.000Z' });
    expect(ledger.readModel.productKeys.byLastFive('AAAAA')[0]).toMatchObject({ observed: 1, uncertain: 1, used: 2, active: 1 });
    await ledger.close();
  });
});

describe('commands', () => {
  test('a registered key counts against its limit what was observed of it', async () => {
    const { ledger, environment } = await opened();
    await importText(ledger, environment, productCsv({ host: 'pc1.corp.example' }));
    const application = applicationOf(ledger, environment);
    const meta = { actor: ledger.localActor, correlationId: 'c', reason: 'handed in by the licence manager' };
    const registered = await application.registerProductKey({ productKey: 'BBBBB-CCCCC-DDDDD-FFFFF-AAAAA', kind: 'MAK', product: 'Windows', allowed: 50 }, meta);
    if (registered.kind !== 'done') throw new Error(registered.message);
    await ledger.readModel.catchUp();
    expect(ledger.readModel.productKeys.byKey(registered.id)).toMatchObject({ registered: true, allowed: 50, observed: 1, used: 1, remaining: 49 });
    const again = await application.registerProductKey({ lastFive: 'AAAAA', kind: 'MAK', product: 'Windows' }, meta);
    expect(again).toMatchObject({ kind: 'refused', code: 'KEY_ALREADY_REGISTERED' });
    await ledger.close();
  });

  test('a recorded activation is on the host and counts for the key, once for the same command id', async () => {
    const { ledger, environment } = await opened();
    const application = applicationOf(ledger, environment);
    const meta = { actor: ledger.localActor, correlationId: 'c' };
    const key = await application.registerProductKey({ lastFive: 'AAAAA', kind: 'MAK', product: 'Windows', allowed: 2 }, meta);
    const host = await application.registerHost({ name: 'pc1.corp.example' }, meta);
    await ledger.readModel.catchUp();
    if (key.kind !== 'done' || host.kind !== 'done') throw new Error('not registered');
    const commandId = environment.newId();
    const record = { host: host.id, productKey: key.id, occurredAt: Date.parse('2025-12-31T00:00:00Z') };
    const first = await application.recordActivation(record, { ...meta, commandId });
    const repeated = await application.recordActivation(record, { ...meta, commandId });
    expect(repeated).toEqual(first);
    await ledger.readModel.catchUp();
    expect(ledger.readModel.productKeys.byKey(key.id)).toMatchObject({ observed: 1, used: 1, remaining: 1, active: 1 });
    expect(hostNamed(ledger, 'pc1').installations[0]).toMatchObject({ status: 'PERMANENT', keyLastFive: 'AAAAA' });
    await ledger.close();
  });

  test('what the ledger does not know is refused with a path', async () => {
    const { ledger, environment } = await opened();
    const application = applicationOf(ledger, environment);
    const meta = { actor: ledger.localActor, correlationId: 'c' };
    const unknown = { host: 'host-0' as StreamId, productKey: 'productKey-0' as StreamId };
    expect(await application.recordActivation(unknown, meta)).toMatchObject({ kind: 'refused', code: 'HOST_UNKNOWN', path: ['host'] });
    expect(await application.registerHost({ name: '<name>' }, meta)).toMatchObject({ kind: 'refused', code: 'HOST_NAME_UNREADABLE', path: ['name'] });
    expect(await application.registerHost({ name: 'pc1' }, { ...meta, commandId: 'no uuid' })).toMatchObject({ kind: 'refused', code: 'COMMAND_ID_MALFORMED' });
    expect((await ledger.store.head()).sequence).toBe(1);
    await ledger.close();
  });
});

describe('a data directory', () => {
  test('whose read model is deleted answers the same after it is built again', async () => {
    const { directory, ledger, environment } = await opened();
    await importText(ledger, environment, kmsCsv([1, 2, 3, 4, 5, 1, 2]));
    await importText(ledger, environment, productCsv({ host: 'pc1.corp.example' }));
    await ledger.close();
    const before = digests(directory);
    expect([...before.keys()].length).toBeGreaterThan(5);
    for (const file of readdirSync(directory).filter((name) => name.startsWith('readmodel-'))) rmSync(join(directory, file));
    await (await openTestLedger(directory, environment)).close();
    expect(digests(directory)).toEqual(before);
  });

  test('and every file in it are readable by their owner alone', async () => {
    const { directory, ledger, environment } = await opened();
    await importText(ledger, environment, kmsCsv([1]));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory).filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0)).toEqual([]);
    await ledger.close();
  });

  test('is kept by one process at a time', async () => {
    const { directory, ledger, environment } = await opened();
    await expect(openTestLedger(directory, environment)).rejects.toMatchObject({ code: 'DIRECTORY_IN_USE' });
    await ledger.close();
    await (await openTestLedger(directory, environment)).close();
  });

  test('whose vault is missing or belongs to another ledger is refused', async () => {
    const one = await opened();
    const other = await opened();
    await importText(one.ledger, one.environment, kmsCsv([1]));
    await one.ledger.close();
    await other.ledger.close();
    rmSync(join(one.directory, 'vault.db'));
    await expect(openTestLedger(one.directory, one.environment)).rejects.toMatchObject({ code: 'VAULT_MISSING' });
    rmSync(join(one.directory, 'vault.db'), { force: true });
    // Another ledger's id: its clock stood elsewhere.
    const elsewhere = testEnvironment();
    elsewhere.newId();
    const third = newDirectory();
    await (await openTestLedger(third, elsewhere)).close();
    cpSync(join(third, 'vault.db'), join(one.directory, 'vault.db'));
    await expect(openTestLedger(one.directory, one.environment)).rejects.toMatchObject({ code: 'VAULT_OF_ANOTHER_LEDGER' });
  });

  test('whose log is gone is refused, and no second ledger begun under its vault', async () => {
    const { directory, ledger, environment } = await opened();
    await ledger.close();
    for (const name of readdirSync(directory)) if (name.startsWith('ledger.db')) rmSync(join(directory, name));
    await expect(openTestLedger(directory, environment)).rejects.toMatchObject({ code: 'LOG_MISSING' });
    rmSync(join(directory, 'vault.db'));
    rmSync(join(directory, 'snapshots.db'));
    for (const name of readdirSync(directory)) if (name.startsWith('readmodel-')) rmSync(join(directory, name));
    const begun = await openTestLedger(directory, environment);
    expect(begun.ledgerId).not.toBe(ledger.ledgerId);
    await begun.close();
  });

  test('whose process ended between beginning the log and binding the vault goes on with the ledger it began', async () => {
    const { directory, ledger, environment } = await opened();
    await ledger.close();
    for (const name of readdirSync(directory)) if (name.startsWith('vault.db')) rmSync(join(directory, name));
    const again = await openTestLedger(directory, environment);
    expect([again.ledgerId, await again.vault.ledgerId()]).toEqual([ledger.ledgerId, ledger.ledgerId]);
    await again.close();
  });

  test('is copied while it is in use, and restored elsewhere with the same answers', async () => {
    const { directory, ledger, environment } = await opened();
    await importText(ledger, environment, kmsCsv([1, 2, 3]));
    const backup = newDirectory();
    const copied = await copyBackup(directory, backup, () => undefined);
    expect(copied).toMatchObject({ ledgerId: ledger.ledgerId, sequence: (await ledger.store.head()).sequence });
    await importText(ledger, environment, kmsCsv([4], 50));
    await ledger.close();
    const target = newDirectory();
    await restoreBackup(backup, target);
    const restored = await openTestLedger(target, environment);
    expect(restored.ledgerId).toBe(ledger.ledgerId);
    expect(restored.readModel.hosts.count({}, NOW)).toBe(3);
    await restored.close();
    await expect(restoreBackup(backup, target)).rejects.toMatchObject({ code: 'RESTORE_TARGET_NOT_EMPTY' });
    await expect(copyBackup(directory, backup, () => undefined)).rejects.toMatchObject({ code: 'BACKUP_EXISTS' });
    await expect(copyBackup(newDirectory(), newDirectory(), () => undefined)).rejects.toMatchObject({ code: 'STORE_MISSING' });
    expect(existsSync(join(target, 'restoring'))).toBe(false);
  });
});

describe('forgetting a person', () => {
  test('leaves every event and shows neither name nor reason', async () => {
    const { ledger, environment } = await opened();
    const actor = await ledger.vault.subjectFor('Ada Example');
    const application = applicationOf(ledger, environment);
    await application.registerHost({ name: 'pc1.corp.example' }, { actor, correlationId: 'c', reason: 'asked by phone' });
    const before = await ledger.store.readAll(START, 10);
    await ledger.vault.forgetSubject(actor);
    const after = await ledger.store.readAll(START, 10);
    expect(after).toEqual(before);
    const event = parseEnvelope(after[1]?.text as never);
    expect(await ledger.vault.nameOf(event.actor)).toBe('redacted');
    expect(event.reason === undefined ? '' : await ledger.vault.unseal(event.reason, { event: event.id, field: 'reason' })).toBe('redacted');
    await ledger.close();
  });
});
