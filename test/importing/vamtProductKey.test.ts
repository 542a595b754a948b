import { expect, test } from 'vitest';
import { vamtProductKey } from '../../src/importing/formats/vamtProductKey.js';
import { CONTEXT, expectNothingToBreak, expectSameInAnyChunks, observations, parse, PLANTED_KEY, refusals, understood } from './parserTrials.js';

/** Synthetic: invented keys in the columns of base.ProductKey. */
const HEADER = 'KeyValue,KeyId,KeyType,KeyDescription,SupportedEditions,SupportedSKU,UserRemarks,RemainingActivations,LastUpdate,LastErrorCode';
const MAK = `${PLANTED_KEY},12345-00000-000-000000,2,Example16_ProPlusVL_MAK,ProPlusVolume,NULL,bought by a person,37,2026-02-01 10:00:00.000,0`;
const HOST_KEY = `BBBBB-CCCCC-DDDDD-FFFFF-HHHHH,id,3,"Windows Server, all, Volume:CSVLK",ServerStandard,NULL,,-1,NULL,-1073422315`;
const UNSAID = `BBBBB-CCCCC-DDDDD-FFFFF-KKKKK,id,9,Something,Edition,C47456E3-265D-47B6-8CA0-C30ABBD0CA36,,5,NULL,0`;
const DUMP = [HEADER, MAK, HOST_KEY, UNSAID, ''].join('\r\n');

test('reads keys as their last five and a fingerprint, with kind, remaining activations and last error', () => {
  expect(observations(vamtProductKey, DUMP)).toEqual([
    {
      kind: 'productKey',
      key: { lastFive: 'GGGGG', fingerprint: CONTEXT.fingerprint(PLANTED_KEY) },
      evidence: 'VAMT_DATABASE',
      keyKind: 'MAK',
      product: 'Example16_ProPlusVL_MAK',
      description: 'ProPlusVolume',
      remaining: 37,
      errorCode: undefined,
    },
    expect.objectContaining({ key: expect.objectContaining({ lastFive: 'HHHHH' }), keyKind: 'KMS_HOST', remaining: undefined, errorCode: '0xC004E015' }),
    expect.objectContaining({ key: expect.objectContaining({ lastFive: 'KKKKK' }), keyKind: 'MAK', remaining: 5 }),
  ]);
});

test.each([
  ['Mak', 'MAK'],
  ['Csvlk', 'KMS_HOST'],
  ['GVLK', 'KMS_CLIENT'],
  ['Retail', 'RETAIL'],
  ['4', 'UNKNOWN'],
])('reads the key type %s as %s', (word, keyKind) => {
  expect(observations(vamtProductKey, `KeyValue;KeyTypeName\nBBBBB-CCCCC-DDDDD-FFFFF-ZZZZ3;${word}`)).toMatchObject([{ keyKind }]);
});

test('knows a published setup key by its last five', () => {
  expect(observations(vamtProductKey, 'KeyValue,KeyType\nXXXXX-XXXXX-XXXXX-XXXXX-T83GX,4')).toMatchObject([{ key: { lastFive: 'T83GX' }, keyKind: 'KMS_CLIENT' }]);
});

test('takes the time of the last refresh only in a known zone', () => {
  expect(understood(vamtProductKey, [HEADER, MAK].join('\n'))[0]?.occurredAt).toBeUndefined();
  expect(understood(vamtProductKey, [HEADER, MAK].join('\n'), { timeZone: 'UTC' })[0]?.occurredAt).toBe('2026-02-01T10:00:00.000Z');
});

test('gives an unchanged row the same identity, and one with fewer activations left another', () => {
  const identity = (row: string) => understood(vamtProductKey, [HEADER, row].join('\n'))[0]?.identity;
  expect(identity(MAK.toLowerCase().replace('example16_proplusvl_mak', 'Example16_ProPlusVL_MAK').replace('proplusvolume', 'ProPlusVolume').replace('null', 'NULL'))).toBe(identity(MAK));
  expect(identity(MAK.replace(',37,', ',36,'))).not.toBe(identity(MAK));
});

test('refuses what is no key and numbers that are none, and reads on', () => {
  const records = parse(vamtProductKey, 'KeyValue,RemainingActivations\nno key here,1\nBBBBB-CCCCC-DDDDD-FFFFF-GGGGG,many\n,3\nBBBBB-CCCCC-DDDDD-FFFFF-GGGGG,99999999999\nBBBBB-CCCCC-DDDDD-FFFFF-GGGGG,0');
  expect(refusals(records)).toEqual(['MISSING_KEY', 'INVALID_FIELD', 'MISSING_KEY', 'INVALID_FIELD']);
  expect(records.at(-1)).toMatchObject({ kind: 'understood', record: 5 });
});

test('passes on neither whole keys nor remarks', () => {
  const told = JSON.stringify(parse(vamtProductKey, DUMP.replace('Example16', `${PLANTED_KEY} Example16`)));
  expect(told).not.toMatch(/BBBBB-CCCCC-DDDDD-FFFFF/);
  expect(told).not.toContain('bought by');
});

test('gives the same records wherever the text is cut', () => {
  expectSameInAnyChunks(vamtProductKey, DUMP);
});

test('neither throws nor hangs, whatever the text', () => {
  expectNothingToBreak(vamtProductKey, [DUMP]);
});
