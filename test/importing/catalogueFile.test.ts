import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCatalogueFile } from '../../src/importing/catalogueFile.js';

/** Synthetic: no real product. */
const GOOD = {
  source: 'Example site list',
  skus: [{ skuId: '{00000000-0000-4000-8000-00000000000A}', name: 'Example Server', edition: 'ServerExample', keyKind: 'kms_client', family: 'WINDOWS_SERVER' }],
  setupKeys: [{ lastFive: 'zzzz2', product: 'Example Server', family: 'WINDOWS_SERVER', method: 'KMS', source: 'Example page' }],
  errorCodes: [{ code: '3221549166', meaning: 'example' }],
};

test('reads entries into their normal form, with the source of the file where an entry names none', () => {
  expect(parseCatalogueFile(`\uFEFF${JSON.stringify(GOOD)}`)).toEqual({
    kind: 'ok',
    additions: {
      skus: [
        {
          skuId: '00000000-0000-4000-8000-00000000000a',
          name: 'Example Server',
          edition: 'ServerExample',
          keyKind: 'KMS_CLIENT',
          family: 'WINDOWS_SERVER',
          source: 'Example site list',
        },
      ],
      setupKeys: [{ lastFive: 'ZZZZ2', product: 'Example Server', family: 'WINDOWS_SERVER', method: 'KMS', source: 'Example page' }],
      errorCodes: [{ code: '0xC004F06E', meaning: 'example', relevance: '', source: 'Example site list' }],
    },
  });
});

test('reads an empty catalogue', () => {
  expect(parseCatalogueFile('{}')).toEqual({ kind: 'ok', additions: { skus: [], setupKeys: [], errorCodes: [] } });
});

test('tells every problem, naming the entry and the field', () => {
  const bad = {
    skus: [{ skuId: 'xyz', keyKind: 'GVLK', family: 7, name: ' ' }, 'text'],
    setupKeys: { lastFive: 'AAAAA' },
    errorCodes: [{ code: '0x1FFFFFFFFF', meaning: null }],
    products: [],
  };
  expect(parseCatalogueFile(JSON.stringify(bad))).toEqual({
    kind: 'refused',
    problems: [
      '"products": is not a part of a catalogue.',
      'skus[0].skuId: "xyz" is not a GUID.',
      'skus[0].name: is empty.',
      'skus[0].keyKind: "GVLK" is none of SETUP, MAK, KMS_HOST, KMS_CLIENT, OEM, RETAIL, UNKNOWN.',
      'skus[0].family: is not a text.',
      'skus[1]: is not an object.',
      'setupKeys: is not a list.',
      'errorCodes[0].code: "0x1FFFFFFFFF" is not an HRESULT such as 0xC004F074.',
      'errorCodes[0].meaning: is missing.',
    ],
  });
});

test('refuses an entry that stands twice in one file', () => {
  const outcome = parseCatalogueFile(JSON.stringify({ errorCodes: [{ code: '0x1', meaning: 'a' }, { code: '0x00000001', meaning: 'b' }] }));
  expect(outcome).toEqual({ kind: 'refused', problems: ['errorCodes[1]: is the same entry as errorCodes[0] (0x00000001).'] });
});

test.each(['', 'not json', '[]', 'null', '"text"', '7', '{"skus":'])('refuses %j with one sentence', (text) => {
  const outcome = parseCatalogueFile(text);
  expect(outcome.kind === 'refused' && outcome.problems.length).toBe(1);
});

test('refuses whole product keys and does not repeat them', () => {
  for (const key of ['BBBBB-CCCCC-DDDDD-FFFFF-GGGGG', 'BBBBBCCCCCDDDDDFFFFFGGGGG']) {
    const outcome = parseCatalogueFile(JSON.stringify({ setupKeys: [{ lastFive: key, product: key, family: key, method: key }], [key]: 1 }));
    expect(outcome.kind).toBe('refused');
    expect(JSON.stringify(outcome)).not.toContain(key);
  }
});

test('tells at most a hundred problems and how many are left', () => {
  const outcome = parseCatalogueFile(JSON.stringify({ skus: Array.from({ length: 150 }, () => 1) }));
  expect(outcome.kind === 'refused' && outcome.problems.length).toBe(101);
  expect(outcome.kind === 'refused' && outcome.problems.at(-1)).toBe('… and 50 more.');
});

test('never throws, whatever the JSON', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.record({ skus: fc.jsonValue(), setupKeys: fc.jsonValue(), errorCodes: fc.array(fc.jsonValue()) }).map((value) => JSON.stringify(value))), (text) => {
      expect(['ok', 'refused']).toContain(parseCatalogueFile(text).kind);
    }),
    { numRuns: 200 },
  );
});
