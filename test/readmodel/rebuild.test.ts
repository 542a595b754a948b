import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { onTestFinished, expect, test } from 'vitest';
import { buildReadModel } from '../../src/readmodel/build.js';
import type { Projection } from '../../src/readmodel/definition.js';
import { readModelFingerprint } from '../../src/readmodel/fingerprint.js';
import { openForReading, readModelPath } from '../../src/readmodel/readModelFile.js';
import { planReadModel, removeOtherReadModels, serveReadModel } from '../../src/readmodel/rebuild.js';
import { tableDigests } from '../../src/readmodel/tableDigests.js';
import { imports } from '../../projections/imports.js';
import { openTimelineQueries, timeline } from '../../projections/timeline.js';
import { ALL_PROJECTIONS, asIs, foldInto, given, temporaryDirectory } from './support/folding.js';
import { listStore } from './support/listStore.js';
import { mixedLog } from './support/mixedLog.js';

const OLD: readonly Projection[] = [timeline, imports];
const NEW: readonly Projection[] = [timeline, { ...imports, version: imports.version + 1 }];

test('the fingerprint changes with a name, a version or a table, and not with the order', () => {
  const fingerprint = readModelFingerprint(OLD);
  expect(readModelFingerprint([imports, timeline])).toBe(fingerprint);
  const others = [
    NEW,
    [timeline, { ...imports, name: 'imported' }],
    [timeline, { ...imports, tables: [...imports.tables, 'CREATE TABLE imports_more (id INTEGER PRIMARY KEY)'] }],
  ];
  expect(new Set([fingerprint, ...others.map(readModelFingerprint)]).size).toBe(4);
});

test('an old read model answers, frozen, while the new one is built, and is then exchanged and removed', async () => {
  const directory = temporaryDirectory();
  const log = mixedLog();
  (await foldInto(readModelPath(directory, OLD), listStore(log.slice(0, 5)), { projections: OLD })).close();

  const plan = planReadModel(directory, NEW);
  expect(plan).toEqual({ kind: 'rebuild', path: readModelPath(directory, NEW), serving: readModelPath(directory, OLD) });
  const served = serveReadModel(plan, NEW, (database, available) => ({
    timeline: available.has('timeline') ? openTimelineQueries(database) : undefined,
  }));
  onTestFinished(() => served.close());
  expect(served.state()).toEqual({ kind: 'rebuilding', frozenAt: 5, unavailable: new Set(['imports']) });

  const progress: number[] = [];
  const built = await buildReadModel({
    store: listStore(log),
    directory,
    projections: NEW,
    upcast: asIs,
    batchEvents: 8,
    onProgress: ({ applied }) => progress.push(applied),
  });
  expect(progress).toEqual([8, 16, log.length]);
  const page = { limit: 100, direction: 'FORWARD' } as const;
  expect(served.queries().timeline?.page({}, false, page).rows).toHaveLength(5);

  served.switchTo(built ?? '');
  expect(served.state()).toEqual({ kind: 'live' });
  expect(served.queries().timeline?.page({}, false, page).rows).toHaveLength(log.length);
  expect(removeOtherReadModels(directory, NEW)).toEqual([readModelPath(directory, OLD)]);
  expect(readdirSync(directory).filter((name) => name.endsWith('.db'))).toEqual([`readmodel-${readModelFingerprint(NEW)}.db`]);
});

test('a build prepared beforehand changes nothing until it is complete, and is found at the next start', async () => {
  const directory = temporaryDirectory();
  const log = mixedLog();
  (await foldInto(readModelPath(directory, OLD), listStore(log), { projections: OLD })).close();
  const stop = new AbortController();
  const options = { store: listStore(log), directory, projections: NEW, upcast: asIs, batchEvents: 8 };

  const interrupted = await buildReadModel({ ...options, onProgress: () => stop.abort(), signal: stop.signal });
  expect(interrupted).toBeUndefined();
  expect(existsSync(readModelPath(directory, NEW))).toBe(false);
  expect(planReadModel(directory, NEW).kind).toBe('rebuild');

  const again: number[] = [];
  const path = await buildReadModel({ ...options, onProgress: ({ applied }) => again.push(applied) });
  expect(again).toEqual([8, 16, log.length]);
  expect(planReadModel(directory, NEW)).toEqual({ kind: 'current', path });
  const database = openForReading(path ?? '');
  onTestFinished(() => void database.close());
  expect(tableDigests(database)).toEqual(tableDigests(await given(log, [...NEW])));
});

test('without any file empty tables answer, marked as rebuilding, until the whole log is folded', async () => {
  const directory = temporaryDirectory();
  const plan = planReadModel(directory, ALL_PROJECTIONS);
  expect(plan).toEqual({ kind: 'rebuild', path: readModelPath(directory, ALL_PROJECTIONS), serving: undefined });
  const served = serveReadModel(plan, ALL_PROJECTIONS, (database) => openTimelineQueries(database));
  onTestFinished(() => served.close());
  expect(served.queries().page({}, false, { limit: 10, direction: 'FORWARD' })).toEqual({ rows: [], hasMore: false });
  expect(served.state()).toEqual({ kind: 'rebuilding', frozenAt: 0, unavailable: new Set() });

  const built = await buildReadModel({ store: listStore(mixedLog()), directory, projections: ALL_PROJECTIONS, upcast: asIs });
  served.switchTo(built ?? '');
  expect(served.state()).toEqual({ kind: 'live' });
  expect(served.queries().page({}, false, { limit: 100, direction: 'FORWARD' }).rows).toHaveLength(mixedLog().length);
});

test('what a killed build left behind is thrown away', async () => {
  const directory = temporaryDirectory();
  const log = mixedLog();
  writeFileSync(`${readModelPath(directory, ALL_PROJECTIONS)}.building`, 'half a page');
  const path = await buildReadModel({ store: listStore(log), directory, projections: ALL_PROJECTIONS, upcast: asIs });
  const database = openForReading(path ?? '');
  onTestFinished(() => void database.close());
  expect(tableDigests(database)).toEqual(tableDigests(await given(log)));
});

test('a build that fails leaves no file, neither under its own name nor under the name of a complete one', async () => {
  const directory = temporaryDirectory();
  const broken: Projection = { ...imports, open: () => ({ apply: () => { throw new Error('injected'); }, flush: () => undefined }) };
  const build = buildReadModel({ store: listStore(mixedLog()), directory, projections: [timeline, broken], upcast: asIs });
  await expect(build).rejects.toMatchObject({ code: 'PROJECTION_FAILED' });
  expect(readdirSync(directory)).toEqual([]);
});

test('a build is ended by what happens in another turn of the event loop', async () => {
  const stop = new AbortController();
  setImmediate(() => stop.abort());
  const options = { store: listStore(mixedLog()), directory: temporaryDirectory(), projections: ALL_PROJECTIONS, upcast: asIs, batchEvents: 1 };
  expect(await buildReadModel({ ...options, signal: stop.signal })).toBeUndefined();
});
