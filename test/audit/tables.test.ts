import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvText, withoutFormula, writeCsv } from '../../src/audit/export/csv.js';
import { createFile } from '../../src/audit/export/fileSink.js';
import { writeParquet } from '../../src/audit/export/parquet.js';
import type { Table, TableRow } from '../../src/audit/export/table.js';
import { SHEET_ROWS_MAX, writeXlsx } from '../../src/audit/export/xlsx.js';
import { openBundleFiles } from '../../src/audit/verify/bundleFiles.js';
import { readCsvRows } from '../../src/audit/verify/csvCells.js';
import { newPlace } from './exportingLedger.js';

const COLUMNS = [
  { name: 'text', kind: 'text', meaning: '' },
  { name: 'count', kind: 'integer', meaning: '' },
  { name: 'at', kind: 'instant', meaning: '' },
  { name: 'day', kind: 'date', meaning: '' },
  { name: 'yes', kind: 'boolean', meaning: '' },
] as const;

function tableOf(...rows: readonly TableRow[]): Table {
  return { name: 'table', title: 'A table', columns: COLUMNS, rows: () => [rows] };
}

const AT = Date.parse('2026-03-01T09:00:00.250Z');
const ROWS: readonly TableRow[] = [
  ['=SUM(A1)', -5, AT, '2026-03-01', true],
  ['a "quoted", cell\r\nof two lines', 9_007_199_254_740_991, undefined, undefined, false],
  [undefined, undefined, undefined, undefined, undefined],
];

async function written(name: string, write: (file: Awaited<ReturnType<typeof createFile>>) => Promise<unknown>): Promise<string> {
  const path = newPlace(name);
  const file = await createFile(path);
  await write(file);
  await file.close();
  return path;
}

describe('CSV', () => {
  test('is RFC 4180 with typed cells, and no cell is a formula', async () => {
    const text = readFileSync(await written('t.csv', (file) => writeCsv(tableOf(...ROWS), file)), 'utf8');
    expect(text).toBe(`text,count,at,day,yes\r\n'=SUM(A1),-5,2026-03-01T09:00:00.250Z,2026-03-01,true\r\n"a ""quoted"", cell\r\nof two lines",9007199254740991,,,false\r\n,,,,\r\n`);
  });

  test.each(['=1', '+1', '-1', '@A', '\t1', '\r1', '\n1', '＝1'])('neutralises %j', (text) => {
    expect(withoutFormula(text)).toBe(`'${text}`);
    expect(csvText(text, 'text')).toBe(`'${text}`);
  });

  test('leaves numbers as they are', () => expect(csvText(-1, 'integer')).toBe('-1'));

  test('is read as it was written, whatever the texts', async () => {
    const cells = fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é', '😀', "'") }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 5 }), async (rows) => {
        const width = Math.max(...rows.map((row) => row.length));
        const square = rows.map((row) => [...row, ...Array.from({ length: width - row.length }, () => '')]);
        const columns = square[0]?.map((_, index) => ({ name: `c${index}`, kind: 'text' as const, meaning: '' })) ?? [];
        const path = await written('t.csv', (file) => writeCsv({ name: 't', title: 't', columns, rows: () => [square] }, file));
        const files = await openBundleFiles(path.slice(0, path.lastIndexOf('/')));
        expect(readFileSync(path, 'utf8')).toBe(stringify([columns.map(({ name }) => name), ...square.map((row) => row.map(withoutFormula))], { record_delimiter: '\r\n', quoted_match: /[\r\n]/ }));
        const read: (readonly string[])[] = [];
        for await (const row of readCsvRows(files!, 't.csv')) read.push(row);
        await files!.close();
        expect(read.slice(1)).toEqual(square.map((row) => row.map(withoutFormula)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('Parquet', () => {
  test('has typed columns, nothing for what is not known, and texts as they are', async () => {
    const path = await written('t.parquet', (file) => writeParquet(tableOf(...ROWS), file, { sequence: '3' }));
    const bytes = readFileSync(path);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    expect(await parquetReadObjects({ file })).toEqual([
      { text: '=SUM(A1)', count: -5n, at: new Date(AT), day: new Date('2026-03-01'), yes: true },
      { text: 'a "quoted", cell\r\nof two lines', count: 9_007_199_254_740_991n, at: null, day: null, yes: false },
      { text: null, count: null, at: null, day: null, yes: null },
    ].map((row) => expect.objectContaining(row)));
    expect(parquetMetadata(file).key_value_metadata).toEqual([{ key: 'sequence', value: '3' }]);
  });

  test('is written a group of rows at a time', async () => {
    const batch = Array.from({ length: 7_000 }, (_, index): TableRow => [`row ${index}`, index, AT, '2026-03-01', true]);
    const path = await written('t.parquet', (file) => writeParquet({ ...tableOf(), rows: () => [batch, batch, batch, batch] }, file, {}));
    const bytes = readFileSync(path);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    expect(parquetMetadata(file).row_groups.map(({ num_rows: rows }) => Number(rows))).toEqual([10_000, 10_000, 8_000]);
    const rows = await parquetReadObjects({ file, columns: ['count'] });
    expect(rows.map(({ count }) => Number(count))).toEqual([batch, batch, batch, batch].flatMap((each) => each.map((row) => row[1])));
  });
});

describe('a spreadsheet', () => {
  const sheetsOf = (path: string): Record<string, string> => Object.fromEntries(Object.entries(unzipSync(readFileSync(path))).map(([name, bytes]) => [name, Buffer.from(bytes).toString('utf8')]));

  test('has a sheet that tells what it is about, and one for each table, its cells typed', async () => {
    const parts = sheetsOf(await written('t.xlsx', (file) => writeXlsx([tableOf(...ROWS)], file, [['sequence', '3']])));
    expect(parts['xl/workbook.xml']).toContain('<sheet name="about" sheetId="1" r:id="rId1"/><sheet name="table" sheetId="2" r:id="rId2"/>');
    expect(parts['xl/worksheets/sheet1.xml']).toContain('<t xml:space="preserve">sequence</t>');
    const sheet = String(parts['xl/worksheets/sheet2.xml']);
    expect(sheet).toContain(`<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve">'=SUM(A1)</t></is></c><c r="B2"><v>-5</v></c><c r="C2" s="2"><v>46082.37500289352</v></c><c r="D2" s="3"><v>46082</v></c><c r="E2" t="b"><v>1</v></c></row>`);
    expect(sheet).toContain('a &quot;quoted&quot;, cell&#13;\nof two lines');
    expect(sheet).toContain('<row r="4"></row>');
    expect(sheet).not.toContain('<f>');
  });

  test('goes on on another sheet behind the last row that one takes', async () => {
    const batch = Array.from({ length: 8_192 }, (): TableRow => ['', 1]);
    const columns = COLUMNS.slice(1, 2);
    const rows = batch.map(() => [1]);
    const table: Table = { name: 'long', title: 'long', columns, rows: () => Array.from({ length: SHEET_ROWS_MAX / batch.length }, () => rows) };
    const parts = sheetsOf(await written('t.xlsx', (file) => writeXlsx([table], file, [])));
    expect(parts['xl/workbook.xml']).toContain('<sheet name="long 2" sheetId="3" r:id="rId3"/>');
    expect(String(parts['xl/worksheets/sheet2.xml']).match(/<row /g)).toHaveLength(SHEET_ROWS_MAX);
    expect(String(parts['xl/worksheets/sheet3.xml']).match(/<row /g)).toHaveLength(2);
  });
});
