import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent, EventOf } from '../../src/domain/events.js';
import type { AnyEventType } from '../../src/domain/events.js';
import { globalId } from '../../src/graphql/relay/globalId.js';
import { derivedStreamId } from '../../src/kernel/eventIds.js';
import { startLedger, type LedgerFixture } from '../server/ledgerFixture.js';

/** Everything here is invented. The fixture's clock stands at 22 November 2026. */
const occurredAt = '2026-11-01T08:00:00.000Z';
const streamOf = (licenceId: string): string => derivedStreamId('agreement', 'licenceId', licenceId);
const decision = { ruleset: 'r', judgements: [] };

let ledger: LedgerFixture;
const record = <Type extends AnyEventType>(stream: string, type: Type, data: EventOf<Type>['data'], recordedAt = '2026-11-01T09:00:00.000Z') =>
  ledger.record(stream, { type, schemaVersion: 1, occurredAt, data } as AnyEvent, { recordedAt });

const entitlements: Record<string, number> = {};
async function buy(licenceId: string, product: string, quantity: number, from: string, until?: string): Promise<void> {
  const entitlement = `e${Object.keys(entitlements).length + 1}`;
  entitlements[entitlement] = await record(streamOf(licenceId), 'EntitlementRecorded', { entitlement, product, quantity, from, until });
}

async function seenLicensed(host: string, keyLastFive: string): Promise<void> {
  await record(host, 'LicenseStateObserved', { installation: 1, evidence: 'SLMGR', status: 'LICENSED', keyLastFive });
}

beforeAll(async () => {
  ledger = await startLedger();
  await record('ledger', 'OrganisationRegistered', { organisation: 'city', name: 'City' });
  await record('ledger', 'OrganisationRegistered', { organisation: 'school', name: 'School', parent: 'city' });
  await record('ledger', 'OrganisationRegistered', { organisation: 'shop', name: 'Shop' });
  await record(streamOf('V1'), 'AgreementRegistered', { licenceId: 'V1', programme: 'OPEN_LICENSE', organisation: 'school', keysFrom: 'PORTAL' });
  await record(streamOf('V2'), 'AgreementRegistered', { licenceId: 'V2', programme: 'SELECT', organisation: 'city', keysFrom: 'PORTAL' });
  await record(streamOf('V3'), 'AgreementRegistered', { licenceId: 'V3', programme: 'SELECT', organisation: 'shop', keysFrom: 'PORTAL' });
  await buy('V1', 'Windows 10', 25, '2026-01-01');
  await buy('V2', 'windows 10', 100, '2026-01-01', '2026-12-31');
  await buy('V2', 'Office 2019', 40, '2026-01-01');
  await buy('V2', 'Windows 10', 1_000, '2027-01-01');
  await record('productKey-1', 'ProductKeyRegistered', { lastFive: 'AAAAA', kind: 'MAK', product: 'Windows 10', agreement: 'V1', allowed: 50 });
  await record('productKey-2', 'ProductKeyRegistered', { lastFive: 'BBBBB', kind: 'MAK', product: 'WINDOWS  10', agreement: 'v2' });
  await record('productKey-3', 'ProductKeyRegistered', { lastFive: 'CCCCC', kind: 'KMS_CLIENT', product: 'Windows 10' });
  await record('productKey-4', 'ProductKeyRegistered', { lastFive: 'DDDDD', kind: 'MAK', product: 'Visio', agreement: 'V9' });
  await record('productKey-5', 'ProductKeyRegistered', { lastFive: 'EEEEE', kind: 'MAK', product: 'Windows 11', agreement: 'V1', allowed: 10 });
  await record('productKey-1', 'RemainingActivationsObserved', { remaining: 37, evidence: 'VAMT_DATABASE' });
  await record('productKey-1', 'ActivationObserved', { host: 'host-1', installation: 1, evidence: 'SLMGR', countsAs: 'OBSERVED' });
  await record('productKey-2', 'ActivationObserved', { host: 'host-2', installation: 1, evidence: 'SLMGR', countsAs: 'OBSERVED' });
  await seenLicensed('host-1', 'AAAAA');
  await seenLicensed('host-3', 'CCCCC');
  await seenLicensed('host-4', 'CCCCC');
  // The newer product's key serves an older one, and another agreement's licence.
  await record('productKey-5', 'ActivationRequested', { activation: 'a1', host: 'host-5', product: 'Windows 10', method: 'MAK_INDEPENDENT', purpose: 'PRODUCTION', agreement: 'V2' });
  await record('productKey-5', 'ActivationGranted', { activation: 'a1', expiresAt: '2026-12-01T00:00:00.000Z', decision });
  await buy('V3', 'Office 2019', 5, '2026-01-01');
  // A day later a true-up.
  await record(streamOf('V1'), 'EntitlementAmended', { entitlement: 'e1', quantity: 30 }, '2026-11-03T09:00:00.000Z');
});
afterAll(() => ledger.close());

