import { createClient } from 'graphql-ws';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { hostRegistered, keyRegistered, startLedger, TOKEN, type LedgerFixture } from './ledgerFixture.js';

let ledger: LedgerFixture;
afterEach(() => ledger.close());

const SHOWN = '{ ledger { projections { sequence } } }';
const shown = (sequence: number) => ({ data: { ledger: { projections: { sequence } } } });

function ask(place: string | undefined, init: { readonly query?: string; readonly accept?: string } = {}): Promise<Response> {
  const { query = SHOWN, accept = 'application/json' } = init;
  const asked = place === undefined ? {} : { 'ledger-at-least': place };
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, accept, ...asked };
  return fetch(ledger.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
}

async function overSocket(place: unknown): Promise<unknown> {
  const client = createClient({ url: ledger.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0, connectionParams: { authorization: `Bearer ${TOKEN}`, 'Ledger-At-Least': place } });
  onTestFinished(async () => client.dispose());
  return (await client.iterate({ query: SHOWN }).next().catch((errors: unknown) => ({ value: { errors } }))).value;
}

test('every answer tells the last event that queries see, and a stranger is told nothing', async () => {
  ledger = await startLedger();
  expect((await ask(undefined)).headers.get('ledger-sequence')).toBe('0');
  await ledger.record('host-1', hostRegistered('alpha'));
  expect((await ask(undefined)).headers.get('ledger-sequence')).toBe('1');
  expect((await ask(undefined, { query: '{ nothing }' })).headers.get('ledger-sequence')).toBe('1');
  expect((await fetch(ledger.url, { method: 'POST' })).headers.get('ledger-sequence')).toBeNull();
  const stream = await ask(undefined, { accept: 'text/event-stream' });
  expect([stream.headers.get('ledger-sequence'), await stream.text()]).toEqual(['1', `event: next\ndata: ${JSON.stringify({ ...shown(1), extensions: { ledgerSequence: 1 } })}\n\nevent: complete\ndata:\n\n`]);
  expect(await overSocket(undefined)).toEqual({ ...shown(1), extensions: { ledgerSequence: 1 } });
});

test.each([
  ['a query', 'application/json', async (response: Response) => response.json(), shown(2)],
  ['an event stream', 'text/event-stream', async (response: Response) => JSON.parse((await response.text()).split('\n')[1]!.slice('data: '.length)), { ...shown(2), extensions: { ledgerSequence: 2 } }],
])('%s waits for the event it asks for', async (_, accept, read, expected) => {
  ledger = await startLedger();
  await ledger.record('host-1', hostRegistered('alpha'));
  const waiting = ask('2', { accept });
  const other = await ask('1', { accept });
  expect(other.headers.get('ledger-sequence')).toBe('1');
  await ledger.record('productKey-1', keyRegistered('AAAAA', 5));
  expect(await read(await waiting)).toEqual(expected);
  await other.text();
});

test('an operation on a WebSocket waits for the event its connection asks for', async () => {
  ledger = await startLedger();
  const waiting = overSocket(1);
  await ledger.record('host-1', hostRegistered('alpha'));
  expect(await waiting).toEqual({ ...shown(1), extensions: { ledgerSequence: 1 } });
  expect(await overSocket('1')).toEqual({ ...shown(1), extensions: { ledgerSequence: 1 } });
});

test('a request for an event that is not reached in time is refused, and says how far queries are', async () => {
  ledger = await startLedger({ readModel: { waitUntilApplied: async () => false } });
  await ledger.record('host-1', hostRegistered('alpha'));
  const refusal = [{ extensions: { code: 'STALE_READ', retryable: true, sequence: 1, atLeast: 7 } }];
  const response = await ask('7');
  expect([response.status, response.headers.get('retry-after'), response.headers.get('ledger-sequence')]).toEqual([503, '1', '1']);
  expect(await response.json()).toMatchObject({ errors: refusal });
  expect(await overSocket(7)).toMatchObject({ errors: refusal });
  const mutation = await ask('7', { query: 'mutation { registerHost(input: { name: "a" }) { __typename } }' });
  expect([mutation.status, ledger.commands.length]).toEqual([503, 0]);
  // What is reached needs no waiting.
  expect((await ask('1')).status).toBe(200);
});

test.each(['', '-1', '1.5', '1e3', '0x1', 'seven', '9'.repeat(17), '9007199254740993', '1, 2'])('a request for what is no sequence (%j) is refused', async (place) => {
  ledger = await startLedger();
  const response = await ask(place);
  expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] }]);
  expect(await overSocket(place)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

test.each([-1, 0.5, true, {}, 2 ** 53])('a connection for what is no sequence (%j) gets no answers', async (place) => {
  ledger = await startLedger();
  expect(await overSocket(place)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});
