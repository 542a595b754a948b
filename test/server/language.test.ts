import { createClient, type Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { refused } from '../../src/application/acceptedText.js';
import { BUILT_IN_RULES } from '../../src/domain/rules/builtIn.js';
import { languageOf } from '../../src/graphql/language.js';
import { startLedger, TOKEN, type LedgerFixture } from './ledgerFixture.js';

describe('the language of a request', () => {
  test.each([
    ['fr', 'fr'],
    ['fr-CA', 'fr'],
    ['FR', 'fr'],
    ['de, fr;q=0.5', 'fr'],
    ['en;q=0.4, fr;q=0.8', 'fr'],
    ['fr;q=0.8, en', 'en'],
    ['fr, en', 'fr'],
    ['de-DE, *;q=0.1', 'en'],
    ['fr;q=0', 'en'],
    ['de', 'en'],
    ['', 'en'],
    ['fr;q=banana', 'en'],
    [`${'de,'.repeat(500)}fr`, 'en'],
    [undefined, 'en'],
    [{ fr: true }, 'en'],
  ])('%s is answered in %s', (header, expected) => {
    expect(languageOf(header)).toBe(expected);
  });
});

describe('rules', () => {
  let ledger: LedgerFixture;
  let client: Client | undefined;
  beforeEach(async () => {
    ledger = await startLedger();
  });
  afterEach(async () => {
    await client?.dispose();
    await ledger.close();
  });

  const TITLES = '{ rules(kind: B) { id title } }';
  const titles = (language: 'en' | 'fr') => Object.values(BUILT_IN_RULES).filter(({ kind }) => kind === 'B').map(({ id, title }) => ({ id, title: title[language] }));

  test('are told in the language of the HTTP request', async () => {
    expect((await ledger.ask(TITLES, {}, { language: 'fr-FR, en;q=0.5' })).body.data.rules).toEqual(titles('fr'));
    expect((await ledger.ask(TITLES)).body.data.rules).toEqual(titles('en'));
  });

  test.each(['accept-language', 'Accept-Language'])('are told in the language of the connection parameter %s', async (name) => {
    client = createClient({ url: ledger.url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: { authorization: `Bearer ${TOKEN}`, [name]: 'fr' }, retryAttempts: 0 });
    const answer = await client.iterate<any>({ query: TITLES }).next();
    expect(answer.value.data.rules).toEqual(titles('fr'));
  });

  test('are those in force at the moment asked for, with citations and inputs', async () => {
    const { body } = await ledger.ask('{ rules(kind: R, on: "2026-03-01T00:00:00Z") { id kind effect citations { document place } validFrom validTo inputs configured } }');
    expect(body.data.rules).toHaveLength(8);
    expect(body.data.rules[7]).toEqual({
      id: 'R-8',
      kind: 'R',
      effect: 'WARN',
      citations: [{ document: 'Microsoft, Volume licensing product-key FAQ, 06/2018', place: 'An affiliate has an agreement of its own: may the parent use one key for both companies?' }],
      validFrom: null,
      validTo: null,
      inputs: ['affiliation'],
      configured: false,
    });
  });

  test('stand beside the figures and the digest that decisions name', async () => {
    const { body } = await ledger.ask('{ ruleset { digest figures { id rule value unit source validFrom } } }');
    expect(body.data.ruleset.digest).toBe(ledger.services.rules.digest);
    expect(body.data.ruleset.figures[0]).toEqual({ id: 'KMS_VALIDITY', rule: 'K-3', value: 180, unit: 'days', source: 'Microsoft, Volume activation documentation', validFrom: null });
  });
});

describe('refusals', () => {
  let ledger: LedgerFixture;
  beforeEach(async () => {
    ledger = await startLedger({ application: { registerHost: async () => refused('TEXT_TOO_LONG', { field: 'name', length: 9, max: 8 }, ['name']) } });
  });
  afterEach(() => ledger.close());

  const REGISTER_HOST = 'mutation { registerHost(input: { name: "a" }) { ... on CommandRefused { code message path } } }';
  const REGISTER_KEY = 'mutation { registerProductKey(input: { kind: MAK, product: "Windows 7" }) { ... on CommandRefused { code message path } } }';
  const ask = async (document: string, language: string) => Object.values<any>((await ledger.ask(document, {}, { language })).body.data)[0];

  test('are told in the language of the request; codes and paths do not change', async () => {
    expect(await ask(REGISTER_HOST, 'fr')).toEqual({ code: 'TEXT_TOO_LONG', message: '« name » compte 9 caractères ; 8 au plus sont admis.', path: ['name'] });
    expect(await ask(REGISTER_HOST, 'en')).toEqual({ code: 'TEXT_TOO_LONG', message: '"name" has 9 characters; at most 8 are taken.', path: ['name'] });
  });

  test('of input that does not fit together too', async () => {
    const path = ['productKey', 'lastFive'];
    expect(await ask(REGISTER_KEY, 'fr')).toEqual({ code: 'INVALID_INPUT', message: 'Donnez soit la clé de produit entière, soit ses cinq derniers caractères.', path });
    expect(await ask(REGISTER_KEY, 'de')).toEqual({ code: 'INVALID_INPUT', message: 'Give either the whole product key or its last five characters.', path });
  });
});
