import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantOf, isNoDate, utcInstantOf } from '../../src/importing/records/localTime.js';
import type { DateOrder } from '../../src/importing/parser.js';

const nothing = { timeZone: undefined, dateOrder: undefined };
const paris = { timeZone: 'Europe/Paris', dateOrder: undefined };

describe('times that say their offset', () => {
  test.each([
    ['2018-03-05T15:58:49.829672500Z', '2018-03-05T15:58:49.829Z'],
    ['2018-03-05T15:58:49Z', '2018-03-05T15:58:49.000Z'],
    ['2018-03-05T15:58Z', '2018-03-05T15:58:00.000Z'],
    ['2018-03-05 15:58:49,5Z', '2018-03-05T15:58:49.500Z'],
    ['2018-03-05T15:58:49.9999999+01:00', '2018-03-05T14:58:49.999Z'],
    ['2018-03-05T15:58:49-0530', '2018-03-05T21:28:49.000Z'],
    [' 2018-03-05T00:00:00+02:00 ', '2018-03-04T22:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['20171130101112.000000+060', '2017-11-30T09:11:12.000Z'],
    ['20171130101112.123999-000', '2017-11-30T10:11:12.123Z'],
  ])('%s needs neither zone nor order', (text, instant) => {
    expect(instantOf(text, nothing)).toBe(instant);
  });
});

describe('local times', () => {
  test.each([
    ['2018/4/10 22:21', '2018-04-10T20:21:00.000Z'],
    ['2018-01-10 22:21:05', '2018-01-10T21:21:05.000Z'],
    ['24/04/2021 16:05:54', '2021-04-24T14:05:54.000Z'],
    ['4/24/2021 4:05:54 PM', '2021-04-24T14:05:54.000Z'],
    ['4/24/2021 12:05:54\u202FAM', '2021-04-23T22:05:54.000Z'],
    ['24.04.2021 16:05:54', '2021-04-24T14:05:54.000Z'],
    ['4/4/2021, 12:00:00 p.m.', '2021-04-04T10:00:00.000Z'],
  ])('%s is understood with a zone alone', (text, instant) => {
    expect(instantOf(text, paris)).toBe(instant);
    expect(instantOf(text, nothing)).toBeUndefined();
  });

  test.each<[string, DateOrder, string | undefined]>([
    ['4/10/2018 10:21:00 PM', 'MDY', '2018-04-10T22:21:00.000Z'],
    ['4/10/2018 10:21:00 PM', 'DMY', '2018-10-04T22:21:00.000Z'],
    ['4/10/2018 10:21:00 PM', 'YMD', undefined],
    ['24/10/2018 10:21', 'MDY', undefined],
    ['10/24/2018 10:21', 'DMY', undefined],
    ['2018/4/10 10:21', 'DMY', '2018-04-10T10:21:00.000Z'],
  ])('%s with order %s is %s', (text, dateOrder, instant) => {
    expect(instantOf(text, { timeZone: 'UTC', dateOrder })).toBe(instant);
  });

  test('an hour that summer time leaves out or repeats is not understood, the minutes around it are', () => {
    const at = (text: string): string | undefined => instantOf(text, paris);
    expect([at('2024-03-31 01:59:59'), at('2024-03-31 02:00'), at('2024-03-31 02:59:59'), at('2024-03-31 03:00')]).toEqual([
      '2024-03-31T00:59:59.000Z',
      undefined,
      undefined,
      '2024-03-31T01:00:00.000Z',
    ]);
    expect([at('2024-10-27 01:59:59'), at('2024-10-27 02:00'), at('2024-10-27 02:59:59'), at('2024-10-27 03:00')]).toEqual([
      '2024-10-26T23:59:59.000Z',
      undefined,
      undefined,
      '2024-10-27T02:00:00.000Z',
    ]);
  });

  test('zones of half and quarter hours, and one that Intl does not know', () => {
    expect(instantOf('2024-06-01 12:00', { ...paris, timeZone: 'Asia/Kathmandu' })).toBe('2024-06-01T06:15:00.000Z');
    expect(instantOf('2024-06-01 12:00', { ...paris, timeZone: 'Australia/Lord_Howe' })).toBe('2024-06-01T01:30:00.000Z');
    expect(instantOf('2024-06-01 12:00', { ...paris, timeZone: 'Nowhere/Nothing' })).toBeUndefined();
  });
});

test("the client's time in KMS events is UTC by definition", () => {
  expect([utcInstantOf('2010/9/29 21:46'), utcInstantOf('1/14/2006 2:30'), utcInstantOf('3/4/2006 2:30'), utcInstantOf('3/4/2006 2:30', 'DMY')]).toEqual([
    '2010-09-29T21:46:00.000Z',
    '2006-01-14T02:30:00.000Z',
    undefined,
    '2006-04-03T02:30:00.000Z',
  ]);
});

test.each(['16010101000000.000000-000', '1601/1/1 0:00', '01.01.1601 01:00:00', '1601-01-01T00:00:00Z', '1601/01/01', '12/31/1600 7:00:00 PM'])('%s means none', (text) => {
  expect(isNoDate(text)).toBe(true);
  expect(utcInstantOf(text)).toBeUndefined();
});

test.each([
  '',
  'yesterday',
  '2023-02-29T00:00:00Z',
  '2024-13-01T00:00:00Z',
  '2024-00-01T00:00:00Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01T00:60:00Z',
  '2024-01-01T00:00:00+24:00',
  '9999-12-31T23:59:59-01:00',
  '2024/1/32 0:00',
  '13/13/2024 0:00',
  '1/2/24 0:00',
  '2024/1/1 13:00 PM',
  '2024/1/1 0:00 AM',
  '2024/1/1',
])('%j is no time', (text) => {
  expect(utcInstantOf(text)).toBeUndefined();
  expect(isNoDate(text)).toBe(false);
});

test('every instant that has a wall clock of its own is found again', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2037-01-01T00:00:00Z'), noInvalidDate: true }), (date) => {
      const iso = date.toISOString();
      expect(utcInstantOf(iso)).toBe(iso);
      const local = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'medium' }).format(date);
      const found = instantOf(local, { timeZone: 'America/New_York', dateOrder: undefined });
      expect([undefined, `${iso.slice(0, 19)}.000Z`]).toContain(found);
    }),
    { numRuns: 300 },
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9:/. TZ+-]{0,40}$/)), (text) => {
      const found = instantOf(text, { timeZone: 'Europe/Paris', dateOrder: 'DMY' });
      if (found !== undefined) expect(found).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }),
    { numRuns: 300 },
  );
});
