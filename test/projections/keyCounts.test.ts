import { describe, expect, test } from 'vitest';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import type { RuleBook } from '../../src/domain/rules/ruleBook.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence, StreamId } from '../../src/kernel/identifiers.js';
import { keyCounts, keyCountsAt, openKeyCountsQueries } from '../../projections/keyCounts.js';
import { envelopeWriter } from '../readmodel/support/envelopes.js';
import { given, projected } from '../readmodel/support/folding.js';
import { day, mixedLog } from '../readmodel/support/mixedLog.js';

const KEY = 'productKey-one' as StreamId;
const ms = (number: number): number => Date.parse(day(number));
const FORWARD = { limit: 10, direction: 'FORWARD' } as const;

async function queriesOn(envelopes: Iterable<EventEnvelope>) {
  return openKeyCountsQueries(await given(envelopes, [keyCounts]));
}

test('a key tells its classes, its limit, what was reported and what nobody can explain', async () => {
  const keys = await queriesOn(mixedLog());
  const row = keys.byKey(KEY);
  // What is unexplained is found out when the row is asked.
  expect({ ...row, unexplained: row?.unexplained }).toEqual({
    key: KEY,
    lastFive: 'GGGGG',
    fingerprint: undefined,
    kind: 'MAK',
    product: 'Suite',
    agreement: undefined,
    registered: true,
    pool: undefined,
    obtainedFrom: undefined,
    overage: 'REFUSE',
    reservationHours: undefined,
    status: 'ACTIVE',
    replacedBy: undefined,
    slotsTaken: 0,
    firstSequence: 11,
    lastSequence: 15,
    opening: 10,
    confirmed: 0,
    reserved: 0,
    observed: 1,
    uncertain: 0,
    used: 11,
    allowed: 50,
    remaining: 39,
    reported: { remaining: 37, occurredAt: ms(5), evidence: 'VAMT_DATABASE', sequence: 14 },
    unexplained: 2,
    active: 1,
    unattributed: 0,
    errorCode: undefined,
  });
});

test('a key that was only seen is unregistered, and its remaining activations are unknown', async () => {
  const keys = await queriesOn(mixedLog());
  expect(keys.byKey(KEY, 12 as Sequence)).toMatchObject({ registered: false, used: 1, allowed: undefined, remaining: undefined, active: 1 });
  expect(keys.byKey(KEY, 10 as Sequence)).toBeUndefined();
});

test('each activation is in exactly one class', async () => {
  const write = envelopeWriter();
  const activation = (host: string, countsAs: 'OBSERVED' | 'MOVED_FROM_OPENING' | 'UNCERTAIN', number: number) =>
    write(KEY, 'ActivationObserved', { host, installation: 1, evidence: 'SLMGR', countsAs }, { occurredAt: day(number) });
  const log = [
    write(KEY, 'ProductKeyRegistered', { lastFive: 'GGGGG', kind: 'MAK', product: 'Suite', allowed: 5, opening: { count: 3, asOf: day(5), source: 'portal', alreadyObserved: 0 } }),
    activation('host-a', 'MOVED_FROM_OPENING', 4),
    activation('host-b', 'OBSERVED', 6),
    activation('host-b', 'UNCERTAIN', 8),
    activation('host-c', 'OBSERVED', 20),
    write(KEY, 'RemainingActivationsObserved', { remaining: 0, evidence: 'VAMT_DATABASE' }, { occurredAt: day(10) }),
    // An older report that arrives later changes nothing.
    write(KEY, 'RemainingActivationsObserved', { remaining: 4, evidence: 'API' }, { occurredAt: day(3) }),
  ];
  const keys = await queriesOn(log);
  expect(keys.byKey(KEY)).toMatchObject({ opening: 2, observed: 3, uncertain: 1, used: 6, remaining: -1, reported: { remaining: 0 }, unexplained: 0 });
  expect(keys.activations(KEY, { limit: 2, direction: 'FORWARD' })).toEqual({
    rows: [
      { row: { host: 'host-c', installation: 1, state: 'OBSERVED', occurredAt: ms(20), sequence: 5, lastSequence: 5, activation: undefined }, cursor: [5] },
      { row: { host: 'host-b', installation: 1, state: 'UNCERTAIN', occurredAt: ms(8), sequence: 4, lastSequence: 4, activation: undefined }, cursor: [4] },
    ],
    hasMore: true,
  });
  expect(keyCountsAt(projected(log, KEY), Date.parse(log[0]!.occurredAt))).toMatchObject({ used: 3, reported: undefined, active: undefined });
});

