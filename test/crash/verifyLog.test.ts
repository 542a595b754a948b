import { describe, expect, it } from 'vitest';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import { eventMaker } from '../contract/syntheticEvents.js';
import type { Acknowledgement } from './acknowledgement.js';
import { verifyLog } from './verifyLog.js';

describe('the check after a kill', () => {
  it('counts what is in the log and notices an acknowledged event that is missing or stands elsewhere', async () => {
    const make = eventMaker('000000000003');
    const store = openMemoryStore();
    const stream = make.stream();
    const events = make.events(3);
    await store.append(stream, 'none', events);
    const acknowledged: Acknowledgement = { stream, first: 0, ids: events.map(({ id }) => id) };
    expect(await verifyLog(store, [acknowledged])).toBe(3);
    await expect(verifyLog(store, [{ ...acknowledged, ids: [make.event().id] }])).rejects.toThrow('was acknowledged');
    await expect(verifyLog(store, [{ ...acknowledged, first: 1 }])).rejects.toThrow('was acknowledged');
    await expect(verifyLog(store, [{ ...acknowledged, stream: make.stream() }])).rejects.toThrow('was acknowledged');
  });

  it('notices a repeated event and gaps in sequences and revisions', async () => {
    const make = eventMaker('000000000004');
    const store = openMemoryStore();
    await store.append(make.stream(), 'none', make.events(3));
    const readAll = store.readAll.bind(store);
    const showing = (change: (events: Awaited<ReturnType<typeof readAll>>) => object[]) => {
      const shown = readAll({ position: 0n, sequence: 0 } as Parameters<typeof readAll>[0], 10).then(change);
      return { ...store, readAll: (after: { sequence: number }) => (after.sequence === 0 ? shown : Promise.resolve([])) } as unknown as typeof store;
    };
    await expect(verifyLog(showing(([first, , third]) => [first!, third!]), [])).rejects.toThrow('no gap');
    await expect(verifyLog(showing(([first, second, third]) => [first!, { ...second!, revision: 2 }, third!]), [])).rejects.toThrow('contiguous');
    await expect(verifyLog(showing(([first, second, third]) => [first!, second!, { ...third!, id: first!.id }]), [])).rejects.toThrow('once');
  });
});
