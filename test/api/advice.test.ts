import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type ApiLedger } from './apiLedger.js';
import { registerMak, requestActivation, send } from './requests.js';

let api: ApiLedger;
let mak: string;
let host: string;

beforeAll(async () => {
  api = await startApi();
  mak = await registerMak(api, 'GGGGG', 2, { product: 'Windows 7' });
  await registerMak(api, 'HHHHH', undefined, { kind: 'KMS_HOST', product: 'Windows 7' });
  const registered = await api.data('mutation { registerHost(input: { name: "pc-1.lab.example", operatingSystem: "Windows 7 Professional", virtualMachine: false }) { ... on RegisterHostSuccess { host { id } } } }');
  host = registered.registerHost.host.id;
});
afterAll(() => api.stop());

const ADVICE = `query Q($input: ActivationAdviceInput!) {
  activationAdvice(input: $input) {
    options { method suitability through withStoredConfirmationId cost { least most } productKey { lastFive } reasons { code } objections { code text rules citations { place } } remedies { code } }
    notes { code }
  }
}`;
const advise = async (input: Record<string, unknown>): Promise<any> => (await api.data(ADVICE, { input })).activationAdvice;

const WIPE = `query Q($input: WipeAdviceInput!) {
  wipeAdvice(input: $input) { product host { name } confirmationIdStored confirmationIdUsable cost { least most } options { method suitability } notes { code } }
}`;

describe('activationAdvice', () => {
  test('chooses from the keys of the ledger, and leads to the limit increase where they are short', async () => {
    const { options, notes } = await advise({ product: 'Win 7 Pro', machines: 3, virtualMachine: false });
    expect(options[0]).toMatchObject({
      method: 'MAK_INDEPENDENT',
      suitability: 'NEEDS_STEPS',
      cost: { least: 3, most: 3 },
      productKey: { lastFive: 'GGGGG' },
      objections: [{ code: 'BUDGET_SHORT', text: '2 activations are left; 3 are needed: 1 too few.', rules: ['B-1', 'R-3'] }],
      remedies: [{ code: 'ASK_LIMIT_INCREASE' }],
    });
    expect(options[0].objections[0].citations.map(({ place }: { place: string }) => place)).toContain('Windows 7 Professional is to be reimaged with a MAK: what if not enough activations are left?');
    expect(notes.map(({ code }: { code: string }) => code)).toEqual(['METHODS_MAY_BE_MIXED', 'WITHOUT_ACTIVATION']);
  });

  test('takes from the host what is not said', async () => {
    const { options } = await advise({ product: 'Windows 7 Professional', host });
    expect(options[0]).toMatchObject({ method: 'MAK_INDEPENDENT', suitability: 'RECOMMENDED', cost: { least: 1, most: 1 } });
    expect(options[0].reasons.map(({ code }: { code: string }) => code)).toContain('MAK_WITHOUT_THRESHOLD');
  });

  test('refuses what is no number of machines, and hosts nobody knows', async () => {
    for (const input of [{ product: 'Windows 7', machines: 0 }, { product: 'Windows 7', host: 'nobody' }]) {
      expect((await api.ask(ADVICE, { input })).body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  test('knows the KMS hosts that are set up, and the update they need', async () => {
    const key = (await api.data('{ productKeys(filter: { lastFive: "HHHHH" }) { nodes { id } } }')).productKeys.nodes[0].id;
    const set = await send(api, 'configureKmsHost', { productKey: key, hostName: 'kms.lab.example', operatingSystem: 'Windows Server 2008', acceptWarnings: ['K-7'] });
    expect(set.__typename).not.toBe('CommandRefused');
    const kms = (answer: any) => answer.options.find(({ method }: { method: string }) => method === 'KMS');
    const before = kms(await advise({ product: 'Windows 7 Professional', machines: 30 }));
    expect(before.objections.map(({ code }: { code: string }) => code)).toEqual(['KMS_HOST_NEEDS_UPDATE']);
    const kmsHost = (await api.data('{ hosts(filter: { search: "kms" }) { nodes { id } } }')).hosts.nodes[0].id;
    await send(api, 'updateKmsHost', { productKey: key, host: kmsHost, update: 'KB968912' });
    const after = kms(await advise({ product: 'Windows 7 Professional', machines: 30, virtualMachine: true }));
    expect([after.suitability, after.objections]).toEqual(['RECOMMENDED', []]);
  });
});

describe('wipeAdvice', () => {
  test('tells for each host what is stored, which ways there are and what the best costs', async () => {
    const { wipeAdvice } = await api.data(WIPE, { input: { hosts: [{ host }] } });
    expect(wipeAdvice).toMatchObject([
      { product: 'Windows 7 Professional', host: { name: 'pc-1' }, confirmationIdStored: false, confirmationIdUsable: 'NO', cost: { least: 1, most: 1 }, options: expect.arrayContaining([{ method: 'MAK_INDEPENDENT', suitability: 'RECOMMENDED' }]) },
    ]);
  });

  test('takes 1 to 100 hosts', async () => {
    const { body } = await api.ask(WIPE, { input: { hosts: [] } });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('answers in the language of the request', async () => {
    const query = '{ activationAdvice(input: { product: "Windows XP" }) { options { method } notes { text } } }';
    const { data } = (await api.ask(query, {}, 'fr')).body;
    expect(data.activationAdvice.options).toEqual([]);
    expect(data.activationAdvice.notes[0].text).toMatch(/^Windows XP est antérieur à l’activation en volume/);
  });

  test('spends nothing: asking changes no count', async () => {
    const made = await requestActivation(api, { productKey: mak, host, product: 'Windows 7 Professional', method: 'MAK_INDEPENDENT', purpose: 'PRODUCTION', acceptWarnings: ['P-4', 'R-8', 'R-1'] });
    expect(made.__typename).toBe('RequestGranted');
    const { options } = await advise({ product: 'Windows 7 Professional', machines: 1 });
    const offered = options.find(({ productKey }: any) => productKey?.lastFive === 'GGGGG');
    expect(['RECOMMENDED', 'POSSIBLE']).toContain(offered.suitability);
  });
});
