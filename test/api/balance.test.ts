import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type ApiLedger } from './apiLedger.js';

/** Synthetic: an invented key and invented machines. */
let api: ApiLedger;
let id: string;

beforeAll(async () => {
  api = await startApi();
  const register = 'mutation Register($input: RegisterProductKeyInput!) { registerProductKey(input: $input) { ... on RegisterProductKeySuccess { productKey { id } } } }';
  const opening = { count: 3, asOf: '2026-01-01T00:00:00Z', source: 'portal' };
  const input = { productKey: 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG', kind: 'MAK', product: 'Synthetic Suite', allowed: 10, opening };
  id = (await api.data(register, { input })).registerProductKey.productKey.id;
  const ask = 'mutation Ask($input: RequestActivationInput!) { requestActivation(input: $input) { __typename ... on RequestGranted { request } } }';
  const request = (hostName: string) => api.data(ask, { input: { productKey: id, hostName, acceptWarnings: ['B-1', 'B-6', 'R-1'] } });
  const first = await request('desk-1.corp.example');
  await request('desk-2.corp.example');
  const confirm = 'mutation Confirm($input: ConfirmActivationInput!) { confirmActivation(input: $input) { __typename } }';
  await api.data(confirm, { input: { productKey: id, activation: first.requestActivation.request } });
  await api.data('mutation Report($input: ReportRemainingInput!) { reportRemaining(input: $input) { __typename } }', { input: { productKey: id, remaining: 5, source: 'PORTAL' } });
});

afterAll(() => api.stop());

const EXPLAIN = `query Explain($id: ID!, $first: Int, $after: String, $from: Instant, $to: Instant) {
  explainBalance(productKey: $id, first: $first, after: $after, from: $from, to: $to) {
    nodes { sequence eventType opening confirmed reserved used allowed remaining reportedRemaining unexplained event { type recordedAt } }
    pageInfo { hasNextPage endCursor }
  }
}`;

const change = (eventType: string, more: object) => ({ eventType, event: { type: eventType }, opening: 0, confirmed: 0, reserved: 0, allowed: 10, reportedRemaining: null, unexplained: null, ...more });

describe('explainBalance', () => {
  test('lists each change with its event, the running numbers, and what stays unexplained', async () => {
    const { nodes } = (await api.data(EXPLAIN, { id })).explainBalance;
    expect(nodes).toMatchObject([
      change('ProductKeyRegistered', { opening: 3, used: 3, remaining: 7 }),
      change('ActivationGranted', { reserved: 1, used: 4, remaining: 6 }),
      change('ActivationGranted', { reserved: 1, used: 5, remaining: 5 }),
      change('ActivationConfirmed', { confirmed: 1, reserved: -1, used: 5, remaining: 5 }),
      change('RemainingActivationsObserved', { used: 5, remaining: 5, reportedRemaining: 5, unexplained: 1 }),
    ]);
    expect(nodes).toHaveLength(5);
  });

  test('goes on where a page ended', async () => {
    const { nodes, pageInfo } = (await api.data(EXPLAIN, { id, first: 2 })).explainBalance;
    const rest = (await api.data(EXPLAIN, { id, first: 3, after: pageInfo.endCursor })).explainBalance;
    expect([nodes.length, pageInfo.hasNextPage, rest.nodes.length, rest.pageInfo.hasNextPage]).toEqual([2, true, 3, false]);
  });

  test('keeps to the time it is asked for', async () => {
    const all = (await api.data(EXPLAIN, { id })).explainBalance.nodes;
    const [from, to] = [all[0].event.recordedAt, all[3].event.recordedAt];
    const within = (await api.data(EXPLAIN, { id, from, to })).explainBalance.nodes;
    expect(within).toEqual(all.slice(1, 4));
  });
});

test('a forecast says what it rests on', async () => {
  const { forecast, productKey } = await api.data('query F($id: ID!) { forecast(productKey: $id) { basis exhaustedOn spent days } productKey(id: $id) { status forecast { basis } } }', { id });
  expect(forecast).toEqual({ basis: 'TOO_SHORT', exhaustedOn: null, spent: 1, days: 1 });
  expect(productKey).toEqual({ status: 'ACTIVE', forecast: { basis: 'TOO_SHORT' } });
});

test('the activations of a key say what has become of them', async () => {
  const { productKey } = await api.data('query A($id: ID!) { productKey(id: $id) { activations { nodes { state countsAs purpose host { name } } } } }', { id });
  expect(productKey.activations.nodes).toEqual([
    { state: 'RESERVED', countsAs: 'RESERVED', purpose: 'PRODUCTION', host: { name: 'desk-2' } },
    { state: 'CONFIRMED', countsAs: 'CONFIRMED', purpose: 'PRODUCTION', host: { name: 'desk-1' } },
  ]);
});
