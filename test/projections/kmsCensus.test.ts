import { expect, test } from 'vitest';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence } from '../../src/kernel/identifiers.js';
import { kmsCensus, openKmsCensusQueries } from '../../projections/kmsCensus.js';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import type { FigureId } from '../../src/domain/rules/figures.js';
import type { RuleBook } from '../../src/domain/rules/ruleBook.js';
import { envelopeWriter, type WriteEnvelope } from '../readmodel/support/envelopes.js';
import { given } from '../readmodel/support/folding.js';
import { day, request, SKU } from '../readmodel/support/mixedLog.js';

const SERVER_SKU = '11111111-2222-4333-8444-555555555503';
const OFFICE_SKU = '11111111-2222-4333-8444-555555555502';
const ms = (number: number): number => Date.parse(day(number));

/** A synthetic catalogue of three products. */
const catalogue = {
  sku(skuId: string) {
    const family = ({ [SKU]: 'WINDOWS_CLIENT', [SERVER_SKU]: 'WINDOWS_SERVER', [OFFICE_SKU]: 'OFFICE' } as const)[skuId];
    return family === undefined ? undefined : { skuId, name: family, edition: undefined, keyKind: 'KMS_CLIENT' as const, family, source: 'synthetic' };
  },
};

async function queriesOn(envelopes: Iterable<EventEnvelope>) {
  return openKmsCensusQueries(await given(envelopes, [kmsCensus]), catalogue);
}

