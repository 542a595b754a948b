import { createClient, type Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { refused } from '../../src/application/acceptedText.js';
import { importRefusalText } from '../../src/application/messages.js';
import { BUILT_IN_RULES } from '../../src/domain/rules/builtIn.js';
import { ContentTooLarge, ContentTooLargeResolver } from '../../src/graphql/command/refusal.js';
import type { LedgerContext } from '../../src/graphql/context.js';
import { languageOf } from '../../src/graphql/language.js';
import { NOW, startLedger, TOKEN, type LedgerFixture } from './ledgerFixture.js';

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

describe('errors', () => {
  let ledger: LedgerFixture;
  beforeEach(async () => {
    ledger = await startLedger();
  });
  afterEach(() => ledger.close());

  test('are told in the language of the request; codes do not change', async () => {
    const error = async (document: string, language: string) => (await ledger.ask(document, {}, { language })).body.errors?.[0];
    const outOfBounds = '{ hosts(first: 201) { totalCount } }';
    expect(await error(outOfBounds, 'fr')).toMatchObject({ message: '« first » doit être compris entre 1 et 200 ; il vaut 201.', path: ['hosts'], extensions: { code: 'BAD_USER_INPUT' } });
    expect(await error(outOfBounds, 'en')).toMatchObject({ message: '"first" must be between 1 and 200; it is 201.', path: ['hosts'], extensions: { code: 'BAD_USER_INPUT' } });
    expect(await error('{ host { name } }', 'fr')).toMatchObject({ message: 'Donnez soit « id », soit « name ».', extensions: { code: 'BAD_USER_INPUT' } });
    expect(await error('{ productKey(id: "nonsense") { used } }', 'fr-CA')).toMatchObject({ message: '« id » doit être l’identifiant d’un objet ProductKey, tel que cette API l’a donné.' });
  });

  test('and so is why a record was not taken, and why content was not', async () => {
    const importId = '0199f0c0-0000-7000-8000-0000000000aa';
    await ledger.record('ledger', { type: 'ImportStarted', schemaVersion: 1, occurredAt: NOW, data: { importId, format: 'event-csv', parserVersion: 1, sourceSha256: 'a'.repeat(64), sourceBytes: 9 } });
    const refusals = [{ record: 7, code: 'TRUNCATED', reason: 'The record is cut off by the end of the file.' }];
    const counts = { recordsRead: 1, eventsAppended: 0, recordsAlreadyKnown: 0, recordsWithoutNews: 0, recordsTimeUnclear: 0, recordsRefused: 1 };
    await ledger.record('ledger', { type: 'ImportFinished', schemaVersion: 1, occurredAt: NOW, data: { importId, outcome: 'COMPLETED', ...counts, refusals } });
    const reason = async (language: string) => (await ledger.ask('{ imports(first: 1) { nodes { refusals { record code reason } } } }', {}, { language })).body.data.imports.nodes[0].refusals;
    expect(await reason('en')).toEqual(refusals);
    expect(await reason('fr')).toEqual([{ record: 7, code: 'TRUNCATED', reason: 'Le fichier se termine au milieu de l’enregistrement.' }]);
    const tooLarge = new ContentTooLargeResolver().message(new ContentTooLarge(9, 8), { language: 'fr' } as LedgerContext);
    expect(tooLarge).toContain('Le contenu compte 9 octets ; 8 au plus sont admis à la fois.');
    expect([importRefusalText('BINARY_INPUT', 'It is a ZIP archive.', 'fr'), importRefusalText('BINARY_INPUT', 'It is a ZIP archive.', 'en')]).toEqual([
      'Le fichier n’est pas du texte : journal d’événements, archive, base de données ou données sans forme.',
      'It is a ZIP archive.',
    ]);
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
