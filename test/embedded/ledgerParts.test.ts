import { expect, onTestFinished, test } from 'vitest';
import { openDataDirectory } from '../../src/embedded/dataDirectory.js';
import { openLedger, type EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import type { LedgerParts } from '../../src/embedded/ledgerParts.js';
import { START } from '../../src/kernel/identifiers.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import type { EventStore } from '../../src/store/port.js';
import type { Vault } from '../../src/vault/port.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqliteVault.js';
import { importText, kmsCsv, newDirectory, testEnvironment, type TestEnvironment } from '../support/embedded.js';

/** A log and a vault that several nodes share; each node has a directory of its own. */
function shared() {
  const environment = testEnvironment();
  const store = openMemoryStore();
  const vault = openSqliteVault({ path: `${openDataDirectory(newDirectory()).path}/vault.db`, now: environment.now, random: environment.random });
  onTestFinished(async () => {
    await store.close();
    await vault.close();
  });
  return { environment, store, vault };
}

async function openNode(parts: { readonly environment: TestEnvironment; readonly store: EventStore; readonly vault: Vault }): Promise<EmbeddedLedger> {
  const { environment, store, vault } = parts;
  const directory = openDataDirectory(newDirectory());
  const node: LedgerParts = { directory, store, vault, log: undefined, shared: true, close: async () => undefined };
  const ledger = await openLedger(async () => node, { environment, follow: 'onDemand' });
  onTestFinished(() => ledger.close());
  return ledger;
}

test('nodes that begin a ledger at the same moment agree on one', async () => {
  const parts = shared();
  const nodes = await Promise.all([openNode(parts), openNode(parts), openNode(parts)]);
  const first = nodes[0]?.ledgerId;
  expect(nodes.map(({ ledgerId }) => ledgerId)).toEqual([first, first, first]);
  expect(await parts.vault.ledgerId()).toBe(first);
  expect((await parts.store.readAll(START, 10)).map(({ text }) => (JSON.parse(text) as { type: string }).type)).toEqual(['LedgerOpened']);
});

test('a node that begins a ledger which another node begins in between adopts it', async () => {
  const parts = shared();
  let other: Promise<EmbeddedLedger> | undefined;
  const late: EventStore = {
    ...parts.store,
    async appendAll(appends) {
      other ??= openNode(parts);
      await other;
      return parts.store.appendAll(appends);
    },
  };
  const node = await openNode({ ...parts, store: late });
  expect(node.ledgerId).toBe((await other)?.ledgerId);
  expect((await parts.store.head()).sequence).toBe(1);
});

test('what one node records, the other answers after it has caught up', async () => {
  const parts = shared();
  const [one, other] = [await openNode(parts), await openNode(parts)];
  await importText(one, parts.environment, kmsCsv([1, 2, 3]));
  expect(other.readModel.hosts.count({}, 0)).toBe(0);
  await other.readModel.catchUp();
  expect(other.readModel.hosts.count({}, 0)).toBe(3);
  expect(other.readModel.progress()).toEqual(one.readModel.progress());
});

test('parts that cannot be put together are closed', async () => {
  const { environment, store, vault } = shared();
  let closed = 0;
  const directory = openDataDirectory(newDirectory());
  const parts: LedgerParts = { directory, store: { ...store, readAll: () => Promise.reject(new Error('no log')) }, vault, log: undefined, shared: true, close: async () => void (closed += 1) };
  await expect(openLedger(async () => parts, { environment, follow: 'onDemand' })).rejects.toThrow('no log');
  expect(closed).toBe(1);
});
