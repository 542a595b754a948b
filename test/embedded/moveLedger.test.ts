import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDataDirectory } from '../../src/embedded/dataDirectory.js';
import { digestOf, moveLedger, runsOf, type MovedParts } from '../../src/embedded/moveLedger.js';
import type { StoredEvent } from '../../src/kernel/envelope.js';
import { LEDGER_STREAM, START, type Revision, type StreamId } from '../../src/kernel/identifiers.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import type { EventStore } from '../../src/store/port.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import type { Vault } from '../../src/vault/port.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqliteVault.js';
import { eventMaker } from '../contract/syntheticEvents.js';
import { countingRandom, steppingClock } from '../support/deterministic.js';
import { importText, kmsCsv, newDirectory, openTestLedger, testEnvironment } from '../support/embedded.js';

const LEDGER_ID = '00000000-0000-7000-8000-00000000abcd';
const quietly = (): void => undefined;

function newVault(): Vault {
  const path = join(openDataDirectory(newDirectory()).path, 'vault.db');
  const vault = openSqliteVault({ path, now: steppingClock(), random: countingRandom() });
  onTestFinished(() => vault.close());
  return vault;
}

function empty(store: EventStore = openMemoryStore()): MovedParts {
  onTestFinished(() => store.close());
  return { store, vault: newVault() };
}

/** A synthetic ledger whose streams take turns, in runs of one to four events. */
async function filled(events: number): Promise<MovedParts> {
  const parts = empty();
  const { store, vault } = parts;
  const maker = eventMaker('0000000000aa');
  await store.append(LEDGER_STREAM, 'none', [{ ...maker.event({ ledgerId: LEDGER_ID }), type: 'LedgerOpened' }]);
  const streams = Array.from({ length: 7 }, () => maker.stream());
  for (let written = 1; written < events; ) {
    const run = maker.events(Math.min(1 + (written % 4), events - written));
    await store.append(streams[written % 7] as StreamId, 'any', run);
    written += run.length;
  }
  await vault.bindLedger(LEDGER_ID);
  await vault.subjectFor('Ada Example');
  return parts;
}

async function textsOf(store: EventStore): Promise<readonly string[]> {
  return (await store.readAll(START, 10_000)).map(({ text }) => text);
}

test('a ledger of one directory is the same in another, down to its answers', async () => {
  const [directory, environment] = [newDirectory(), testEnvironment()];
  const ledger = await openTestLedger(directory, environment);
  await importText(ledger, environment, kmsCsv([1, 2, 2, 3]));
  const target = newDirectory();
  const [store, vault] = [openSqliteStore({ path: openDataDirectory(target).logPath }), openSqliteVault({ path: openDataDirectory(target).vaultPath, ...environment })];
  const moved = await moveLedger(ledger, { store, vault }, quietly);
  expect(moved).toMatchObject({ ledgerId: ledger.ledgerId, events: (await ledger.store.head()).sequence, present: 0, vault: { fingerprintKey: 1, ledger: 1, subject: 1 } });
  expect(await textsOf(store)).toEqual(await textsOf(ledger.store));
  await ledger.close();
  await store.close();
  await vault.close();
  const opened = await openTestLedger(target, environment);
  expect([opened.ledgerId, opened.readModel.hosts.count({}, 0)]).toEqual([ledger.ledgerId, 3]);
  await opened.close();
});

test('the digest is over every event in order, each with its length before it', async () => {
  const from = await filled(5);
  const digest = createHash('sha256');
  for (const text of await textsOf(from.store)) digest.update(Buffer.concat([Buffer.from([0, 0, text.length >> 8, text.length & 255]), Buffer.from(text)]));
  expect(await digestOf(from.store)).toEqual({ events: 5, sha256: digest.digest('hex') });
});

test('a move tells how far it is, and runs of one stream are one append', async () => {
  const from = await filled(2_500);
  const to = empty();
  const told: string[] = [];
  let appends = 0;
  const counted = { ...to, store: { ...to.store, append: (...append: Parameters<EventStore['append']>) => ((appends += 1), to.store.append(...append)) } };
  await moveLedger(from, counted, (step, done, of) => told.push(`${step} ${done}/${of}`));
  const ends = ['1000/2500', '2000/2500', '2500/2500'];
  expect(told).toEqual([...ends.map((end) => `copy ${end}`), ...ends.map((end) => `prove ${end}`), ...ends.map((end) => `prove ${end}`)]);
  const all = await from.store.readAll(START, 2_500);
  const pages = [all.slice(0, 1_000), all.slice(1_000, 2_000), all.slice(2_000)];
  expect(appends).toBe(pages.flatMap(runsOf).length);
  expect(appends).toBeLessThan(1_500);
});

test('a run is no longer than an append takes', () => {
  const event = (stream: string, characters: number) => ({ stream, text: 'x'.repeat(characters) }) as unknown as StoredEvent;
  const lengths = (page: readonly StoredEvent[]): number[] => runsOf(page).map(({ length }) => length);
  expect(lengths([event('a', 9), event('a', 9), event('b', 9), event('a', 9)])).toEqual([2, 1, 1]);
  expect(lengths(Array.from({ length: 1_001 }, () => event('a', 9)))).toEqual([500, 500, 1]);
  expect(lengths(Array.from({ length: 9 }, () => event('a', 65_535)))).toEqual([4, 4, 1]);
});

