import { describe, expect, test } from 'vitest';
import { maskProductKeys, mentionOfKey } from '../../src/importing/productKeys.js';

// Invented, as its groups show.
const KEY = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG';
const MASKED = '*****-*****-*****-*****-GGGGG';

describe('whole keys in texts are masked', () => {
  test.each([
    ['alone', KEY, MASKED],
    ['in lower case', `key ${KEY.toLowerCase()}.`, `key ${MASKED}.`],
    ['glued to other characters', `id${KEY}x`, `id${MASKED}x`],
    ['without dashes', `key=${KEY.replaceAll('-', '')};`, `key=${MASKED};`],
    ['with blanks', `(${KEY.replaceAll('-', ' ')})`, `(${MASKED})`],
    ['with typographic dashes', KEY.replaceAll('-', '–'), MASKED],
    ['with underscores', KEY.replaceAll('-', '_'), MASKED],
    ['broken at a line end', 'BBBBB-CCCCC-DD DDD-FFFFF-GGGGG', MASKED],
    ['with blanks around its dashes', KEY.replaceAll('-', ' - '), MASKED],
    ['twice', `${KEY},${KEY.replaceAll('-', '')}`, `${MASKED},${MASKED}`],
    ['of letters that no key has, with dashes', 'AAAAA-EEEEE-00000-11111-55555', '*****-*****-*****-*****-55555'],
  ])('%s', (_, text, masked) => {
    expect(maskProductKeys(text)).toBe(masked);
  });
});

describe('what is no key stays as it is', () => {
  test.each([
    ['a GUID', '0ff1ce15-a989-479d-af46-f275c6370663'],
    ['an extended PID', '03612-03391-000-000000-03-1033-10586.0000-3342026'],
    ['an installation id', '012345678901234567890123456789012345678901234567890123456789012'],
    ['24 characters', 'BBBBBCCCCCDDDDDFFFFFGGGG'],
    ['26 characters', 'BBBBBCCCCCDDDDDFFFFFGGGGGH'],
    ['25 characters that no key has', 'ABCDEFGHIJKLMNOPQRSTUVWXY'],
    ['a masked key', MASKED],
    ['words of five letters', 'every other great tower stood there'],
    ['a long name', 'client-1234-of-a-long-name.branch-office.ledger.example'],
  ])('%s', (_, text) => {
    expect(maskProductKeys(text)).toBe(text);
  });
});

test.each([
  [KEY, { lastFive: 'GGGGG', fingerprint: KEY }],
  [KEY.toLowerCase().replaceAll('-', ''), { lastFive: 'GGGGG', fingerprint: KEY }],
  [MASKED, { lastFive: 'GGGGG' }],
  ['ggggg', { lastFive: 'GGGGG' }],
  ['no key', undefined],
])('of a field that holds %s is kept what may be kept', (text, mention) => {
  expect(mentionOfKey(text, (key) => key)).toEqual(mention);
});
