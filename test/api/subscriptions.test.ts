import { createClient as createEventStreamClient } from 'graphql-sse';
import { createClient, type Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FEED_EVENTS_MAX } from '../../src/graphql/event/feed.js';
import { RESUME_ELSEWHERE_CODE, RESUME_ELSEWHERE_REASON } from '../../src/server/closeCodes.js';
import { kmsCsv, productCsv } from '../support/embedded.js';
import { importBy, startApi, type ApiLedger } from './apiLedger.js';

let api: ApiLedger;
let leave: (() => void | Promise<void>)[] = [];
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  for (const one of leave.splice(0)) await one();
  await api.stop();
});

type Results = AsyncIterator<any>;
type Transport = (query: string, variables?: Record<string, unknown>) => Results;

function socket(on: { closed?: (event: unknown) => void } = {}): Client {
  const client = createClient({
    url: api.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${api.token.secret}` },
    on,
  });
  leave.push(() => client.dispose());
  return client;
}

const transports: readonly (readonly [string, Transport])[] = [
  ['WebSocket', (query, variables) => socket().iterate<any>({ query, variables: variables ?? {} })],
  [
    'server-sent events',
    (query, variables) => {
      const client = createEventStreamClient({ url: api.url, headers: { authorization: `Bearer ${api.token.secret}` }, retryAttempts: 0 });
      leave.push(() => client.dispose());
      return client.iterate<any>({ query, variables: variables ?? {} });
    },
  ],
];

const EVENTS = 'subscription Events($after: Sequence, $filter: LedgerEventFilter) { ledgerEvents(after: $after, filter: $filter) { cursor events { sequence type } } }';

async function next(results: Results): Promise<any> {
  const { value, done } = await results.next();
  expect(done).toBe(false);
  expect(value.errors).toBeUndefined();
  return value.data;
}

/** Sequences of the events delivered until this one. */
async function sequencesUntil(results: Results, last: number): Promise<number[]> {
  const seen: number[] = [];
  while (seen.at(-1) !== last) {
    const { ledgerEvents } = await next(results);
    seen.push(...ledgerEvents.events.map(({ sequence }: { sequence: number }) => sequence));
    expect(ledgerEvents.cursor).toBe(seen.at(-1));
  }
  return seen;
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const head = async (): Promise<number> => (await api.ledger.store.head()).sequence;
const hosts = (from: number, to: number): string => kmsCsv(numbers(from, to), from);

describe.each(transports)('over %s', (_name, open) => {
  it('ledgerEvents delivers history, then what an import appends, each event once and in order', async () => {
    await importBy(api, hosts(1, 3));
    const before = await head();
    const results = open(EVENTS, { after: 0 });
    expect(await sequencesUntil(results, before)).toEqual(numbers(1, before));
    const importing = importBy(api, hosts(4, 40));
    const { sequence } = await importing;
    expect(await sequencesUntil(results, sequence)).toEqual(numbers(before + 1, sequence));
  });

  it('ledgerEvents resumes after the last cursor with what was missed, once', async () => {
    await importBy(api, hosts(1, FEED_EVENTS_MAX));
    const first = open(EVENTS, { after: 0 });
    const { cursor } = (await next(first)).ledgerEvents;
    await first.return?.();
    const { sequence } = await importBy(api, hosts(FEED_EVENTS_MAX + 1, FEED_EVENTS_MAX + 5));
    expect(cursor).toBeLessThan(sequence);
    expect(await sequencesUntil(open(EVENTS, { after: cursor }), sequence)).toEqual(numbers(cursor + 1, sequence));
  });

  it('ledgerEvents delivers only what passes its filter', async () => {
    await importBy(api, hosts(1, 3));
    const { host } = await api.data('{ host(name: "pc2") { id } }');
    const results = open(EVENTS, { after: 0, filter: { subject: host.id, types: ['KmsRequestObserved'] } });
    expect((await next(results)).ledgerEvents).toEqual({ cursor: 6, events: [{ sequence: 6, type: 'KmsRequestObserved' }] });
  });

  it('hostStatusChanged shows each host as it was with each event, and resumes', async () => {
    await importBy(api, hosts(1, 2));
    const query = 'subscription Hosts($after: Sequence, $filter: HostChangeFilter) { hostStatusChanged(after: $after, filter: $filter) { sequence eventType host { name installations { status method } } } }';
    const results = open(query, { after: 0 });
    const changes = [];
    for (let n = 0; n < 4; n += 1) changes.push((await next(results)).hostStatusChanged);
    expect(changes.map(({ sequence, eventType, host }) => [sequence, eventType, host.name, host.installations.length])).toEqual([
      [3, 'HostRegistered', 'pc1', 0],
      [4, 'KmsRequestObserved', 'pc1', 1],
      [5, 'HostRegistered', 'pc2', 0],
      [6, 'KmsRequestObserved', 'pc2', 1],
    ]);
    await importBy(api, productCsv({ host: 'pc1.corp.example' }));
    const { hostStatusChanged } = await next(results);
    expect(hostStatusChanged.host.installations.map(({ method }: { method: string }) => method)).toEqual(['KMS', 'MAK_INDEPENDENT']);
    const resumed = open(query, { after: 6, filter: { status: ['PERMANENT'] } });
    expect((await next(resumed)).hostStatusChanged).toEqual(hostStatusChanged);
  });

  it('keyCountsChanged shows each key as it was with each event, and resumes', async () => {
    const query = 'subscription Keys($after: Sequence, $filter: KeyChangeFilter) { keyCountsChanged(after: $after, filter: $filter) { sequence productKeys { lastFive used active } } }';
    const results = open(query, { after: 0, filter: { kind: ['MAK'] } });
    await importBy(api, productCsv({ host: 'pc1.corp.example' }));
    const { sequence } = await importBy(api, productCsv({ host: 'pc2.corp.example' }));
    const seen: any[] = [];
    while (seen.at(-1)?.productKeys[0].used !== 2) seen.push((await next(results)).keyCountsChanged);
    expect(seen.at(-1).productKeys).toEqual([{ lastFive: 'AAAAA', used: 2, active: 2 }]);
    expect(seen.map((change) => change.sequence)).toEqual([...new Set(seen.map((change) => change.sequence))].sort((a, b) => a - b));
    const resumed = open(query, { after: seen.at(-2).sequence, filter: { kind: ['MAK'] } });
    expect((await next(resumed)).keyCountsChanged).toEqual(seen.at(-1));
    expect(sequence).toBeGreaterThan(seen.at(-1).sequence);
  });

  it('a subscriber that takes its time gets everything', async () => {
    await importBy(api, hosts(1, 2 * FEED_EVENTS_MAX));
    const results = open(EVENTS, { after: 0 });
    const first = (await next(results)).ledgerEvents;
    expect(first.events).toHaveLength(FEED_EVENTS_MAX);
    // While it holds its first batch, the ledger grows by more than one batch.
    const { sequence } = await importBy(api, hosts(2 * FEED_EVENTS_MAX + 1, 3 * FEED_EVENTS_MAX));
    expect(await sequencesUntil(results, sequence)).toEqual(numbers(first.cursor + 1, sequence));
  });

  it('a revoked token ends it with the next delivery', async () => {
    const results = open(EVENTS, { after: 0 });
    await sequencesUntil(results, 1);
    await api.vault.revokeToken(api.token.tokenId);
    await api.ledger.handler.idle();
    // The token cannot import any more: somebody else does.
    const other = await api.ledger.vault.createToken('Grace Example');
    const input = { name: 'pc9' };
    await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${other.secret}` },
      body: JSON.stringify({ query: 'mutation M($input: RegisterHostInput!) { registerHost(input: $input) { __typename } }', variables: { input } }),
    });
    const ended = await results.next().then(
      ({ value }) => value?.errors,
      (errors: unknown) => errors,
    );
    expect(ended).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

