import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { INPUT_FORMATS } from '../../src/importing/formats.js';
import { openLineEnds } from '../../src/importing/lineEnds.js';
import { readRecords, recognise } from '../../src/importing/readRecords.js';
import { kmsCsv } from '../support/embedded.js';
import { CONTEXT, cut } from './parsing.js';

function through(chunks: readonly string[]): string {
  let text = '';
  const lines = openLineEnds((read) => (text += read));
  for (const chunk of chunks) lines.write(chunk);
  lines.end();
  return text;
}

describe('lines that end with a carriage return alone', () => {
  test.each([
    ['a\rb\rc', 'a\nb\nc'],
    ['a\r\nb\rc', 'a\r\nb\rc'],
    ['a\nb\rc', 'a\nb\rc'],
    ['a\r\r\nb', 'a\r\r\nb'],
    ['a\r', 'a\r'],
    ['', ''],
  ])('%j is read as %j', (text, expected) => expect(through([text])).toBe(expected));

  test('are told alike however the text is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '"'), maxLength: 20 });
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), (whole, lengths) => {
        expect(through(cut(whole, lengths))).toBe(through([whole]));
      }),
      { numRuns: 200 },
    );
  });

  test('hide no record of a table: it is recognised and read as with other line ends', async () => {
    const content = Buffer.from(kmsCsv([1, 2, 3]).replaceAll('\r\n', '\r'));
    const recognised = recognise(content, true, undefined, INPUT_FORMATS);
    if (recognised.kind === 'refused') throw new Error(recognised.reason);
    expect(recognised.format.name).toBe('event-csv');
    const kinds: string[] = [];
    const chunks = (async function* () {
      for (let at = 0; at < content.length; at += 7) yield content.subarray(at, at + 7);
    })();
    for await (const batch of readRecords(chunks, { format: recognised.format, context: CONTEXT, encoding: undefined, observedAt: undefined })) kinds.push(...batch.records.map(({ kind }) => kind));
    expect(kinds.map((kind) => kind === 'refused')).toEqual([false, false, false]);
  });
});
