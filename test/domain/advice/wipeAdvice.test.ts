import { describe, expect, test } from 'vitest';
import { wipeAdvice, type WipeFacts } from '../../../src/domain/advice/wipeAdvice.js';
import { builtInRules } from '../../../src/domain/rules/builtIn.js';

const FACTS: WipeFacts = {
  on: '2026-03-01T00:00:00.000Z',
  product: 'Windows 7 Professional',
  machines: 1,
  virtualMachine: false,
  connectivity: 'ONLINE',
  currentMethod: 'MAK_INDEPENDENT',
  keys: [{ key: 'productKey-mak', lastFive: 'GGGGG', kind: 'MAK', product: 'Windows 7', status: 'IN_USE', remaining: 10 }],
  kmsHosts: [],
  activationObjects: [],
};

const advise = (changes: Partial<WipeFacts>) => wipeAdvice({ ...FACTS, ...changes }, builtInRules);

describe('before a wipe', () => {
  test.each([
    [undefined, { stored: false, usable: 'NO' }],
    [{ stored: false, hardwareChanged: false }, { stored: false, usable: 'NO' }],
    [{ stored: true, hardwareChanged: false }, { stored: true, usable: 'YES' }],
    [{ stored: true, hardwareChanged: true }, { stored: true, usable: 'NO' }],
    [{ stored: true }, { stored: true, usable: 'NOT_KNOWN' }],
  ])('a confirmation id %o is told as %o', (confirmationId, expected) => {
    expect(advise({ confirmationId }).confirmationId).toEqual(expected);
  });

  test('the stored confirmation id costs nothing', () => {
    expect(advise({ confirmationId: { stored: true, hardwareChanged: false } }).cost).toEqual({ least: 0, most: 0 });
  });

  test('an online activation with a MAK that was used before may or may not cost one', () => {
    const { cost, options } = advise({});
    expect(cost).toEqual({ least: 0, most: 1 });
    expect(options[0]?.objections).toEqual([{ code: 'ONLINE_AFTER_REIMAGE', parameters: {}, rules: ['B-4'] }]);
  });

  test.each([
    ['on changed hardware', { confirmationId: { stored: true, hardwareChanged: true } }],
    ['that KMS activated', { currentMethod: 'KMS' }],
    ['that is activated by proxy', { connectivity: 'NONE' }],
  ] as const)('a host %s costs one', (_, changes) => {
    expect(advise(changes).cost).toEqual({ least: 1, most: 1 });
  });

  test('where nothing works as things stand, no cost is told', () => {
    expect(advise({ keys: [] }).cost).toBeUndefined();
  });

  test('one host is asked about, whatever number was given', () => {
    expect(advise({ machines: 20 }).cost).toEqual({ least: 0, most: 1 });
  });

  test('a host that KMS will count may count twice, and the copy must be identical', () => {
    const kmsHosts = [{ name: 'kms.example', keyProducts: ['Windows 7'], operatingSystem: 'Windows 7', counts: { WINDOWS: 40 } }];
    const codes = (changes: Partial<WipeFacts>) => advise(changes).notes.map(({ code }) => code);
    expect(codes({ kmsHosts })).toEqual(['CONFIRMATION_ID_NOT_STORED', 'IDENTICAL_COPY', 'COUNTED_TWICE', 'METHODS_MAY_BE_MIXED', 'WITHOUT_ACTIVATION']);
    expect(codes({})).not.toContain('COUNTED_TWICE');
  });
});
