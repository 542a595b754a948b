import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { globalId, readGlobalId } from '../../src/graphql/relay/globalId.js';
import { startApi, type ApiLedger } from './apiLedger.js';
import { registerMak, requestActivation, send } from './requests.js';

let api: ApiLedger;
/** Distinct for each command of this file. */
let commands = 0;
const newCommandId = (): string => `00000000-0000-7000-8000-${(0xa90 + (commands += 1)).toString(16).padStart(12, '0')}`;
let head = 0;
const headNow = async (): Promise<number> => (await api.ledger.store.head()).sequence;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  head = await headNow();
});

const answers = {
  registerOrganisation: ['Organisation', 'sequence applied organisation { id name parent { name } }'],
  moveOrganisation: ['Organisation', 'sequence applied organisation { id name parent { name } }'],
  registerAgreement: ['Agreement', 'sequence applied agreement { id licenceId programme priceLevel keysFrom startsOn endsOn endedOn organisation { name } }'],
  endAgreement: ['Agreement', 'sequence applied agreement { id endedOn }'],
  recordEntitlement: ['Entitlement', 'sequence applied entitlement { id product quantity partNumber pool from until agreement { licenceId } }'],
  amendEntitlement: ['Entitlement', 'sequence applied entitlement { id quantity until history { nodes { quantity until } } }'],
} as const;

async function command(name: keyof typeof answers, input: Record<string, unknown>): Promise<any> {
  const [noun, selection] = answers[name];
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const document = `mutation Command($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code message path } ... on CommandRefused { rules } ... on ${noun}CommandSuccess { ${selection} } } }`;
  return (await api.data(document, { input }))[name];
}

async function expectRefused(answer: any, code: string, path: readonly string[], rules: readonly string[] = []): Promise<void> {
  expect(answer).toMatchObject({ __typename: 'CommandRefused', code, path, rules });
  expect(answer.message).toMatch(/^\S.*\.$/s);
  expect(await headNow()).toBe(head);
}

const organisationNamed = async (name: string, parent?: string): Promise<string> => (await command('registerOrganisation', { name, parent })).organisation.id;
const agreementOf = async (organisation: string, licenceId: string, fields = {}): Promise<string> =>
  (await command('registerAgreement', { licenceId, programme: 'SELECT', organisation, ...fields })).agreement.id;

describe('organisations', () => {
  it('are registered and moved, and answer with where they belong', async () => {
    const city = await organisationNamed('City');
    expect(await command('registerOrganisation', { name: ' School ', parent: city })).toEqual({
      __typename: 'OrganisationCommandSuccess', sequence: head + 2, applied: true, organisation: { id: expect.any(String), name: 'School', parent: { name: 'City' } },
    });
    const other = await organisationNamed('Region');
    const moved = await command('moveOrganisation', { organisation: city, parent: other });
    expect(moved.organisation).toEqual({ id: city, name: 'City', parent: { name: 'Region' } });
    head = await headNow();
    await expectRefused(await command('moveOrganisation', { organisation: other, parent: city }), 'ORGANISATION_CYCLE', ['parent']);
    const tree = await api.data('query Q($id: ID!) { organisations(filter: { parent: $id }) { nodes { name children { nodes { name } } } } node(id: $id) { ... on Organisation { name } } }', { id: other });
    expect(tree).toEqual({ organisations: { nodes: [{ name: 'City', children: { nodes: [{ name: 'School' }] } }] }, node: { name: 'Region' } });
  });

  it('are registered once for one command, however often it is sent', async () => {
    const commandId = newCommandId();
    const first = await command('registerOrganisation', { name: 'Once', commandId });
    expect(await command('registerOrganisation', { name: 'Once', commandId: commandId.toUpperCase() })).toEqual(first);
    expect(await headNow()).toBe(head + 1);
    expect(readGlobalId(first.organisation.id)).toEqual({ kind: 'Organisation', id: commandId });
  });

  it('are refused with code and field where nothing is known', async () => {
    await expectRefused(await command('registerOrganisation', { name: ' ' }), 'ORGANISATION_NAME_MISSING', ['name']);
    await expectRefused(await command('registerOrganisation', { name: 'x'.repeat(1_001) }), 'TEXT_TOO_LONG', ['name']);
    await expectRefused(await command('registerOrganisation', { name: 'x', parent: globalId('Organisation', 'nobody') }), 'PARENT_UNKNOWN', ['parent']);
    await expectRefused(await command('registerOrganisation', { name: 'x', parent: 'nonsense' }), 'INVALID_INPUT', ['parent']);
    await expectRefused(await command('moveOrganisation', { organisation: globalId('Organisation', 'nobody') }), 'ORGANISATION_UNKNOWN', ['organisation']);
    await expectRefused(await command('moveOrganisation', { organisation: globalId('Host', 'host-1') }), 'INVALID_INPUT', ['organisation']);
  });
});