const FIGURES = 'owned { value } allowed { value unknown } used { value } reported { value unknown } active { value } consumed { value }';

async function position(args: string, selection: string, variables?: Record<string, unknown>): Promise<any> {
  const { body } = await ledger.ask(`query Q${variables === undefined ? '' : '($o: ID!)'} { licencePosition${args} { ${selection} } }`, variables);
  expect(body.errors).toBeUndefined();
  return body.data.licencePosition;
}

/** The figures of a row as one line each. */
const line = (row: any): unknown[] => [
  row.product ?? row.licenceId ?? row.organisation?.name ?? null,
  row.owned.value,
  row.allowed.value,
  row.used.value,
  row.reported.value,
  row.active.value,
  row.consumed.value,
];

describe('the licence position', () => {
  it('puts the numbers side by side by product, however its name is written', async () => {
    const { nodes, totalCount } = await position('', `nodes { product ${FIGURES} } totalCount`);
    expect(totalCount).toBe(4);
    // product, owned, allowed, used, reported, active, consumed
    expect(nodes.map(line)).toEqual([
      ['Office 2019', 45, null, null, null, 0, 0],
      ['Visio', 0, null, 0, null, 0, 0],
      ['Windows 10', 130, 50, 2, 37, 3, 1],
      ['Windows 11', 0, 10, 1, null, 0, 0],
    ]);
    expect(nodes[2]).toMatchObject({ allowed: { unknown: 1 }, reported: { unknown: 1 } });
  });

  it('groups by agreement and by organisation; what names none stands first', async () => {
    const byAgreement = await position('(groupBy: [AGREEMENT])', `nodes { licenceId agreement { programme } ${FIGURES} }`);
    expect(byAgreement.nodes.map((row: any) => [...line(row).slice(0, 2), row.agreement?.programme ?? null, row.active.value, row.consumed.value])).toEqual([
      [null, 0, null, 2, 0],
      ['V1', 30, 'OPEN_LICENSE', 1, 0],
      ['V2', 140, 'SELECT', 0, 1],
      ['V3', 5, 'SELECT', 0, 0],
      ['V9', 0, null, 0, 0],
    ]);
    const byOrganisation = await position('(groupBy: [ORGANISATION])', `nodes { organisation { name } ${FIGURES} }`);
    expect(byOrganisation.nodes.map((row: any) => line(row).slice(0, 2))).toEqual([[null, 0], ['City', 140], ['School', 30], ['Shop', 5]]);
  });

  it('groups by several at once, and by nothing', async () => {
    const both = await position('(groupBy: [PRODUCT, AGREEMENT])', 'nodes { product licenceId owned { value } }');
    expect(both.nodes.map((row: any) => [row.product, row.licenceId, row.owned.value])).toEqual([
      ['Office 2019', 'V2', 40],
      ['Office 2019', 'V3', 5],
      ['Visio', 'V9', 0],
      ['Windows 10', null, 0],
      ['Windows 10', 'V1', 30],
      ['windows 10', 'V2', 100],
      ['Windows 11', 'V1', 0],
    ]);
    const whole = await position('(groupBy: [])', `nodes { product licenceId ${FIGURES} }`);
    expect(whole.nodes.map((row: any) => line(row).slice(0, 3))).toEqual([[null, 175, 60]]);
  });

  it('is filtered by product, agreement, programme and organisation, with affiliates or without', async () => {
    const owned = async (filter: string, o = globalId('Organisation', 'school')) =>
      (await position(`(groupBy: [], filter: { organisation: $o ${filter} })`, 'nodes { owned { value } }', { o })).nodes.map((row: any) => row.owned.value);
    expect(await owned('')).toEqual([30]);
    expect(await owned('includeAffiliates: true')).toEqual([170]);
    expect(await owned('includeAffiliates: true, product: "WINDOWS 10"')).toEqual([130]);
    expect(await owned('includeAffiliates: true, programme: [SELECT]')).toEqual([140]);
    expect(await owned('includeAffiliates: true, licenceId: " v2 "')).toEqual([140]);
    expect(await owned('licenceId: "V2"')).toEqual([]);
  });

  it('explains each figure by keys and entitlements with their share, and the shares are the figure', async () => {
    const part = 'parts(first: 10) { nodes { share sequence productKey { lastFive } entitlement { quantity agreement { licenceId } } } }';
    const { nodes } = await position(
      '(first: 1, filter: { product: "Windows 10" })',
      ['owned', 'allowed', 'used', 'reported', 'active', 'consumed'].map((figure) => `${figure} { value ${part} }`).join(' ').replace(/^/, 'nodes { ').concat(' }'),
    );
    for (const figure of Object.values<any>(nodes[0])) {
      expect(figure.parts.nodes.reduce((total: number, each: any) => total + each.share, 0)).toBe(figure.value);
    }
    const shares = (figure: string): unknown[] => nodes[0][figure].parts.nodes.map((each: any) => [each.productKey?.lastFive ?? each.entitlement.agreement.licenceId, each.share]);
    expect(shares('owned')).toEqual([['V2', 100], ['V1', 30]]);
    expect(shares('allowed')).toEqual([['AAAAA', 50]]);
    expect(shares('reported')).toEqual([['AAAAA', 37]]);
    expect(shares('active')).toEqual([['CCCCC', 2], ['AAAAA', 1]]);
    expect(shares('used')).toEqual([['AAAAA', 1], ['BBBBB', 1]]);
    expect(shares('consumed')).toEqual([['EEEEE', 1]]);
    expect(nodes[0].owned.parts.nodes[0].sequence).toBe(entitlements['e2']);
  });

  it('shows the past as the ledger knew it', async () => {
    const owned = async (asOf: string) =>
      (await position(`(asOf: "${asOf}", filter: { product: "Windows 10" })`, `nodes { ${FIGURES} }`)).nodes.map((row: any) => [row.owned.value, row.allowed.value, row.consumed.value]);
    expect(await owned('2026-11-02T00:00:00Z')).toEqual([[125, 50, 1]]);
    expect(await owned('2026-11-04T00:00:00Z')).toEqual([[130, 50, 1]]);
    expect(await owned('2026-10-01T00:00:00Z')).toEqual([]);
  });

  it('is paged through forwards and backwards without loss or repetition', async () => {
    const page = 'nodes { product } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
    const first = await position('(first: 2)', page);
    expect(first).toMatchObject({ nodes: [{ product: 'Office 2019' }, { product: 'Visio' }], pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await position(`(first: 1, after: "${first.pageInfo.endCursor}")`, page);
    expect(second).toMatchObject({ nodes: [{ product: 'Windows 10' }], pageInfo: { hasNextPage: true, hasPreviousPage: true } });
    const back = await position(`(last: 1, before: "${second.pageInfo.startCursor}")`, page);
    expect(back).toMatchObject({ nodes: [{ product: 'Visio' }], pageInfo: { hasNextPage: true, hasPreviousPage: true } });
    const { body } = await ledger.ask(`{ licencePosition(after: "${Buffer.from('[1]').toString('base64url')}") { totalCount } }`);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
