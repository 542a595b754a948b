import { describe, expect, test } from 'vitest';
import { agreements, openAgreementsQueries } from '../../projections/agreements.js';
import { derivedStreamId } from '../../src/kernel/eventIds.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence, StreamId } from '../../src/kernel/identifiers.js';
import type { Programme } from '../../src/domain/vocabulary.js';
import { envelopeWriter, type WriteEnvelope } from '../readmodel/support/envelopes.js';
import { given } from '../readmodel/support/folding.js';

const FORWARD = { limit: 10, direction: 'FORWARD' } as const;
const at = (sequence: number): Sequence => sequence as Sequence;

async function queriesOn(envelopes: Iterable<EventEnvelope>) {
  return openAgreementsQueries(await given(envelopes, [agreements]));
}

const streamOf = (licenceId: string): StreamId => derivedStreamId('agreement', 'licenceId', licenceId);

function registered(write: WriteEnvelope, licenceId: string, organisation: string, programme: Programme = 'SELECT'): EventEnvelope {
  return write(streamOf(licenceId), 'AgreementRegistered', { licenceId, programme, organisation, keysFrom: 'PORTAL' });
}

const A = streamOf('V1');

describe('agreements', () => {
  /** 1 city, 2 school, 3 shop, 4 V1, 5 V2, 6 V3, 7 V2 ends. */
  const three = (write = envelopeWriter()): EventEnvelope[] => [
    write('ledger', 'OrganisationRegistered', { organisation: 'city', name: 'City of Harbour' }),
    write('ledger', 'OrganisationRegistered', { organisation: 'school', name: 'Harbour School', parent: 'city' }),
    write('ledger', 'OrganisationRegistered', { organisation: 'shop', name: 'Corner Shop' }),
    registered(write, 'V1', 'school'),
    registered(write, 'V2', 'city', 'OPEN_LICENSE'),
    registered(write, 'V3', 'shop'),
    write(streamOf('V2'), 'AgreementEnded', { endedOn: '2026-01-01' }),
  ];

  test('are listed by licence ID, filtered, and counted', async () => {
    const queries = await queriesOn(three());
    const ids = (filter: Parameters<typeof queries.page>[0], asOf?: Sequence) => queries.page(filter, false, FORWARD, asOf).rows.map(({ row }) => row.licenceId);
    expect(ids({})).toEqual(['V1', 'V2', 'V3']);
    expect(queries.page({}, true, FORWARD).rows.map(({ row }) => row.licenceId)).toEqual(['V3', 'V2', 'V1']);
    expect(ids({ programme: ['OPEN_LICENSE'] })).toEqual(['V2']);
    expect(ids({ organisations: ['school'] })).toEqual(['V1']);
    expect(ids({ organisations: queries.affiliates('school') })).toEqual(['V1', 'V2']);
    expect(ids({ ended: true })).toEqual(['V2']);
    expect(ids({ ended: false })).toEqual(['V1', 'V3']);
    expect(ids({ search: 'v3' })).toEqual(['V3']);
    expect(ids({ search: 'harbour' })).toEqual(['V1', 'V2']);
    expect(ids({ search: '%' })).toEqual([]);
    expect(queries.count({ ended: false })).toBe(2);
    expect(ids({}, at(5))).toEqual(['V1', 'V2']);
    expect(ids({ ended: true }, at(6))).toEqual([]);
    expect(queries.count({ search: 'harbour' }, at(4))).toBe(1);
  });

  test('are paged through without loss or repetition, both ways', async () => {
    const queries = await queriesOn(three());
    const first = queries.page({}, false, { limit: 2, direction: 'FORWARD' });
    expect([first.rows.map(({ row }) => row.licenceId), first.hasMore]).toEqual([['V1', 'V2'], true]);
    const second = queries.page({}, false, { limit: 2, direction: 'FORWARD', after: first.rows[1]?.cursor });
    expect([second.rows.map(({ row }) => row.licenceId), second.hasMore]).toEqual([['V3'], false]);
    const back = queries.page({}, false, { limit: 1, direction: 'BACKWARD', before: second.rows[0]?.cursor });
    expect([back.rows.map(({ row }) => row.licenceId), back.hasMore]).toEqual([['V2'], true]);
  });

  test('are found by licence ID however it is written, as they were at any time', async () => {
    const queries = await queriesOn(three());
    expect(queries.byLicenceId(' v 2 ')).toMatchObject({ licenceId: 'V2', endedOn: '2026-01-01', sequence: 7 });
    expect(queries.byLicenceId('V2', at(6))).toMatchObject({ endedOn: undefined, sequence: 5 });
    expect(queries.byLicenceId('V2', at(4))).toBeUndefined();
    expect(queries.byStream(A)).toEqual({
      agreement: A, licenceId: 'V1', programme: 'SELECT', priceLevel: undefined, organisation: 'school',
      startsOn: undefined, endsOn: undefined, endedOn: undefined, keysFrom: 'PORTAL', sequence: 4,
    });
    expect(queries.all().map(({ licenceId }) => licenceId).toSorted()).toEqual(['V1', 'V2', 'V3']);
  });

  test('tell how their holders stand to each other (R-8)', async () => {
    const queries = await queriesOn(three());
    expect(['V1', 'V2', 'V3', 'V9'].map((other) => queries.affiliation('V1', other))).toEqual(['SAME', 'AFFILIATED', 'UNRELATED', 'UNKNOWN']);
  });

  test('say since a correction what it said, and before it what was recorded', async () => {
    const write = envelopeWriter();
    const registration = registered(write, 'V1', 'school', 'SELECT');
    const queries = await queriesOn([
      registration,
      write(A, 'AgreementEnded', { endedOn: '2026-02-01' }),
      write(A, 'CorrectionRecorded', { event: registration.id, eventType: 'AgreementRegistered', field: 'programme', was: 'SELECT', value: 'HVMS' }),
    ]);
    expect(queries.byStream(A)).toMatchObject({ programme: 'HVMS', keysFrom: 'CALL_ONLY', endedOn: '2026-02-01', sequence: 3 });
    expect(queries.byStream(A, at(2))).toMatchObject({ programme: 'SELECT', keysFrom: 'PORTAL', sequence: 2 });
  });
});

