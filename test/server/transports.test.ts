import { createClient as createEventStreamClient } from 'graphql-sse';
import { createClient, type Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RESUME_ELSEWHERE_CODE, UNAUTHENTICATED_CODE } from '../../src/server/closeCodes.js';
import { ADA, hostRegistered, LEDGER_ID, startLedger, TOKEN, type LedgerFixture } from './ledgerFixture.js';

let ledger: LedgerFixture;
beforeEach(async () => {
  ledger = await startLedger();
});
afterEach(() => ledger.close());

describe('over HTTP', () => {
  it('answers a query by POST', async () => {
    await ledger.record('host-1', hostRegistered('alpha'));
    expect(await ledger.ask('{ ledger { ledgerId sequence version store projections { sequence lag rebuilding } } }')).toEqual({
      status: 200,
      body: { data: { ledger: { ledgerId: LEDGER_ID, sequence: 1, version: '0.0.0-test', store: 'memory', projections: { sequence: 1, lag: 0, rebuilding: false } } } },
    });
  });

  it('answers a query by GET, and refuses a mutation by GET', async () => {
    const get = (query: string) =>
      fetch(`${ledger.url}?query=${encodeURIComponent(query)}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(await (await get('{ ledger { sequence } }')).json()).toEqual({ data: { ledger: { sequence: 0 } } });
    expect((await get('mutation { registerHost(input: { name: "a" }) { __typename } }')).status).toBe(405);
    expect(ledger.commands).toEqual([]);
  });

  it('refuses a request without a token, with a wrong one, and with one just revoked', async () => {
    const bare = await fetch(ledger.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ ledger { sequence } }"}' });
    expect(bare.status).toBe(401);
    expect(bare.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await bare.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect((await ledger.ask('{ ledger { sequence } }', {}, { token: 'wrong' })).status).toBe(401);
    expect((await ledger.ask('{ ledger { sequence } }')).status).toBe(200);
    await ledger.vaultInUse.revokeToken('token-1');
    expect((await ledger.ask('{ ledger { sequence } }')).status).toBe(401);
  });

  it('serves health without a token, and nothing else beside the page', async () => {
    const health = await fetch(`${ledger.server.address}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    expect((await fetch(`${ledger.server.address}/elsewhere`)).status).toBe(404);
  });

  it('serves the GraphiQL page to browsers from its own files', async () => {
    const page = await fetch(ledger.url, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(html).not.toMatch(/https?:\/\//);
    const script = await fetch(`${ledger.url}/page/page.js`);
    expect(script.status).toBe(200);
    expect(await script.text()).not.toContain(TOKEN);
    expect((await fetch(`${ledger.url}/page/constructor`)).status).toBe(404);
  });

  it('refuses a body larger than its limit before reading it all', async () => {
    const response = await fetch(ledger.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query: '{ ledger { sequence } }', variables: { filler: 'x'.repeat(18 * 1_048_576) } }),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] });
  });

  it('asks the vault once for many requests with the same token', async () => {
    for (let request = 0; request < 5; request += 1) await ledger.ask('{ ledger { sequence } }');
    expect(ledger.vault.asked()).toBe(1);
  });
});

