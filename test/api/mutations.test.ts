import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IMPORT_CONTENT_BYTES_MAX } from '../../src/graphql/import/input.js';
import { globalId } from '../../src/graphql/relay/globalId.js';
import { kmsCsv, newDirectory, productCsv } from '../support/embedded.js';
import { importBy, startApi, type ApiLedger } from './apiLedger.js';

let api: ApiLedger;
const directory = newDirectory();
/** Distinct for each command of this file. */
let commands = 0;
const newCommandId = (): string => `00000000-0000-7000-8000-${(0xc0 + (commands += 1)).toString(16).padStart(12, '0')}`;
let head = 0;
const headNow = async (): Promise<number> => (await api.ledger.store.head()).sequence;

beforeAll(async () => {
  api = await startApi(directory);
});
afterAll(() => api.stop());
beforeEach(async () => {
  head = await headNow();
});

const answers = {
  registerHost: 'sequence applied host { id name domain operatingSystem virtualMachine identities { kind value } }',
  registerProductKey: 'sequence applied productKey { id lastFive kind product agreement allowed opening used remaining registered }',
  recordActivation: 'sequence applied host { name installations { number status keyLastFive method } } productKey { observed used remaining active }',
} as const;

async function command(name: keyof typeof answers, input: Record<string, unknown>): Promise<any> {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const document = `mutation Command($input: ${type}Input!) { ${name}(input: $input) { __typename ... on UserError { code message path } ... on CommandRefused { rules } ... on ${type}Success { ${answers[name]} } } }`;
  return (await api.data(document, { input }))[name];
}

async function expectRefused(answer: any, code: string, path: readonly string[]): Promise<void> {
  expect(answer).toMatchObject({ __typename: 'CommandRefused', code, path });
  expect(answer.message).toMatch(/^\S.*\.$/s);
  expect(await headNow()).toBe(head);
}

