import { describe, expect, test } from 'vitest';
import { builtInRules } from '../../../src/domain/rules/builtIn.js';
import { cappedCount } from '../../../src/domain/rules/kmsFacts.js';
import { ON, outcome } from './judging.js';

describe('K-1 KMS activates a class of products from its threshold', () => {
  test.each([
    ['WINDOWS_CLIENT', 24, 'VIOLATED'],
    ['WINDOWS_CLIENT', 25, 'SATISFIED'],
    ['WINDOWS_SERVER', 4, 'VIOLATED'],
    ['WINDOWS_SERVER', 5, 'SATISFIED'],
    ['OFFICE', 4, 'VIOLATED'],
    ['OFFICE', 5, 'SATISFIED'],
    ['UNKNOWN', 100, 'NOT_DETERMINED'],
  ] as const)('%s with %i machines: %s', (family, count, expected) => {
    expect(outcome('K-1', { family, count })).toBe(expected);
  });

  test.each([
    ['Windows Vista SP1', 'VIOLATED'],
    ['Windows Vista SP2', 'SATISFIED'],
    ['Windows Vista', 'NOT_DETERMINED'],
    ['Windows Server 2008 SP2', 'SATISFIED'],
    ['Windows Server 2003', 'VIOLATED'],
    ['Windows 7', 'SATISFIED'],
    ['Windows Server 2008 R2', 'SATISFIED'],
    ['Plan 9', 'NOT_DETERMINED'],
  ])('a virtual machine with %s counts: %s', (operatingSystem, expected) => {
    expect(outcome('K-1', { family: 'WINDOWS_CLIENT', virtualMachine: true, operatingSystem })).toBe(expected);
  });

  test('an unknown count decides nothing', () => {
    expect(outcome('K-1', { family: 'OFFICE' })).toBe('NOT_DETERMINED');
  });
});

describe('K-2 the count is capped at twice the largest minimum', () => {
  test.each([
    [49, 25, 49],
    [50, 25, 50],
    [51, 25, 50],
    [11, 5, 10],
    [3, 0, 0],
  ])('%i machines with a largest minimum of %i are %i', (uncapped, minimum, capped) => {
    expect(cappedCount(uncapped, minimum)).toBe(capped);
    expect(outcome('K-2', { uncapped, largestMinimum: minimum, observed: capped })).toBe('SATISFIED');
    expect(outcome('K-2', { uncapped, largestMinimum: minimum, observed: capped + 1 })).toBe('VIOLATED');
  });

  test('the window and the contacts kept are figures', () => {
    expect([builtInRules.figure('KMS_COUNT_WINDOW', ON), builtInRules.figure('KMS_CONTACTS_KEPT', ON)]).toEqual([30, 50]);
    expect(outcome('K-2', { observed: 25 })).toBe('NOT_DETERMINED');
  });
});

describe('K-3 a KMS activation is valid for 180 days', () => {
  test.each([
    ['2026-08-29T11:59:59.999Z', 'SATISFIED'],
    ['2026-08-29T12:00:00.000Z', 'VIOLATED'],
  ])('activated on 2 March, at %s: %s', (at, expected) => {
    expect(outcome('K-3', { lastSuccessAt: '2026-03-02T12:00:00.000Z', at })).toBe(expected);
  });

  test('renewal and retry are figures, and an activation nobody saw decides nothing', () => {
    expect([builtInRules.figure('KMS_RENEWAL_INTERVAL', ON), builtInRules.figure('KMS_RETRY_INTERVAL', ON)]).toEqual([7, 2]);
    expect(outcome('K-3', { at: ON })).toBe('NOT_DETERMINED');
  });
});

