import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence } from '../../src/kernel/identifiers.js';
import { trackApplied } from '../../src/readmodel/applied.js';
import { openForReading, readModelPath } from '../../src/readmodel/readModelFile.js';
import { tableDigests } from '../../src/readmodel/tableDigests.js';
import { startWorkerFollower } from '../../src/readmodel/worker.js';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { hostStatus } from '../../projections/hostStatus.js';
import { timeline } from '../../projections/timeline.js';
import { foldInto, temporaryDirectory } from './support/folding.js';
import { mixedLog } from './support/mixedLog.js';

const APPLIED_TIMEOUT_MS = 20_000;
const projections = [hostStatus, timeline];

function startOn(directory: string, log: string, onApplied: (sequence: Sequence) => void) {
  return startWorkerFollower({
    entry: new URL('support/followerEntry.ts', import.meta.url),
    data: { directory, log },
    execArgv: ['--import', new URL('support/typescriptHooks.mjs', import.meta.url).href],
    onApplied,
  });
}

async function appendAll(store: SqliteStore, events: readonly EventEnvelope[]): Promise<void> {
  for (const { stream, revision: _, ...event } of events) {
    expect((await store.append(stream, 'any', [event])).kind).toBe('appended');
  }
}

test('a worker folds the log as the same code in process does, and goes on when it is told that the head moved', async () => {
  const directory = temporaryDirectory();
  const log = join(directory, 'ledger.db');
  const store = openSqliteStore({ path: log });
  onTestFinished(() => store.close());
  const events = mixedLog();
  await appendAll(store, events.slice(0, 12));

  const applied = trackApplied(0 as Sequence);
  onTestFinished(() => applied.close());
  const worker = startOn(directory, log, (sequence) => applied.advance(sequence));
  const waiting = (sequence: number) => Promise.race([applied.waitUntilApplied(sequence as Sequence, APPLIED_TIMEOUT_MS), worker.ended]);
  expect(await waiting(12)).toBe(true);
  await appendAll(store, events.slice(12));
  worker.headMoved();
  expect(await waiting(events.length)).toBe(true);
  await worker.stop();

  const database = openForReading(readModelPath(directory, projections));
  onTestFinished(() => void database.close());
  const inProcess = await foldInto(join(temporaryDirectory(), 'inProcess.db'), store, { projections });
  expect(tableDigests(database)).toEqual(tableDigests(inProcess));
});

test('a worker that cannot go on says why', async () => {
  const directory = temporaryDirectory();
  const worker = startOn(directory, join(directory, 'missing.db'), () => undefined);
  await expect(worker.ended).rejects.toMatchObject({ name: 'ReadModelError' });
});

test('who waits for an event is told when it is applied, when time is up, and when tracking ends', async () => {
  const applied = trackApplied(3 as Sequence);
  expect(await applied.waitUntilApplied(3 as Sequence, 1)).toBe(true);
  const waiting = applied.waitUntilApplied(5 as Sequence, APPLIED_TIMEOUT_MS);
  applied.advance(5 as Sequence);
  expect(await waiting).toBe(true);
  expect(await applied.waitUntilApplied(6 as Sequence, 1)).toBe(false);
  const cut = applied.waitUntilApplied(6 as Sequence, APPLIED_TIMEOUT_MS);
  applied.close();
  expect(await cut).toBe(false);
  expect(applied.current()).toBe(5);
});
