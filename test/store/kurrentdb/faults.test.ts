import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { START, type Revision, type StreamId } from '../../../src/kernel/identifiers.js';
import { APPEND_EVENTS_MAX } from '../../../src/store/port.js';
import { eventMaker, type EventMaker } from '../../contract/syntheticEvents.js';
import { openServerLog, type ServerLog } from '../../support/kurrentdb/serverLog.js';
import { appended, openCluster, PREFIX, SHORT, take, until, type Cluster } from './nodes.js';

const first = 0 as Revision;
let cluster: Cluster;
let make: EventMaker;
beforeEach(() => {
  cluster = openCluster();
  make = eventMaker('0000000fa017');
});
afterEach(() => cluster.end());

/** What the server holds of a stream, by id. */
function idsOf(log: { stream(name: string): readonly { readonly id: string }[] }, stream: StreamId): readonly string[] {
  return log.stream(`${PREFIX}${stream}`).map(({ id }) => id);
}

describe('an append to KurrentDB', () => {
  test('that is not answered is sent again with the same ids and revision, and stands in the log once', async () => {
    const double = await cluster.double();
    const troubles: Error[] = [];
    const node = await cluster.node(double, { onTrouble: (error) => troubles.push(error) });
    double.faults.append({ kind: 'silent' });
    const [stream, events] = [make.stream(), make.events(2)];
    appended(await node.append(stream, 'none', events));
    expect(double.appendsReceived()).toBe(2);
    expect(idsOf(double.log, stream)).toEqual(events.map(({ id }) => id));
    expect(troubles.map(({ message }) => message)).toContain('no answer to append in time');
  });

  test('whose answer is lost is answered by what the subscription delivers, without another attempt', async () => {
    const double = await cluster.double();
    const node = await cluster.node(double, { timing: { ...SHORT, appendAttemptMs: 20_000 } });
    double.faults.append({ kind: 'answerLost' });
    const [stream, events] = [make.stream(), make.events(2)];
    appended(await node.append(stream, 'none', events));
    expect(double.appendsReceived()).toBe(1);
    expect(idsOf(double.log, stream)).toEqual(events.map(({ id }) => id));
  });

  test('whose answer is lost while the subscription is silent is sent again, recognised by the server, and read from it', async () => {
    const double = await cluster.double();
    double.faults.subscribe({ kind: 'silent' });
    const node = await cluster.node(double);
    double.faults.append({ kind: 'answerLost' });
    const [stream, events] = [make.stream(), make.events(2)];
    const stored = appended(await node.append(stream, 'none', events));
    expect(stored.map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(double.appendsReceived()).toBe(2);
    expect(idsOf(double.log, stream)).toEqual(events.map(({ id }) => id));
  });

  test('whose answer is lost is found to be its own even where the server does not recognise it', async () => {
    const log = openServerLog();
    const forgetful: ServerLog = {
      ...log,
      append(stream, expected, events) {
        const current = log.stream(stream).at(-1)?.revision;
        const isAtEnd = (expected === 'none' ? -1 : expected) === (current ?? -1);
        return isAtEnd ? log.append(stream, expected, events) : { kind: 'wrongExpectedVersion', current, expected };
      },
    };
    const double = await cluster.double({ log: forgetful });
    double.faults.subscribe({ kind: 'silent' });
    const node = await cluster.node(double);
    double.faults.append({ kind: 'answerLost' });
    const [stream, events] = [make.stream(), make.events(2)];
    expect(await node.append(stream, 'none', events)).toMatchObject({ kind: 'alreadyAppended', events: [{ sequence: 1 }, { sequence: 2 }] });
    expect(idsOf(double.log, stream)).toEqual(events.map(({ id }) => id));
  });

  test('is never reported as recorded where a server ignores its revision: the log is damaged then', async () => {
    const log = openServerLog();
    const careless: ServerLog = { ...log, append: (stream, _expected, events) => log.append(stream, 'any', events) };
    const double = await cluster.double({ log: careless });
    const other = await cluster.node(double);
    double.faults.subscribe({ kind: 'silent' });
    const node = await cluster.node(double);
    const stream = make.stream();
    appended(await other.append(stream, 'none', make.events(1)));
    await expect(node.append(stream, 'none', make.events(1))).rejects.toMatchObject({ code: 'LOG_DAMAGED' });
  });

  test('whose connection breaks after it was written stands in the log once', async () => {
    const double = await cluster.double();
    double.faults.subscribe({ kind: 'silent' });
    const node = await cluster.node(double);
    double.faults.append({ kind: 'brokenAfter' }, { kind: 'unavailable' });
    const [stream, events] = [make.stream(), make.events(1)];
    appended(await node.append(stream, 'none', events));
    expect(double.appendsReceived()).toBe(3);
    expect(idsOf(double.log, stream)).toEqual(events.map(({ id }) => id));
  });

  test('that takes its time is answered once it is written', async () => {
    const double = await cluster.double();
    const node = await cluster.node(double, { timing: { ...SHORT, appendAttemptMs: 20_000 } });
    let release: () => void = () => undefined;
    double.faults.append({ kind: 'held', until: new Promise((resolve) => (release = resolve)) });
    const [slow, quick] = [make.stream(), make.stream()];
    const waiting = node.append(slow, 'none', make.events(1));
    await until('the held append', () => double.appendsReceived() === 1);
    appended(await node.append(quick, 'none', make.events(1)));
    release();
    expect(appended(await waiting)[0]?.sequence).toBe(2);
  });

  test('goes on after the server has ended its half of the stream of appends, and closing does not hang on it', async () => {
    const double = await cluster.double();
    const node = await cluster.node(double);
    appended(await node.append(make.stream(), 'none', make.events(1)));
    double.halfCloseAppends();
    appended(await node.append(make.stream(), 'none', make.events(1)));
    double.halfCloseAppends();
    await node.close();
  });

  test('rejects as retryable while the server is away, and the same append goes well when it is back', async () => {
    const double = await cluster.double();
    const node = await cluster.node(double, { timing: { ...SHORT, appendMs: 300 } });
    const [stream, events] = [make.stream(), make.events(2)];
    await double.stop();
    await expect(node.append(stream, 'none', events)).rejects.toMatchObject({ name: 'StoreError', code: 'STORE_UNAVAILABLE', retryable: true });
    await double.start();
    appended(await node.append(stream, 'none', events));
    expect(idsOf(double.log, stream)).toEqual(events.map(({ id }) => id));
  });

  test('made while the server is away is written when it comes back in time', async () => {
    const double = await cluster.double();
    const troubles: Error[] = [];
    const node = await cluster.node(double, { onTrouble: (error) => troubles.push(error), timing: { ...SHORT, appendMs: 20_000 } });
    await double.stop();
    const waiting = node.append(make.stream(), 'none', make.events(1));
    await until('a failed attempt', () => troubles.length > 2);
    await double.start();
    appended(await waiting);
    expect(double.log.writes()).toBe(1);
  });

  test('goes to the leader that another node of the cluster names', async () => {
    const leader = await cluster.double();
    const follower = await cluster.double({ log: leader.log });
    const node = await cluster.node(follower);
    follower.faults.append({ kind: 'notLeader', leaderPort: leader.port });
    appended(await node.append(make.stream(), 'none', make.events(1)));
    expect([follower.appendsReceived(), leader.appendsReceived()]).toEqual([1, 1]);
  });

  test('beyond what the server takes at once is refused before it is sent, and by the server where its limit is lower', async () => {
    const double = await cluster.double({ maxAppendSize: 100_000 });
    const node = await cluster.node(double);
    await expect(node.append(make.stream(), 'none', make.events(APPEND_EVENTS_MAX))).rejects.toMatchObject({ code: 'APPEND_TOO_LARGE', retryable: false });
    expect(double.appendsReceived()).toBe(0);
    await expect(node.append(make.stream(), 'none', make.events(500))).rejects.toMatchObject({ code: 'APPEND_TOO_LARGE', retryable: false });
    expect([double.appendsReceived(), double.log.writes()]).toEqual([1, 0]);
    appended(await node.append(make.stream(), 'none', make.events(100)));
  });

  test('is refused without another attempt where the user may not', async () => {
    const double = await cluster.double();
    const node = await cluster.node(double);
    double.faults.append({ kind: 'denied' });
    await expect(node.append(make.stream(), 'none', make.events(1))).rejects.toMatchObject({ code: 'ACCESS_DENIED', retryable: false });
    expect(double.appendsReceived()).toBe(1);
  });

  test('that was acknowledged and cannot be read is reported as unknown, and found recorded when it is made again', async () => {
    const double = await cluster.double();
    double.faults.subscribe({ kind: 'silent' });
    const node = await cluster.node(double, { timing: { ...SHORT, readMs: 100 } });
    const [stream, events] = [make.stream(), make.events(1)];
    double.faults.read(...Array.from({ length: 20 }, () => ({ kind: 'unavailable' as const })));
    await expect(node.append(stream, 'none', events)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    double.faults.clear();
    expect(appended(await node.append(stream, 'none', events)).map(({ sequence }) => sequence)).toEqual([1]);
    expect(idsOf(double.log, stream)).toEqual(events.map(({ id }) => id));
  });
});

describe('following KurrentDB', () => {
  test('goes on from the last event after subscriptions break, with none lost and none twice', async () => {
    const double = await cluster.double();
    const [writer, follower] = [await cluster.node(double), await cluster.node(double)];
    const delivered = take(follower, START, 6);
    for (let round = 0; round < 3; round += 1) {
      appended(await writer.append(make.stream(), 'none', make.events(2)));
      double.faults.subscribe({ kind: 'unavailable' });
      double.dropSubscriptions();
    }
    const events = await delivered;
    expect(events).toEqual(await writer.readAll(START, 100));
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('goes on after the server was killed and started again', async () => {
    const double = await cluster.double();
    const [writer, follower] = [await cluster.node(double), await cluster.node(double)];
    appended(await writer.append(make.stream(), 'none', make.events(2)));
    await double.stop();
    await double.start();
    const delivered = take(follower, START, 4);
    appended(await writer.append(make.stream(), 'none', make.events(2)));
    expect((await delivered).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });

  test('makes a silent subscription anew when an append shows that it should have delivered', async () => {
    const double = await cluster.double();
    double.faults.subscribe({ kind: 'silent' });
    const node = await cluster.node(double);
    const other = await cluster.node(double);
    appended(await node.append(make.stream(), 'none', make.events(1)));
    const delivered = take(node, START, 2);
    appended(await other.append(make.stream(), 'none', make.events(1)));
    expect((await delivered).map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test('remembers how far it looked in a log where others write, so that a restart looks there only', async () => {
    const double = await cluster.double();
    const indexPath = cluster.newIndexPath();
    const node = await cluster.node(double, { indexPath });
    appended(await node.append(make.stream(), 'none', make.events(1)));
    const foreign = { id: '00000000-0000-4000-8000-00000000f0e1', type: 'Other', contentType: 'application/json', data: Buffer.from('{}'), metadata: Buffer.alloc(0) };
    for (let count = 0; count < 40; count += 1) double.log.append(`other-${count}`, 'none', Array.from({ length: 100 }, () => foreign));
    const { openPlaceIndexReader } = await import('../../../src/store/kurrentdb/placeIndex.js');
    const index = openPlaceIndexReader(indexPath);
    const { length } = double.log.all;
    // A checkpoint comes every 1,024 events of others.
    const near = double.log.all[length - 1_100]?.position ?? 0n;
    await until('a checkpoint near the end', () => (index.resumeAt()?.commit ?? 0n) > near);
    index.close();
    await node.close();
    const again = await cluster.node(double, { indexPath });
    expect((await again.head()).sequence).toBe(1);
    expect(appended(await again.append(make.stream(), 'none', make.events(1)))[0]?.sequence).toBe(2);
  });

  test('reads from the leader that another node of the cluster names', async () => {
    const leader = await cluster.double();
    const follower = await cluster.double({ log: leader.log });
    follower.faults.read({ kind: 'notLeader', leaderPort: leader.port });
    const node = await cluster.node(follower);
    const stream = make.stream();
    const stored = appended(await node.append(stream, 'none', make.events(2)));
    follower.faults.read({ kind: 'notLeader', leaderPort: leader.port });
    expect(await node.readStream(stream, first, 10)).toEqual(stored);
  });

  test('reads again when a read is not answered or breaks', async () => {
    const double = await cluster.double();
    const node = await cluster.node(double, { timing: { ...SHORT, readAttemptMs: 1_000 } });
    const stream = make.stream();
    const stored = appended(await node.append(stream, 'none', make.events(2)));
    double.faults.read({ kind: 'silent' }, { kind: 'unavailable' });
    expect(await node.readStream(stream, first, 10)).toEqual(stored);
    expect(double.faults.left()).toBe(0);
    expect(await take(node, START, 2)).toEqual(stored);
  });

  test('does not open without a server, nor for a user who may not read', async () => {
    const double = await cluster.double();
    double.faults.read({ kind: 'denied' });
    await expect(cluster.node(double)).rejects.toMatchObject({ code: 'ACCESS_DENIED', retryable: false });
    await double.stop();
    await expect(cluster.node(double, { timing: { ...SHORT, readMs: 100 } })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  });
});