describe('when the server stops', () => {
  it('a socket is closed with the code that means resume elsewhere, and its cursor is good on the next server', async () => {
    await importBy(api, hosts(1, 3));
    let closed: (event: unknown) => void = () => undefined;
    const closing = new Promise<unknown>((resolve) => (closed = resolve));
    const results = socket({ closed: (event) => closed(event) }).iterate<any>({ query: EVENTS, variables: { after: 0 } });
    const { cursor } = (await next(results)).ledgerEvents;
    const ended = results.next().catch((error: unknown) => error);
    const directory = api.ledger.directory.path;
    await api.stop();
    expect(await closing).toMatchObject({ code: RESUME_ELSEWHERE_CODE, reason: RESUME_ELSEWHERE_REASON });
    await ended;
    api = await startApi(directory);
    const { sequence } = await importBy(api, hosts(4, 5));
    const resumed = transports[0]![1](EVENTS, { after: cursor });
    expect(await sequencesUntil(resumed, sequence)).toEqual(numbers(cursor + 1, sequence));
  });

  it('an event stream ends without "complete" and with the resume comment', async () => {
    const response = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${api.token.secret}` },
      body: JSON.stringify({ query: EVENTS, variables: { after: 1 } }),
    });
    const text = response.text();
    await api.server.stop();
    expect(await text).toBe(`: ${RESUME_ELSEWHERE_CODE} ${RESUME_ELSEWHERE_REASON}\n\n`);
  });
});