describe('entitlements', () => {
  /** 1 V1, 2 e1 of 25, 3 e2 of 10 for a while, 4 e1 becomes 30, 5 e1 was 20 at first, 6 e1 ends. */
  function bought(): EventEnvelope[] {
    const write = envelopeWriter();
    const registration = registered(write, 'V1', 'school');
    const first = write(A, 'EntitlementRecorded', { entitlement: 'e1', product: 'Windows 10', quantity: 25, from: '2026-01-01' });
    return [
      registration,
      first,
      write(A, 'EntitlementRecorded', { entitlement: 'e2', product: 'windows  10', quantity: 10, from: '2026-02-01', until: '2026-03-31' }),
      write(A, 'EntitlementAmended', { entitlement: 'e1', quantity: 30 }),
      write(A, 'CorrectionRecorded', { event: first.id, eventType: 'EntitlementRecorded', field: 'product', was: 'Windows 10', value: 'Windows 11' }),
      write(A, 'EntitlementAmended', { entitlement: 'e1', until: '2026-12-31' }),
    ];
  }

  test('stand as amended and corrected, each state with the event that made it', async () => {
    const queries = await queriesOn(bought());
    expect(queries.entitlements(A, FORWARD).rows.map(({ row }) => [row.entitlement, row.product, row.quantity, row.until, row.sequence])).toEqual([
      ['e1', 'Windows 11', 30, '2026-12-31', 6],
      ['e2', 'windows  10', 10, '2026-03-31', 3],
    ]);
    expect(queries.entitlements(A, FORWARD, at(2)).rows.map(({ row }) => [row.entitlement, row.quantity])).toEqual([['e1', 25]]);
    const history = queries.entitlementHistory(A, 'e1', FORWARD).rows.map(({ row }) => [row.sequence, row.product, row.quantity, row.until]);
    expect(history).toEqual([
      [6, 'Windows 11', 30, '2026-12-31'],
      [5, 'Windows 11', 30, undefined],
      [4, 'Windows 10', 30, undefined],
      [2, 'Windows 10', 25, undefined],
    ]);
    expect(queries.entitlementHistory(A, 'e1', { limit: 1, direction: 'FORWARD' }, at(4))).toMatchObject({ rows: [{ row: { sequence: 4 } }], hasMore: true });
    expect(queries.entitlement(A, 'e1', at(4))).toMatchObject({ product: 'Windows 10' });
    expect(queries.entitlement(A, 'e9')).toBeUndefined();
  });

  test('count from their first day to their last', async () => {
    const queries = await queriesOn(bought());
    const owned = (day: string, asOf?: Sequence) => Object.fromEntries(queries.owned(day, asOf).map(({ productKey, quantity }) => [productKey, quantity]));
    expect(owned('2025-12-31')).toEqual({});
    expect(owned('2026-01-01')).toEqual({ 'windows 11': 30 });
    expect(owned('2026-03-31')).toEqual({ 'windows 10': 10, 'windows 11': 30 });
    expect(owned('2026-04-01')).toEqual({ 'windows 11': 30 });
    expect(owned('2027-01-01')).toEqual({});
    expect(owned('2026-03-31', at(4))).toEqual({ 'windows 10': 40 });
    expect(queries.entitlementsInForce(A, 'windows 10', '2026-03-31', 1, at(4)).map(({ entitlement, sequence }) => [entitlement, sequence])).toEqual([['e1', 4]]);
    expect(queries.unitsOwned('v1', ' WINDOWS 11', '2026-05-01')).toBe(30);
    expect(queries.unitsOwned('V1', 'Office', '2026-05-01')).toBe(0);
    expect(queries.unitsOwned('V9', 'Windows 11', '2026-05-01')).toBeUndefined();
  });
});

