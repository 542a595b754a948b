import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CanonicalError, NESTING_MAX, canonicalJson, canonicalText } from '../../src/kernel/canonical.js';
import { EVENT_BYTES_MAX, parseEnvelope, type EventEnvelope } from '../../src/kernel/envelope.js';

const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value.isWellFormed());
const integer = fc.maxSafeInteger();
const json = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.constant(null), fc.boolean(), integer, text, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.dictionary(fc.oneof(text, fc.nat(12).map(String)), tie('value'), { maxKeys: 6, noNullPrototype: true }),
}));

const envelopes = fc.record(
  {
    id: fc.uuid(),
    type: text,
    schemaVersion: fc.nat(),
    stream: text,
    revision: fc.nat(),
    recordedAt: text,
    occurredAt: text,
    actor: text,
    reason: fc.record({ subject: text, sealed: text }),
    reasonCode: text,
    reasonTicket: text,
    correlationId: text,
    causationId: fc.uuid(),
    commandId: fc.uuid(),
    inputHash: text,
    source: fc.record({ sha256: text, record: fc.nat(), parser: text, parserVersion: fc.nat() }),
    data: json.object,
  },
  { requiredKeys: ['id', 'type', 'schemaVersion', 'stream', 'revision', 'recordedAt', 'occurredAt', 'actor', 'correlationId', 'commandId', 'inputHash', 'data'] },
) as unknown as fc.Arbitrary<EventEnvelope>;

describe('the canonical form', () => {
  it('of any JSON value without fractions is that of an independent implementation of RFC 8785', () => {
    fc.assert(
      fc.property(json.value, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 300 },
    );
  });

  it('of an envelope has its members in order and is read back as the same envelope', () => {
    fc.assert(
      fc.property(envelopes, (envelope) => {
        const canonical = canonicalText(envelope);
        expect(canonical).toBe(canonicalize(envelope));
        expect(canonicalText(parseEnvelope(canonical))).toBe(canonical);
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order in which members were set', () => {
    expect(canonicalJson({ '\u{1f600}': 1, '\ufb33': 2, '10': 3, '9': 4, a: { c: 5, b: 6 } })).toBe(
      canonicalJson({ a: { b: 6, c: 5 }, '9': 4, '10': 3, '\ufb33': 2, '\u{1f600}': 1 }),
    );
    expect(canonicalJson({ '\ufb33': 2, '\u{1f600}': 1 })).toBe('{"\u{1f600}":1,"\ufb33":2}');
  });

  it('leaves undefined members out and keeps null', () => {
    expect(canonicalJson({ a: undefined, b: null, c: { d: undefined } })).toBe('{"b":null,"c":{}}');
  });

  it('writes minus zero as zero', () => {
    expect(canonicalJson(-0)).toBe('0');
  });

  it.each([
    ['a fraction', 1.5],
    ['an integer beyond 2^53−1', 2 ** 53],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a lone surrogate', 'a\ud800b'],
    ['a lone surrogate in a key', { 'a\udc00': 1 }],
    ['undefined in an array', [undefined]],
    ['a hole in an array', Array(1)],
    ['a big integer', 1n],
    ['a function', () => 1],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array(1)],
    ['undefined', undefined],
  ])('refuses %s', (_name, value) => {
    expect(codeOf(() => canonicalJson(value))).toBe('NOT_CANONICAL');
    expect(codeOf(() => canonicalJson({ deep: [{ value: [value] }] }))).toBe('NOT_CANONICAL');
  });

  it('refuses a value nested too deeply, and one that holds itself', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(canonicalJson(nested(NESTING_MAX))).toHaveLength(2 * NESTING_MAX);
    expect(codeOf(() => canonicalJson(nested(NESTING_MAX + 1)))).toBe('NOT_CANONICAL');
    expect(codeOf(() => canonicalJson(circle))).toBe('NOT_CANONICAL');
  });

  it('takes an event of exactly the largest size, counted in bytes, and refuses one byte more', () => {
    const bare = Buffer.byteLength(canonicalText(envelopeWith('')));
    const room = EVENT_BYTES_MAX - bare;
    const filled = `${'€'.repeat(Math.floor(room / 3))}${'x'.repeat(room % 3)}`;
    expect(Buffer.byteLength(canonicalText(envelopeWith(filled)))).toBe(EVENT_BYTES_MAX);
    expect(codeOf(() => canonicalText(envelopeWith(`${filled}x`)))).toBe('EVENT_TOO_LARGE');
  });

  it('names the event in the error, and shows no text of its data', () => {
    const failure = thrownBy(() => canonicalText({ ...envelopeWith(''), data: { secret: 'BBBBB\ud800' } }));
    expect(failure.message).toContain(envelopeWith('').id);
    expect(failure.message).not.toContain('BBBBB');
  });
});

function nested(levels: number): unknown {
  let value: unknown[] = [];
  for (let level = 1; level < levels; level += 1) value = [value];
  return value;
}

function envelopeWith(note: string): EventEnvelope {
  return {
    id: '01900000-0000-8000-8000-000000000001',
    type: 'HostRegistered',
    schemaVersion: 1,
    stream: 'host-1',
    revision: 0,
    recordedAt: '2026-11-22T13:00:00.000Z',
    occurredAt: '2026-11-22T13:00:00.000Z',
    actor: 'subject-1',
    correlationId: 'correlation',
    commandId: '01900000-0000-7000-8000-000000000001',
    inputHash: '00',
    data: { note },
  } as unknown as EventEnvelope;
}

function thrownBy(action: () => unknown): CanonicalError {
  try {
    action();
  } catch (error) {
    if (error instanceof CanonicalError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function codeOf(action: () => unknown): string {
  return thrownBy(action).code;
}