describe('K-4 one host key sets up 6 KMS hosts, each activated 10 times', () => {
  test.each([
    [6, 10, 'SATISFIED'],
    [7, 1, 'VIOLATED'],
    [1, 11, 'VIOLATED'],
  ])('host number %i, activation number %i: %s', (slotsTaken, activations, expected) => {
    expect(outcome('K-4', { slotsTaken, slots: builtInRules.figure('KMS_HOST_SLOTS', ON), activations, activationsAllowed: builtInRules.figure('KMS_HOST_ACTIVATIONS', ON) })).toBe(expected);
  });
});

describe('K-5 a host key activates its own product group and the older ones', () => {
  test.each([
    ['Windows 7', 'Windows 7 Professional', 'SATISFIED'],
    ['Windows 7', 'Windows Vista Business', 'SATISFIED'],
    ['Windows 7', 'Windows 8 Pro', 'VIOLATED'],
    ['Windows 7', 'Windows Server 2008 R2 Standard', 'VIOLATED'],
    ['Windows 7', 'Windows XP Professional', 'VIOLATED'],
    ['Windows 7', 'Windows 7 Home Premium', 'NOT_DETERMINED'],
    ['Windows Vista', 'Windows Vista Enterprise', 'SATISFIED'],
    ['Windows Vista', 'Windows 7 Professional', 'VIOLATED'],
    ['Windows Server 2008 R2 Standard/Enterprise', 'Windows 7 Enterprise', 'SATISFIED'],
    ['Windows Server 2008 R2 Standard/Enterprise', 'Windows Server 2008 Enterprise', 'SATISFIED'],
    ['Windows Server 2008 R2 Standard/Enterprise', 'Windows Server 2008 R2 Datacenter', 'VIOLATED'],
    ['Windows Server 2008 R2 Datacenter', 'Windows Server 2008 R2 Standard', 'SATISFIED'],
    ['Windows Server 2008 R2', 'Windows Server 2008 R2 Datacenter', 'NOT_DETERMINED'],
    ['Windows Server 2008 R2', 'Windows 7 Professional', 'SATISFIED'],
    ['Windows Server 2012 R2', 'Windows 8.1 Pro', 'SATISFIED'],
    ['Windows Server 2012 R2', 'Windows Server 2012 Datacenter', 'SATISFIED'],
    ['Windows Server 2012 R2', 'Windows 10 Pro', 'VIOLATED'],
    ['Windows 8.1', 'Windows Server 2012', 'VIOLATED'],
    ['Volume License for Windows Server 2016', 'Windows 10 Enterprise', 'SATISFIED'],
    ['Volume License for Windows Server 2016', 'Windows 10 Enterprise LTSB 2016', 'SATISFIED'],
    ['Volume License for Windows Server 2016', 'Windows 10 Enterprise LTSC 2019', 'NOT_DETERMINED'],
    ['Volume License for Windows Server 2016', 'Windows Server 2019', 'VIOLATED'],
    ['Volume License for Windows Server 2019', 'Windows 11 Pro', 'NOT_DETERMINED'],
    ['Volume License for Windows Server 2022', 'Windows 11 Enterprise LTSC 2024', 'NOT_DETERMINED'],
    ['Volume License for Windows Server 2025', 'Windows 11 Enterprise LTSC 2024', 'SATISFIED'],
    ['Volume License for Windows Server 2025', 'Windows 10 Education N', 'SATISFIED'],
    ['Volume License for Windows Server 2025', 'Office 2013', 'VIOLATED'],
    ['Office 2013', 'Office 2013 Professional Plus', 'SATISFIED'],
    ['Office 2013', 'Visio 2013', 'SATISFIED'],
    ['Office 2013', 'Office 2016', 'VIOLATED'],
    ['Office 2013', 'Office 2010', 'NOT_DETERMINED'],
    ['Office 2013', 'Windows 8', 'VIOLATED'],
    ['Windows Server 2008 R2', 'Windows Small Business Server 2011 Standard', 'VIOLATED'],
    ['a key', 'Windows 7', 'NOT_DETERMINED'],
    ['Windows 7', 'a product', 'NOT_DETERMINED'],
    [undefined, 'Windows 7', 'NOT_DETERMINED'],
  ])('the key for %s and %s: %s', (keyProduct, product, expected) => {
    expect(outcome('K-5', { keyProduct, product })).toBe(expected);
  });
});

