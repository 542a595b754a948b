import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyTextMap, entriesFrom, entriesUnder, valueOf, withoutKey, withValue, type TextMap } from '../../src/domain/productKey/textMap.js';

const key = fc.stringMatching(/^[a-d#~0-9-]{1,6}$/);
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ key, value: fc.string({ minLength: 0, maxLength: 2_000 }).map((text) => text.replaceAll('\n', ' ')) }) },
  { weight: 1, arbitrary: fc.record({ key, value: fc.constant(undefined) }) },
);

test('says what a map says, in the order of its keys, whatever is put in and taken out', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120 }), key, (changes, asked) => {
      const model = new Map<string, string>();
      let map: TextMap = emptyTextMap;
      for (const { key: name, value } of changes) {
        if (value === undefined) model.delete(name);
        else model.set(name, value);
        map = value === undefined ? withoutKey(map, name) : withValue(map, name, value);
      }
      const expected = [...model].toSorted(([one], [other]) => (one < other ? -1 : 1));
      expect([...entriesFrom(map)]).toEqual(expected);
      expect([...entriesFrom(map, asked)]).toEqual(expected.filter(([name]) => name >= asked));
      expect([...entriesUnder(map, asked)]).toEqual(expected.filter(([name]) => name.startsWith(asked)));
      expect(valueOf(map, asked)).toBe(model.get(asked));
      expect(map.filter(({ first, chunks }) => chunks.length === 0 || chunks.includes('') || !chunks[0]?.startsWith(`${first}\t`))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('leaves the map that it was made from as it was', () => {
  const one = withValue(emptyTextMap, 'a', '1');
  const two = withValue(one, 'a', '2');
  withoutKey(two, 'a');
  expect([valueOf(one, 'a'), valueOf(two, 'a')]).toEqual(['1', '2']);
});

test('takes nothing that separates entries', () => {
  for (const [name, value] of [['', 'x'], ['a\tb', 'x'], ['a\nb', 'x'], ['a', 'x\ny']] as const) {
    expect(() => withValue(emptyTextMap, name, value)).toThrow('separates');
  }
});

test('a hundred thousand entries lie in chunks of bounded length', () => {
  let map: TextMap = emptyTextMap;
  for (let index = 0; index < 100_000; index += 1) map = withValue(map, `key-${(index * 7_919) % 100_000}`, 'value');
  expect([...entriesFrom(map)].length).toBe(100_000);
  expect(Math.max(...map.flatMap(({ chunks }) => chunks.map((chunk) => chunk.length)))).toBeLessThanOrEqual(2_048);
  expect(Math.max(...map.map(({ chunks }) => chunks.length))).toBeLessThanOrEqual(16);
});
