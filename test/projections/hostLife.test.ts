import { describe, expect, test } from 'vitest';
import { hostAt, hostStatus, openHostStatusQueries, type HostFilter } from '../../projections/hostStatus.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence, StreamId } from '../../src/kernel/identifiers.js';
import { envelopeWriter } from '../readmodel/support/envelopes.js';
import { given, projected } from '../readmodel/support/folding.js';

const HOST = 'host-desk-1' as StreamId;
const OTHER = 'host-desk-2' as StreamId;
const THIRD = 'host-desk-3' as StreamId;
const SKU = '11111111-2222-4333-8444-555555555501';
const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
const ms = (number: number): number => Date.UTC(2026, 0, number);
const LATE = { now: ms(200) };
const ruleset = { ruleset: '0'.repeat(64), judgements: [] };
const copy = { product: 'Windows 10' };

/** Synthetic hosts, written event by event. */
function log() {
  const write = envelopeWriter();
  const events: EventEnvelope[] = [];
  const add: typeof write = (stream, type, data, options) => {
    const event = write(stream, type, data, options);
    events.push(event);
    return event;
  };
  const steps = {
    events,
    add,
    met: (stream: StreamId, name: string) => add(stream, 'HostRegistered', { origin: 'OBSERVATION', identities: [{ kind: 'NAME', name, domain: '', raw: name }] }, { occurredAt: day(1) }),
    licensed: (stream: StreamId, installation: number, on: number, fields: object = {}) =>
      add(stream, 'LicenseStateObserved', { installation, evidence: 'SLMGR', status: 'LICENSED', skuId: SKU, keyLastFive: 'AAAAA', method: 'KMS', ...fields }, { occurredAt: day(on) }),
    requestsReimaging(request: string, installation?: number) {
      add(HOST, 'ReimagingRequested', { request, installation, device: { channel: 'OEM', ...copy }, image: { image: 'lab', ...copy }, method: 'MAK_INDEPENDENT' }, { occurredAt: day(9) });
      add(HOST, 'ReimagingGranted', { request, serving: { key: 'productKey-1', lastFive: 'BBBBB', activation: 'a1' }, decision: ruleset }, { occurredAt: day(9) });
    },
    isReimaged(request: string, endedInstallation: number | undefined, startedInstallation: number, on: number) {
      steps.requestsReimaging(request, endedInstallation);
      add(HOST, 'ReimagingCompleted', { request, endedInstallation, startedInstallation, activationConsumed: 'YES' }, { occurredAt: day(on) });
    },
  };
  return steps;
}

async function queriesOn(events: readonly EventEnvelope[]) {
  return openHostStatusQueries(await given(events, [hostStatus]));
}

