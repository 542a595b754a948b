import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shownProduct } from '../../src/cli/productName.js';
import { printable, tableLines, type Cell, type Column } from '../../src/cli/table.js';

const PLAIN = { paintTitle: (text: string) => text, paintRule: (text: string) => text };
const COLUMNS: readonly Column[] = [{ title: 'name', shrinkTo: 6 }, { title: 'count', align: 'right' }, { title: 'note', shrinkTo: 4 }];

describe('a table', () => {
  test('stands in columns, numbers to the right, whether or not each row has one', () => {
    const rows: Cell[][] = [['alpha', 1234, 'x'], ['b', '', 'yy']];
    expect(tableLines(COLUMNS, rows, { ...PLAIN, width: undefined })).toEqual(['name   count  note', 'alpha  1,234  x', 'b             yy']);
  });

  test('is cut to the terminal, the last column that may be first', () => {
    const rows: Cell[][] = [['a name that is long', 1, 'a note that is long']];
    expect(tableLines(COLUMNS, rows, { ...PLAIN, width: 40 })).toEqual(['name                 count  note', '─'.repeat(40), 'a name that is long      1  a note that…']);
    expect(tableLines(COLUMNS, rows, { ...PLAIN, width: 19 })).toEqual(['name    count  note', '─'.repeat(19), 'a nam…      1  a n…']);
  });

  test('counts wide characters as two columns', () => {
    expect(tableLines(COLUMNS, [['東京', 1, '']], { ...PLAIN, width: undefined })).toEqual(['name  count  note', '東京      1']);
  });

  test('paints what is shown, not what is padded', () => {
    const cell = { text: 'red', paint: (text: string) => `<${text}>` };
    expect(tableLines([{ title: 'colour' }, { title: 'x' }], [[cell, 'y']], { ...PLAIN, width: undefined })).toEqual(['colour  x', '<red>     y']);
  });

  test('never leaves its line or its width, whatever the cells hold', () => {
    const columns: readonly Column[] = [{ title: 'a', shrinkTo: 5 }, { title: 'b', shrinkTo: 5 }];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))), fc.integer({ min: 12, max: 60 }), (rows, width) => {
        const lines = tableLines(columns, rows, { ...PLAIN, width });
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) {
          expect(Array.from(line).length).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['two\r\nlines\tand\u0007 a bell', 'two lines and  a bell'],
  ['right\u202eto left', 'right to left'],
])('text from outside is made safe to print: %j', (text, safe) => {
  expect(printable(text)).toBe(safe);
});

test.each([
  ['Windows(R), ServerStandard edition', null, 'Windows Server Standard'],
  ['Office 16, Office16ProPlusVL_KMS_Client edition', null, 'Office 16 Pro Plus'],
  ['Office 16, Office16VisioProVL_MAK edition', null, 'Office 16 Visio Pro'],
  ['A product of our own, with a comma', null, 'A product of our own, with a comma'],
  [null, '00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000000'],
  [null, null, ''],
])('lists call %j (SKU %j) %j', (name, skuId, shown) => {
  expect(shownProduct(name, skuId)).toBe(shown);
});