describe('K-6 only certain systems are KMS hosts for Office', () => {
  test.each([
    ['Office 2010', 'Windows Server 2003', 'SATISFIED'],
    ['Office 2010', 'Windows 7 Enterprise', 'SATISFIED'],
    ['Office 2010', 'Windows Server 2008 R2', 'SATISFIED'],
    ['Office 2010', 'Windows Server 2008', 'VIOLATED'],
    ['Office 2010', 'Windows Vista Business', 'VIOLATED'],
    ['Office 2010', 'Windows 7 Home Premium', 'VIOLATED'],
    ['Project 2010', 'Windows Server 2008', 'VIOLATED'],
    ['Office 2013', 'Windows Server 2003', 'VIOLATED'],
    ['Office 2013', 'Windows Server 2008 R2', 'SATISFIED'],
    ['Office 2013', 'Windows 8 Pro', 'SATISFIED'],
    ['Office 2013', 'Windows Server 2012', 'SATISFIED'],
    ['Office 2016', 'Windows 7 Enterprise SP1', 'SATISFIED'],
    ['Office 2016', 'Windows 7 Enterprise', 'NOT_DETERMINED'],
    ['Office 2019', 'Windows Server 2008 R2', 'VIOLATED'],
    ['Office LTSC Professional Plus 2021', 'Windows Server 2025', 'SATISFIED'],
    ['Office LTSC Professional Plus 2024', 'Windows Server 2019', 'VIOLATED'],
    ['Office 2010', 'BeOS', 'NOT_DETERMINED'],
    ['Office 2007', 'Windows 7', 'NOT_DETERMINED'],
    ['a product', 'Windows 7', 'NOT_DETERMINED'],
    ['Windows 7', 'Windows Server 2008', undefined],
  ])('%s from %s: %s', (product, operatingSystem, expected) => {
    expect(outcome('K-6', { product, operatingSystem })).toBe(expected);
  });
});

describe('K-7 older KMS hosts need an update for Windows 7 and Server 2008 R2', () => {
  test.each([
    ['Windows 7', 'Windows Server 2003', false, 'VIOLATED'],
    ['Windows 7', 'Windows Server 2008', true, 'SATISFIED'],
    ['Windows Server 2008 R2', 'Windows Vista', undefined, 'NOT_DETERMINED'],
    ['Windows Server 2008 R2', 'Windows Vista', true, 'SATISFIED'],
    ['Windows 7', 'Windows Server 2008 R2', undefined, 'SATISFIED'],
    ['Windows 7', 'Windows XP', true, 'NOT_DETERMINED'],
    ['Windows 7', undefined, true, 'NOT_DETERMINED'],
    ['Windows Vista', 'Windows Server 2008', false, undefined],
    ['Windows 10', 'Windows Server 2008', false, undefined],
    ['Office 2010', 'Windows Server 2003', false, undefined],
  ])('%s from %s, updated %s: %s', (product, operatingSystem, updated, expected) => {
    expect(outcome('K-7', { product, operatingSystem, updated })).toBe(expected);
  });
});

test('K-8 one KMS host may serve Windows and Office beside other services', () => {
  expect(outcome('K-8', { products: ['Windows 7', 'Office 2010'], otherServices: true })).toBe('SATISFIED');
});

test('K-9 KMS and MAK may be mixed', () => {
  expect(outcome('K-9', { methods: ['KMS', 'MAK_INDEPENDENT', 'MAK_PROXY'] })).toBe('SATISFIED');
  expect(outcome('K-9', { methods: ['KMS', 'TOKEN'] })).toBe('NOT_DETERMINED');
});