describe('installations that begin and end', () => {
  const reimaged = (() => {
    const steps = log();
    steps.met(HOST, 'desk-1');
    steps.licensed(HOST, 1, 2);
    steps.isReimaged('r1', 1, 2, 10);
    return steps;
  })();

  test('a reimaging ends one and begins the next, of which nothing is known but key and method', async () => {
    const hosts = await queriesOn(reimaged.events);
    const turn = { at: ms(10), by: 'REIMAGING', sequence: 5, request: 'r1' };
    const row = hosts.byHost(HOST, LATE);
    expect(row?.installations.map(({ installation, status, method, keyLastFive, life }) => ({ installation, status, method, keyLastFive, life }))).toEqual([
      { installation: 1, status: 'ACTIVE_UNTIL', method: 'KMS', keyLastFive: 'AAAAA', life: { number: 1, ended: turn, replacedBy: 2 } },
      { installation: 2, status: 'UNKNOWN', method: 'MAK_INDEPENDENT', keyLastFive: 'BBBBB', life: { number: 2, started: turn, replaces: 1 } },
    ]);
    // The request and its completion are no evidence that the host was seen.
    expect(row?.lastSeenAt).toBe(ms(2));
    expect(row?.expiresAt).toBeUndefined();
  });
  test('an ended one keeps the status of its end, while a running one goes on changing', async () => {
    const hosts = await queriesOn(reimaged.events);
    expect(hosts.installation(HOST, 1, { now: ms(1000) })?.status).toBe('ACTIVE_UNTIL');
    const running = log();
    running.met(HOST, 'desk-1');
    running.licensed(HOST, 1, 2);
    expect((await queriesOn(running.events)).installation(HOST, 1, { now: ms(1000) })?.status).toBe('NOTIFICATION');
  });
  test('lists are filtered by those that run', async () => {
    const hosts = await queriesOn(reimaged.events);
    const found = (filter: HostFilter) => hosts.page(filter, 'NAME', false, { limit: 10, direction: 'FORWARD' }, { now: ms(20) }).rows.length;
    expect([found({ status: ['ACTIVE_UNTIL'] }), found({ status: ['UNKNOWN'] }), found({ keyLastFive: 'AAAAA' }), found({ keyLastFive: 'BBBBB' })]).toEqual([0, 1, 0, 1]);
    expect([...hosts.statusCounts(ms(20))]).toEqual([['UNKNOWN', 1]]);
  });
  test('as of any event it was as if the log had ended there', async () => {
    const hosts = await queriesOn(reimaged.events);
    for (let length = 1; length <= reimaged.events.length; length += 1) {
      const then = await queriesOn(reimaged.events.slice(0, length));
      const past = hosts.byHost(HOST, { now: ms(20), asOf: length as Sequence });
      const row = then.byHost(HOST, { now: ms(20) });
      expect([past?.life, past?.installations, past?.expiresAt, past?.lastSeenAt]).toEqual([row?.life, row?.installations, row?.expiresAt, row?.lastSeenAt]);
    }
  });
  test('evidence older than the start of one without a predecessor is of the one that was replaced', async () => {
    const steps = log();
    steps.met(HOST, 'desk-1');
    steps.isReimaged('r1', undefined, 1, 10);
    steps.licensed(HOST, 2, 5);
    const [started, predecessor] = (await queriesOn(steps.events)).byHost(HOST, LATE)?.installations ?? [];
    expect(started?.life).toMatchObject({ number: 1, replaces: 2 });
    expect(predecessor?.life).toMatchObject({ number: 2, ended: { at: ms(10), by: 'EARLIER_EVIDENCE' }, replacedBy: 1 });
  });
  test('a downgrade and the way back are turns of their own', async () => {
    const steps = log();
    steps.met(HOST, 'desk-1');
    steps.licensed(HOST, 1, 2);
    steps.add(HOST, 'DowngradeRequested', { request: 'd1', installation: 1, from: { channel: 'OEM', ...copy }, to: { product: 'Windows 7' }, basis: 'OEM_TERMS', method: 'KMS' });
    steps.add(HOST, 'DowngradeGranted', { request: 'd1', decision: ruleset });
    steps.add(HOST, 'DowngradeCompleted', { request: 'd1', endedInstallation: 1, startedInstallation: 2 }, { occurredAt: day(10) });
    steps.add(HOST, 'DowngradeReverted', { request: 'd1', endedInstallation: 2, startedInstallation: 3 }, { occurredAt: day(20) });
    const lives = (await queriesOn(steps.events)).byHost(HOST, LATE)?.installations.map(({ life }) => [life?.started?.by, life?.ended?.by]);
    expect(lives).toEqual([[undefined, 'DOWNGRADE'], ['DOWNGRADE', 'REVERT'], ['REVERT', undefined]]);
  });
  test('as it was at a time, by when things happened', () => {
    const events = projected(reimaged.events, HOST);
    expect(hostAt(events, ms(8))?.installations.map(({ life }) => life)).toEqual([undefined]);
    expect(hostAt(events, ms(9))?.life?.openRequests.map(({ request }) => request)).toEqual(['r1']);
    expect(hostAt(events, ms(10))?.life?.openRequests).toEqual([]);
    expect(hostAt(events, ms(10))?.installations.map(({ installation, life }) => [installation, life?.started?.at, life?.ended?.at])).toEqual([[1, undefined, ms(10)], [2, ms(10), undefined]]);
  });
});

describe('requests and methods', () => {
  test('an open request is shown until it is over', async () => {
    const steps = log();
    steps.met(HOST, 'desk-1');
    steps.licensed(HOST, 1, 2);
    steps.requestsReimaging('r1', 1);
    const open = { kind: 'REIMAGING', request: 'r1', sequence: 3, requestedAt: ms(9), installation: 1, method: 'MAK_INDEPENDENT', lastFive: 'BBBBB' };
    expect((await queriesOn(steps.events)).byHost(HOST, LATE)?.life?.openRequests).toEqual([open]);
    steps.add(HOST, 'ReimagingCancelled', { request: 'r1' });
    expect((await queriesOn(steps.events)).byHost(HOST, LATE)?.life?.openRequests).toEqual([]);
  });
  test('a change of method shows at once and in the list of changes', async () => {
    const steps = log();
    steps.met(HOST, 'desk-1');
    steps.licensed(HOST, 1, 2);
    steps.add(HOST, 'ActivationMethodChanged', { installation: 1, from: 'KMS', to: 'ADBA' }, { occurredAt: day(5) });
    const row = (await queriesOn(steps.events)).byHost(HOST, LATE);
    expect(row?.installations[0]?.method).toBe('ADBA');
    expect(row?.life?.methodChanges).toEqual([{ installation: 1, from: 'KMS', to: 'ADBA', at: ms(5), sequence: 3 }]);
  });
  test('a corrected word of the registration counts from then on, and for the past', async () => {
    const steps = log();
    const registration = steps.add(HOST, 'HostRegistered', { origin: 'REGISTRATION', identities: [{ kind: 'NAME', name: 'desk-1', domain: '', raw: 'desk-1' }], operatingSystem: 'Windows 10', virtualMachine: true }, { occurredAt: day(1) });
    steps.add(HOST, 'CorrectionRecorded', { event: registration.id, eventType: 'HostRegistered', field: 'virtualMachine', was: true, value: false }, { occurredAt: day(30) });
    const hosts = await queriesOn(steps.events);
    expect([hosts.byHost(HOST, LATE)?.virtualMachine, hosts.byHost(HOST, { ...LATE, asOf: 1 as Sequence })?.virtualMachine]).toEqual([false, true]);
    expect(hostAt(projected(steps.events, HOST), ms(2))?.virtualMachine).toBe(false);
  });
});