describe('over WebSocket', () => {
  let client: Client | undefined;
  afterEach(() => client?.dispose());

  it('refuses a connection whose init carries no valid token', async () => {
    for (const connectionParams of [undefined, { authorization: 'Bearer wrong' }]) {
      const closed = await closeOf((on) => connect(ledger.url, connectionParams, on));
      expect(closed).toBe(UNAUTHENTICATED_CODE);
    }
  });

  it('delivers history, then what comes, each event once', async () => {
    await ledger.record('host-1', hostRegistered('alpha'));
    client = connect(ledger.url, { Authorization: `Bearer ${TOKEN}` });
    const results = client.iterate<any>({ query: 'subscription { ledgerEvents(after: 0) { cursor events { sequence type } } }' });
    const first = await results.next();
    expect(first.value.data).toEqual({ ledgerEvents: { cursor: 1, events: [{ sequence: 1, type: 'HostRegistered' }] } });
    await ledger.record('host-2', hostRegistered('beta'));
    const second = await results.next();
    expect(second.value.data).toEqual({ ledgerEvents: { cursor: 2, events: [{ sequence: 2, type: 'HostRegistered' }] } });
    await results.return?.();
  });

  it('answers queries too', async () => {
    client = connect(ledger.url, { authorization: `Bearer ${TOKEN}` });
    const results = client.iterate<any>({ query: '{ ledger { sequence } }' });
    expect((await results.next()).value).toEqual({ data: { ledger: { sequence: 0 } }, extensions: { ledgerSequence: 0 } });
  });

  it('closes sockets with the code that means resume elsewhere when the server stops', async () => {
    const closed = closeOf((on) => {
      client = connect(ledger.url, { authorization: `Bearer ${TOKEN}` }, on);
      const results = client.iterate({ query: 'subscription { ledgerEvents(after: 0) { cursor } }' });
      void results.next().catch(() => undefined);
      on.connected = () => void ledger.server.stop();
      return client;
    });
    expect(await closed).toBe(RESUME_ELSEWHERE_CODE);
  });

  it('ends a subscription whose token is revoked with the next delivery', async () => {
    client = connect(ledger.url, { authorization: `Bearer ${TOKEN}` });
    const results = client.iterate<any>({ query: 'subscription { ledgerEvents(after: 0) { cursor } }' });
    await ledger.record('host-1', hostRegistered('alpha'));
    expect((await results.next()).value.data.ledgerEvents.cursor).toBe(1);
    await ledger.vaultInUse.revokeToken('token-1');
    await ledger.record('host-2', hostRegistered('beta'));
    await expect(results.next()).rejects.toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('over server-sent events', () => {
  it('needs a token', async () => {
    const response = await fetch(ledger.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { ledgerEvents(after: 0) { cursor } }' }),
    });
    expect(response.status).toBe(401);
  });

  it('delivers history, then what comes', async () => {
    await ledger.record('host-1', hostRegistered('alpha'));
    const client = createEventStreamClient({ url: ledger.url, headers: { authorization: `Bearer ${TOKEN}` } });
    const results = client.iterate<any>({ query: 'subscription { ledgerEvents(after: 0) { cursor events { actor { id name } } } }' });
    expect((await results.next()).value).toEqual({ data: { ledgerEvents: { cursor: 1, events: [{ actor: { id: ADA, name: 'Ada' } }] } } });
    await ledger.record('host-2', hostRegistered('beta'));
    expect((await results.next()).value.data.ledgerEvents.cursor).toBe(2);
    client.dispose();
  });

  it('ends without "complete" and with the resume comment when the server stops', async () => {
    const response = await fetch(ledger.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query: 'subscription { ledgerEvents(after: 0) { cursor } }' }),
    });
    expect(response.status).toBe(200);
    const text = response.text();
    await ledger.server.stop();
    expect(await text).toBe(': 4499 resume elsewhere\n\n');
  });

  it('executes a query and completes', async () => {
    const response = await fetch(ledger.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ query: '{ ledger { sequence } }' }),
    });
    expect(await response.text()).toBe('event: next\ndata: {"data":{"ledger":{"sequence":0}},"extensions":{"ledgerSequence":0}}\n\nevent: complete\ndata:\n\n');
  });
});

interface SocketListeners {
  connected?: () => void;
  closed?: (code: number) => void;
}

function connect(url: string, connectionParams: Record<string, unknown> | undefined, on: SocketListeners = {}): Client {
  return createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    onNonLazyError: () => undefined,
    ...(connectionParams === undefined ? {} : { connectionParams }),
    on: { connected: () => on.connected?.(), closed: (event) => on.closed?.((event as { code: number }).code) },
  });
}

async function closeOf(open: (on: SocketListeners) => Client): Promise<number> {
  let client: Client | undefined;
  const code = await new Promise<number>((resolve) => {
    client = open({ closed: resolve });
  });
  await client?.dispose();
  return code;
}
