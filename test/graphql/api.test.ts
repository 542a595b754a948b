import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerApplication } from '../../src/application/port.js';
import { globalId, readGlobalId } from '../../src/graphql/relay/globalId.js';
import { IMPORT_CONTENT_BYTES_MAX } from '../../src/graphql/import/input.js';
import type { Sequence, StreamId } from '../../src/kernel/identifiers.js';
import { ADA, hostRegistered, keyRegistered, startLedger, type LedgerFixture } from '../server/ledgerFixture.js';

const COMMAND = '0198F0C0-0000-7000-8000-000000000001';

describe('queries', () => {
  let ledger: LedgerFixture;
  beforeAll(async () => {
    ledger = await startLedger();
    await ledger.record('host-1', hostRegistered('alpha'), { recordedAt: '2026-11-01T09:00:00.000Z', reason: 'because' });
    await ledger.record('host-2', hostRegistered('beta'), { recordedAt: '2026-11-02T09:00:00.000Z' });
    await ledger.record('host-3', hostRegistered('gamma'), { recordedAt: '2026-11-03T09:00:00.000Z' });
    await ledger.record('productKey-1', keyRegistered('AB2CD', 50), { recordedAt: '2026-11-04T09:00:00.000Z' });
    await ledger.record(
      'productKey-1',
      {
        type: 'ActivationObserved',
        schemaVersion: 1,
        occurredAt: '2026-11-05T08:00:00.000Z',
        data: { host: 'host-1', installation: 1, evidence: 'API', countsAs: 'OBSERVED' },
      },
      { recordedAt: '2026-11-05T09:00:00.000Z' },
    );
  });
  afterAll(() => ledger.close());

  const data = async (query: string, variables?: Record<string, unknown>): Promise<any> => {
    const { body } = await ledger.ask(query, variables);
    expect(body.errors).toBeUndefined();
    return body.data;
  };
  const code = async (query: string, variables?: Record<string, unknown>): Promise<unknown> => (await ledger.ask(query, variables)).body.errors?.[0].extensions.code;

  it('find one host by id and by name', async () => {
    const id = globalId('Host', 'host-1');
    expect(await data('query Q($id: ID!) { host(id: $id) { id name domain rawName isKmsHost lastSeenAt } }', { id })).toEqual({
      host: { id, name: 'alpha', domain: 'ledger.example', rawName: 'ALPHA', isKmsHost: false, lastSeenAt: '2026-11-01T08:00:00.000Z' },
    });
    expect(await data('{ host(name: "ALPHA.ledger.example") { id } }')).toEqual({ host: { id } });
    expect(await data('{ host(name: "nobody") { id } }')).toEqual({ host: null });
    expect(await code('{ host(id: "nonsense") { id } }')).toBe('BAD_USER_INPUT');
    expect(await code('query Q($id: ID!) { host(id: $id) { id } }', { id: globalId('ProductKey', 'productKey-1') })).toBe('BAD_USER_INPUT');
  });

  it('show the past as the ledger knew it, and as it was', async () => {
    const id = globalId('Host', 'host-2');
    expect(await data('query Q($id: ID!) { host(id: $id, asOf: "2026-11-01T12:00:00Z") { name } }', { id })).toEqual({ host: null });
    expect(await data('query Q($id: ID!) { host(id: $id, asOf: "2026-11-02T12:00:00Z") { name } }', { id })).toEqual({ host: { name: 'beta' } });
    expect(await data('query Q($id: ID!) { host(id: $id, validAt: "2026-11-01T07:00:00Z") { name } }', { id })).toEqual({ host: null });
    expect(await data('query Q($id: ID!) { host(id: $id, validAt: "2026-11-01T09:00:00Z") { name } }', { id })).toEqual({ host: { name: 'beta' } });
    const key = globalId('ProductKey', 'productKey-1');
    expect(await data('query Q($id: ID!) { productKey(id: $id) { used remaining } }', { id: key })).toEqual({ productKey: { used: 1, remaining: 49 } });
    expect(await data('query Q($id: ID!) { productKey(id: $id, asOf: "2026-11-04T12:00:00Z") { used } }', { id: key })).toEqual({ productKey: { used: 0 } });
    expect(await data('query Q($id: ID!) { productKey(id: $id, validAt: "2026-11-05T07:00:00Z") { used } }', { id: key })).toEqual({ productKey: { used: 0 } });
  });

  it('page through a list forwards and backwards without loss or repetition', async () => {
    const page = 'query Q($first: Int, $after: String, $last: Int, $before: String) { hosts(first: $first, after: $after, last: $last, before: $before) { edges { cursor node { name } } nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }';
    const first = (await data(page, { first: 2 })).hosts;
    expect(first.nodes).toEqual([{ name: 'alpha' }, { name: 'beta' }]);
    expect(first.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor: first.edges[0].cursor, endCursor: first.edges[1].cursor });
    const second = (await data(page, { first: 2, after: first.pageInfo.endCursor })).hosts;
    expect(second.nodes).toEqual([{ name: 'gamma' }]);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = (await data(page, { last: 1, before: second.pageInfo.startCursor })).hosts;
    expect(back.nodes).toEqual([{ name: 'beta' }]);
    expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  it.each([
    '{ hosts(first: 0) { nodes { id } } }',
    '{ hosts(first: 1, last: 1) { nodes { id } } }',
    '{ hosts(after: "nonsense") { nodes { id } } }',
    `{ hosts(after: "${Buffer.from('[1,2,3,4,5,6]').toString('base64url')}") { nodes { id } } }`,
  ])('refuse a page out of bounds or order: %s', async (query) => {
    expect(await code(query)).toBe('BAD_USER_INPUT');
  });

  it('filter and order', async () => {
    expect(await data('{ hosts(filter: { search: "BET" }) { nodes { name } } }')).toEqual({ hosts: { nodes: [{ name: 'beta' }] } });
    expect(await data('{ hosts(direction: DESCENDING, first: 1) { nodes { name } } }')).toEqual({ hosts: { nodes: [{ name: 'gamma' }] } });
    expect(await data('{ productKeys(filter: { kind: [MAK], remainingBelow: 50, lastFive: "ab2cd" }) { nodes { lastFive allowed activations { nodes { countsAs host { name } } } } } }')).toEqual({
      productKeys: { nodes: [{ lastFive: 'AB2CD', allowed: 50, activations: { nodes: [{ countsAs: 'OBSERVED', host: { name: 'alpha' } }] } }] },
    });
    expect(await data('{ productKeys(filter: { kind: [KMS_HOST] }) { nodes { lastFive } } }')).toEqual({ productKeys: { nodes: [] } });
  });

  it('show events with their actor and reason, and the timeline of one host', async () => {
    expect(await data('{ event(sequence: 1) { sequence type stream revision recordedAt reason actor { id name } source { record } data } }')).toEqual({
      event: {
        sequence: 1,
        type: 'HostRegistered',
        stream: 'host-1',
        revision: 0,
        recordedAt: '2026-11-01T09:00:00.000Z',
        reason: 'because',
        actor: { id: ADA, name: 'Ada' },
        source: null,
        data: hostRegistered('alpha').data,
      },
    });
    expect(await data('{ event(sequence: 99) { id } }')).toEqual({ event: null });
    expect(await data('{ events(first: 2, direction: DESCENDING) { nodes { sequence } } }')).toEqual({ events: { nodes: [{ sequence: 5 }, { sequence: 4 }] } });
    expect(await data('{ events(filter: { types: ["HostRegistered"] }, asOf: "2026-11-02T12:00:00Z") { nodes { sequence } } }')).toEqual({
      events: { nodes: [{ sequence: 1 }, { sequence: 2 }] },
    });
    const id = globalId('Host', 'host-1');
    expect(await data('query Q($id: ID!) { host(id: $id) { events { nodes { sequence } } identities { kind value } } }', { id })).toEqual({
      host: { events: { nodes: [{ sequence: 1 }] }, identities: [{ kind: 'NAME', value: 'alpha.ledger.example' }] },
    });
  });

  it('find any object by its id alone', async () => {
    const query = 'query Q($id: ID!) { node(id: $id) { __typename id } }';
    for (const [type, inner] of [['Host', 'host-1'], ['ProductKey', 'productKey-1'], ['LedgerEvent', '1']] as const) {
      const id = globalId(type, inner);
      expect(await data(query, { id })).toEqual({ node: { __typename: type, id } });
    }
    for (const id of [globalId('Host', 'host-9'), globalId('LedgerEvent', 'x'), globalId('Import', 'none'), 'nonsense']) {
      expect(await data(query, { id })).toEqual({ node: null });
    }
  });

  it('answer for KMS hosts, imports and the catalogue', async () => {
    expect(await data('{ kmsHosts { nodes { name } } imports { nodes { format } } catalogue { errorCodes { code } skus(search: "SYNTH") { nodes { name } pageInfo { hasNextPage } } sku(skuId: "nothing") { name } } }')).toEqual({
      kmsHosts: { nodes: [] },
      imports: { nodes: [] },
      catalogue: { errorCodes: [{ code: '0xC004C020' }], skus: { nodes: [{ name: 'Synthetic edition' }], pageInfo: { hasNextPage: false } }, sku: null },
    });
  });

  it('redact a forgotten person, and keep the rest of the event', async () => {
    await ledger.vaultInUse.forgetSubject(ADA);
    expect(await data('{ event(sequence: 1) { type reason actor { id name } } }')).toEqual({
      event: { type: 'HostRegistered', reason: 'redacted', actor: { id: ADA, name: 'redacted' } },
    });
  });
});

describe('mutations', () => {
  let ledger: LedgerFixture;
  const commands: { name: string; input: unknown; meta: unknown }[] = [];
  const done = (name: string, id: string) => async (input: unknown, meta: unknown) => {
    commands.push({ name, input, meta });
    return { kind: 'done', sequence: 1 as Sequence, applied: true, id: id as StreamId, importId: 'import-1' } as const;
  };
  const application: Partial<LedgerApplication> = {
    registerHost: done('registerHost', 'host-1'),
    registerProductKey: done('registerProductKey', 'productKey-1'),
    recordActivation: done('recordActivation', 'productKey-1'),
    importObservations: done('importObservations', 'ledger'),
  };
  let refusing: LedgerFixture;
  beforeAll(async () => {
    ledger = await startLedger({ application });
    await ledger.record('host-1', hostRegistered('alpha'));
    await ledger.record('productKey-1', keyRegistered('AB2CD', 50));
    refusing = await startLedger();
  });
  afterAll(async () => {
    await ledger.close();
    await refusing.close();
  });

  it('hand a command to the application with who, why and which, and answer with the row', async () => {
    const { body } = await ledger.ask(
      'mutation M($input: RegisterHostInput!) { registerHost(input: $input) { __typename ... on RegisterHostSuccess { sequence applied host { name } } } }',
      { input: { name: 'alpha', commandId: COMMAND, reason: 'because', macAddresses: ['00:00:00:00:00:01'] } },
    );
    expect(body).toEqual({ data: { registerHost: { __typename: 'RegisterHostSuccess', sequence: 1, applied: true, host: { name: 'alpha' } } } });
    expect(commands.splice(0)).toMatchObject([
      { name: 'registerHost', input: { name: 'alpha', macAddresses: ['00:00:00:00:00:01'] }, meta: { actor: ADA, commandId: COMMAND.toLowerCase(), reason: 'because' } },
    ]);
  });

  it('register a product key by the whole key or its last five, not by both or neither', async () => {
    const mutation =
      'mutation M($input: RegisterProductKeyInput!) { registerProductKey(input: $input) { __typename ... on UserError { code path } ... on RegisterProductKeySuccess { productKey { lastFive } } } }';
    const base = { kind: 'MAK', product: 'Synthetic edition' };
    const key = 'BBBBB-CCCCC-DDDDD-FFFFF-AB2CD';
    const whole = await ledger.ask(mutation, { input: { ...base, productKey: key, opening: { count: 3, asOf: '2026-01-01T00:00:00Z', source: 'portal' } } });
    expect(whole.body).toEqual({ data: { registerProductKey: { __typename: 'RegisterProductKeySuccess', productKey: { lastFive: 'AB2CD' } } } });
    expect(commands.splice(0)).toMatchObject([{ input: { productKey: key, opening: { count: 3, asOf: Date.UTC(2026, 0, 1) } } }]);
    for (const keys of [{}, { productKey: key, lastFive: 'AB2CD' }]) {
      const { body } = await ledger.ask(mutation, { input: { ...base, ...keys } });
      expect(body).toEqual({ data: { registerProductKey: { __typename: 'CommandRefused', code: 'INVALID_INPUT', path: ['productKey', 'lastFive'] } } });
    }
    expect(commands).toEqual([]);
    expect(JSON.stringify(ledger.log)).not.toContain('BBBBB');
  });

  it('record an activation of a host and a key named by their ids', async () => {
    const mutation = 'mutation M($input: RecordActivationInput!) { recordActivation(input: $input) { __typename ... on UserError { path } ... on RecordActivationSuccess { productKey { used } host { name } } } }';
    const ids = { host: globalId('Host', 'host-1'), productKey: globalId('ProductKey', 'productKey-1') };
    const good = await ledger.ask(mutation, { input: { ...ids, method: 'MAK_INDEPENDENT' } });
    expect(good.body.data.recordActivation).toEqual({ __typename: 'RecordActivationSuccess', productKey: { used: 0 }, host: { name: 'alpha' } });
    expect(commands.splice(0)).toMatchObject([{ input: { host: 'host-1', productKey: 'productKey-1', method: 'MAK_INDEPENDENT' } }]);
    const bad = await ledger.ask(mutation, { input: { host: ids.productKey, productKey: ids.host } });
    expect(bad.body.data.recordActivation).toEqual({ __typename: 'CommandRefused', path: ['host'] });
  });

  it('import a text up to the size limit, and refuse a larger one', async () => {
    const mutation = 'mutation M($input: ImportObservationsInput!) { importObservations(input: $input) { __typename ... on ContentTooLarge { code path limitBytes } ... on ImportObservationsSuccess { sequence } } }';
    const largest = await ledger.ask(mutation, { input: { content: '"'.repeat(IMPORT_CONTENT_BYTES_MAX) } });
    expect(largest.body.data.importObservations).toEqual({ __typename: 'ImportObservationsSuccess', sequence: 1 });
    expect(commands.splice(0)).toHaveLength(1);
    const larger = await ledger.ask(mutation, { input: { content: `é${'x'.repeat(IMPORT_CONTENT_BYTES_MAX - 1)}` } });
    expect(larger.body.data.importObservations).toEqual({ __typename: 'ContentTooLarge', code: 'CONTENT_TOO_LARGE', path: ['content'], limitBytes: IMPORT_CONTENT_BYTES_MAX });
    expect(commands).toEqual([]);
  });

  it('answer a refusal as a value with code, message, path and rules', async () => {
    const { body } = await refusing.ask('mutation { registerHost(input: { name: "x" }) { ... on UserError { code message path } ... on CommandRefused { rules } } }');
    expect(body).toEqual({ data: { registerHost: { code: 'NOT_HERE', message: 'The fake refuses.', path: ['name'], rules: ['B-1'] } } });
  });
});

describe('a global id', () => {
  it('is opaque and reads back', () => {
    expect(readGlobalId(globalId('Host', 'host-a:b'))).toEqual({ kind: 'Host', id: 'host-a:b' });
    expect(readGlobalId(Buffer.from('Other:1').toString('base64url'))).toBeUndefined();
    expect(readGlobalId(`${globalId('Host', 'host-1')}=`)).toBeUndefined();
  });
});