describe('agreements', () => {
  let organisation: string;
  beforeAll(async () => {
    organisation = await organisationNamed('Holder');
  });

  it('are registered, and found by licence ID however it is written', async () => {
    const input = { licenceId: ' V100 ', programme: 'SELECT', priceLevel: 'B', organisation, startsOn: '2026-01-01', endsOn: '2028-12-31', reason: 'signed' };
    const answer = await command('registerAgreement', input);
    expect(answer).toEqual({
      __typename: 'AgreementCommandSuccess',
      sequence: head + 1,
      applied: true,
      agreement: {
        id: expect.any(String), licenceId: 'V100', programme: 'SELECT', priceLevel: 'B', keysFrom: 'PORTAL',
        startsOn: '2026-01-01', endsOn: '2028-12-31', endedOn: null, organisation: { name: 'Holder' },
      },
    });
    const { agreement, node } = await api.data('query Q($id: ID!) { agreement(licenceId: "v 100") { id events { nodes { type reason } } } node(id: $id) { __typename } }', { id: answer.agreement.id });
    expect(agreement).toEqual({ id: answer.agreement.id, events: { nodes: [{ type: 'AgreementRegistered', reason: 'signed' }] } });
    expect(node).toEqual({ __typename: 'Agreement' });
    head += 1;
    await expectRefused(await command('registerAgreement', { ...input, licenceId: 'v100' }), 'AGREEMENT_ALREADY_REGISTERED', ['licenceId']);
  });

  it('P-2: say where their keys are had', async () => {
    expect((await command('registerAgreement', { licenceId: 'V101', programme: 'HVMS', organisation })).agreement.keysFrom).toBe('CALL_ONLY');
  });

  it.each([
    [{ programme: 'OPEN_LICENSE', priceLevel: 'A' }, 'PRICE_LEVEL_WITHOUT_PROGRAMME', ['priceLevel', 'programme'], ['B-3']],
    [{ startsOn: '2026-02-01', endsOn: '2026-01-01' }, 'AGREEMENT_ENDS_BEFORE_START', ['startsOn', 'endsOn'], []],
    [{ licenceId: ' ' }, 'LICENCE_ID_MISSING', ['licenceId'], []],
    [{ licenceId: 'x'.repeat(1_001) }, 'TEXT_TOO_LONG', ['licenceId'], []],
    [{ organisation: globalId('Organisation', 'nobody') }, 'ORGANISATION_UNKNOWN', ['organisation'], []],
    [{ organisation: 'nonsense' }, 'INVALID_INPUT', ['organisation'], []],
  ])('are refused: %j with %s', async (fields, code, path, rules) => {
    await expectRefused(await command('registerAgreement', { licenceId: 'V102', programme: 'SELECT', organisation, ...fields }), code, path, rules);
  });

  it('take only days that the calendar has', async () => {
    const { body } = await api.ask('mutation { registerAgreement(input: { licenceId: "V102", programme: SELECT, organisation: "x", startsOn: "2026-02-30" }) { __typename } }');
    expect(body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it('end, and take nothing after that', async () => {
    const agreement = await agreementOf(organisation, 'V103');
    await expectAfter();
    expect((await command('endAgreement', { agreement, endedOn: '2026-03-31' })).agreement).toEqual({ id: agreement, endedOn: '2026-03-31' });
    head = await headNow();
    await expectRefused(await command('recordEntitlement', { agreement, product: 'Windows 10', quantity: 1, from: '2026-01-01' }), 'AGREEMENT_HAS_ENDED', ['agreement']);
    await expectRefused(await command('endAgreement', { agreement, endedOn: '2026-03-31' }), 'AGREEMENT_HAS_ENDED', ['agreement']);

    async function expectAfter(): Promise<void> {
      head = await headNow();
      await expectRefused(await command('endAgreement', { agreement, endedOn: '2999-01-01' }), 'END_IN_THE_FUTURE', ['endedOn']);
    }
  });

  it('are not known by an id that somebody made up, whatever stream it names', async () => {
    for (const id of ['agreement-0', 'ledger', 'host-1']) {
      await expectRefused(await command('endAgreement', { agreement: globalId('Agreement', id), endedOn: '2026-01-01' }), 'AGREEMENT_UNKNOWN', ['agreement']);
    }
    await expectRefused(await command('endAgreement', { agreement: globalId('Host', 'host-1'), endedOn: '2026-01-01' }), 'INVALID_INPUT', ['agreement']);
  });

  it('are listed, filtered and counted', async () => {
    const list = async (filter: string): Promise<unknown> => (await api.data(`query Q($o: ID!) { agreements(filter: { organisation: $o ${filter} }) { nodes { licenceId } totalCount } }`, { o: organisation })).agreements;
    expect(await list('')).toEqual({ nodes: [{ licenceId: 'V100' }, { licenceId: 'V101' }, { licenceId: 'V103' }], totalCount: 3 });
    expect(await list('programme: [HVMS]')).toEqual({ nodes: [{ licenceId: 'V101' }], totalCount: 1 });
    expect(await list('ended: true, includeAffiliates: true')).toEqual({ nodes: [{ licenceId: 'V103' }], totalCount: 1 });
    expect(await list('search: "holder", ended: false')).toEqual({ nodes: [{ licenceId: 'V100' }, { licenceId: 'V101' }], totalCount: 2 });
    const { body } = await api.ask('{ agreement { id } }');
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('entitlements', () => {
  let agreement: string;
  beforeAll(async () => {
    agreement = await agreementOf(await organisationNamed('Buyer'), 'V200');
  });

  it('are recorded and amended, and keep their history', async () => {
    const commandId = newCommandId();
    const input = { agreement, product: ' Windows 10 ', quantity: 25, partNumber: 'XX0-00001', pool: 'SYSTEMS', from: '2026-01-01', commandId };
    const recorded = await command('recordEntitlement', input);
    expect(recorded).toEqual({
      __typename: 'EntitlementCommandSuccess',
      sequence: head + 1,
      applied: true,
      entitlement: { id: expect.any(String), product: 'Windows 10', quantity: 25, partNumber: 'XX0-00001', pool: 'SYSTEMS', from: '2026-01-01', until: null, agreement: { licenceId: 'V200' } },
    });
    expect(await command('recordEntitlement', input)).toEqual(recorded);
    expect(await headNow()).toBe(head + 1);
    const { id } = recorded.entitlement;
    const amended = await command('amendEntitlement', { entitlement: id, quantity: 30 });
    expect(amended.entitlement).toEqual({ id, quantity: 30, until: null, history: { nodes: [{ quantity: 30, until: null }, { quantity: 25, until: null }] } });
    expect((await api.data('query Q($id: ID!) { node(id: $id) { ... on Entitlement { quantity } } agreement(licenceId: "V200") { entitlements { nodes { id } } } }', { id }))).toEqual({
      node: { quantity: 30 },
      agreement: { entitlements: { nodes: [{ id }] } },
    });
    head = await headNow();
    await expectRefused(await command('amendEntitlement', { entitlement: id, until: '2025-12-31' }), 'ENTITLEMENT_ENDS_BEFORE_START', ['from', 'until']);
    await expectRefused(await command('amendEntitlement', { entitlement: id }), 'AMENDMENT_EMPTY', ['quantity', 'until']);
    await expectRefused(await command('amendEntitlement', { entitlement: id, quantity: -1 }), 'LICENCES_OUT_OF_RANGE', ['quantity']);
  });

  it('that nobody recorded cannot be amended', async () => {
    const inner = readGlobalId(agreement)?.id ?? '';
    await expectRefused(await command('amendEntitlement', { entitlement: globalId('Entitlement', `${inner}/none`), quantity: 1 }), 'ENTITLEMENT_UNKNOWN', ['entitlement']);
    await expectRefused(await command('amendEntitlement', { entitlement: globalId('Entitlement', 'host-1/none'), quantity: 1 }), 'AGREEMENT_UNKNOWN', ['agreement']);
    await expectRefused(await command('amendEntitlement', { entitlement: agreement, quantity: 1 }), 'INVALID_INPUT', ['entitlement']);
  });

  it('keep no whole product key that was written into them', async () => {
    const answer = await command('recordEntitlement', { agreement, product: 'Suite BBBBB-CCCCC-DDDDD-FFFFF-GGGGG', quantity: 1, from: '2026-01-01' });
    expect(answer.entitlement.product).not.toContain('CCCCC');
    expect(answer.entitlement.product).toContain('GGGGG');
  });
});

describe('whose licences activations consume', () => {
  /** Of an invented product, the rules know nothing. */
  const WARNINGS = ['B-6', 'K-5', 'P-4', 'R-1', 'R-8'];
  const consumed = async (product: string): Promise<unknown> => {
    const { licencePosition } = await api.data('query Q($p: String) { licencePosition(groupBy: [AGREEMENT], filter: { product: $p }) { nodes { licenceId owned { value } consumed { value parts(first: 5) { nodes { share productKey { lastFive } } } } } } }', { p: product });
    return licencePosition.nodes.map((row: any) => [row.licenceId, row.owned.value, row.consumed.value, row.consumed.parts.nodes.map((part: any) => part.productKey.lastFive)]);
  };

  it('R-8: a key of one agreement serves the licences of an affiliate\'s, and the position tells both apart', async () => {
    const city = await organisationNamed('R-8 City');
    const school = await organisationNamed('R-8 School', city);
    await agreementOf(city, 'V300');
    const licences = await agreementOf(school, 'V301');
    await command('recordEntitlement', { agreement: licences, product: 'Shared Suite', quantity: 25, from: '2026-01-01' });
    const productKey = await registerMak(api, 'RRRRR', 50, { product: 'Shared Suite', agreement: 'V300' });
    const requests: any[] = [];
    for (const [index, agreement] of ['v301', 'V301', null].entries()) {
      requests.push(await requestActivation(api, { productKey, hostName: `r8-${index}.ledger.example`, agreement, acceptWarnings: WARNINGS }));
    }
    expect(requests).toMatchObject([{ __typename: 'RequestGranted' }, { __typename: 'RequestGranted' }, { __typename: 'RequestGranted' }]);
    expect(await consumed('Shared Suite')).toEqual([
      ['V300', 0, 1, ['RRRRR']],
      ['V301', 25, 2, ['RRRRR']],
    ]);
    await send(api, 'failActivation', { productKey, activation: requests[0].request, hresult: '0xC004C008' });
    await send(api, 'confirmActivation', { productKey, activation: requests[1].request });
    expect(await consumed('Shared Suite')).toEqual([
      ['V300', 0, 1, ['RRRRR']],
      ['V301', 25, 1, ['RRRRR']],
    ]);
  });
});