describe('registerHost', () => {
  const input = { name: 'Reg1.corp.example', cmid: '11111111-2222-4333-8444-555555555555', macAddresses: ['00-00-5e-00-53-01'], operatingSystem: 'Synthetic OS', virtualMachine: true };

  it('records the host, and answers with it and the place in the log', async () => {
    expect(await command('registerHost', input)).toEqual({
      __typename: 'RegisterHostSuccess',
      sequence: head + 1,
      applied: true,
      host: {
        id: expect.any(String), name: 'reg1', domain: 'corp.example', operatingSystem: 'Synthetic OS', virtualMachine: true,
        identities: [{ kind: 'CMID', value: input.cmid }, { kind: 'MAC', value: '00:00:5E:00:53:01' }, { kind: 'NAME', value: 'reg1.corp.example' }],
      },
    });
  });

  it('does the same command once, however often it is sent', async () => {
    const commandId = newCommandId();
    const first = await command('registerHost', { name: 'reg2', commandId });
    const copies = await Promise.all(Array.from({ length: 5 }, () => command('registerHost', { name: 'reg2', commandId: commandId.toUpperCase() })));
    expect(copies).toEqual(Array.from({ length: 5 }, () => first));
    expect(await headNow()).toBe(head + 1);
  });

  it.each([
    [{ name: '<no name>' }, 'HOST_NAME_UNREADABLE', ['name']],
    [{ name: 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG' }, 'HOST_NAME_UNREADABLE', ['name']],
    [{ name: 'REG1.corp.example' }, 'HOST_ALREADY_REGISTERED', ['name']],
    [{ name: 'reg3', cmid: 'no guid' }, 'CMID_MALFORMED', ['cmid']],
    [{ name: 'reg3', macAddresses: ['00-00-5e-00-53-0x'] }, 'MAC_ADDRESS_MALFORMED', ['macAddresses']],
    [{ name: 'reg3', operatingSystem: 'x'.repeat(1_001) }, 'TEXT_TOO_LONG', ['operatingSystem']],
    [{ name: 'reg3', reason: 'x'.repeat(1_001) }, 'TEXT_TOO_LONG', ['reason']],
    [{ name: 'reg3', reason: '\ud800' }, 'TEXT_NOT_WELL_FORMED', ['reason']],
    [{ name: 'reg3', reasonCode: 'lab refresh' }, 'REASON_CODE_MALFORMED', ['reasonCode']],
    [{ name: 'reg3', reasonTicket: 'asked for by Ada' }, 'REASON_TICKET_MALFORMED', ['reasonTicket']],
    [{ name: 'reg3', reasonTicket: 'ada@corp.example' }, 'REASON_TICKET_MALFORMED', ['reasonTicket']],
    [{ name: 'reg3', reasonTicket: 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG' }, 'REASON_TICKET_MALFORMED', ['reasonTicket']],
  ])('refuses %j with %s', async (refusedInput, code, path) => {
    await expectRefused(await command('registerHost', refusedInput), code, path);
  });

  it('takes the words, the code and the ticket of a reason for no part of the input', async () => {
    const commandId = newCommandId();
    const first = await command('registerHost', { name: 'reg9', commandId, reasonTicket: 'CHG-1' });
    expect(await command('registerHost', { name: 'reg9', commandId, reason: 'again', reasonCode: 'RETRY', reasonTicket: 'CHG-2' })).toEqual(first);
  });

  it('refuses a command id that stands for another input', async () => {
    const commandId = newCommandId();
    await command('registerHost', { name: 'reg4', commandId });
    head = await headNow();
    await expectRefused(await command('registerHost', { name: 'reg5', commandId }), 'COMMAND_ID_REUSED', ['commandId']);
  });

  it('refuses a command id that is none', async () => {
    const { body } = await api.ask('mutation { registerHost(input: { name: "reg5", commandId: "no uuid" }) { __typename } }');
    expect(body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });
});

describe('registerProductKey', () => {
  const key = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG';
  const base = { kind: 'MAK', product: 'Synthetic Suite' };

  it('records the key, and answers with its counts', async () => {
    const opening = { count: 3, asOf: '2026-01-01T00:00:00Z', source: 'portal' };
    expect(await command('registerProductKey', { ...base, productKey: key, agreement: 'A-1', allowed: 50, opening, obtainedFrom: 'PORTAL' })).toEqual({
      __typename: 'RegisterProductKeySuccess',
      sequence: head + 1,
      applied: true,
      productKey: { id: expect.any(String), lastFive: 'GGGGG', kind: 'MAK', product: 'Synthetic Suite', agreement: 'A-1', allowed: 50, opening: 3, used: 3, remaining: 47, registered: true },
    });
  });

  it('does the same command once', async () => {
    const commandId = newCommandId();
    const first = await command('registerProductKey', { ...base, lastFive: 'JJJJJ', commandId });
    expect(await command('registerProductKey', { ...base, lastFive: 'JJJJJ', commandId })).toEqual(first);
    expect(await headNow()).toBe(head + 1);
    head += 1;
    await expectRefused(await command('registerProductKey', { ...base, lastFive: 'JJJJJ', allowed: 1, commandId }), 'COMMAND_ID_REUSED', ['commandId']);
  });

  it('refuses what does not fit, each with its code and field, and records nothing', async () => {
    await command('registerProductKey', { ...base, productKey: 'BBBBB-BBBBB-DDDDD-FFFFF-GGGGG' });
    head = await headNow();
    for (const [input, code, path] of [
      [{}, 'INVALID_INPUT', ['productKey', 'lastFive']],
      [{ productKey: key, lastFive: 'GGGGG' }, 'INVALID_INPUT', ['productKey', 'lastFive']],
      [{ productKey: 'BBBBB-CCCCC' }, 'KEY_MALFORMED', ['productKey']],
      [{ lastFive: 'GG' }, 'KEY_MALFORMED', ['productKey', 'lastFive']],
      [{ productKey: key }, 'KEY_ALREADY_REGISTERED', ['productKey', 'lastFive']],
      [{ lastFive: 'GGGGG' }, 'KEY_AMBIGUOUS', ['lastFive']],
      [{ lastFive: 'KKKKK', product: ' ' }, 'PRODUCT_MISSING', ['product']],
      [{ lastFive: 'KKKKK', product: 'x'.repeat(1_001) }, 'TEXT_TOO_LONG', ['product']],
      [{ lastFive: 'KKKKK', allowed: -1 }, 'COUNT_OUT_OF_RANGE', ['allowed', 'opening']],
      [{ lastFive: 'KKKKK', kind: 'KMS_HOST', opening: { count: 1, asOf: '2026-01-01T00:00:00Z', source: 'x' } }, 'OPENING_WITHOUT_MAK', ['opening', 'kind']],
    ] as const) {
      await expectRefused(await command('registerProductKey', { ...base, ...input }), code, path);
    }
  });

  it('lets no whole product key into an answer, the log of the server or any file', async () => {
    const planted = 'BBBBB-PPPPP-QQQQQ-RRRRR-TTTTT';
    const answered = [
      await command('registerProductKey', { ...base, productKey: planted, agreement: `under ${planted}`, reason: `because of ${planted}` }),
      await command('registerProductKey', { ...base, productKey: planted }),
      await command('registerProductKey', { kind: 'MAK', product: planted, lastFive: 'TTTTV' }),
      await command('registerProductKey', { ...base, productKey: `${planted}-${planted}` }),
      await command('registerHost', { name: planted }),
      await command('registerHost', { name: 'reg6', operatingSystem: `key ${planted}` }),
      await importBy(api, productCsv({ host: 'reg7.corp.example', key: planted }), { sourceName: `${planted}.csv`, reason: planted }),
      (await api.ask(`mutation { registerProductKey(input: { kind: MAK, product: "x", productKey: "${planted}", nonsense: 1 }) { __typename } }`)).status,
      (await api.ask('mutation M($input: RegisterProductKeyInput!) { registerProductKey(input: $input) { __typename } }', { input: { ...base, productKey: { key: planted } } })).status,
      await api.data('{ events(direction: DESCENDING, first: 50) { nodes { data reason } } }'),
    ];
    expect(answered[0].__typename).toBe('RegisterProductKeySuccess');
    const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files).toEqual(expect.arrayContaining(['ledger.db', 'vault.db'].map((name) => join(directory, name))));
    const places = [JSON.stringify(answered), api.logText(), ...files.map((file) => readFileSync(file, 'latin1'))];
    // The planted text is the rest of the key: its last five may be kept.
    for (const place of places) expect(/BBBBB-?PPPPP-?QQQQQ-?RRRRR/i.test(place)).toBe(false);
  });
});

describe('recordActivation', () => {
  let ids: { host: string; productKey: string };
  beforeAll(async () => {
    const host = await command('registerHost', { name: 'act1.corp.example' });
    const key = await command('registerProductKey', { kind: 'MAK', product: 'Synthetic Suite', lastFive: 'MMMMM', allowed: 2 });
    ids = { host: host.host.id, productKey: key.productKey.id };
  });

  it('is on the host and counts for the key', async () => {
    const commandId = newCommandId();
    const input = { ...ids, method: 'MAK_PROXY', occurredAt: '2026-03-20T08:00:00Z', commandId };
    const first = await command('recordActivation', input);
    expect(first).toMatchObject({
      __typename: 'RecordActivationSuccess',
      applied: true,
      host: { name: 'act1', installations: [{ number: 1, status: 'PERMANENT', keyLastFive: 'MMMMM', method: 'MAK_PROXY' }] },
      productKey: { observed: 1, used: 1, remaining: 1, active: 1 },
    });
    const after = await headNow();
    expect(first.sequence).toBe(after);
    expect(await command('recordActivation', input)).toEqual(first);
    expect(await headNow()).toBe(after);
  });

  it('refuses what the ledger does not know, each with its code and field', async () => {
    for (const [input, code, path] of [
      [{ host: ids.productKey }, 'INVALID_INPUT', ['host']],
      [{ productKey: ids.host }, 'INVALID_INPUT', ['productKey']],
      [{ host: globalId('Host', 'host-0') }, 'HOST_UNKNOWN', ['host']],
      [{ productKey: globalId('ProductKey', 'productKey-0') }, 'KEY_UNKNOWN', ['productKey']],
      [{ installation: 9 }, 'INSTALLATION_UNKNOWN', ['installation']],
      [{ skuId: 'no guid' }, 'SKU_MALFORMED', ['skuId']],
    ] as const) {
      await expectRefused(await command('recordActivation', { ...ids, ...input }), code, path);
    }
  });
});

describe('importObservations', () => {
  it('reads a text, and the same records again append nothing', async () => {
    const first = await importBy(api, kmsCsv([1, 2], 500));
    expect(first).toMatchObject({ __typename: 'ImportObservationsSuccess', sequence: head + 6, applied: true, import: { state: 'COMPLETED', recordsRead: 2, eventsAppended: 4, recordsRefused: 0 } });
    expect((await importBy(api, kmsCsv([1, 2], 500))).import).toMatchObject({ eventsAppended: 0, recordsAlreadyKnown: 2 });
  });

  it('does the same command once', async () => {
    const commandId = newCommandId();
    const first = await importBy(api, kmsCsv([3], 510), { commandId });
    const after = await headNow();
    expect(await importBy(api, kmsCsv([3], 510), { commandId })).toEqual(first);
    expect(await headNow()).toBe(after);
    head = after;
    await expectRefused(await importBy(api, kmsCsv([4], 511), { commandId }), 'COMMAND_ID_REUSED', ['commandId']);
  });

  it('takes the good records around a bad one, and names the bad one', async () => {
    const [title, good, bad] = kmsCsv([5, 6], 520).split('\r\n"An activation');
    const broken = [title, good, bad?.replace('0x0,25,', '')].join('\r\n"An activation');
    expect((await importBy(api, broken)).import).toMatchObject({ recordsRead: 2, recordsRefused: 1, refusals: [{ record: 2, code: expect.stringMatching(/^[A-Z_]+$/) }] });
  });

  it.each([
    ['', {}, 'EMPTY_INPUT', ['content']],
    ['nothing any tool prints', {}, 'FORMAT_UNKNOWN', ['format']],
    ['a,b', { format: 'no-format' }, 'FORMAT_UNKNOWN', ['format']],
    ['Name: Windows(R), Enterprise edition\nPartial Product Key: AAAAA\nLicense Status: Licensed\n', { format: 'slmgr' }, 'MISSING_HOST', ['host']],
    [kmsCsv([1]), { timeZone: 'Nowhere/Land' }, 'TIME_ZONE_UNKNOWN', ['timeZone']],
    [kmsCsv([1]), { sourceName: 'x'.repeat(1_001) }, 'TEXT_TOO_LONG', ['sourceName']],
  ])('refuses %j with %j', async (content, input, code, path) => {
    await expectRefused(await importBy(api, content, input), code, path);
  });

  it('takes content up to its limit, and says the limit of a larger one', async () => {
    const largest = `${kmsCsv([7], 530)}\r\n`.padEnd(IMPORT_CONTENT_BYTES_MAX, 'x');
    expect((await importBy(api, largest)).import).toMatchObject({ eventsAppended: 2, recordsRefused: 1 });
    head = await headNow();
    const { body } = await api.ask('mutation M($input: ImportObservationsInput!) { importObservations(input: $input) { __typename ... on ContentTooLarge { code limitBytes path } } }', { input: { content: `${largest}x` } });
    expect(body.data.importObservations).toEqual({ __typename: 'ContentTooLarge', code: 'CONTENT_TOO_LARGE', limitBytes: IMPORT_CONTENT_BYTES_MAX, path: ['content'] });
    const far = await api.ask('mutation M($input: ImportObservationsInput!) { importObservations(input: $input) { __typename } }', { input: { content: 'x'.repeat(3 * IMPORT_CONTENT_BYTES_MAX) } });
    expect(far).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'LIMIT_EXCEEDED' } }] } });
    expect(await headNow()).toBe(head);
  });
});
