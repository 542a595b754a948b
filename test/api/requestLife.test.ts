/** What can be asked of a key and a host through the API, over HTTP and on SQLite, and what becomes of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type ApiLedger } from './apiLedger.js';
import { keyCounts, OUTCOME, registerMak, requestActivation, send } from './requests.js';

let api: ApiLedger;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const DOWN = '0199f0c0-0000-7000-8000-0000000000';

async function ask(name: string, input: Record<string, unknown>): Promise<any> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return (await api.data(`mutation Q($input: ${type}!) { ${name}(input: $input) { ${OUTCOME} ... on DecidedRequest { host { id } } } }`, { input }))[name];
}

async function askTogether(name: string, input: Record<string, unknown>): Promise<any> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation Q($input: ${type}!) { ${name}(input: $input) { __typename ... on RequestsAnswered { granted denied refused results { ${OUTCOME} } } ... on UserError { code path } } }`;
  return (await api.data(query, { input }))[name];
}

describe('an activation', () => {
  test('is reserved, then confirmed, and counts once', async () => {
    const key = await registerMak(api, 'AAAA2', 2);
    const { request } = await requestActivation(api, { productKey: key, hostName: 'one.life.example' });
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 1, confirmed: 0, used: 1, remaining: 1 });
    expect(await send(api, 'confirmActivation', { productKey: key, activation: request, installation: 1 })).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 0, confirmed: 1, used: 1, remaining: 1 });
    // True already: nothing more is recorded.
    expect(await send(api, 'confirmActivation', { productKey: key, activation: request, installation: 1 })).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
    expect(await keyCounts(api, key)).toMatchObject({ confirmed: 1, used: 1 });
  });

  test('that is confirmed makes its host active, of the installation that its stream tells', async () => {
    const key = await registerMak(api, 'AAAA6', 5);
    const { request } = await requestActivation(api, { productKey: key, hostName: 'active.life.example' });
    const confirmation = { productKey: key, activation: request, commandId: `${DOWN}11`, occurredAt: '2026-04-01T12:00:00Z' };
    const told = () => api.data('query Q($id: ID!) { productKey(id: $id) { used active } host(name: "active.life.example") { installations { number status keyLastFive method } } ledger { sequence } }', { id: key });
    await send(api, 'confirmActivation', confirmation);
    const first = await told();
    expect(first).toMatchObject({ productKey: { used: 1, active: 1 }, host: { installations: [{ number: 1, status: 'PERMANENT', keyLastFive: 'AAAA6', method: 'MAK_INDEPENDENT' }] } });
    await send(api, 'confirmActivation', confirmation);
    expect(await told()).toEqual(first);
    // Seen on the same installation, it is the same activation.
    const { host } = await api.data('{ host(name: "active.life.example") { id } }');
    await api.data('mutation Q($input: RecordActivationInput!) { recordActivation(input: $input) { __typename } }', { input: { host: host.id, productKey: key } });
    expect(await told()).toMatchObject({ productKey: { used: 1, active: 1 } });
  });

  test('is confirmed of a key that the ledger knows, and of nothing else', async () => {
    const key = await registerMak(api, 'AAAA7', 5);
    const { request } = await requestActivation(api, { productKey: key, hostName: 'forged.life.example' });
    const { host } = await api.data('{ host(name: "forged.life.example") { id } }');
    for (const productKey of [host.id, Buffer.from('ProductKey:0').toString('base64'), 'nonsense']) {
      const refusal = await send(api, 'confirmActivation', { productKey, activation: request, confirmationId: '012345'.repeat(8) });
      expect(refusal).toMatchObject({ code: 'KEY_UNKNOWN' });
    }
    // The host's own state is none the worse for it.
    expect(await send(api, 'retireHost', { host: host.id })).toMatchObject({ __typename: 'HostCommandSuccess' });
  });

  test('that fails or is cancelled is free again', async () => {
    const key = await registerMak(api, 'AAAA3', 1);
    const first = await requestActivation(api, { productKey: key, hostName: 'two.life.example' });
    expect(await requestActivation(api, { productKey: key, hostName: 'three.life.example' })).toMatchObject({ __typename: 'RequestDenied', code: 'LIMIT_REACHED' });
    await send(api, 'failActivation', { productKey: key, activation: first.request, hresult: '0xC004F074' });
    const second = await requestActivation(api, { productKey: key, hostName: 'three.life.example' });
    expect(second.__typename).toBe('RequestGranted');
    await send(api, 'cancelActivation', { productKey: key, activation: second.request });
    expect(await keyCounts(api, key)).toMatchObject({ used: 0, remaining: 1 });
  });

  test('is decided in a dry run as it would be, and nothing is recorded, not even the host', async () => {
    const key = await registerMak(api, 'AAAA4', 1);
    const before = (await api.data('{ ledger { sequence } }')).ledger.sequence;
    const tried = await requestActivation(api, { productKey: key, hostName: 'tried.life.example', dryRun: true });
    expect(tried).toMatchObject({ __typename: 'RequestGranted', sequence: null, applied: false });
    expect((await api.data('{ ledger { sequence } }')).ledger.sequence).toBe(before);
    expect(await api.data('{ host(name: "tried.life.example") { id } }')).toEqual({ host: null });
  });

  test('by proxy waits in a list until its confirmation ID is handed in', async () => {
    const key = await registerMak(api, 'AAAA5', 5);
    const installationId = '123456789'.repeat(6);
    const { request } = await requestActivation(api, { productKey: key, hostName: 'proxy.life.example', installationId });
    const waiting = () => api.data('query Q($key: ID!) { reservations(filter: { productKey: $key, withInstallationId: true }) { nodes { activation installationId host { name } } } }', { key });
    expect(await waiting()).toEqual({ reservations: { nodes: [{ activation: request, installationId, host: { name: 'proxy' } }] } });
    const items = [
      { productKey: key, activation: request, confirmationId: '012345'.repeat(8) },
      { productKey: key, activation: request, confirmationId: '12345' },
    ];
    const tried = 'mutation Q($input: ConfirmActivationsInput!) { confirmActivations(input: $input) { ... on ProductKeyCommandsAnswered { done refused } ... on UserError { code } } }';
    // In a dry run the answers are the same, and nothing is confirmed or kept; together they are no single append.
    expect((await api.data(tried, { input: { items, dryRun: true } })).confirmActivations).toEqual({ done: 1, refused: 1 });
    expect((await api.data(tried, { input: { items, mode: 'ATOMIC' } })).confirmActivations).toEqual({ code: 'BULK_NOT_ONE_STREAM' });
    expect(await keyCounts(api, key)).toMatchObject({ confirmed: 0, reserved: 1 });
    const { confirmActivations } = await api.data(
      'mutation Q($input: ConfirmActivationsInput!) { confirmActivations(input: $input) { ... on ProductKeyCommandsAnswered { done refused results { __typename ... on UserError { code } } } } }',
      { input: { items } },
    );
    expect(confirmActivations).toMatchObject({ done: 1, refused: 1, results: [{ __typename: 'ProductKeyCommandSuccess' }, { code: 'CONFIRMATION_ID_MALFORMED' }] });
    expect(await waiting()).toEqual({ reservations: { nodes: [] } });
    expect(await keyCounts(api, key)).toMatchObject({ confirmed: 1, reserved: 0 });
  });
});

describe('requests sent together', () => {
  const item = (key: string, host: number) => ({ productKey: key, hostName: `bulk${host}.life.example` });

  test('are answered each for itself, in order', async () => {
    const key = await registerMak(api, 'BBBB2', 2);
    const unknown = { ...item(key, 9), productKey: 'nonsense' };
    const answer = await askTogether('requestActivations', { items: [item(key, 1), unknown, item(key, 2), item(key, 3)] });
    expect(answer).toMatchObject({ granted: 2, denied: 1, refused: 1 });
    expect(answer.results.map(({ __typename, code }: any) => code ?? __typename)).toEqual(['RequestGranted', 'KEY_UNKNOWN', 'RequestGranted', 'LIMIT_REACHED']);
  });

  test('as one are all granted in one append, or none is', async () => {
    const key = await registerMak(api, 'BBBB3', 3);
    const four = [1, 2, 3, 4].map((host) => item(key, host));
    expect(await askTogether('requestActivations', { mode: 'ATOMIC', items: four })).toMatchObject({ __typename: 'CommandRefused', code: 'LIMIT_REACHED', path: ['items', '3', 'productKey'] });
    expect(await keyCounts(api, key)).toMatchObject({ used: 0 });
    const three = await askTogether('requestActivations', { mode: 'ATOMIC', items: four.slice(0, 3), commandId: `${DOWN}01` });
    expect(three).toMatchObject({ granted: 3, denied: 0, refused: 0 });
    expect(new Set(three.results.map(({ sequence }: any) => sequence)).size).toBe(1);
    expect(await askTogether('requestActivations', { mode: 'ATOMIC', items: four.slice(0, 3), commandId: `${DOWN}01` })).toEqual(three);
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 3, remaining: 0 });
  });

  test('as one are as many as each for itself', async () => {
    const key = await registerMak(api, 'BBBB6', 1_000);
    const items = Array.from({ length: 1_000 }, (_, index) => ({ ...item(key, 1), installation: index + 1 }));
    const input = { mode: 'ATOMIC', items, commandId: `${DOWN}04` };
    expect(await askTogether('requestActivations', { ...input, dryRun: true })).toMatchObject({ granted: 1_000, denied: 0, refused: 0 });
    const answer = await askTogether('requestActivations', input);
    expect(answer).toMatchObject({ granted: 1_000, denied: 0, refused: 0 });
    expect(await askTogether('requestActivations', input)).toEqual(answer);
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 1_000, remaining: 0 });
  });

  test('as one are refused where they fall on several streams, and beyond their bound', async () => {
    const [one, other] = [await registerMak(api, 'BBBB4', 3), await registerMak(api, 'BBBB5', 3)];
    expect(await askTogether('requestActivations', { mode: 'ATOMIC', items: [item(one, 1), item(other, 2)] })).toMatchObject({ code: 'BULK_NOT_ONE_STREAM', path: ['mode'] });
    expect(await askTogether('requestActivations', { items: [] })).toMatchObject({ code: 'BULK_SIZE', path: ['items'] });
  });
});

describe('a reimaging', () => {
  const product = { product: 'Windows', version: '10', edition: 'Enterprise', language: 'fr-FR' };
  const base = { device: { channel: 'VOLUME', ...product }, image: { image: 'lab-2026', ...product }, method: 'MAK_INDEPENDENT', acceptWarnings: ['R-1', 'R-2', 'B-6', 'P-4', 'R-8'] };

  test('with a MAK reserves an activation, and its end says whether it was consumed', async () => {
    const key = await registerMak(api, 'CCCC2', 5);
    const granted = await ask('requestReimaging', { ...base, productKey: key, hostName: 'image1.life.example', team: 'lab' });
    expect(granted.__typename).toBe('RequestGranted');
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 1 });
    expect(await send(api, 'completeReimaging', { host: granted.host.id, request: granted.request, activationConsumed: 'UNKNOWN' })).toMatchObject({ __typename: 'HostCommandSuccess' });
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 0, uncertain: 1, used: 1 });

    const again = await ask('requestReimaging', { ...base, productKey: key, host: granted.host.id });
    await send(api, 'completeReimaging', { host: granted.host.id, request: again.request, activationConsumed: 'NO' });
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 0, uncertain: 1, used: 1 });
  });

  test('with a MAK leaves the host with one activated installation, and the key with one active host', async () => {
    const key = await registerMak(api, 'CCCC9', 5);
    const shown = async (host: string) =>
      (await api.data('query Q($host: ID!, $key: ID!) { host(id: $host) { installations { number status ended { at } } } productKey(id: $key) { active used } }', { host, key }));
    const granted = await ask('requestReimaging', { ...base, productKey: key, hostName: 'image9.life.example' });
    const host = granted.host.id;
    await send(api, 'completeReimaging', { host, request: granted.request, activationConsumed: 'YES' });
    expect(await shown(host)).toEqual({ host: { installations: [{ number: 1, status: 'PERMANENT', ended: null }] }, productKey: { active: 1, used: 1 } });
    const again = await ask('requestReimaging', { ...base, productKey: key, host });
    await send(api, 'completeReimaging', { host, request: again.request, activationConsumed: 'YES' });
    const { host: after, productKey } = await shown(host);
    expect(after.installations.map(({ number, status, ended }: any) => [number, status, ended === null])).toEqual([[1, 'PERMANENT', false], [2, 'PERMANENT', true]]);
    expect(productKey).toEqual({ active: 1, used: 2 });
  });

  test('that its key refuses is denied, with both recorded', async () => {
    const key = await registerMak(api, 'CCCC3', 0);
    const denied = await ask('requestReimaging', { ...base, productKey: key, hostName: 'image2.life.example' });
    expect(denied).toMatchObject({ __typename: 'RequestDenied', code: 'ACTIVATION_NOT_GRANTED' });
    const { requests } = await api.data('query Q($key: ID!) { requests(filter: { productKey: $key }) { nodes { kind state } } }', { key });
    expect(requests.nodes).toEqual([{ kind: 'ACTIVATION', state: 'REFUSED' }]);
  });

  test('that is sent again answers with what it recorded, although the ledger has moved on', async () => {
    const key = await registerMak(api, 'CCCC4', 5);
    const input = { ...base, productKey: key, hostName: 'image3.life.example', commandId: `${DOWN}02` };
    const first = await ask('requestReimaging', input);
    expect(await ask('requestReimaging', input)).toEqual(first);
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 1 });
    await send(api, 'cancelReimaging', { host: first.host.id, request: first.request });
    expect(await ask('requestReimaging', input)).toEqual(first);
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 0, used: 0 });
  });

  test('whose activation has ended otherwise is not completed, only given up', async () => {
    const key = await registerMak(api, 'CCCC6', 5);
    const { host, request } = await ask('requestReimaging', { ...base, productKey: key, hostName: 'image4.life.example' });
    const { reservations } = await api.data('query Q($key: ID!) { reservations(filter: { productKey: $key }) { nodes { activation } } }', { key });
    await send(api, 'cancelActivation', { productKey: key, activation: reservations.nodes[0].activation });
    expect(await send(api, 'completeReimaging', { host: host.id, request, activationConsumed: 'YES' })).toMatchObject({ code: 'ACTIVATION_NOT_OPEN' });
    // Nothing of it was recorded: the request is open still, and can be cancelled.
    expect(await send(api, 'cancelReimaging', { host: host.id, request })).toMatchObject({ __typename: 'HostCommandSuccess' });
    expect(await keyCounts(api, key)).toMatchObject({ used: 0 });
  });

  test('that was completed some time ago spent its activation then', async () => {
    const key = await registerMak(api, 'CCCC7', 5);
    const { host, request } = await ask('requestReimaging', { ...base, productKey: key, hostName: 'image5.life.example' });
    const occurredAt = '2026-04-01T06:00:00Z';
    await send(api, 'completeReimaging', { host: host.id, request, activationConsumed: 'YES', occurredAt });
    const { events } = await api.data('{ events(filter: { types: ["ActivationConfirmed"] }, last: 1) { nodes { occurredAt } } }');
    expect(Date.parse(events.nodes[0].occurredAt)).toBe(Date.parse(occurredAt));
  });

  test('with a key whose kind is not known is refused by what the key is', async () => {
    const key = await registerMak(api, 'CCCC8', undefined, { kind: 'UNKNOWN' });
    expect(await ask('requestReimaging', { ...base, productKey: key, hostName: 'image6.life.example' })).toMatchObject({ code: 'KEY_IS_NO_MAK', path: ['productKey'] });
  });

  test('of many hosts at once cannot be one append', async () => {
    const key = await registerMak(api, 'CCCC5', 5);
    const items = [1, 2].map((host) => ({ ...base, productKey: key, hostName: `many${host}.life.example` }));
    expect(await askTogether('requestReimagings', { mode: 'ATOMIC', items })).toMatchObject({ code: 'BULK_NOT_ONE_STREAM' });
    expect(await askTogether('requestReimagings', { items })).toMatchObject({ granted: 2, denied: 0, refused: 0 });
  });
});

describe('a downgrade', () => {
  const denied = 'mutation Q($input: RequestDowngradeInput!) { requestDowngrade(input: $input) { __typename ... on RequestDenied { code rules keysThatCouldServe { lastFive } } } }';
  test('that is denied for its key tells which keys could serve, and of no other product', async () => {
    await registerMak(api, 'DDDD7', 5, { product: 'Windows Vista' });
    const wrong = await registerMak(api, 'DDDD8', 5, { product: 'Windows 8' });
    const from = { channel: 'OEM', product: 'Windows 7', edition: 'Professional' };
    const to = { product: 'Windows Vista', edition: 'Business' };
    const input = { hostName: 'down.life.example', from, to, basis: 'OEM_TERMS', method: 'MAK_INDEPENDENT', productKey: wrong, acceptWarnings: ['R-1', 'R-5', 'P-4', 'B-6', 'B-1', 'R-8', 'R-7'] };
    const { requestDowngrade } = await api.data(denied, { input });
    expect(requestDowngrade).toMatchObject({ __typename: 'RequestDenied', rules: ['R-4'], keysThatCouldServe: [{ lastFive: 'DDDD7' }] });
  });
});

describe('a limit increase', () => {
  test('changes the limit by its grant alone, justified by the figures of the ledger', async () => {
    const key = await registerMak(api, 'DDDD2', 10);
    const increase = `${DOWN}03`;
    const preview = 'query Q($key: ID!) { limitJustification(productKey: $key, limitKind: MAK_ACTIVATIONS, quantity: 5) ledger { sequence } }';
    const before = await api.data(preview, { key });
    expect(await api.data(preview, { key })).toEqual(before);
    expect(await api.data(preview, { key: 'nonsense' })).toMatchObject({ limitJustification: null });
    expect(await send(api, 'requestLimitIncrease', { productKey: key, limitKind: 'MAK_ACTIVATIONS', quantity: 5, commandId: increase })).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
    expect(await send(api, 'grantLimitIncrease', { productKey: key, increase, quantity: 5, limit: 15 })).toMatchObject({ code: 'INCREASE_NOT_SUBMITTED' });
    await send(api, 'submitLimitIncrease', { productKey: key, increase, caseNumber: 'SR-7' });
    expect(await send(api, 'grantLimitIncrease', { productKey: key, increase, quantity: 5, limit: 16 })).toMatchObject({ code: 'GRANT_DISAGREES' });
    await send(api, 'grantLimitIncrease', { productKey: key, increase, quantity: 3, limit: 13 });
    expect(await keyCounts(api, key)).toMatchObject({ allowed: 13 });
    const { events } = await api.data('{ events(filter: { types: ["LimitIncreaseRequested"] }, last: 1) { nodes { reason } } }');
    const { requests } = await api.data('query Q($key: ID!) { requests(filter: { productKey: $key }) { nodes { kind justification } } }', { key });
    expect(requests.nodes).toEqual([{ kind: 'LIMIT_INCREASE', justification: before.limitJustification }]);
    expect(events.nodes[0].reason).toBe(before.limitJustification);
    expect(events.nodes[0].reason).toBe('We ask for 5 more activations of the MAK ending in DDDD2 (Windows 10 Enterprise).\nActivations allowed: 10.\nActivations used: 0.\nOf these, for reimaging: 0.\nVirtual machines among them: 0.');
  });
});

describe('the reason of a limit increase', () => {
  const mutation = 'mutation Q($input: RequestLimitIncreaseInput!) { requestLimitIncrease(input: $input) { __typename ... on UserError { code } } }';
  const lastReason = async () => (await api.data('{ events(filter: { types: ["LimitIncreaseRequested"] }, last: 1) { nodes { reason } } }')).events.nodes[0].reason;

  test('is all that its caller says', async () => {
    const key = await registerMak(api, 'DDDD3', 10);
    const increase = { productKey: key, limitKind: 'MAK_ACTIVATIONS', quantity: 5 };
    await send(api, 'requestLimitIncrease', { ...increase, justification: 'A new lab.', reason: 'Ticket 7' });
    expect(await lastReason()).toBe('A new lab.\nTicket 7');
  });

  test('is else made in the language of the request', async () => {
    const productKey = await registerMak(api, 'DDDD4', 10);
    await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${api.token.secret}`, 'accept-language': 'fr' },
      body: JSON.stringify({ query: mutation, variables: { input: { productKey, limitKind: 'MAK_ACTIVATIONS', quantity: 5 } } }),
    });
    expect(await lastReason()).toContain('Nous demandons 5 activations');
  });
});

describe('alerts of a limit', () => {
  test('are told once at each threshold, from the history on', async () => {
    const key = await registerMak(api, 'EEEE2', 4);
    for (const host of [1, 2, 3]) await requestActivation(api, { productKey: key, hostName: `alert${host}.life.example` });
    const query = 'subscription Q($key: ID!) { limitAlerts(thresholds: { remaining: [2], usedPercent: [50, 75] }, productKeys: [$key], after: 0) { remaining usedPercent productKey { used remaining } } }';
    const alerts: unknown[] = [];
    const stop = new AbortController();
    const response = await fetch(api.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${api.token.secret}` },
      body: JSON.stringify({ query, variables: { key } }),
      signal: stop.signal,
    });
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString('utf8');
      alerts.splice(0, alerts.length, ...[...text.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(String(data)).data.limitAlerts));
      if (alerts.length >= 2) break;
    }
    stop.abort();
    expect(alerts).toEqual([
      { remaining: [2], usedPercent: [50], productKey: { used: 2, remaining: 2 } },
      { remaining: [], usedPercent: [75], productKey: { used: 3, remaining: 1 } },
    ]);
  });
});

describe('hosts sent together', () => {
  const query = 'mutation Q($input: RegisterHostsInput!) { registerHosts(input: $input) { ... on HostCommandsAnswered { done refused results { ... on HostCommandSuccess { host { name } } ... on UserError { code } } } ... on UserError { code } } }';
  const items = [{ name: 'new1.life.example' }, { name: '' }, { name: 'new2.life.example', virtualMachine: true }];

  test('are entered each for itself, in order, and in a dry run not at all', async () => {
    const before = (await api.data('{ ledger { sequence } }')).ledger.sequence;
    expect((await api.data(query, { input: { items, dryRun: true } })).registerHosts).toMatchObject({ done: 2, refused: 1 });
    expect((await api.data('{ ledger { sequence } }')).ledger.sequence).toBe(before);
    const { registerHosts } = await api.data(query, { input: { items } });
    expect(registerHosts).toEqual({ done: 2, refused: 1, results: [{ host: { name: 'new1' } }, { code: 'HOST_NAME_UNREADABLE' }, { host: { name: 'new2' } }] });
    expect((await api.data(query, { input: { items, mode: 'ATOMIC' } })).registerHosts).toEqual({ code: 'BULK_NOT_ONE_STREAM' });
  });
});

describe('a host that a request names', () => {
  const isKnown = async (name: string) => (await api.data('query Q($name: String!) { host(name: $name) { id } }', { name })).host !== null;

  test('enters the ledger only with a request that is recorded', async () => {
    const key = await registerMak(api, 'HHHH2', 5);
    const refused = { productKey: key, hostName: 'never.life.example', installationId: '12' };
    expect(await requestActivation(api, refused)).toMatchObject({ __typename: 'CommandRefused', path: ['installationId'] });
    expect(await askTogether('requestActivations', { mode: 'ATOMIC', items: [refused] })).toMatchObject({ path: ['items', '0', 'installationId'] });
    expect(await send(api, 'configureKmsHost', { productKey: key, hostName: 'never.life.example' })).toHaveProperty('code');
    expect(await isKnown('never.life.example')).toBe(false);
    // Nor is its name taken for anything: the bare name is not joined to it.
    await requestActivation(api, { productKey: key, hostName: 'never' });
    const { host } = await api.data('{ host(name: "never") { fqdn: name domain } }');
    expect(host).toMatchObject({ domain: null });
  });

  test('is granted nothing once it is retired or part of another, except what it was granted before', async () => {
    const key = await registerMak(api, 'HHHH3', 5);
    const onHost = (name: string) => ({ productKey: key, hostName: `${name}.life.example` });
    const [retired, absorbed, survivor] = [onHost('gone'), onHost('part'), onHost('whole')] as const;
    const idOf = async (input: ReturnType<typeof onHost>) => (await api.data('query Q($name: String!) { host(name: $name) { id } }', { name: input.hostName })).host.id;
    const first = await requestActivation(api, { ...retired, commandId: `${DOWN}12` });
    for (const input of [absorbed, survivor]) await requestActivation(api, input);
    const part = await idOf(absorbed);
    await send(api, 'retireHost', { host: await idOf(retired) });
    expect(await send(api, 'mergeHosts', { survivor: await idOf(survivor), absorbed: part })).toMatchObject({ __typename: 'HostCommandSuccess' });
    expect(await requestActivation(api, retired)).toMatchObject({ code: 'HOST_RETIRED', path: ['hostName'] });
    expect(await requestActivation(api, { ...retired, dryRun: true })).toMatchObject({ code: 'HOST_RETIRED' });
    expect(await askTogether('requestActivations', { mode: 'ATOMIC', items: [retired] })).toMatchObject({ code: 'HOST_RETIRED', path: ['items', '0', 'hostName'] });
    expect(await requestActivation(api, { productKey: key, host: part })).toMatchObject({ code: 'HOST_MERGED', path: ['host'] });
    expect(await requestActivation(api, { ...retired, commandId: `${DOWN}12` })).toEqual(first);
  });
});

describe('retiring a host', () => {
  test('frees what was reserved for it', async () => {
    const key = await registerMak(api, 'FFFF2', 5);
    await requestActivation(api, { productKey: key, hostName: 'retired.life.example' });
    const { host } = await api.data('{ host(name: "retired.life.example") { id } }');
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 1 });
    await send(api, 'retireHost', { host: host.id });
    expect(await keyCounts(api, key)).toMatchObject({ reserved: 0, used: 0 });
  });
});

describe('what is said to have happened', () => {
  test('must have: no command takes a time more than a day ahead', async () => {
    const productKey = await registerMak(api, 'JJJJ2', 5);
    const { request: activation } = await requestActivation(api, { productKey, hostName: 'ahead.life.example' });
    const host = (await api.data('{ host(name: "ahead.life.example") { id } }')).host.id;
    const occurredAt = '2027-01-01T00:00:00Z';
    const commands: readonly (readonly [string, Record<string, unknown>])[] = [
      ['confirmActivation', { productKey, activation }],
      ['failActivation', { productKey, activation, hresult: '0xC004F074' }],
      ['recordActivation', { productKey, host }],
      ['reportRemaining', { productKey, remaining: 4, source: 'API' }],
      ['completeReimaging', { host, request: activation }],
      ['retireHost', { host }],
    ];
    const before = (await api.data('{ ledger { sequence } }')).ledger.sequence;
    for (const [name, input] of commands) expect(await send(api, name, { ...input, occurredAt }), name).toMatchObject({ code: 'OCCURRED_IN_THE_FUTURE' });
    for (const name of ['completeDowngrade', 'revertDowngrade']) {
      const query = `mutation Q($input: DowngradeEndInput!) { ${name}(input: $input) { ... on UserError { code } } }`;
      expect(await api.data(query, { input: { host, request: activation, occurredAt } }), name).toEqual({ [name]: { code: 'OCCURRED_IN_THE_FUTURE' } });
    }
    expect(await send(api, 'retireHost', { host, occurredAt: '0001-01-01T00:00:00+01:00' })).toMatchObject({ code: 'OCCURRED_OUT_OF_RANGE' });
    expect((await api.data('{ ledger { sequence } }')).ledger.sequence).toBe(before);
    expect(await send(api, 'confirmActivation', { productKey, activation, occurredAt: '2026-04-01T12:00:00Z' })).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
  });

  test('must be a number of activations there can be', async () => {
    const productKey = await registerMak(api, 'JJJJ3', 5);
    for (const remaining of [-1, 1_000_000_001]) {
      expect(await send(api, 'reportRemaining', { productKey, remaining, source: 'API' })).toMatchObject({ code: 'COUNT_OUT_OF_RANGE', path: ['remaining'] });
    }
    expect(await send(api, 'reportRemaining', { productKey, remaining: 0, source: 'API' })).toMatchObject({ __typename: 'ProductKeyCommandSuccess' });
  });
});

describe('a correction', () => {
  test('changes what is shown from then on, and leaves the event as it was', async () => {
    const key = await registerMak(api, 'GGGG2', 5, { product: 'Windows 10 Entreprise' });
    const { events } = await api.data('{ events(filter: { types: ["ProductKeyRegistered"] }, last: 1) { nodes { eventId } } }');
    const event = events.nodes[0].eventId;
    expect(await send(api, 'recordCorrection', { event, field: 'product', text: 'Windows 10 Enterprise', reason: 'spelling' })).toMatchObject({ __typename: 'CorrectionSuccess' });
    expect((await api.data('query Q($id: ID!) { productKey(id: $id) { product } }', { id: key })).productKey).toEqual({ product: 'Windows 10 Enterprise' });
    expect(await send(api, 'recordCorrection', { event, field: 'lastFive', text: 'XXXXX' })).toHaveProperty('code');
    expect(await send(api, 'recordCorrection', { event: `${DOWN}99`, field: 'product', text: 'x' })).toMatchObject({ code: 'EVENT_UNKNOWN' });
    await send(api, 'recordCorrection', { event, field: 'product', text: 'Windows 10 Entreprise' });
    expect((await api.data('query Q($id: ID!) { productKey(id: $id) { product } }', { id: key })).productKey).toEqual({ product: 'Windows 10 Entreprise' });
  });

  test('of a member of what was said names what it said', async () => {
    const copy = { product: 'Windows', version: '10', edition: 'Enterprise', language: 'fr-FR' };
    const input = { hostName: 'member.life.example', device: { channel: 'VOLUME', ...copy }, image: { image: 'lab-1', ...copy }, method: 'KMS', acceptWarnings: ['R-1', 'R-2'] };
    expect(await ask('requestReimaging', input)).toHaveProperty('request');
    const ofType = async (type: string) => (await api.data('query Q($type: String!) { events(filter: { types: [$type] }, last: 1) { nodes { eventId data } } }', { type })).events.nodes[0];
    const { eventId: event } = await ofType('ReimagingRequested');
    await send(api, 'recordCorrection', { event, field: 'image.image', text: 'lab-2' });
    expect((await ofType('CorrectionRecorded')).data).toMatchObject({ event, field: 'image.image', was: 'lab-1', value: 'lab-2' });
  });
});
