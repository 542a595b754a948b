import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kmsCsv, productCsv } from '../support/embedded.js';
import { importBy, startApi, TOKEN_OWNER, type ApiLedger } from './apiLedger.js';
import { registerMak, requestActivation } from './requests.js';

/** Synthetic: three KMS clients of March, one of them with a MAK product too, a server in notification, and a failed request. */
let api: ApiLedger;
let firstImport: any;
beforeAll(async () => {
  api = await startApi();
  firstImport = await importBy(api, kmsCsv([1, 2, 3]), { sourceName: 'kms.csv', reason: 'monthly export' });
  await importBy(api, productCsv({ host: 'pc1.corp.example', key: 'AAAAA' }));
  await importBy(api, productCsv({ host: 'srv.lab.example', key: 'T83GX', status: 5, channel: 'VOLUME_KMSCLIENT' }));
  await importBy(api, kmsCsv([7], 40).replace('0x0,25', '0xC004F038,25').replace(',0,1,250000,', ',0,5,0,'));
  const register = 'mutation Register($input: RegisterProductKeyInput!) { registerProductKey(input: $input) { __typename } }';
  for (const input of [
    { productKey: 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG', kind: 'MAK', product: 'Synthetic Suite', agreement: 'A-1', allowed: 10 },
    { lastFive: 'HHHHH', kind: 'KMS_HOST', product: 'Synthetic Server', agreement: 'A-2' },
    { lastFive: 'AAAAA', kind: 'MAK', product: 'Synthetic Desktop', agreement: 'A-1', allowed: 3 },
  ]) {
    expect((await api.data(register, { input })).registerProductKey.__typename).toBe('RegisterProductKeySuccess');
  }
});
afterAll(() => api.stop());

const hostNames = async (args: string): Promise<string[]> => (await api.data(`{ hosts(${args}) { nodes { name } } }`)).hosts.nodes.map(({ name }: { name: string }) => name);
const keyFives = async (args: string): Promise<string[]> =>
  (await api.data(`{ productKeys(${args}) { nodes { lastFive } } }`)).productKeys.nodes.map(({ lastFive }: { lastFive: string }) => lastFive);
const recordedAt = async (sequence: number): Promise<string> => (await api.data(`{ event(sequence: ${sequence}) { recordedAt } }`)).event.recordedAt;

describe('hosts', () => {
  it.each([
    ['status: [PERMANENT]', ['pc1']],
    ['status: [RENEWAL_OVERDUE]', ['pc1', 'pc2', 'pc3']],
    ['status: [NOTIFICATION, PERMANENT]', ['pc1', 'pc7', 'srv']],
    ['product: "9abf5984-9c16-46f2-ad1e-7fe15931a8dd"', ['pc1', 'srv']],
    ['product: "Windows(R), Enterprise edition"', ['pc1', 'srv']],
    ['keyLastFive: "t83gx"', ['srv']],
    ['method: [MAK_INDEPENDENT]', ['pc1']],
    ['domain: "LAB.example"', ['srv']],
    ['lapsesBefore: "2026-08-28T10:02:30Z"', ['pc1', 'pc2']],
    ['notSeenSince: "2026-03-01T10:03:00Z"', ['pc2']],
    ['search: "pc"', ['pc1', 'pc2', 'pc3', 'pc7']],
    ['search: "00000000-0000-4000-8000-000000000003"', ['pc3']],
    ['status: [PERMANENT], method: [KMS]', []],
    ['domain: "corp.example", search: "pc2"', ['pc2']],
  ])('are filtered by %s, and counted', async (filter, names) => {
    expect(await hostNames(`filter: { ${filter} }`)).toEqual(names);
    expect(await api.data(`{ hosts(filter: { ${filter} }, first: 1) { totalCount } }`)).toEqual({ hosts: { totalCount: names.length } });
  });

  it.each([
    ['order: NAME', ['pc1', 'pc2', 'pc3', 'pc7', 'srv']],
    ['order: NAME, direction: DESCENDING', ['srv', 'pc7', 'pc3', 'pc2', 'pc1']],
    ['order: LAST_SEEN', ['pc2', 'pc3', 'pc7', 'pc1', 'srv']],
    ['order: EXPIRES, first: 3', ['pc1', 'pc2', 'pc3']],
    ['order: EXPIRES, direction: DESCENDING, last: 2', ['pc2', 'pc1']],
  ])('are ordered by %s', async (order, names) => {
    expect(await hostNames(order)).toEqual(names);
  });

  it.each(['NAME', 'LAST_SEEN', 'EXPIRES'])('ordered by %s are paged through once each, in both directions', async (order) => {
    const whole = await hostNames(`order: ${order}`);
    for (const [size, cursor, far, more] of [['first', 'after', 'endCursor', 'hasNextPage'], ['last', 'before', 'startCursor', 'hasPreviousPage']] as const) {
      const pages: string[][] = [];
      let at: string | null = null;
      for (let page = 0; page < whole.length; page += 1) {
        const list: any = (await api.data(`query Page($at: String) { hosts(order: ${order}, ${size}: 2, ${cursor}: $at) { nodes { name } pageInfo { ${far} ${more} } } }`, { at })).hosts;
        pages.push(list.nodes.map(({ name }: { name: string }) => name));
        at = list.pageInfo[far];
        if (list.pageInfo[more] === false) break;
      }
      expect((size === 'first' ? pages : pages.toReversed()).flat()).toEqual(whole);
    }
  });

  it('say what is activated, by what, and until when', async () => {
    const fields = 'productName status basis since until untilBasis method keyLastFive keyKind licenseStatus sku { name } setupKey { product } evidence { kind sequence } countedRequests failedRequests';
    const { host } = await api.data(`{ host(name: "pc1") { domain isKmsHost kmsHost expiresAt installations { ${fields} } } }`);
    expect(host).toMatchObject({ domain: 'corp.example', isKmsHost: false, kmsHost: 'kms.corp.example', expiresAt: '2026-08-28T10:01:00.000Z' });
    expect(host.installations).toMatchObject([
      { productName: 'Windows 10 Enterprise', sku: { name: 'Win 10 RTM Enterprise Volume:GVLK' }, status: 'RENEWAL_OVERDUE', until: '2026-08-28T10:01:00.000Z', untilBasis: 'RULE', method: 'KMS', keyLastFive: null, countedRequests: 1 },
      { productName: 'Windows(R), Enterprise edition', status: 'PERMANENT', basis: 'OBSERVED', until: null, method: 'MAK_INDEPENDENT', keyLastFive: 'AAAAA', keyKind: 'MAK', setupKey: null, licenseStatus: 'LICENSED' },
    ]);
  });

  it('say what the last failure means, and which published setup key a last five belongs to', async () => {
    const { host } = await api.data('{ host(name: "pc7.corp.example") { installations { failedRequests lastFailure { hresult meaning occurredAt } } } }');
    expect(host.installations).toEqual([
      { failedRequests: 1, lastFailure: { hresult: '0xC004F038', meaning: expect.stringContaining('count'), occurredAt: '2026-03-01T10:40:00.000Z' } },
    ]);
    expect((await api.data('{ host(name: "srv") { installations { setupKey { product method } } } }')).host.installations).toEqual([{ setupKey: { product: 'Windows 11/10 Pro', method: 'KMS' } }]);
  });

  it('are shown as the ledger knew them, and as they were', async () => {
    const before = await recordedAt(firstImport.sequence);
    expect(await hostNames(`asOf: "${before}"`)).toEqual(['pc1', 'pc2', 'pc3']);
    expect(await api.data(`{ hosts(asOf: "${before}") { totalCount } }`)).toEqual({ hosts: { totalCount: null } });
    expect(await api.data(`{ host(name: "pc1", asOf: "${before}") { installations { method } } }`)).toEqual({ host: { installations: [{ method: 'KMS' }] } });
    expect(await api.data(`{ host(name: "srv", asOf: "${before}") { name } }`)).toEqual({ host: null });
    const validAt = '2026-03-02T00:00:00Z';
    expect(await api.data(`{ host(name: "pc1", validAt: "${validAt}") { installations { status } } }`)).toEqual({ host: { installations: [{ status: 'ACTIVE_UNTIL' }] } });
    expect(await api.data('{ host(name: "pc1", validAt: "2026-02-01T00:00:00Z") { name } }')).toEqual({ host: null });
  });

  it('are named by id or by name, not by both or neither', async () => {
    for (const args of ['', '(id: "x", name: "pc1")']) {
      expect((await api.ask(`{ host${args} { name } }`)).body.errors).toMatchObject([{ message: 'Give either "id" or "name".', extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });
});

describe('product keys', () => {
  it.each([
    ['kind: [MAK]', ['AAAAA', 'GGGGG']],
    ['kind: [KMS_HOST, KMS_CLIENT]', ['HHHHH', 'T83GX']],
    ['agreement: "A-1"', ['AAAAA', 'GGGGG']],
    ['product: "Synthetic Server"', ['HHHHH']],
    ['lastFive: "ggggg"', ['GGGGG']],
    ['registered: false', ['T83GX']],
    ['remainingBelow: 10', ['AAAAA']],
    ['remainingBelow: 11, agreement: "A-1"', ['AAAAA', 'GGGGG']],
  ])('are filtered by %s, and counted', async (filter, fives) => {
    expect(await keyFives(`filter: { ${filter} }`)).toEqual(fives);
    expect(await api.data(`{ productKeys(filter: { ${filter} }, first: 1) { totalCount } }`)).toEqual({ productKeys: { totalCount: fives.length } });
  });

  it.each([
    ['order: LAST_FIVE', ['AAAAA', 'GGGGG', 'HHHHH', 'T83GX']],
    ['order: PRODUCT, filter: { registered: true }', ['AAAAA', 'HHHHH', 'GGGGG']],
    ['order: REMAINING, direction: DESCENDING, filter: { kind: [MAK] }', ['GGGGG', 'AAAAA']],
  ])('are ordered by %s', async (order, fives) => {
    expect(await keyFives(order)).toEqual(fives);
  });

  it('carry their counts, activations and history', async () => {
    const { productKeys } = await api.data(
      '{ productKeys(filter: { lastFive: "AAAAA" }) { nodes { registered agreement allowed opening confirmed reserved observed uncertain used remaining active unattributed reported { remaining } lastError { hresult } activations { nodes { countsAs host { name } } } events { nodes { type } } } } }',
    );
    expect(productKeys.nodes).toEqual([
      {
        registered: true, agreement: 'A-1', allowed: 3, opening: 0, confirmed: 0, reserved: 0, observed: 1, uncertain: 0, used: 1, remaining: 2, active: 1, unattributed: 0, reported: null, lastError: null,
        activations: { nodes: [{ countsAs: 'OBSERVED', host: { name: 'pc1' } }] },
        events: { nodes: [{ type: 'ProductKeyRegistered' }, { type: 'ActivationObserved' }, { type: 'ProductKeyObserved' }] },
      },
    ]);
  });

  it('are shown as the ledger knew them, and as they were', async () => {
    const { nodes } = (await api.data('{ productKeys(filter: { lastFive: "AAAAA" }) { nodes { id lastSequence firstSequence } } }')).productKeys;
    const [{ id, firstSequence }] = nodes;
    const question = (args: string): string => `query Key($id: ID!) { productKey(id: $id, ${args}) { registered used } }`;
    expect(await api.data(question(`asOf: "${await recordedAt(firstSequence + 1)}"`), { id })).toEqual({ productKey: { registered: false, used: 1 } });
    expect(await api.data(question(`asOf: "${await recordedAt(firstSequence - 1)}"`), { id })).toEqual({ productKey: null });
    expect(await api.data(question('validAt: "2026-03-01T00:00:00Z"'), { id })).toEqual({ productKey: null });
    expect(await keyFives(`asOf: "${await recordedAt(firstSequence + 1)}"`)).toEqual(['AAAAA']);
  });
});

describe('KMS hosts', () => {
  const census = 'countClass uncapped capped observed { count } thresholds { family required reached } duplicateClientIdCount duplicateClientIds { cmid hosts { name } } lapsingCount lapsing { cmid lapsesAt host { name } }';

  it('are listed with what they count', async () => {
    const { kmsHosts } = await api.data(`{ kmsHosts { nodes { name domain firstContactAt lastContactAt census(at: "2026-03-02T00:00:00Z") { ${census} } } } }`);
    expect(kmsHosts.nodes).toEqual([
      {
        name: 'kms', domain: 'corp.example', firstContactAt: '2026-03-01T10:01:00.000Z', lastContactAt: '2026-03-01T10:03:00.000Z',
        census: [
          {
            countClass: 'WINDOWS', uncapped: 3, capped: 3, observed: null, duplicateClientIdCount: 0, duplicateClientIds: [], lapsingCount: 0, lapsing: [],
            thresholds: [{ family: 'WINDOWS_CLIENT', required: 25, reached: false }, { family: 'WINDOWS_SERVER', required: 5, reached: false }],
          },
        ],
      },
    ]);
  });

  it('name the clients about to lapse, and the machines that share an id', async () => {
    const { kmsHosts } = await api.data(`{ kmsHosts { nodes { census(at: "2026-08-20T00:00:00Z") { lapsingCount lapsing(first: 1) { lapsesAt host { name } } } } } }`);
    expect(kmsHosts.nodes).toEqual([{ census: [{ lapsingCount: 3, lapsing: [{ lapsesAt: '2026-08-28T10:01:00.000Z', host: { name: 'pc1' } }] }] }]);
  });

  it('of the past are those known then', async () => {
    const opened = await recordedAt(1);
    expect((await api.data(`{ kmsHosts(asOf: "${opened}") { nodes { name } } }`)).kmsHosts.nodes).toEqual([]);
    const then = await recordedAt(firstImport.sequence);
    expect((await api.data(`{ kmsHosts(asOf: "${then}") { nodes { census(at: "2026-03-02T00:00:00Z") { uncapped } } } }`)).kmsHosts.nodes).toEqual([{ census: [{ uncapped: 3 }] }]);
  });
});

describe('events', () => {
  it('tell who recorded what, when, why and from where', async () => {
    const { events } = await api.data('{ events(filter: { types: ["ImportStarted"] }, first: 1) { nodes { sequence type stream revision schemaVersion reason actor { name } source { record } data } } }');
    expect(events.nodes).toEqual([
      { sequence: 2, type: 'ImportStarted', stream: 'ledger', revision: 1, schemaVersion: 1, reason: 'monthly export', actor: { name: TOKEN_OWNER }, source: null, data: expect.objectContaining({ sourceName: 'kms.csv', format: 'event-csv' }) },
    ]);
    const { event } = await api.data('{ event(sequence: 4) { type source { sha256 record parser parserVersion } occurredAt } }');
    expect(event).toMatchObject({ type: 'KmsRequestObserved', occurredAt: '2026-03-01T10:01:00.000Z', source: { record: 1, parser: 'event-csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  });

  it('are filtered by each of their facts, all conditions together', async () => {
    const sequences = async (args: string): Promise<number[]> => (await api.data(`{ events(${args}) { nodes { sequence } } }`)).events.nodes.map(({ sequence }: { sequence: number }) => sequence);
    const { host } = await api.data('{ host(name: "pc2") { id stream } }');
    expect(await sequences(`filter: { subject: "${host.id}" }`)).toEqual([5, 6]);
    expect(await sequences(`filter: { stream: "${host.stream}", types: ["KmsRequestObserved"] }`)).toEqual([6]);
    expect(await sequences('filter: { occurredFrom: "2026-03-01T10:02:00Z", occurredTo: "2026-03-01T10:03:00Z" }')).toEqual([5, 6]);
    const { actor } = (await api.data('{ event(sequence: 2) { actor { id } } }')).event;
    expect(await sequences(`filter: { actor: "${actor.id}", types: ["LedgerOpened"] }`)).toEqual([]);
    expect(await sequences(`filter: { recordedTo: "${await recordedAt(3)}" }`)).toEqual([1, 2]);
    const mentions = (await api.data('{ events(filter: { keyLastFive: "t83gx" }) { nodes { type } } }')).events.nodes;
    expect(mentions).toEqual([{ type: 'LicenseStateObserved' }, { type: 'ProductKeyObserved' }]);
    expect(await sequences(`asOf: "${await recordedAt(1)}"`)).toEqual([1]);
    expect(await sequences('direction: DESCENDING, last: 1')).toEqual([1]);
  });

  it('are named by id or by sequence, not by both or neither', async () => {
    const { event } = await api.data('{ event(sequence: 3) { id } }');
    expect(await api.data('query One($id: ID!) { event(id: $id) { sequence } }', event)).toEqual({ event: { sequence: 3 } });
    for (const args of ['', `(id: "${event.id}", sequence: 3)`]) expect((await api.ask(`{ event${args} { id } }`)).body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('the rest', () => {
  it('lists imports, filtered and latest first', async () => {
    const { imports } = await api.data('{ imports { nodes { format sourceName state eventsAppended sourceBytes actor { name } } } }');
    expect(imports.nodes).toHaveLength(4);
    expect(imports.nodes[3]).toEqual({ format: 'event-csv', sourceName: 'kms.csv', state: 'COMPLETED', eventsAppended: 6, sourceBytes: kmsCsv([1, 2, 3]).length, actor: { name: TOKEN_OWNER } });
    expect((await api.data('{ imports(filter: { format: "slp-csv", state: COMPLETED }, direction: ASCENDING) { nodes { startedSequence } } }')).imports.nodes).toHaveLength(2);
    expect((await api.data(`{ imports(asOf: "${await recordedAt(3)}") { nodes { state finishedAt } } }`)).imports.nodes).toEqual([{ state: 'UNFINISHED', finishedAt: null }]);
  });

  it('shows the catalogue: editions, setup keys, error codes and what KMS needs', async () => {
    const { catalogue } = await api.data(
      '{ catalogue { sku(skuId: "73111121-5638-40F6-BC11-F1D7B0D64300") { name family keyKind } skus(search: "enterprise", first: 1) { nodes { name } pageInfo { hasNextPage } } setupKeys(search: "T83GX") { nodes { product method source } } errorCodes { code meaning } kmsMinimums { family required countClass } } }',
    );
    expect(catalogue.sku).toEqual({ name: 'Win 10 RTM Enterprise Volume:GVLK', family: 'WINDOWS_CLIENT', keyKind: 'KMS_CLIENT' });
    expect(catalogue.skus.pageInfo.hasNextPage).toBe(true);
    expect(catalogue.setupKeys.nodes).toMatchObject([{ product: 'Windows 11/10 Pro', method: 'KMS' }]);
    expect(catalogue.errorCodes.find(({ code }: { code: string }) => code === '0xC004C020').meaning).toContain('exceeded its limit');
    expect(catalogue.kmsMinimums).toEqual([
      { family: 'WINDOWS_CLIENT', required: 25, countClass: 'WINDOWS' },
      { family: 'WINDOWS_SERVER', required: 5, countClass: 'WINDOWS' },
      { family: 'OFFICE', required: 5, countClass: 'OFFICE' },
    ]);
  });

  it('shows the ledger and how far queries are', async () => {
    const head = (await api.ledger.store.head()).sequence;
    expect(await api.data('{ ledger { ledgerId sequence version store projections { sequence lag rebuilding } } }')).toEqual({
      ledger: { ledgerId: api.ledger.ledgerId, sequence: head, version: '0.0.0-test', store: 'sqlite', projections: { sequence: head, lag: 0, rebuilding: false } },
    });
  });

  it('finds every kind of node again by its id', async () => {
    const { registerOrganisation } = await api.data('mutation { registerOrganisation(input: { name: "Harbour School" }) { ... on OrganisationCommandSuccess { organisation { id } } } }');
    const agreementInput = { licenceId: 'V0000009', programme: 'SELECT', organisation: registerOrganisation.organisation.id };
    const { registerAgreement } = await api.data('mutation Q($input: RegisterAgreementInput!) { registerAgreement(input: $input) { ... on AgreementCommandSuccess { agreement { id } } } }', { input: agreementInput });
    const entitlementInput = { agreement: registerAgreement.agreement.id, product: 'Windows 10', quantity: 1, from: '2026-01-01' };
    await api.data('mutation Q($input: RecordEntitlementInput!) { recordEntitlement(input: $input) { __typename } }', { input: entitlementInput });
    const mak = await registerMak(api, 'WWWWW', 1);
    await requestActivation(api, { hostName: 'asks.corp.example', productKey: mak, product: 'Windows 10', method: 'MAK_INDEPENDENT', acceptWarnings: ['R-1', 'R-8', 'P-4', 'B-6'] });
    const { agreements, ...lists } = await api.data(`{
      hosts(first: 1) { nodes { id } } productKeys(first: 1) { nodes { id } } kmsHosts(first: 1) { nodes { id } } events(first: 1) { nodes { id } } imports(first: 1) { nodes { id } }
      organisations(first: 1) { nodes { id } } requests(first: 1) { nodes { id } }
      agreements(first: 1) { nodes { id entitlements(first: 1) { nodes { id } } } }
    }`);
    const [{ id, entitlements }] = agreements.nodes;
    const introspected = await api.data('{ __type(name: "Node") { possibleTypes { name } } }');
    const found: string[] = [];
    for (const { nodes } of Object.values<any>({ ...lists, agreements: { nodes: [{ id }] }, entitlements })) {
      const { node } = await api.data('query Again($id: ID!) { node(id: $id) { __typename id } }', nodes[0]);
      expect(node.id).toBe(nodes[0].id);
      found.push(node.__typename);
    }
    expect(found.sort()).toEqual(introspected.__type.possibleTypes.map(({ name }: { name: string }) => name).sort());
  });
});
