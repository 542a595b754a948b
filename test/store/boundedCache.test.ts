import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedCache } from '../../src/store/sqlite/boundedCache.js';

describe('a bounded cache', () => {
  it('gives the value that was set last, or nothing, whatever was done before', () => {
    const step = fc.record({ key: fc.nat(20), value: fc.option(fc.nat(), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 10 }), (steps, capacity) => {
        const cache = boundedCache<number, number>(capacity);
        const truth = new Map<number, number>();
        for (const { key, value } of steps) {
          if (value === undefined) expect([undefined, truth.get(key)]).toContain(cache.get(key));
          else {
            cache.set(key, value);
            truth.set(key, value);
            expect(cache.get(key)).toBe(value);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('holds no more values than its capacity', () => {
    const cache = boundedCache<number, number>(10);
    for (let key = 0; key < 1_000; key += 1) cache.set(key, key);
    const held = Array.from({ length: 1_000 }, (_, key) => cache.get(key)).filter((value) => value !== undefined);
    expect(held.length).toBeLessThanOrEqual(10);
    expect(held.length).toBeGreaterThanOrEqual(5);
  });

  it('keeps what is used all the time', () => {
    const cache = boundedCache<string, number>(10);
    cache.set('used', 1);
    for (let key = 0; key < 1_000; key += 1) {
      cache.set(String(key), key);
      expect(cache.get('used')).toBe(1);
    }
  });

  it('forgets everything when it is cleared', () => {
    const cache = boundedCache<string, number>(4);
    for (const key of ['a', 'b', 'c']) cache.set(key, 1);
    cache.clear();
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([undefined, undefined, undefined]);
  });
});
