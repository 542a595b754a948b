import { expect, test } from 'vitest';
import { keyList } from '../../src/importing/formats/keyList.js';
import { CONTEXT, expectNothingToBreak, expectSameInAnyChunks, observations, parse, PLANTED_KEY, refusals } from './parserTrials.js';

/** Synthetic: invented keys. */
const TABLE = [
  'Product;Product Key;Type;Licence ID;Limit;Remaining;Remarks',
  `Example Office 2024;${PLANTED_KEY};MAK;L-0001;500;37;from a person`,
  'Example Server;XXXXX-XXXXX-XXXXX-XXXXX-ZZZZ2;KMS;L-0001;;;',
  'Windows;T83GX;KMS;;;-1;',
  '',
].join('\r\n');
const PLAIN = `${PLANTED_KEY}\nBBBBBCCCCCDDDDDFFFFFHHHHH\n\n*****-*****-*****-*****-ZZZZ2\n`;

test('reads a table with a header', () => {
  expect(observations(keyList, TABLE)).toEqual([
    {
      kind: 'productKey',
      key: { lastFive: 'GGGGG', fingerprint: CONTEXT.fingerprint(PLANTED_KEY) },
      evidence: 'KEY_LIST',
      keyKind: 'MAK',
      product: 'Example Office 2024',
      allowed: 500,
      remaining: 37,
      agreement: 'L-0001',
    },
    expect.objectContaining({ key: { lastFive: 'ZZZZ2' }, keyKind: 'KMS_HOST', allowed: undefined, remaining: undefined }),
    expect.objectContaining({ key: { lastFive: 'T83GX' }, keyKind: 'KMS_CLIENT', product: 'Windows', remaining: undefined }),
  ]);
});

test('reads one key a line without a header, with and without dashes, and masked', () => {
  expect(observations(keyList, PLAIN).map((each) => each.kind === 'productKey' && each.key.lastFive)).toEqual(['GGGGG', 'HHHHH', 'ZZZZ2']);
});

test('finds the key in rows without a header that hold more than it', () => {
  expect(observations(keyList, `Office,${PLANTED_KEY},x`)).toMatchObject([{ key: { lastFive: 'GGGGG' } }]);
});

test('names a published setup key from the catalogue', () => {
  expect(observations(keyList, 'XXXXX-XXXXX-XXXXX-XXXXX-T83GX')).toMatchObject([{ product: 'Windows 11/10 Pro', keyKind: 'KMS_CLIENT' }]);
});

test('takes the kind from the words of the product where no type says it', () => {
  const rows = ['Key,Product', 'XXXXX-XXXXX-XXXXX-XXXXX-ZZZZ2,Example 2024 MAK', 'XXXXX-XXXXX-XXXXX-XXXXX-ZZZZ3,Example KMS Host', 'XXXXX-XXXXX-XXXXX-XXXXX-ZZZZ4,Example MAK or OEM'];
  expect(observations(keyList, rows.join('\n')).map((each) => each.kind === 'productKey' && each.keyKind)).toEqual(['MAK', 'KMS_HOST', 'UNKNOWN']);
});

test('refuses rows without a key and numbers that are none, quoting no key', () => {
  const records = parse(keyList, `Product Key,Limit\nnothing,1\n${PLANTED_KEY},1e3\n${PLANTED_KEY},7\n`);
  expect(refusals(records)).toEqual(['MISSING_KEY', 'INVALID_FIELD']);
  expect(records.map((record) => record.kind === 'refused' && record.reason)).toEqual([
    'There is no product key in the row.',
    'A number of activations is no whole number.',
    false,
  ]);
});

test('refuses once a text that has neither keys nor a key column', () => {
  expect(refusals(parse(keyList, 'Name,Colour\na,b\nc,d\n'))).toEqual(['WRONG_COLUMNS']);
});

test('passes on neither whole keys nor remarks', () => {
  const told = JSON.stringify([...parse(keyList, TABLE), ...parse(keyList, PLAIN)]);
  expect(told).not.toMatch(/BBBBB-?CCCCC/);
  expect(told).not.toContain('from a person');
});

test('gives the same records wherever the text is cut', () => {
  expectSameInAnyChunks(keyList, TABLE);
  expectSameInAnyChunks(keyList, PLAIN);
});

test('neither throws nor hangs, whatever the text', () => {
  expectNothingToBreak(keyList, [TABLE, PLAIN]);
});