test('active counts installations whose newest evidence is licensed with the key', async () => {
  const write = envelopeWriter();
  const state = (host: string, status: 'LICENSED' | 'NOTIFICATION' | 'UNKNOWN', lastFive: string, number: number) =>
    write(host, 'LicenseStateObserved', { installation: 1, evidence: 'SLMGR', status, keyLastFive: lastFive }, { occurredAt: day(number) });
  const keys = await queriesOn([
    write(KEY, 'ProductKeyObserved', { lastFive: 'GGGGG', kind: 'MAK', evidence: 'SLMGR' }),
    state('host-a', 'LICENSED', 'GGGGG', 1),
    state('host-b', 'LICENSED', 'GGGGG', 1),
    state('host-b', 'LICENSED', 'GGGGG', 2),
    state('host-a', 'NOTIFICATION', 'GGGGG', 3),
    state('host-a', 'LICENSED', 'GGGGG', 2),
    state('host-b', 'UNKNOWN', 'GGGGG', 4),
    state('host-b', 'LICENSED', 'HHHHH', 5),
  ]);
  const active = [1, 2, 3, 4, 5, 6, 7, 8].map((sequence) => keys.byKey(KEY, sequence as Sequence)?.active);
  expect(active).toEqual([0, 1, 2, 2, 1, 1, 1, 0]);
});

test('what ends an installation lowers active, and leaves used as it was', async () => {
  const write = envelopeWriter();
  const on = (host: string, installation: number, number: number) =>
    write(host, 'LicenseStateObserved', { installation, evidence: 'SLMGR', status: 'LICENSED', keyLastFive: 'GGGGG' }, { occurredAt: day(number) });
  const end = (host: string, type: Parameters<typeof write>[1], data: object) => write(host, type, data, { occurredAt: day(9) });
  const keys = await queriesOn([
    write(KEY, 'ProductKeyObserved', { lastFive: 'GGGGG', kind: 'MAK', evidence: 'SLMGR' }),
    write(KEY, 'ActivationObserved', { host: 'host-a', installation: 1, evidence: 'SLMGR', countsAs: 'OBSERVED' }),
    on('host-a', 1, 1),
    on('host-a', 2, 1),
    on('host-b', 1, 1),
    on('host-b', 2, 1),
    on('host-b', 3, 1),
    on('host-c', 1, 1),
    on('host-d', 1, 1),
    end('host-b', 'ReimagingCompleted', { request: 'r', endedInstallation: 1, startedInstallation: 4 }),
    end('host-b', 'DowngradeCompleted', { request: 'r', endedInstallation: 2, startedInstallation: 5 }),
    end('host-b', 'ActivationMethodChanged', { installation: 3, to: 'KMS' }),
    end('host-a', 'HostRetired', {}),
    end('host-d', 'HostsMerged', { role: 'ABSORBED', survivor: 'host-c', absorbed: 'host-d' }),
    end('host-c', 'HostsMerged', { role: 'SURVIVOR', survivor: 'host-c', absorbed: 'host-d' }),
    on('host-a', 1, 2),
  ]);
  const active = [9, 10, 11, 12, 13, 14, 15, 16].map((sequence) => keys.byKey(KEY, sequence as Sequence)?.active);
  expect(active).toEqual([7, 6, 5, 4, 2, 1, 1, 1]);
  expect(keys.byKey(KEY)?.used).toBe(1);
});

test('a last five of several keys is attributed by the fingerprint or to none', async () => {
  const write = envelopeWriter();
  const register = (key: string, fingerprint: string) =>
    write(key, 'ProductKeyRegistered', { lastFive: 'GGGGG', fingerprint, kind: 'MAK', product: key });
  const state = (host: string, keyFingerprint?: string) =>
    write(host, 'LicenseStateObserved', { installation: 1, evidence: 'SLMGR', status: 'LICENSED', keyLastFive: 'GGGGG', keyFingerprint });
  const keys = await queriesOn([
    register('productKey-one', 'f1'),
    state('host-a'),
    register('productKey-two', 'f2'),
    state('host-b', 'f2'),
  ]);
  const counts = keys.byLastFive('GGGGG').map(({ active, unattributed }) => [active, unattributed]);
  expect(counts).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect(keys.byKey(KEY, 2 as Sequence)).toMatchObject({ active: 1, unattributed: 0 });
});

