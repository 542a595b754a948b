import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyCheckpoint } from '../../src/audit/checkpoint.js';
import { signerKeyOf, verifierKeyText, type SignerKey } from '../../src/audit/signedNote.js';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { rotateSigningKey } from '../../src/embedded/rotateKey.js';
import { parseEnvelope } from '../../src/kernel/envelope.js';
import { START } from '../../src/kernel/identifiers.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqliteVault.js';
import { importText, kmsCsv, newDirectory, openTestLedger, testEnvironment, type TestEnvironment } from '../support/embedded.js';

interface Place {
  readonly directory: string;
  readonly environment: TestEnvironment;
  readonly origin: string;
}

/** A ledger that has published a checkpoint. */
async function sealedLedger(): Promise<Place> {
  const [directory, environment] = [newDirectory(), testEnvironment()];
  const ledger = await openTestLedger(directory, environment);
  await importText(ledger, environment, kmsCsv([1, 2, 3]));
  const { ledgerId } = ledger;
  await ledger.close();
  return { directory, environment, origin: `activation-ledger/${ledgerId}` };
}

/** What a process leaves that dies as soon as it has made a key. */
async function dieWithNewKey({ directory, environment: { now, random } }: Place): Promise<void> {
  const vault = openSqliteVault({ path: join(directory, 'vault.db'), now, random });
  await vault.rotateSigningKey();
  await vault.close();
}

/** Opens the ledger and closes it; `grow`: with something new to seal. */
async function openOnce({ directory, environment }: Place, options: { readonly grow?: number; readonly sealing?: 'off' } = {}): Promise<void> {
  const ledger = await openEmbeddedLedger({ directory, environment, follow: 'onDemand', sealing: options.sealing });
  if (options.grow !== undefined) await importText(ledger, environment, kmsCsv([options.grow], options.grow));
  await ledger.close();
}

/** Newest first. */
async function keysOf({ directory, environment: { now, random }, origin }: Place): Promise<readonly SignerKey[]> {
  const vault = openSqliteVault({ path: join(directory, 'vault.db'), now, random });
  const keys = (await vault.signingKeys()).map(({ seed }) => signerKeyOf(origin, seed));
  await vault.close();
  return keys;
}

async function introduced({ directory, environment }: Place) {
  const ledger = await openEmbeddedLedger({ directory, environment, follow: 'onDemand', sealing: 'off' });
  const events = await ledger.store.readAll(START, 10_000);
  await ledger.close();
  return events
    .map(({ sequence, text }) => ({ sequence, ...parseEnvelope(text) }))
    .filter(({ type }) => type === 'SigningKeyIntroduced')
    .map(({ sequence, data }) => ({ sequence, ...(data as { readonly verifierKey: string; readonly replaces: string }) }));
}

/** Which of the keys have signed the published checkpoint, and how far it goes. */
function published({ directory, origin }: Place, keys: readonly SignerKey[]) {
  const note = readFileSync(join(directory, 'log/checkpoint'), 'utf8');
  const verdicts = keys.map((key) => verifyCheckpoint(note, [key], origin));
  const [size] = verdicts.flatMap((verdict) => (verdict.kind === 'verified' ? [verdict.checkpoint.size] : []));
  return { size, signed: verdicts.map(({ kind }) => kind === 'verified') };
}

test('a key that was made and not recorded is recorded at the next start, once, and sealed with the old key and the new one', async () => {
  const place = await sealedLedger();
  await dieWithNewKey(place);
  await openOnce(place);
  const keys = await keysOf(place);
  const [current, old] = keys.map(verifierKeyText);
  const events = await introduced(place);
  expect(events).toEqual([expect.objectContaining({ verifierKey: current, replaces: old })]);
  expect(published(place, keys)).toEqual({ size: events[0]!.sequence, signed: [true, true] });

  await openOnce(place, { grow: 7 });
  expect(await introduced(place)).toEqual(events);
  expect(published(place, keys).signed).toEqual([true, false]);
});

test('a key that was recorded and not sealed is sealed with both at the next start', async () => {
  const place = await sealedLedger();
  await dieWithNewKey(place);
  await openOnce(place, { sealing: 'off' });
  const keys = await keysOf(place);
  const [event] = await introduced(place);
  expect(published(place, keys).signed).toEqual([false, true]);
  await openOnce(place);
  expect(published(place, keys)).toEqual({ size: event!.sequence, signed: [true, true] });
});

test('two keys that were made and not sealed are recorded in their order, and sealed with all three', async () => {
  const place = await sealedLedger();
  await dieWithNewKey(place);
  await dieWithNewKey(place);
  await openOnce(place);
  const keys = await keysOf(place);
  const [third, second, first] = keys.map(verifierKeyText);
  const events = await introduced(place);
  expect(events.map(({ verifierKey, replaces }) => [verifierKey, replaces])).toEqual([[second, first], [third, second]]);
  expect(published(place, keys)).toEqual({ size: events[1]!.sequence, signed: [true, true, true] });
});

test('a change that dies is completed by the next one too', async () => {
  const place = await sealedLedger();
  await dieWithNewKey(place);
  const ledger = await openEmbeddedLedger({ directory: place.directory, environment: place.environment, follow: 'onDemand', sealing: 'off' });
  const { verifierKey, sequence, checkpoint } = await rotateSigningKey(ledger, place.environment.newId);
  await ledger.close();
  const keys = await keysOf(place);
  const events = await introduced(place);
  expect(events.at(-1)).toMatchObject({ sequence, verifierKey });
  expect([events.length, readFileSync(join(place.directory, 'log/checkpoint'), 'utf8')]).toEqual([2, checkpoint]);
  expect(published(place, keys)).toEqual({ size: sequence, signed: [true, true, true] });
});
