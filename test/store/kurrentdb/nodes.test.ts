import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { START, type Revision, type StreamId } from '../../../src/kernel/identifiers.js';
import { openKurrentdbReader } from '../../../src/store/kurrentdb/kurrentdbStore.js';
import type { KurrentdbStore } from '../../../src/store/kurrentdb/options.js';
import { eventMaker, type EventMaker } from '../../contract/syntheticEvents.js';
import type { KurrentdbDouble } from '../../support/kurrentdb/double.js';
import { appended, openCluster, PREFIX, SHORT, take, until, type Cluster } from './nodes.js';

const first = 0 as Revision;
let cluster: Cluster;
let make: EventMaker;
beforeEach(() => {
  cluster = openCluster();
  make = eventMaker('000000002222');
});
afterEach(() => cluster.end());

describe('two nodes on one KurrentDB', () => {
  /** One that hears of nothing by itself. */
  async function deafNode(double: KurrentdbDouble): Promise<KurrentdbStore> {
    double.faults.subscribe({ kind: 'silent' });
    return cluster.node(double);
  }

  test('number all events alike, whoever wrote them and however late a node came', async () => {
    const double = await cluster.double();
    const nodes = [await cluster.node(double), await cluster.node(double)] as const;
    await Promise.all(Array.from({ length: 40 }, (_, index) => nodes[index % 2 === 0 ? 0 : 1].append(make.stream(), 'none', make.events(1 + (index % 3)))));
    const late = await cluster.node(double);
    const wanted = await late.readAll(START, 1_000);
    expect(wanted.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 79 }, (_, index) => index + 1));
    for (const node of nodes) {
      await until('the last event', async () => (await node.head()).sequence === 79);
      expect(await node.readAll(START, 1_000)).toEqual(wanted);
    }
  });

  test('let exactly one win of two appends that expect the same revision, and tell the other what stands there', async () => {
    const double = await cluster.double();
    const [one, other] = [await cluster.node(double), await deafNode(double)];
    const stream = make.stream();
    appended(await one.append(stream, 'none', make.events(3)));
    expect(await other.append(stream, 'none', make.events(1))).toEqual({ kind: 'conflict', actual: 2 });
    const results = await Promise.all([one, other].map((node) => node.append(stream, 2 as Revision, make.events(1))));
    expect(results.map(({ kind }) => kind).sort()).toEqual(['appended', 'conflict']);
    expect(results.find(({ kind }) => kind === 'conflict')).toEqual({ kind: 'conflict', actual: 3 });
  });

  test('see each other in reads of streams and by ids at once, with the same numbers', async () => {
    const double = await cluster.double();
    const [one, other] = [await cluster.node(double), await deafNode(double)];
    const stream = make.stream();
    const stored = appended(await one.append(stream, 'none', make.events(3)));
    expect(await other.readStream(stream, first, 10)).toEqual(stored);
    const more = appended(await one.append(stream, 2 as Revision, make.events(2)));
    expect([...(await other.findByIds([...stored, ...more].map(({ id }) => id))).values()]).toEqual([...stored, ...more]);
  });

  test('never write an id twice to a stream, though the server would: not even when the other heard nothing of it', async () => {
    const double = await cluster.double();
    const [one, other] = [await cluster.node(double), await deafNode(double)];
    const stream = make.stream();
    const [event] = make.events(1) as [ReturnType<EventMaker['event']>];
    appended(await one.append(stream, 'none', make.events(2)));
    appended(await one.append(stream, 1 as Revision, [event]));
    expect(await other.append(stream, 2 as Revision, [event])).toEqual({ kind: 'duplicateId', id: event.id });
    expect(double.log.stream(`${PREFIX}${stream}`)).toHaveLength(3);
  });

  test('answer the same append made on both at once with the events that stand', async () => {
    const double = await cluster.double();
    const [one, other] = [await cluster.node(double), await cluster.node(double)];
    const stream = make.stream();
    const [event] = make.events(1) as [ReturnType<EventMaker['event']>];
    const results = await Promise.all([one.append(stream, 'none', [event]), other.append(stream, 'none', [{ ...event, data: { hostName: 'pc-other.fleet.example' } }])]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['alreadyAppended', 'appended']);
    const [standing] = await one.readStream(stream, first, 10);
    for (const result of results) expect('events' in result && result.events).toEqual([standing]);
  });

  test('turn a loose expectation into an exact one, and try again when the other comes in between', async () => {
    const double = await cluster.double();
    const nodes = [await cluster.node(double), await cluster.node(double)];
    const stream = make.stream();
    const results = await Promise.all(nodes.flatMap((node) => [1, 2, 3].map(() => node.append(stream, 'any', make.events(1)))));
    expect(results.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'appended'));
    expect(double.log.stream(`${PREFIX}${stream}`).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('a reader beside a store', () => {
  test('shows what the store has counted, from history to live, when it is told', async () => {
    const double = await cluster.double();
    const indexPath = cluster.newIndexPath();
    let tell: () => void = () => undefined;
    const store = await cluster.node(double, { indexPath, onGrown: () => tell() });
    const history = appended(await store.append(make.stream(), 'none', make.events(3)));
    const reader = openKurrentdbReader({ connectionString: double.connectionString, prefix: PREFIX, indexPath, timing: SHORT });
    tell = () => reader.notify();
    expect(await reader.readAll(START, 10)).toEqual(history);
    const delivered = take(reader, START, 5);
    const live = appended(await store.append(make.stream(), 'none', make.events(2)));
    expect(await delivered).toEqual([...history, ...live]);
    expect(await reader.head()).toEqual(await store.head());
    expect(await reader.bookmarkAt(4)).toEqual(await store.bookmarkAt(4));
    await reader.close();
    await expect(reader.head()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  test('does not open where no store has counted', () => {
    const options = { connectionString: 'kurrentdb://127.0.0.1:1?tls=false', prefix: PREFIX, indexPath: cluster.newIndexPath() };
    expect(() => openKurrentdbReader(options)).toThrow('there is no KurrentDB index');
  });
});

describe('the index of a node', () => {
  test('is counted anew where it is missing, with the same numbers', async () => {
    const double = await cluster.double();
    const node = await cluster.node(double);
    for (let count = 0; count < 5; count += 1) appended(await node.append(make.stream(), 'none', make.events(2)));
    const progress: number[] = [];
    const cold = await cluster.node(double, { onProgress: (sequence) => progress.push(sequence) });
    expect(await cold.readAll(START, 100)).toEqual(await node.readAll(START, 100));
    expect(progress.at(-1)).toBe(10);
  });

  test('is counted anew where it is of another log', async () => {
    const [here, elsewhere] = [await cluster.double(), await cluster.double()];
    const indexPath = cluster.newIndexPath();
    const before = await cluster.node(elsewhere, { indexPath });
    appended(await before.append(make.stream(), 'none', make.events(7)));
    await before.close();
    const troubles: Error[] = [];
    const node = await cluster.node(here, { indexPath, onTrouble: (error) => troubles.push(error) });
    expect(await node.head()).toEqual(START);
    expect(troubles).toMatchObject([{ code: 'INDEX_FORGOTTEN' }]);
    expect(appended(await node.append(make.stream(), 'none', make.events(1)))[0]?.sequence).toBe(1);
  });

  test('is emptied where it is of another prefix', async () => {
    const double = await cluster.double();
    const indexPath = cluster.newIndexPath();
    const node = await cluster.node(double, { indexPath });
    appended(await node.append(make.stream(), 'none', make.events(2)));
    await node.close();
    const other = await cluster.node(double, { indexPath, prefix: 'other.' });
    expect(await other.head()).toEqual(START);
  });

  test('gives reads their places after memory has forgotten them', async () => {
    const double = await cluster.double();
    const indexPath = cluster.newIndexPath();
    const node = await cluster.node(double, { indexPath });
    const stored = (await Promise.all(Array.from({ length: 20 }, async () => appended(await node.append(make.stream(), 'none', make.events(2)))))).flat();
    const ordered = stored.toSorted((left, right) => left.sequence - right.sequence);
    await node.close();
    // What was counted before it was opened, it has not in memory.
    const again = await cluster.node(double, { indexPath });
    expect(await again.readAll(START, 100)).toEqual(ordered);
    expect(await again.readAll(await again.bookmarkAt(7), 5)).toEqual(ordered.slice(7, 12));
    expect(await take(again, await again.bookmarkAt(30), 10)).toEqual(ordered.slice(30));
    const wanted = [ordered[3], ordered[4], ordered[21]];
    expect([...(await again.findByIds(wanted.flatMap((event) => (event === undefined ? [] : [event.id])))).values()]).toEqual(wanted);
  });
});

describe('a damaged log', () => {
  const foreign = { id: '00000000-0000-4000-8000-00000000f0e1', type: 'HostRegistered', contentType: 'application/json', data: Buffer.from('{"a":1}'), metadata: Buffer.alloc(0) };
  const damaged = { name: 'StoreError', code: 'LOG_DAMAGED', retryable: false };

  test('stops a node at an event that no ledger has written, and everything before it stays counted', async () => {
    const double = await cluster.double();
    const indexPath = cluster.newIndexPath();
    const node = await cluster.node(double, { indexPath });
    const stream = make.stream();
    appended(await node.append(stream, 'none', make.events(2)));
    const parked = node.subscribe(await node.head(), { limit: 10, signal: new AbortController().signal }).next();
    const refused = expect(parked).rejects.toMatchObject(damaged);
    double.log.append(`${PREFIX}${stream}`, 1, [foreign]);
    expect(await node.damaged).toMatchObject(damaged);
    await refused;
    await expect(node.head()).rejects.toMatchObject(damaged);
    await expect(node.append(make.stream(), 'none', make.events(1))).rejects.toMatchObject(damaged);
    await node.close();
    await expect(cluster.node(double, { indexPath })).rejects.toMatchObject(damaged);
  });

  test('stops a node that counts it anew where an event is missing', async () => {
    const double = await cluster.double();
    const node = await cluster.node(double);
    const stream = make.stream();
    appended(await node.append(stream, 'none', make.events(3)));
    double.log.scavenge(`${PREFIX}${stream}`, 1);
    await expect(cluster.node(double)).rejects.toMatchObject(damaged);
  });

  test('is noticed by reads of what is missing in it', async () => {
    const double = await cluster.double();
    const indexPath = cluster.newIndexPath();
    const node = await cluster.node(double, { indexPath });
    const [scavenged, cut] = [make.stream(), make.stream()];
    for (const stream of [make.stream(), scavenged, cut, make.stream()]) appended(await node.append(stream, 'none', make.events(3)));
    await node.close();
    const again = await cluster.node(double, { indexPath });
    double.log.scavenge(`${PREFIX}${scavenged}`, 1);
    double.log.scavenge(`${PREFIX}${cut}`, 0);
    await expect(again.readAll(START, 100)).rejects.toMatchObject(damaged);
    await expect(again.readAll(await again.bookmarkAt(5), 1)).rejects.toMatchObject(damaged);
    await expect(again.readStream(scavenged, first, 10)).rejects.toMatchObject(damaged);
    await expect(again.readStream(cut, first, 10)).rejects.toMatchObject(damaged);
    expect(await again.readAll(await again.bookmarkAt(9), 100)).toHaveLength(3);
  });
});

describe('the streams of others', () => {
  test('are not seen, however alike their names are', async () => {
    const double = await cluster.double();
    const [acme, acme2] = [await cluster.node(double), await cluster.node(double, { prefix: 'acme2.' })];
    const stream = 'ledger' as StreamId;
    appended(await acme.append(stream, 'none', make.events(1)));
    appended(await acme2.append(stream, 'none', make.events(2)));
    expect(await acme.readAll(START, 10)).toHaveLength(1);
    expect(await acme2.readAll(START, 10)).toHaveLength(2);
  });
});
