import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { LedgerContext } from '../../src/graphql/context.js';
import { eventBatches, FEED_EVENTS_MAX, logFeed } from '../../src/graphql/event/feed.js';
import { hostChanges } from '../../src/graphql/host/feed.js';
import { keyChanges } from '../../src/graphql/productKey/feed.js';
import { globalId } from '../../src/graphql/relay/globalId.js';
import { requestChanges } from '../../src/graphql/request/feed.js';
import type { LedgerRequest } from '../../src/graphql/request/listed.js';
import type { Sequence, StreamId } from '../../src/kernel/identifiers.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import type { EventStore } from '../../src/store/port.js';
import { sqliteFixture } from '../contract/sqliteFixture.js';
import { eventMaker, type EventMaker } from '../contract/syntheticEvents.js';
import { ADA, hostRegistered, keyRegistered, startLedger, type LedgerFixture } from '../server/ledgerFixture.js';

function contextOf(store: EventStore, stillAuthorised = async () => true): LedgerContext {
  return { services: { store } as LedgerContext['services'], actor: { tokenId: 't', name: 'Ada', subject: ADA }, language: 'en', stillAuthorised };
}

async function append(store: EventStore, maker: EventMaker, count: number): Promise<void> {
  const result = await store.append(maker.stream(), 'none', maker.events(count));
  expect(result.kind).toBe('appended');
}

describe('ledgerEvents', () => {
  const sqlite = sqliteFixture();
  afterAll(() => sqlite.cleanUp());
  const stores: readonly (readonly [string, () => Promise<EventStore>, number])[] = [
    ['memory', async () => openMemoryStore(), 100],
    ['SQLite', () => sqlite.open(), 60],
  ];

  it.each(stores)('delivers from the %s store every event after the cursor exactly once and in order, whatever is appended while history turns into live', async (_name, open, numRuns) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }),
        fc.array(fc.record({ count: fc.integer({ min: 1, max: 30 }), turns: fc.integer({ min: 0, max: 6 }), wait: fc.constantFrom('microtask', 'turn') }), { maxLength: 8 }),
        fc.nat(),
        async (history, racing, seed) => {
          const store = await open();
          const maker = eventMaker('0000000000aa');
          for (const count of history) await append(store, maker, count);
          const before = history.reduce((sum, count) => sum + count, 0);
          const total = racing.reduce((sum, { count }) => sum + count, before);
          const after = seed % (before + 1);

          const batches = await eventBatches(contextOf(store), after as Sequence, undefined);
          const writing = (async () => {
            for (const { count, turns, wait } of racing) {
              for (let turn = 0; turn < turns; turn += 1) await (wait === 'turn' ? setImmediate() : Promise.resolve());
              await append(store, maker, count);
            }
          })();
          const seen: number[] = [];
          while (seen.length < total - after) {
            const { value, done } = await batches.next();
            expect(done).toBe(false);
            expect(value.cursor).toBe(value.events.at(-1)!.sequence);
            seen.push(...value.events.map(({ sequence }: { sequence: number }) => sequence));
          }
          await writing;
          await batches.return?.();
          await store.close();
          expect(seen).toEqual(Array.from({ length: total - after }, (_, n) => after + n + 1));
        },
      ),
      { numRuns },
    );
  });

  it('resumes after the cursor of any batch without loss or repetition', async () => {
    const store = openMemoryStore();
    await append(store, eventMaker('0000000000ab'), FEED_EVENTS_MAX);
    await append(store, eventMaker('0000000000ac'), FEED_EVENTS_MAX);
    const first = await eventBatches(contextOf(store), 0 as Sequence, undefined);
    const { value } = await first.next();
    await first.return?.();
    const second = await eventBatches(contextOf(store), value.cursor, undefined);
    const next = (await second.next()).value;
    expect(next.events[0]!.sequence).toBe(value.cursor + 1);
    await second.return?.();
    await store.close();
  });

  it('begins with what comes when no cursor is given', async () => {
    const store = openMemoryStore();
    const maker = eventMaker('0000000000ad');
    await append(store, maker, 3);
    const batches = await eventBatches(contextOf(store), undefined, undefined);
    await append(store, maker, 1);
    expect((await batches.next()).value.events.map(({ sequence }: { sequence: number }) => sequence)).toEqual([4]);
    await batches.return?.();
    await store.close();
  });

  it('refuses a cursor beyond the end of the log', async () => {
    const store = openMemoryStore();
    await expect(eventBatches(contextOf(store), 1 as Sequence, undefined)).rejects.toThrow('it is no cursor of this ledger');
    await store.close();
  });

  it('delivers only what passes the filter', async () => {
    const store = openMemoryStore();
    const maker = eventMaker('0000000000ae');
    const stream = maker.stream();
    await store.append(stream, 'none', maker.events(2));
    await append(store, maker, 5);
    await store.append(stream, 'any', maker.events(1));
    const batches = await eventBatches(contextOf(store), 0 as Sequence, { subject: globalId('Host', stream), types: ['HostRegistered'] });
    expect((await batches.next()).value.events.map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 2, 8]);
    await batches.return?.();
    await store.close();
  });

  it('reads no further than one batch ahead of a subscriber that takes nothing', async () => {
    const store = openMemoryStore();
    const maker = eventMaker('0000000000af');
    for (let n = 0; n < 5; n += 1) await append(store, maker, FEED_EVENTS_MAX);
    let read = 0;
    const feed = await logFeed(contextOf(store), 0 as Sequence, async (events) => {
      read += events.length;
      return events;
    });
    await feed.next();
    expect(read).toBe(FEED_EVENTS_MAX);
    await feed.return?.();
    await store.close();
  });

  it('lets an idle subscriber leave at once', async () => {
    const store = openMemoryStore();
    const batches = await eventBatches(contextOf(store), undefined, undefined);
    const waiting = batches.next();
    await batches.return?.();
    expect((await waiting).done).toBe(true);
    await store.close();
  });

  it('ends when the token is not valid any more', async () => {
    const store = openMemoryStore();
    let valid = true;
    const maker = eventMaker('0000000000b0');
    const batches = await eventBatches(contextOf(store, async () => valid), undefined, undefined);
    await append(store, maker, 1);
    expect((await batches.next()).done).toBe(false);
    valid = false;
    await append(store, maker, 1);
    await expect(batches.next()).rejects.toThrow('not valid any more');
    await batches.return?.();
    await store.close();
  });
});

