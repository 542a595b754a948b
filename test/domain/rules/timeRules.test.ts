import { describe, expect, test } from 'vitest';
import { outcome } from './judging.js';

const AT = '2026-03-31T00:00:00.000Z';

describe('A-1 Active Directory activates Windows 8, Server 2012, Office 2013 and later while they are members', () => {
  test.each([
    ['Windows 7 Professional', true, 'VIOLATED'],
    ['Windows 8 Pro', true, 'SATISFIED'],
    ['Windows Server 2008 R2', true, 'VIOLATED'],
    ['Windows Server 2012', true, 'SATISFIED'],
    ['Office 2010', true, 'VIOLATED'],
    ['Office 2013', true, 'SATISFIED'],
    ['Windows 11', false, 'VIOLATED'],
    ['Windows 11', undefined, 'NOT_DETERMINED'],
    ['a product', true, 'NOT_DETERMINED'],
    ['Windows Small Business Server 2011', true, 'VIOLATED'],
  ])('%s, member %s: %s', (product, domainMember, expected) => {
    expect(outcome('A-1', { product, domainMember })).toBe(expected);
  });

  test.each([
    ['2025-10-02T00:00:00.001Z', 'SATISFIED'],
    ['2025-10-02T00:00:00.000Z', 'VIOLATED'],
  ])('last contact %s, 180 days later: %s', (lastContactAt, expected) => {
    expect(outcome('A-1', { product: 'Windows 10', domainMember: true, lastContactAt, at: AT })).toBe(expected);
  });
});

describe('G-1 a host that is not activated has 30 days of grace', () => {
  test.each([
    ['2026-03-01T00:00:00.001Z', 'SATISFIED'],
    ['2026-03-01T00:00:00.000Z', 'VIOLATED'],
    [undefined, 'NOT_DETERMINED'],
  ])('since %s: %s', (graceStartedAt, expected) => {
    expect(outcome('G-1', { graceStartedAt, at: AT })).toBe(expected);
  });
});

describe('G-2 past its validity a host has 30 days of grace', () => {
  test.each([
    ['2026-03-01T00:00:00.001Z', 'SATISFIED'],
    ['2026-03-01T00:00:00.000Z', 'VIOLATED'],
    [undefined, 'NOT_DETERMINED'],
  ])('valid until %s: %s', (validUntil, expected) => {
    expect(outcome('G-2', { validUntil, at: AT })).toBe(expected);
  });
});
