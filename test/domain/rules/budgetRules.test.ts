import { describe, expect, test } from 'vitest';
import { builtInRules } from '../../../src/domain/rules/builtIn.js';
import { allotmentFactor, budgetRules } from '../../../src/domain/rules/budgetRules.js';
import { PROGRAMMES } from '../../../src/domain/vocabulary.js';
import { ON, outcome } from './judging.js';

describe('V-1 volume activation is for systems under a volume programme', () => {
  test.each(PROGRAMMES)('%s is one', (programme) => {
    expect(outcome('V-1', { programme })).toBe('SATISFIED');
  });

  test('without a programme nothing is determined', () => {
    expect(outcome('V-1', {})).toBe('NOT_DETERMINED');
  });
});

describe('B-1 a MAK has a preset number of activations', () => {
  test.each([
    [49, 'SATISFIED'],
    [50, 'VIOLATED'],
    [51, 'VIOLATED'],
  ])('with %i of 50 used, one more: %s', (used, expected) => {
    expect(outcome('B-1', { allowed: 50, used, overage: 'REFUSE' })).toBe(expected);
  });

  test('the key decides whether one beyond the limit is refused or warned of', () => {
    const effect = (overage: 'REFUSE' | 'WARN') => builtInRules.judge('B-1', { allowed: 1, used: 1, overage }, ON).map((judgement) => judgement.effect);
    expect([effect('REFUSE'), effect('WARN')]).toEqual([['REFUSE'], ['WARN']]);
  });

  test('an unknown limit determines nothing', () => {
    expect(outcome('B-1', { used: 0, overage: 'REFUSE' })).toBe('NOT_DETERMINED');
  });
});

test('B-2 an activated host needs no contact until its hardware changes', () => {
  expect([false, true, undefined].map((hardwareChanged) => outcome('B-2', { hardwareChanged }))).toEqual(['SATISFIED', 'VIOLATED', 'NOT_DETERMINED']);
});

describe('B-3 the allotment is not the number of licences', () => {
  test('follows the licences bought for Open License, the price level for five others, and is not told of the rest', () => {
    expect(PROGRAMMES.filter((programme) => allotmentFactor(programme) === 'LICENCES')).toEqual(['OPEN_LICENSE']);
    expect(PROGRAMMES.filter((programme) => allotmentFactor(programme) === 'PRICE_LEVEL')).toEqual(['ENTERPRISE_AGREEMENT', 'SELECT', 'CAMPUS', 'SCHOOL', 'SPLA']);
    expect([outcome('B-3', { programme: 'SELECT' }), outcome('B-3', { programme: 'MPSA' }), outcome('B-3', {})]).toEqual(['SATISFIED', 'NOT_DETERMINED', 'NOT_DETERMINED']);
  });

  test('gives no figure for the price levels', () => {
    expect(JSON.stringify(budgetRules['B-3'].table)).not.toMatch(/\d/);
  });
});

describe('B-4 re-applying the stored confirmation id on unchanged hardware uses no activation', () => {
  test.each([
    [true, false, 'SATISFIED'],
    [true, true, 'VIOLATED'],
    [true, undefined, 'NOT_DETERMINED'],
    [false, false, 'NOT_DETERMINED'],
    [undefined, false, 'NOT_DETERMINED'],
  ])('stored %s, changed %s: %s', (confirmationIdStored, hardwareChanged, expected) => {
    expect(outcome('B-4', { confirmationIdStored, hardwareChanged })).toBe(expected);
  });
});

describe('B-5 errors that matter', () => {
  test.each([
    ['0x00000000', 'SATISFIED'],
    ['0xC004C020', 'VIOLATED'],
    ['0xc004c021', 'VIOLATED'],
    ['0xC004C008', 'VIOLATED'],
    ['0xC004C003', 'VIOLATED'],
    ['0xC004F051', 'VIOLATED'],
    ['0xC004F038', 'VIOLATED'],
    ['0xC004F074', 'VIOLATED'],
    ['0xC004F00F', 'VIOLATED'],
    ['0x4004F040', 'NOT_DETERMINED'],
    ['0xC004F200', 'NOT_DETERMINED'],
    ['nonsense', 'NOT_DETERMINED'],
    [undefined, 'NOT_DETERMINED'],
  ])('%s: %s', (hresult, expected) => {
    expect(outcome('B-5', { hresult })).toBe(expected);
  });

  test('each is told by the catalogue', () => {
    expect((budgetRules['B-5'].table as readonly unknown[]).length).toBe(8);
  });
});

describe('B-6 a MAK activates its own product group only', () => {
  test.each([
    ['Windows 7', 'Windows 7 Professional', 'SATISFIED'],
    ['Windows 7', 'Windows Vista Business', 'VIOLATED'],
    ['Windows Vista', 'Windows 7', 'VIOLATED'],
    ['Windows 10/11 Pro', 'Windows 11 Pro', 'SATISFIED'],
    ['Windows 10 Pro', 'Windows 11 Pro', 'NOT_DETERMINED'],
    ['B Windows Server 2008 R2', 'Windows Server 2008 R2 Standard', 'SATISFIED'],
    ['B Windows Server 2008 R2', 'Windows Server 2008 R2 Datacenter', 'VIOLATED'],
    ['B Windows Server 2008 R2', 'Windows Server 2008 R2', 'NOT_DETERMINED'],
    ['B Windows Server 2008 R2', 'Windows Small Business Server 2011 Premium Add-on', 'SATISFIED'],
    ['Windows Server 2012 R2', 'Windows Server 2012 R2 Standard', 'SATISFIED'],
    ['Windows Server 2012 R2', 'Windows 8.1', 'VIOLATED'],
    ['Office 2010', 'Office Professional Plus 2010', 'SATISFIED'],
    ['Office 2010', 'Visio 2010', 'NOT_DETERMINED'],
    ['Office 2013', 'Office 2010', 'VIOLATED'],
    [undefined, 'Office 2010', 'NOT_DETERMINED'],
    ['Office 2010', 'a product', 'NOT_DETERMINED'],
  ])('the MAK for %s and %s: %s', (keyProduct, product, expected) => {
    expect(outcome('B-6', { keyProduct, product })).toBe(expected);
  });
});
