import { expect, test } from 'vitest';
import { INPUT_FORMATS } from '../../src/importing/formats.js';
import type { InputFormat } from '../../src/importing/parser.js';
import { recogniseFormat } from '../../src/importing/recognise.js';

const format = (name: string, score: number): InputFormat => ({
  name,
  version: 1,
  title: name,
  needsHost: false,
  recognises: () => score,
  open: () => ({ write: () => undefined, end: () => undefined }),
});
const chosen = (...formats: InputFormat[]): string | undefined => recogniseFormat('x', formats)?.name;

test('the surest format is taken, whatever the order', () => {
  expect(chosen(format('a', 10), format('b', 90), format('c', 50))).toBe('b');
  expect(chosen(format('a', 50), format('b', 50), format('c', 51))).toBe('c');
});

test('of two equally sure, none is taken', () => {
  expect(chosen(format('a', 50), format('b', 90), format('c', 90))).toBeUndefined();
});

test('text that no format knows is not guessed', () => {
  expect(chosen(format('a', 0))).toBeUndefined();
  expect(recogniseFormat('Lorem ipsum', INPUT_FORMATS)).toBeUndefined();
  expect(recogniseFormat('', INPUT_FORMATS)).toBeUndefined();
});

test('every format has a name of its own in kebab case, and a line for people', () => {
  expect(new Set(INPUT_FORMATS.map(({ name }) => name)).size).toBe(INPUT_FORMATS.length);
  for (const { name, title, version } of INPUT_FORMATS) {
    expect(name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(title).not.toBe('');
    expect(version).toBeGreaterThanOrEqual(1);
  }
});