describe('hosts out of use', () => {
  const steps = log();
  for (const [stream, name] of [[HOST, 'desk-1'], [OTHER, 'desk-2'], [THIRD, 'desk-3']] as const) {
    steps.met(stream, name);
    steps.licensed(stream, 1, 2);
  }
  steps.add(HOST, 'HostRetired', {}, { occurredAt: day(10) });
  steps.add(OTHER, 'HostsMerged', { role: 'ABSORBED', survivor: THIRD, absorbed: OTHER });
  steps.add(THIRD, 'HostsMerged', { role: 'SURVIVOR', survivor: THIRD, absorbed: OTHER });
  const listed = async (filter: HostFilter, asOf?: Sequence) => {
    const hosts = await queriesOn(steps.events);
    return (['NAME', 'LAST_SEEN', 'EXPIRES'] as const).map((order) => hosts.page(filter, order, false, { limit: 10, direction: 'FORWARD' }, { now: ms(12), asOf }).rows.map(({ row }) => row.name).toSorted());
  };

  test('lists leave retired ones out unless asked, and merged ones always', async () => {
    const thrice = (...names: readonly string[]) => [names, names, names];
    expect(await listed({})).toEqual(thrice('desk-3'));
    expect(await listed({ retired: 'INCLUDED' })).toEqual(thrice('desk-1', 'desk-3'));
    expect(await listed({ retired: 'ONLY' })).toEqual(thrice('desk-1'));
    expect(await listed({ status: ['ACTIVE_UNTIL'] })).toEqual(thrice('desk-3'));
    const hosts = await queriesOn(steps.events);
    expect([hosts.count({}, ms(12)), hosts.count({ retired: 'INCLUDED' }, ms(12)), hosts.count({ retired: 'ONLY' }, ms(12))]).toEqual([1, 2, 1]);
    expect([...hosts.statusCounts(ms(12))]).toEqual([['ACTIVE_UNTIL', 1]]);
  });
  test('past lists show them as they were', async () => {
    expect((await listed({}, 6 as Sequence))[0]).toEqual(['desk-1', 'desk-2', 'desk-3']);
    expect((await listed({}, 9 as Sequence))[0]).toEqual(['desk-3']);
    expect((await listed({ retired: 'ONLY' }, 9 as Sequence))[0]).toEqual(['desk-1']);
  });
  test('a retired host\'s installations have ended', async () => {
    const row = (await queriesOn(steps.events)).byHost(HOST, LATE);
    expect(row?.life?.retired).toEqual({ at: ms(10), sequence: 7 });
    expect(row?.installations.map(({ life }) => life?.ended)).toEqual([{ at: ms(10), by: 'RETIREMENT', sequence: 7 }]);
  });
  test('a merged host leads to the survivor, over several merges', async () => {
    const chained = [...steps.events, ...(() => {
      const more = log();
      more.events.push(...steps.events);
      more.add(THIRD, 'HostsMerged', { role: 'ABSORBED', survivor: HOST, absorbed: THIRD });
      return more.events.slice(-1).map((event) => ({ ...event, id: `${event.id.slice(0, -4)}ffff` as EventEnvelope['id'] }));
    })()];
    const hosts = await queriesOn(chained);
    expect([hosts.survivorOf(OTHER), hosts.survivorOf(THIRD), hosts.survivorOf(HOST)]).toEqual([HOST, HOST, HOST]);
    expect((await queriesOn(steps.events)).byHost(THIRD, LATE)?.life?.absorbed).toEqual([OTHER]);
  });
  test('of hosts that were merged in a circle, on several nodes at once, the same one stands for all', async () => {
    const circle = log();
    for (const [stream, name] of [[HOST, 'desk-1'], [OTHER, 'desk-2'], [THIRD, 'desk-3'], ['host-desk-0' as StreamId, 'desk-0']] as const) circle.met(stream, name);
    const into = (absorbed: StreamId, survivor: StreamId) => circle.add(absorbed, 'HostsMerged', { role: 'ABSORBED', survivor, absorbed });
    into(OTHER, THIRD);
    into(THIRD, HOST);
    into(HOST, OTHER);
    into('host-desk-0' as StreamId, THIRD);
    const hosts = await queriesOn(circle.events);
    expect([HOST, OTHER, THIRD, 'host-desk-0' as StreamId].map((host) => hosts.survivorOf(host))).toEqual([HOST, HOST, HOST, HOST]);
  });
});