test('keys are listed by what remains of them, unknown limits last, and filtered', async () => {
  const write = envelopeWriter();
  const register = (name: string, allowed: number | undefined, kind: 'MAK' | 'KMS_HOST' = 'MAK') =>
    write(`productKey-${name}`, 'ProductKeyRegistered', { lastFive: name.toUpperCase(), kind, product: 'Suite', allowed, agreement: 'agreement-1' });
  const keys = await queriesOn([register('aaaaa', undefined), register('bbbbb', 5), register('ccccc', 2), register('ddddd', 9, 'KMS_HOST')]);
  const names = (filter: Parameters<typeof keys.page>[0], descending = false) =>
    keys.page(filter, 'REMAINING', descending, FORWARD).rows.map(({ row }) => row.lastFive);
  expect(names({})).toEqual(['CCCCC', 'BBBBB', 'DDDDD', 'AAAAA']);
  expect(names({}, true)).toEqual(['AAAAA', 'DDDDD', 'BBBBB', 'CCCCC']);
  expect(names({ remainingBelow: 6, kind: ['MAK'] })).toEqual(['CCCCC', 'BBBBB']);
  expect(keys.count({ agreement: 'agreement-1', registered: true })).toBe(4);
  expect(keys.count({ kind: ['KMS_HOST'] })).toBe(1);
});

describe('figures of a configuration', () => {
  const write = envelopeWriter();
  const key = (name: string, kind: 'MAK' | 'KMS_HOST', allowed?: number) =>
    write(`productKey-${name}`, 'ProductKeyRegistered', { lastFive: name.toUpperCase(), kind, product: 'Suite', allowed }, { occurredAt: day(1) });
  const log = [
    key('aaaaa', 'KMS_HOST'),
    key('bbbbb', 'MAK', 70),
    write('productKey-aaaaa', 'LimitIncreaseGranted', { increase: 'i', kind: 'KMS_HOST_SLOTS', quantity: 1, limit: 9 }, { occurredAt: day(2) }),
  ];
  const HOST_KEY = 'productKey-aaaaa' as StreamId;

  test('say what a KMS host key allows that has no limit of its own, in answers, order, filter and balance', async () => {
    const keys = openKeyCountsQueries(await given(log, [keyCounts]), () => ({ slots: 8, activationsPerHost: 12 }));
    expect([keys.byKey(HOST_KEY, 1 as Sequence)?.allowed, keys.byKey(HOST_KEY)?.allowed, keys.byKey(HOST_KEY)?.remaining]).toEqual([96, 108, 108]);
    const listed = (filter: object) => keys.page(filter, 'REMAINING', false, FORWARD).rows.map(({ row, cursor }) => [row.lastFive, cursor[0]]);
    expect(listed({})).toEqual([['BBBBB', 70], ['AAAAA', 108]]);
    expect([listed({ remainingBelow: 108 }), listed({ remainingBelow: 109 })].map((rows) => rows.length)).toEqual([1, 2]);
    expect(keys.count({ remainingBelow: 100 })).toBe(1);
    expect(keys.balance(HOST_KEY, 0 as Sequence, 9 as Sequence, FORWARD).rows.map(({ row }) => [row.raised, row.after.allowed])).toEqual([[undefined, 96], [12, 108]]);
  });

  test('hold for the time of the knowledge, and for the time that is asked about', async () => {
    const keys = openKeyCountsQueries(await given(log, [keyCounts]), (asOf) => ({ slots: 6, activationsPerHost: asOf === undefined ? 12 : 10 }));
    expect([keys.byKey(HOST_KEY)?.allowed, keys.byKey(HOST_KEY, 3 as Sequence)?.allowed]).toEqual([108, 90]);
    const rules: Pick<RuleBook, 'figure'> = { figure: (id, on) => (id === 'KMS_HOST_SLOTS' && on >= day(30) ? 8 : builtInRules.figure(id, on)) };
    const events = projected(log.slice(0, 1), HOST_KEY);
    expect([29, 30].map((number) => keyCountsAt(events, Date.parse(day(number)), rules)?.allowed)).toEqual([60, 80]);
  });
});
