import { describe, expect, test } from 'vitest';
import { keysFromOf, keysIssuedPer } from '../../../src/domain/rules/productKeyRules.js';
import { PROGRAMMES } from '../../../src/domain/vocabulary.js';
import { outcome } from './judging.js';

describe('P-1 one key serves both architectures of Office 2010 and 2013', () => {
  test.each([
    ['Office 2010', 'SATISFIED'],
    ['Visio Professional 2013', 'SATISFIED'],
    ['Office 2016', 'NOT_DETERMINED'],
    ['a product', 'NOT_DETERMINED'],
    [undefined, 'NOT_DETERMINED'],
    ['Windows 7', undefined],
  ])('%s: %s', (product, expected) => {
    expect(outcome('P-1', { product })).toBe(expected);
  });
});

describe('P-2 keys of ISV royalty and HVMS are had by telephone only', () => {
  test('and those of every other programme from the portal', () => {
    expect(PROGRAMMES.filter((programme) => keysFromOf(programme) === 'CALL_ONLY')).toEqual(['ISV_ROYALTY', 'HVMS']);
  });

  test.each([
    ['HVMS', 'PORTAL', 'VIOLATED'],
    ['HVMS', 'ACTIVATION_CENTER', 'SATISFIED'],
    ['SELECT', 'PORTAL', 'SATISFIED'],
    [undefined, 'PORTAL', 'NOT_DETERMINED'],
    ['HVMS', undefined, 'NOT_DETERMINED'],
  ] as const)('%s from %s: %s', (programme, from, expected) => {
    expect(outcome('P-2', { programme, from })).toBe(expected);
  });
});

describe('P-3 setup keys are had in three ways', () => {
  test.each([
    ['SETUP', 'MEDIA_SLEEVE', 'SATISFIED'],
    ['SETUP', 'DOWNLOAD_PAGE', 'SATISFIED'],
    ['SETUP', 'ACTIVATION_CENTER', 'SATISFIED'],
    ['SETUP', 'PORTAL', 'NOT_DETERMINED'],
    ['SETUP', undefined, 'NOT_DETERMINED'],
    [undefined, 'MEDIA_SLEEVE', 'NOT_DETERMINED'],
    ['MAK', 'PORTAL', undefined],
  ] as const)('a %s key from %s: %s', (keyKind, obtainedFrom, expected) => {
    expect(outcome('P-3', { keyKind, obtainedFrom })).toBe(expected);
  });
});

describe('P-4 keys belong to a licence ID', () => {
  test('per pool for three programmes, per purchase for two, and nobody says of the others', () => {
    expect(PROGRAMMES.filter((programme) => keysIssuedPer(programme) === 'POOL')).toEqual(['ENTERPRISE_AGREEMENT', 'SELECT', 'SELECT_PLUS']);
    expect(PROGRAMMES.filter((programme) => keysIssuedPer(programme) === 'PURCHASE')).toEqual(['OPEN_LICENSE', 'OPEN_VALUE']);
  });

  test.each([
    ['1111', '1111', 'SATISFIED'],
    ['1111', '2222', 'VIOLATED'],
    [undefined, '2222', 'NOT_DETERMINED'],
    ['1111', undefined, 'NOT_DETERMINED'],
  ])('the key of %s for licences of %s: %s', (keyAgreement, agreement, expected) => {
    expect(outcome('P-4', { keyAgreement, agreement })).toBe(expected);
  });
});