describe('organisations', () => {
  function moving(): EventEnvelope[] {
    const write = envelopeWriter();
    const school = write('ledger', 'OrganisationRegistered', { organisation: 'school', name: 'Harbor School' });
    return [
      school,
      write('ledger', 'OrganisationRegistered', { organisation: 'city', name: 'City' }),
      write('ledger', 'OrganisationMoved', { organisation: 'school', parent: 'city' }),
      write('ledger', 'CorrectionRecorded', { event: school.id, eventType: 'OrganisationRegistered', field: 'name', was: 'Harbor School', value: 'Harbour School' }),
      write('ledger', 'OrganisationMoved', { organisation: 'school' }),
    ];
  }

  test('have the parent and the name of the moment', async () => {
    const queries = await queriesOn(moving());
    expect(queries.organisation('school')).toEqual({ organisation: 'school', name: 'Harbour School', parent: undefined, sequence: 5 });
    expect(queries.organisation('school', at(4))).toMatchObject({ name: 'Harbour School', parent: 'city' });
    expect(queries.organisation('school', at(3))).toMatchObject({ name: 'Harbor School', parent: 'city' });
    expect(queries.organisation('school', at(2))).toMatchObject({ parent: undefined });
    expect(queries.affiliates('school', at(4)).toSorted()).toEqual(['city', 'school']);
    expect(queries.affiliates('school')).toEqual(['school']);
    expect(queries.affiliates('nobody')).toEqual(['nobody']);
  });

  test('are listed by name, and filtered', async () => {
    const queries = await queriesOn(moving());
    const names = (filter: Parameters<typeof queries.organisations>[0], descending = false, asOf?: Sequence) =>
      queries.organisations(filter, descending, FORWARD, asOf).rows.map(({ row }) => row.name);
    expect(names({})).toEqual(['City', 'Harbour School']);
    expect(names({}, true)).toEqual(['Harbour School', 'City']);
    expect(names({ search: 'HARB' })).toEqual(['Harbour School']);
    expect(names({ parent: 'city' })).toEqual([]);
    expect(names({ parent: 'city' }, false, at(3))).toEqual(['Harbor School']);
  });
});