describe('changes of state', () => {
  const withLedger = async (run: (ledger: LedgerFixture, context: LedgerContext) => Promise<void>, overrides: Parameters<typeof startLedger>[0] = {}): Promise<void> => {
    const ledger = await startLedger(overrides);
    try {
      await run(ledger, { services: ledger.services, actor: { tokenId: 't', name: 'Ada', subject: ADA }, language: 'en', stillAuthorised: async () => true });
    } finally {
      await ledger.close();
    }
  };
  const activation = (host: string) =>
    ({
      type: 'ActivationObserved',
      schemaVersion: 1,
      occurredAt: '2026-11-05T08:00:00.000Z',
      data: { host, installation: 1, evidence: 'API', countsAs: 'OBSERVED' },
    }) as const;

  it('show a host as it was known with each event that touched it', () =>
    withLedger(async (ledger, context) => {
      await ledger.record('host-1', hostRegistered('alpha'));
      await ledger.record('productKey-1', keyRegistered('AB2CD', 50));
      await ledger.record('host-2', hostRegistered('beta'));
      await ledger.record('host-1', {
        type: 'HostIdentityObserved',
        schemaVersion: 1,
        occurredAt: '2026-11-02T08:00:00.000Z',
        data: { identities: [{ kind: 'CMID', value: '11111111-2222-4333-8444-555555555555' }] },
      });
      const changes = await hostChanges(context, 0 as Sequence, { hosts: [globalId('Host', 'host-1')] });
      const first = (await changes.next()).value;
      const second = (await changes.next()).value;
      expect([first.sequence, first.host.name, first.eventType]).toEqual([1, 'alpha', 'HostRegistered']);
      expect([second.sequence, second.host.name, second.eventType]).toEqual([4, 'alpha', 'HostIdentityObserved']);
      await changes.return?.();
    }));

  it('show a key\'s counts as they were known with each event', () =>
    withLedger(async (ledger, context) => {
      await ledger.record('productKey-1', keyRegistered('AB2CD', 50));
      await ledger.record('productKey-1', activation('host-1'));
      await ledger.record('productKey-1', activation('host-2'));
      const changes = await keyChanges(context, 0 as Sequence, undefined);
      const used: unknown[] = [];
      for (let n = 0; n < 3; n += 1) {
        const { value } = await changes.next();
        used.push([value.sequence, value.productKeys.map((key: { used: number; row: { key: StreamId } }) => [key.row.key, key.used])]);
      }
      expect(used).toEqual([
        [1, [['productKey-1', 0]]],
        [2, [['productKey-1', 1]]],
        [3, [['productKey-1', 2]]],
      ]);
      await changes.return?.();
    }));

  it('show requests as they were with each event that changed them, and only those that pass the filter then', () =>
    withLedger(async (ledger, context) => {
      const occurredAt = '2026-11-05T08:00:00.000Z';
      const decision = { ruleset: '0'.repeat(64), judgements: [] };
      const product = { product: 'Windows 10' };
      await ledger.record('host-1', hostRegistered('alpha'));
      for (const request of ['r1', 'r2']) {
        await ledger.record('host-1', { type: 'ReimagingRequested', schemaVersion: 1, occurredAt, data: { request, device: { channel: 'OEM', ...product }, image: { image: 'lab', ...product }, method: 'KMS' } });
        await ledger.record('host-1', { type: 'ReimagingGranted', schemaVersion: 1, occurredAt, data: { request, decision } });
        await ledger.record('host-1', { type: 'ReimagingCancelled', schemaVersion: 1, occurredAt, data: { request } });
      }
      const read = async (after: number, filter: Parameters<typeof requestChanges>[2], count: number): Promise<unknown[]> => {
        const changes = await requestChanges(context, after as Sequence, filter);
        const seen: unknown[] = [];
        for (let n = 0; n < count; n += 1) {
          const { value } = await changes.next();
          seen.push([value.sequence, value.requests.map(({ row }: LedgerRequest) => `${row.request} ${row.state}`)]);
        }
        await changes.return?.();
        return seen;
      };
      const all = [2, 3, 4, 5, 6, 7].map((sequence, index) => [sequence, [`${index < 3 ? 'r1' : 'r2'} ${['REQUESTED', 'GRANTED', 'CANCELLED'][index % 3]}`]]);
      expect(await read(0, {}, 6)).toEqual(all);
      expect(await read(3, {}, 4)).toEqual(all.slice(2));
      expect(await read(0, { states: ['CANCELLED'] }, 2)).toEqual([all[2], all[5]]);
    }));

  it('wait for the read model, and end with a code that says so while it is rebuilt', () =>
    withLedger(
      async (ledger, context) => {
        await ledger.record('host-1', hostRegistered('alpha'));
        const changes = await hostChanges(context, 0 as Sequence, undefined);
        await expect(changes.next()).rejects.toMatchObject({ extensions: { code: 'READ_MODEL_REBUILDING' } });
        await changes.return?.();
      },
      { readModel: { waitUntilApplied: async () => false } },
    ));
});