describe('K-10 the method is chosen in this order: threshold, virtual machine, number of PCs', () => {
  test.each([
    ['threshold out of reach', { thresholdReached: false, virtualMachine: true, machines: 500 }, 'MAK'],
    ['a virtual machine', { thresholdReached: true, virtualMachine: true, machines: 10 }, 'KMS'],
    ['49 PCs', { thresholdReached: true, virtualMachine: false, machines: 49 }, 'MAK'],
    ['50 PCs', { thresholdReached: true, virtualMachine: false, machines: 50 }, 'KMS'],
  ] as const)('%s', (_, facts, preferred) => {
    expect(outcome('K-10', { method: 'KMS', ...facts })).toBe(preferred === 'KMS' ? 'SATISFIED' : 'VIOLATED');
    expect(outcome('K-10', { method: 'MAK_INDEPENDENT', ...facts })).toBe(preferred === 'MAK' ? 'SATISFIED' : 'VIOLATED');
  });

  test('says nothing of other methods, and determines nothing without the facts', () => {
    expect(outcome('K-10', { method: 'ADBA', thresholdReached: true })).toBeUndefined();
    expect(outcome('K-10', { method: 'KMS' })).toBe('NOT_DETERMINED');
    expect(outcome('K-10', { method: 'KMS', thresholdReached: true })).toBe('NOT_DETERMINED');
  });
});

describe('K-11 a clock more than 4 hours off fails', () => {
  test.each([
    [240, 'SATISFIED'],
    [-240, 'SATISFIED'],
    [241, 'VIOLATED'],
    [-241, 'VIOLATED'],
    [undefined, 'NOT_DETERMINED'],
  ])('%s minutes: %s', (clockDifferenceMinutes, expected) => {
    expect(outcome('K-11', { clockDifferenceMinutes })).toBe(expected);
  });
});

describe('K-12 a KMS host is updated before it activates Windows 10 and later', () => {
  test.each([
    ['Windows 10 Enterprise', 'Windows Server 2012 R2', false, 'VIOLATED'],
    ['Windows 10 Enterprise', 'Windows Server 2012 R2', true, 'SATISFIED'],
    ['Windows 10 Enterprise', 'Windows 7', undefined, 'NOT_DETERMINED'],
    ['Windows 10 Enterprise', 'Windows Server 2016', undefined, 'SATISFIED'],
    ['Windows Server 2019', 'Windows Server 2012 R2', false, 'VIOLATED'],
    ['Windows 11 Pro', 'Windows Server 2016', false, 'VIOLATED'],
    ['Windows Server 2025', 'Windows Server 2016', true, 'NOT_DETERMINED'],
    ['Windows 10', 'Windows Server 2003', true, 'NOT_DETERMINED'],
    ['Windows 10', undefined, true, 'NOT_DETERMINED'],
    ['Windows 8.1', 'Windows Server 2008', false, undefined],
    ['Office 2016', 'Windows Server 2008', false, undefined],
  ])('%s from %s, updated %s: %s', (product, operatingSystem, updated, expected) => {
    expect(outcome('K-12', { product, operatingSystem, updated })).toBe(expected);
  });
});

describe('K-13 KMS can be hosted in a virtual machine', () => {
  test.each([
    ['Windows Vista SP1', 'SATISFIED'],
    ['Windows Vista', 'NOT_DETERMINED'],
    ['Windows Server 2003', 'SATISFIED'],
    ['Windows Server 2008', 'SATISFIED'],
    ['Windows 11', 'SATISFIED'],
    ['Windows XP', 'VIOLATED'],
    ['Office 2010', 'NOT_DETERMINED'],
    [undefined, 'NOT_DETERMINED'],
  ])('%s: %s', (operatingSystem, expected) => {
    expect(outcome('K-13', { operatingSystem, virtualMachine: true })).toBe(expected);
  });

  test('says nothing of a physical host', () => {
    expect(outcome('K-13', { operatingSystem: 'Windows XP', virtualMachine: false })).toBeUndefined();
  });
});
