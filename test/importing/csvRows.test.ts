import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCsv } from '../../src/importing/syntax/csvRows.js';
import { cut } from './parsing.js';

function rowsOf(chunks: string | readonly string[]): (readonly string[] | string)[] {
  const rows: (readonly string[] | string)[] = [];
  const reader = openCsv(
    (fields) => rows.push(fields),
    (code) => rows.push(code),
  );
  for (const chunk of typeof chunks === 'string' ? [chunks] : chunks) reader.write(chunk);
  reader.end();
  return rows;
}

describe('rows', () => {
  test.each([
    ['commas', 'a,b\r\n1,2\r\n', [['a', 'b'], ['1', '2']]],
    ['semicolons', 'a;b\n1,5;2\n', [['a', 'b'], ['1,5', '2']]],
    ['tabs', 'a\tb\n1;2\t,\n', [['a', 'b'], ['1;2', ',']]],
    ['quotes, doubled quotes and line breaks within', '"a","b"\n"say ""x""","1\r\n2,3"', [['a', 'b'], ['say "x"', '1\r\n2,3']]],
    ['empty fields, at the end too', 'a,b,c\n,,\n"","",""\n', [['a', 'b', 'c'], ['', '', ''], ['', '', '']]],
    ['no line end at the end', 'a,b\n1,2', [['a', 'b'], ['1', '2']]],
    ['blank lines', '\r\n\na,b\n\n1,2\n\n', [['a', 'b'], ['1', '2']]],
    ['the line of PowerShell and a byte order mark', '\uFEFF#TYPE Some.Type, "x\r\n"a","b"\r\n1,2\r\n', [['a', 'b'], ['1', '2']]],
    ['the line of Excel', 'sep=;\r\na,b,c;d\n', [['a,b,c', 'd']]],
    ['a quote within a field without quotes', 'a,b\n5" disk,x\n', [['a', 'b'], ['5" disk', 'x']]],
    ['lines about the file between rows, too', '#TYPE A\na,b\n1,2\n"#TYPE B"\na,b\n#5,6\n', [['a', 'b'], ['1', '2'], ['a', 'b'], ['#5', '6']]],
    ['a first row without a separator', 'title\na;b\n1,5;2\n', [['title'], ['a', 'b'], ['1,5', '2']]],
    ['rows of another width', 'a,b\n1\n1,2,3\n', [['a', 'b'], ['1'], ['1', '2', '3']]],
    ['nothing', '', []],
  ])('%s', (_, text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
    expect(rowsOf(cut(text, [1]))).toEqual(rows);
  });
});

describe('broken rows', () => {
  test.each([
    ['text after a closing quote', 'a,b\n"1"x,2\n3,4\n', [['a', 'b'], 'MALFORMED_CSV', ['3', '4']]],
    ['a quote never closed: the rows after it survive', 'a,b\n"1,2\n3,4\n5,6\n', [['a', 'b'], 'TRUNCATED', ['3', '4'], ['5', '6']]],
    ['a file cut within a field of many lines', 'a,b\n1,"one\ntwo\nthr', [['a', 'b'], 'TRUNCATED']],
    ['a row of 10 MB', `a,b\n${'x'.repeat(10_000_000)}\n3,4\n`, [['a', 'b'], 'RECORD_TOO_LONG', ['3', '4']]],
    ['a field of 2 MB with lines', `a,b\n1,"${'x\n'.repeat(1_000_000)}end"\n3,4\n`, [['a', 'b'], 'MALFORMED_CSV', ['3', '4']]],
    ['a stray quote that a quote far below seems to close', `a,b,c\n1,"2,3\n${'4,5,6\n'.repeat(300)}7,8",9\n`, [['a', 'b', 'c'], 'MALFORMED_CSV', ...Array.from({ length: 300 }, () => ['4', '5', '6']), ['7', '8"', '9']]],
    ['a stray quote before quoted rows', 'a,b\n1,"2\n"3","4"\n', [['a', 'b'], 'MALFORMED_CSV', ['3', '4']]],
    ['a broken row of many lines: what remains of it is passed over, unless it looks like a row', 'a,b\n"one\ntwo\nthree"x,2\n"3","4"\n', [['a', 'b'], 'MALFORMED_CSV', ['three"x', '2'], ['3', '4']]],
  ])('%s', (_, text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
    expect(rowsOf(cut(text, [1000]))).toEqual(rows);
  });
});

test('whatever is written is read back', () => {
  const field = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('', '"', '\n', '\r\n', ',', ';', '\t', 'a "b", c'));
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field, field), { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (rows, length) => {
      const heading = ['x', 'y', 'z'];
      const text = [heading, ...rows].map((row) => `${row.map((item) => `"${item.replaceAll('"', '""')}"`).join(',')}\r\n`).join('');
      expect(rowsOf(cut(text, [length]))).toEqual([heading, ...rows]);
    }),
    { numRuns: 200 },
  );
});

test('no text makes it throw or hang, and chunks change nothing', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('"', '""', ',', ';', '\r', '\n', '\r\n', '\uFEFF', '#TYPE', 'sep=', 'a,b'));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (pieces, length) => {
      const text = pieces.join('');
      expect(rowsOf(cut(text, [length]))).toEqual(rowsOf(text));
    }),
    { numRuns: 300 },
  );
});
