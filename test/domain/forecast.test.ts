import { expect, test } from 'vitest';
import { forecastFrom, forecastOf } from '../../src/domain/productKey/forecast.js';

const NOW = Date.parse('2026-06-01T00:00:00.000Z');
const daysAgo = (days: number): number => NOW - days * 86_400_000;

test('a key runs out when what remains is spent at the rate of the last ninety days', () => {
  expect(forecastOf({ now: NOW, remaining: 10, spent: 90, firstAt: daysAgo(400) })).toEqual({ basis: 'RATE', exhaustedOn: '2026-06-11', spent: 90, days: 90 });
});
test('a key in use for less than ninety days is judged by those it has', () => {
  expect(forecastOf({ now: NOW, remaining: 10, spent: 20, firstAt: daysAgo(10) })).toEqual({ basis: 'RATE', exhaustedOn: '2026-06-06', spent: 20, days: 10 });
});
test.each([
  ['LIMIT_UNKNOWN', { remaining: undefined, spent: 9, firstAt: daysAgo(90) }, 90],
  ['EXHAUSTED', { remaining: 0, spent: 9, firstAt: daysAgo(90) }, 90],
  ['EXHAUSTED', { remaining: -3, spent: 9, firstAt: daysAgo(90) }, 90],
  ['NOTHING_SPENT', { remaining: 5, spent: 0, firstAt: daysAgo(200) }, 90],
  ['NOTHING_SPENT', { remaining: 5, spent: 0, firstAt: undefined }, 0],
  ['TOO_SHORT', { remaining: 5, spent: 3, firstAt: daysAgo(6) }, 6],
  ['TOO_FAR', { remaining: 1_000_000, spent: 1, firstAt: daysAgo(90) }, 90],
] as const)('there is no date, and why is said: %s', (basis, figures, days) =>
  expect(forecastOf({ now: NOW, ...figures })).toEqual({ basis, spent: figures.spent, days }));
test('the time that counts begins ninety days before', () => expect(new Date(forecastFrom(NOW)).toISOString()).toBe('2026-03-03T00:00:00.000Z'));
