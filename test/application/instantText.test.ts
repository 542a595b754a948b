import { describe, expect, test } from 'vitest';
import { refusedTime } from '../../src/application/instantText.js';

const NOW = Date.parse('2026-06-01T12:00:00.000Z');
const code = (occurredAt: number | undefined) => refusedTime(occurredAt, () => NOW)?.code;

describe('when something is said to have happened', () => {
  test('may be left open, and may be up to a day ahead of the ledger', () => {
    expect(code(undefined)).toBeUndefined();
    expect(code(Date.parse('2026-06-02T12:00:00.000Z'))).toBeUndefined();
    expect(code(Date.parse('0001-01-01T00:00:00.000Z'))).toBeUndefined();
  });
  test('is refused beyond', () => {
    expect(refusedTime(Date.parse('2026-06-02T12:00:00.001Z'), () => NOW)).toMatchObject({ kind: 'refused', code: 'OCCURRED_IN_THE_FUTURE', path: ['occurredAt'] });
    expect(code(Date.parse('9999-12-31T23:59:59.999Z'))).toBe('OCCURRED_IN_THE_FUTURE');
  });
  test.each([Date.parse('0000-12-31T23:59:59.999Z'), Date.parse('+010000-01-01T00:00:00.000Z'), Number.NaN, Number.POSITIVE_INFINITY])('is refused where no text orders it: %s', (occurredAt) => {
    expect(refusedTime(occurredAt, () => NOW)).toMatchObject({ kind: 'refused', code: 'OCCURRED_OUT_OF_RANGE', path: ['occurredAt'] });
  });
});
