/**
 * The promise that matters most: however many ask at once, exactly as many activations are granted as the key allows.
 * Real HTTP, real SQLite, one node.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type ApiLedger } from './apiLedger.js';
import { keyCounts, registerMak, requestActivation } from './requests.js';

const ALLOWED = 40;
const BEYOND = 50;

let api: ApiLedger;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

test('of allowed + 50 requests sent at once exactly allowed are granted', async () => {
  const key = await registerMak(api, 'AAAAA', ALLOWED);
  const outcomes = await Promise.all(
    Array.from({ length: ALLOWED + BEYOND }, (_, index) => requestActivation(api, { productKey: key, hostName: `pc${index}.ledger.example` })),
  );
  const granted = outcomes.filter(({ __typename }) => __typename === 'RequestGranted');
  const denied = outcomes.filter(({ __typename }) => __typename === 'RequestDenied');
  expect([granted.length, denied.length]).toEqual([ALLOWED, BEYOND]);
  expect(new Set(denied.map(({ code, rules }) => `${code} ${rules}`))).toEqual(new Set(['LIMIT_REACHED B-1']));
  expect(new Set(granted.map(({ request }) => request)).size).toBe(ALLOWED);
  expect(await keyCounts(api, key)).toMatchObject({ allowed: ALLOWED, used: ALLOWED, reserved: ALLOWED, remaining: 0 });
});

test('a request that is sent twice at once is one request', async () => {
  const key = await registerMak(api, 'BBBBC', 5);
  const commandId = '0199f0c0-0000-7000-8000-00000000aaaa';
  const input = { productKey: key, hostName: 'twice.ledger.example', commandId };
  const [one, other] = await Promise.all([requestActivation(api, input), requestActivation(api, input)]);
  expect(other).toEqual(one);
  expect(one).toMatchObject({ __typename: 'RequestGranted', request: commandId });
  expect(await requestActivation(api, input)).toEqual(one);
  expect(await keyCounts(api, key)).toMatchObject({ reserved: 1, used: 1 });
});