test('a move that broke off is continued where it was, and one that is complete changes nothing', async () => {
  const from = await filled(400);
  const to = empty();
  let left = 60;
  const breaking: EventStore = { ...to.store, append: (...append) => ((left -= 1) < 0 ? Promise.reject(new Error('the target is away')) : to.store.append(...append)) };
  await expect(moveLedger(from, { ...to, store: breaking }, quietly)).rejects.toThrow('the target is away');
  const { sequence: present } = await to.store.head();
  expect(present).toBeGreaterThan(60);
  expect(await to.vault.ledgerId()).toBeUndefined();
  const moved = await moveLedger(from, to, quietly);
  expect(moved).toMatchObject({ events: 400, present });
  expect(await textsOf(to.store)).toEqual(await textsOf(from.store));
  expect(await moveLedger(from, to, quietly)).toEqual({ ...moved, present: 400 });
});

test('a target that holds anything else is refused, and nothing is written to it', async () => {
  const from = await filled(40);
  const other = await filled(3);
  const foreign = empty();
  await foreign.store.append('host-x' as StreamId, 'none', eventMaker('0000000000bb').events(2));
  await expect(moveLedger(from, foreign, quietly)).rejects.toMatchObject({ code: 'TARGET_FOREIGN', message: expect.stringContaining('its event 1 is not') });
  expect((await foreign.store.head()).sequence).toBe(2);
  // The beginning is the same, what follows is not.
  await other.store.append('host-x' as StreamId, 'none', eventMaker('0000000000bb').events(1));
  await expect(moveLedger(from, other, quietly)).rejects.toMatchObject({ code: 'TARGET_FOREIGN' });
  const longer = empty();
  await moveLedger(from, longer, quietly);
  await longer.store.append('host-x' as StreamId, 'none', eventMaker('0000000000bb').events(1));
  await expect(moveLedger(from, longer, quietly)).rejects.toMatchObject({ code: 'TARGET_FOREIGN', message: expect.stringContaining('it holds 41 events, the source 40') });
});

test('a vault of another ledger, on either side, and a source without one are refused before anything is written', async () => {
  const from = await filled(5);
  const to = empty();
  await to.vault.bindLedger('another');
  await expect(moveLedger(from, to, quietly)).rejects.toMatchObject({ code: 'VAULT_OF_ANOTHER_LEDGER' });
  await expect(moveLedger({ ...from, vault: to.vault }, empty(), quietly)).rejects.toMatchObject({ code: 'VAULT_OF_ANOTHER_LEDGER' });
  await expect(moveLedger({ ...from, vault: newVault() }, empty(), quietly)).rejects.toMatchObject({ code: 'VAULT_MISSING' });
  await expect(moveLedger(empty(), empty(), quietly)).rejects.toMatchObject({ code: 'SOURCE_EMPTY' });
  expect((await to.store.head()).sequence).toBe(0);
});

test('whoever writes to the source or to the target meanwhile is noticed', async () => {
  const from = await filled(20);
  const intruder = eventMaker('0000000000cc');
  const intrude = (store: EventStore) => store.append(intruder.stream(), 'none', intruder.events(1));
  const [to, other] = [empty(), empty()];
  const written: EventStore = { ...to.store, append: async (...append) => (await intrude(to.store), to.store.append(...append)) };
  await expect(moveLedger(from, { ...to, store: written }, quietly)).rejects.toMatchObject({ code: 'TARGET_CHANGED' });
  let told = false;
  const source: EventStore = {
    ...from.store,
    async head() {
      const head = await from.store.head();
      if (!told) await intrude(from.store);
      told = true;
      return head;
    },
  };
  await expect(moveLedger({ ...from, store: source }, other, quietly)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  // What was copied stays, and the move goes on.
  expect((await moveLedger(from, other, quietly)).events).toBe(21);
});

test('an event that this program would write with other bytes stops the move before it is written', async () => {
  const from = await filled(3);
  const [, second] = await from.store.readAll(START, 3);
  const newer = (events: readonly StoredEvent[]): readonly StoredEvent[] => events.map((event) => (event.id === second?.id ? ({ ...event, text: event.text.replace('{', '{"aNewMember":1,') } as StoredEvent) : event));
  const store: EventStore = { ...from.store, readAll: async (after, limit) => newer(await from.store.readAll(after, limit)) };
  const to = empty();
  await expect(moveLedger({ ...from, store }, to, quietly)).rejects.toMatchObject({ code: 'EVENT_NOT_REPRODUCIBLE' });
  expect((await to.store.head()).sequence).toBe(1);
});

test('a target that does not keep the bytes fails the proof', async () => {
  const from = await filled(3);
  const to = empty();
  let reads = 0;
  const spoilt = (events: readonly StoredEvent[]): readonly StoredEvent[] => events.map((event) => ({ ...event, text: event.text.replace('fleet', 'fleeT') }) as StoredEvent);
  const store: EventStore = { ...to.store, readAll: async (after, limit) => ((reads += 1), spoilt(await to.store.readAll(after, limit))) };
  await expect(moveLedger(from, { ...to, store }, quietly)).rejects.toMatchObject({ code: 'COPY_DIFFERS' });
  expect(reads).toBeGreaterThan(0);
  expect(await to.vault.ledgerId()).toBeUndefined();
  expect((await from.store.readStream(LEDGER_STREAM, 0 as Revision, 10)).length).toBe(1);
});
