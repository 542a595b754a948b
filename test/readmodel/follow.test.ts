import { join } from 'node:path';
import { assert as holds, asyncProperty, integer } from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Projection } from '../../src/readmodel/definition.js';
import { openFollower } from '../../src/readmodel/follow.js';
import { openForWriting, readCheckpoint, recordedAtOf, sequenceAsOf } from '../../src/readmodel/readModelFile.js';
import { tableDigests } from '../../src/readmodel/tableDigests.js';
import { envelopeWriter, ledgerOpened } from './support/envelopes.js';
import { ALL_PROJECTIONS, asIs, foldInto, given, temporaryDirectory } from './support/folding.js';
import { kmsLog } from './support/kmsLog.js';
import { listStore } from './support/listStore.js';
import { mixedLog } from './support/mixedLog.js';

test('a deleted read model is rebuilt with the same rows in every table', async () => {
  const first = tableDigests(await given(mixedLog()));
  const second = tableDigests(await given(mixedLog()));
  expect(second).toEqual(first);
  // The digests can differ: one event less is another read model.
  const shorter = tableDigests(await given(mixedLog().slice(0, -1)));
  expect(shorter).not.toEqual(first);
});

test('the rows do not depend on where batches begin and end', async () => {
  const log = [...mixedLog(), ...[...kmsLog({ events: 60, hosts: 7 })].slice(1)];
  const expected = tableDigests(await given(log));
  await holds(
    asyncProperty(integer({ min: 1, max: 40 }), integer({ min: 1, max: log.length - 1 }), async (batchEvents, restartAt) => {
      const path = join(temporaryDirectory(), 'batches.db');
      await foldInto(path, listStore(log.slice(0, restartAt)), { batchEvents, transactionEvents: 2 * batchEvents });
      // A second follower starts from the file alone, with empty caches.
      const database = await foldInto(path, listStore(log), { batchEvents });
      expect(tableDigests(database)).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});

test('a batch that fails leaves nothing behind, and the next follower resumes exactly', async () => {
  const log = mixedLog();
  const path = join(temporaryDirectory(), 'crash.db');
  const faulty = failingAt(Math.floor(log.length / 2));
  const projections = [...ALL_PROJECTIONS, faulty.projection];
  const database = openForWriting(path, projections);
  onTestFinished(() => void database.close());
  const options = { store: listStore(log), database, projections, upcast: asIs, batchEvents: 4, transactionEvents: 4 };

  await expect((await openFollower(options)).applyUntilHead()).rejects.toMatchObject({ code: 'PROJECTION_FAILED' });
  const reached = readCheckpoint(database).bookmark.sequence;
  expect(reached).toBe(8);
  expect(database.prepare('SELECT MAX(sequence) FROM timeline_event').pluck().get()).toBe(reached);

  faulty.repair();
  await (await openFollower(options)).applyUntilHead();
  const whole = tableDigests(await given(log));
  const resumed = new Map([...tableDigests(database)].filter(([table]) => table !== 'readmodel_projection' && !table.startsWith('faulty')));
  expect(resumed).toEqual(new Map([...whole].filter(([table]) => table !== 'readmodel_projection')));
});

test('a file built from another ledger is refused', async () => {
  const path = join(temporaryDirectory(), 'ledger.db');
  const database = await foldInto(path, listStore([ledgerOpened(envelopeWriter(), 'ledger-one')]));
  const store = listStore([ledgerOpened(envelopeWriter(), 'ledger-two')]);
  const opened = openFollower({ store, database, projections: ALL_PROJECTIONS, upcast: asIs });
  await expect(opened).rejects.toMatchObject({ code: 'LEDGER_MISMATCH' });
});

test('a file whose last event is not the log’s is refused, and so is one that is ahead of the log', async () => {
  const log = mixedLog();
  const database = await foldInto(join(temporaryDirectory(), 'other.db'), listStore(log));
  const ahead = openFollower({ store: listStore(log.slice(0, -1)), database, projections: ALL_PROJECTIONS, upcast: asIs });
  await expect(ahead).rejects.toMatchObject({ code: 'LOG_MISMATCH' });
  const changed = [...log.slice(0, -1), { ...log[log.length - 1]!, inputHash: '1'.repeat(64) }];
  const other = openFollower({ store: listStore(changed), database, projections: ALL_PROJECTIONS, upcast: asIs });
  await expect(other).rejects.toMatchObject({ code: 'LOG_MISMATCH' });
});

test('following folds history, then what comes, until it is told to stop', async () => {
  const [first, ...rest] = mixedLog();
  const store = listStore([first!]);
  const database = openForWriting(join(temporaryDirectory(), 'live.db'), ALL_PROJECTIONS);
  onTestFinished(() => void database.close());
  const stop = new AbortController();
  const applied: number[] = [];
  const follower = await openFollower({
    store,
    database,
    projections: ALL_PROJECTIONS,
    upcast: asIs,
    onApplied: (sequence) => {
      applied.push(sequence);
      if (sequence === 1) store.push(...rest);
      else stop.abort();
    },
  });
  await follower.follow(stop.signal);
  expect(applied).toEqual([1, rest.length + 1]);
  expect(tableDigests(database)).toEqual(tableDigests(await given([first!, ...rest])));
});

test('as of a time is the last sequence whose running maximum of recordedAt is not later', async () => {
  const write = envelopeWriter();
  const at = (time: string) => ({ recordedAt: `2026-05-01T${time}.000Z` });
  const identities = [{ kind: 'NAME', name: 'pc-1', domain: '', raw: 'PC-1' }] as const;
  const database = await given([
    write('ledger', 'LedgerOpened', { ledgerId: 'ledger-one' }, at('10:00:00')),
    write('host-1', 'HostRegistered', { origin: 'OBSERVATION', identities }, at('12:00:00')),
    // A node whose clock is behind: it is known no earlier than what stands before it.
    write('host-2', 'HostRegistered', { origin: 'OBSERVATION', identities }, at('11:00:00')),
    write('host-3', 'HostRegistered', { origin: 'OBSERVATION', identities }, at('13:00:00')),
  ]);
  const asOf = (time: string) => sequenceAsOf(database, Date.parse(`2026-05-01T${time}Z`));
  expect(['09:59:59', '10:00:00', '11:30:00', '12:00:00', '12:59:59', '13:00:00', '23:00:00'].map(asOf)).toEqual([0, 1, 1, 3, 3, 4, 4]);
  const knownAt = [1, 2, 3, 4].map((sequence) => new Date(recordedAtOf(database, sequence as Parameters<typeof recordedAtOf>[1])).toISOString().slice(11, 19));
  expect(knownAt).toEqual(['10:00:00', '12:00:00', '12:00:00', '13:00:00']);
});

/** A projection that fails at one event until it is repaired. */
function failingAt(sequence: number): { readonly projection: Projection; repair(): void } {
  let broken = true;
  const projection: Projection = {
    name: 'faulty',
    version: 1,
    tables: ['CREATE TABLE faulty_nothing (id INTEGER PRIMARY KEY) STRICT'],
    open: () => ({
      apply(event) {
        if (broken && event.sequence === sequence) throw new Error('injected');
      },
      flush: () => undefined,
    }),
  };
  return { projection, repair: () => void (broken = false) };
}