function contact(write: WriteEnvelope, machine: number, number: number, options: Partial<Parameters<typeof request>[0]> & { requiredCount?: number } = {}) {
  const cmid = `aaaaaaaa-0000-4000-8000-${machine.toString().padStart(12, '0')}`;
  return write(`host-pc-${machine}`, 'KmsRequestObserved', request({ statusBefore: 'LICENSED', cmid, ...options }), { occurredAt: day(number) });
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

test('Windows clients and servers share one count, Office is counted apart, and only counted requests count', async () => {
  const write = envelopeWriter();
  const census = await queriesOn([
    ...numbers(3).map((machine) => contact(write, machine, 10)),
    ...[4, 5].map((machine) => contact(write, machine, 10, { skuId: SERVER_SKU, requiredCount: 5 })),
    ...[1, 2].map((machine) => contact(write, machine, 11, { skuId: OFFICE_SKU, requiredCount: 5 })),
    contact(write, 6, 10, { hresult: '0xC004F042' }),
    // The same client twice is one.
    contact(write, 1, 12),
  ]);
  expect(census.census(1, { at: ms(13) })).toEqual([
    {
      countClass: 'WINDOWS',
      observed: undefined,
      uncapped: 5,
      capped: 5,
      thresholds: [
        { family: 'WINDOWS_CLIENT', required: 25, reached: false },
        { family: 'WINDOWS_SERVER', required: 5, reached: true },
      ],
      duplicateCmids: 0,
      countedTwice: 0,
      aboutToLapse: 0,
    },
    {
      countClass: 'OFFICE',
      observed: undefined,
      uncapped: 2,
      capped: 2,
      thresholds: [{ family: 'OFFICE', required: 5, reached: false }],
      duplicateCmids: 0,
      countedTwice: 0,
      aboutToLapse: 0,
    },
  ]);
});

test('the count is capped at twice the largest minimum seen', async () => {
  const write = envelopeWriter();
  const clients = await queriesOn(numbers(60).map((machine) => contact(write, machine, 10)));
  expect(clients.census(1, { at: ms(11) })).toMatchObject([{ uncapped: 60, capped: 50, thresholds: [{ reached: true }, { reached: true }] }]);
  const other = envelopeWriter();
  const servers = await queriesOn(numbers(60).map((machine) => contact(other, machine, 10, { skuId: SERVER_SKU, requiredCount: 5 })));
  expect(servers.census(1, { at: ms(11) })).toMatchObject([{ uncapped: 60, capped: 10, thresholds: [{ reached: false }, { reached: true }] }]);
});

test('a client counts for 30 days after a request, and as of an event for what was known then', async () => {
  const write = envelopeWriter();
  const census = await queriesOn([contact(write, 1, 0), contact(write, 2, 10), contact(write, 3, 10)]);
  const uncapped = (at: number, asOf?: number) => census.census(1, { at, asOf: asOf as Sequence | undefined })[0]?.uncapped;
  const almost30Days = ms(30) - 1;
  expect([ms(0) - 1, ms(0), ms(10), almost30Days, ms(30), ms(40)].map((at) => uncapped(at))).toEqual([undefined, 1, 3, 3, 2, undefined]);
  expect([1, 2, 3].map((asOf) => uncapped(ms(10), asOf))).toEqual([1, 2, 3]);
});

test('one CMID on several machines is a duplicate', async () => {
  const write = envelopeWriter();
  const cmid = 'bbbbbbbb-0000-4000-8000-000000000001';
  const census = await queriesOn([contact(write, 1, 10, { cmid }), contact(write, 2, 10, { cmid }), contact(write, 3, 10)]);
  expect(census.census(1, { at: ms(11) })).toMatchObject([{ uncapped: 2, duplicateCmids: 1 }]);
  expect(census.duplicates(1, 'WINDOWS', { at: ms(11) }, 10)).toEqual([{ cmid, hosts: ['host-pc-1', 'host-pc-2'] }]);
});

test('a machine that came back under another CMID is counted twice until 30 days have passed, and flagged (K-2)', async () => {
  const write = envelopeWriter();
  const second = 'bbbbbbbb-0000-4000-8000-000000000002';
  const census = await queriesOn([contact(write, 1, 1), contact(write, 1, 9, { cmid: second }), contact(write, 2, 9)]);
  expect(census.census(1, { at: ms(10) })).toMatchObject([{ uncapped: 3, countedTwice: 1, duplicateCmids: 0 }]);
  const [flagged, ...others] = census.countedTwice(1, 'WINDOWS', { at: ms(10) }, 10);
  expect([flagged?.host, flagged?.cmids.length, flagged?.cmids.includes(second), others]).toEqual(['host-pc-1', 2, true, []]);
  expect(census.census(1, { at: ms(32) })).toMatchObject([{ uncapped: 2, countedTwice: 0 }]);
  expect(census.countedTwice(1, 'WINDOWS', { at: ms(32) }, 10)).toEqual([]);
});

test('a client is about to lapse in the last 30 of the 180 days after its last request', async () => {
  const write = envelopeWriter();
  const census = await queriesOn([contact(write, 1, 0), contact(write, 2, 0), contact(write, 2, 100)]);
  const lapsing = (number: number) => census.lapsing(1, 'WINDOWS', { at: ms(number) }, 10).map(({ host }) => host);
  expect([149, 150, 179, 180].map(lapsing)).toEqual([[], ['host-pc-1'], ['host-pc-1'], []]);
  expect(census.census(1, { at: ms(150) })).toMatchObject([{ uncapped: 0, aboutToLapse: 1 }]);
});

test('a KMS host is the same by its short name, its full name and in its own report', async () => {
  const write = envelopeWriter();
  const census = await queriesOn([
    contact(write, 1, 10, { kmsHost: 'KMS-1' }),
    contact(write, 2, 10, { kmsHost: 'kms-1.branch.example:1688' }),
    write('host-kms', 'HostRegistered', { origin: 'OBSERVATION', identities: [{ kind: 'NAME', name: 'kms-1', domain: 'branch.example', raw: 'KMS-1' }] }),
    write('host-kms', 'KmsCountObserved', { evidence: 'SLMGR', currentCount: 7, skuId: SKU }, { occurredAt: day(10) }),
    contact(write, 3, 10, { kmsHost: 'kms-2.branch.example' }),
  ]);
  const hosts = census.kmsHosts({ limit: 10, direction: 'FORWARD' }).rows.map(({ row }) => row);
  expect(hosts).toEqual([
    { id: 1, name: 'kms-1', domain: 'branch.example', host: 'host-kms', firstContactAt: ms(10), lastContactAt: ms(10) },
    { id: 2, name: 'kms-2', domain: 'branch.example', host: undefined, firstContactAt: ms(10), lastContactAt: ms(10) },
  ]);
  expect(census.byName('kms-1')).toEqual(hosts[0]);
  expect(census.census(1, { at: ms(11) })).toMatchObject([{ uncapped: 2, observed: { count: 7, occurredAt: ms(10), sequence: 4 } }]);
});

test('thresholds, window and validity are the figures in force at the time asked about', async () => {
  const write = envelopeWriter();
  const census = await queriesOn(numbers(3).map((machine) => contact(write, machine, 10)));
  const figures: Partial<Record<FigureId, number>> = { KMS_THRESHOLD_WINDOWS_CLIENT: 3, KMS_COUNT_WINDOW: 5, KMS_VALIDITY: 60 };
  const rules: Pick<RuleBook, 'figure'> = { figure: (id, on) => figures[id] ?? builtInRules.figure(id, on) };
  expect(census.census(1, { at: ms(11), rules })).toMatchObject([{ uncapped: 3, thresholds: [{ required: 3, reached: true }, { required: 5, reached: false }] }]);
  expect(census.census(1, { at: ms(16), rules })[0]?.uncapped ?? 0).toBe(0);
  expect(census.census(1, { at: ms(16) })[0]?.uncapped).toBe(3);
  expect(census.lapsing(1, 'WINDOWS', { at: ms(50), rules }, 10).map(({ lapsesAt }) => lapsesAt)).toEqual([ms(70), ms(70), ms(70)]);
});
