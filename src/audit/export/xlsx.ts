import { strToU8, Zip, ZipDeflate } from 'fflate';
import { withoutFormula } from './csv.js';
import type { Sink } from './fileSink.js';
import type { CellKind, Table, TableCell, TableRow } from './table.js';

/** Rows of a sheet, its titles among them: what goes beyond stands on the next one. */
export const SHEET_ROWS_MAX = 1_048_576;
/** Characters of a cell; longer texts are cut, and end in an ellipsis. */
const CELL_CHARACTERS_MAX = 32_767;
const SHEET_NAME_CHARACTERS_MAX = 31;
const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets: 30 December 1899. */
const DAY_ZERO_MS = -25_569 * DAY_MS;
/** The same bytes for the same rows: no time of making. */
const FILE_TIME = new Date(1_980, 0, 1, 12);
const COMPRESSION = 3;
/** Sheets of a workbook: far beyond what can be opened. */
const SHEETS_MAX = 1_000;

/** Styles by their number in `xl/styles.xml`. */
const STYLE = { plain: 0, title: 1, instant: 2, date: 3 } as const;

/**
 * Writes tables as the sheets of one workbook, a row at a time; the first sheet tells `about`. Cells are typed: numbers, booleans, dates;
 * texts are inline, and none is a formula. Answers with the rows of each table.
 */
export async function writeXlsx(tables: readonly Table[], sink: Sink, about: readonly (readonly [string, string])[], onRows: (rows: number) => void = () => undefined): Promise<readonly number[]> {
  const zip = openZip(sink);
  const sheets: string[] = [];
  const addSheet = async (name: string): Promise<(text: string, last?: 'last') => Promise<void>> => {
    if (sheets.length >= SHEETS_MAX) throw new RangeError(`A workbook has at most ${SHEETS_MAX} sheets`);
    sheets.push(name.slice(0, SHEET_NAME_CHARACTERS_MAX));
    return zip.file(`xl/worksheets/sheet${sheets.length}.xml`);
  };
  const aboutTable: Table = { name: 'about', title: 'about', columns: ABOUT_COLUMNS, rows: () => [about] };
  let total = 0;
  const counts: number[] = [];
  await writeSheets(aboutTable, addSheet, () => undefined);
  for (const table of tables) {
    const before = total;
    total += await writeSheets(table, addSheet, (rows) => onRows(before + rows));
    counts.push(total - before);
  }
  for (const [path, content] of packageParts(sheets)) await (await zip.file(path))(content, 'last');
  await zip.end();
  return counts;
}

const ABOUT_COLUMNS = [
  { name: 'what', kind: 'text', meaning: '' },
  { name: 'value', kind: 'text', meaning: '' },
] as const;

type AddSheet = (name: string) => Promise<(text: string, last?: 'last') => Promise<void>>;

async function writeSheets({ name, columns, rows }: Table, addSheet: AddSheet, onRows: (rows: number) => void): Promise<number> {
  const kinds = columns.map(({ kind }) => kind);
  const titles = rowXml(columns.map((column) => column.name), columns.map(() => 'text' as const), 1, STYLE.title);
  let write = await addSheet(name);
  let onSheet = 1;
  let part = 1;
  let written = 0;
  await write(SHEET_BEGIN + titles);
  for await (const batch of rows()) {
    let text = '';
    for (const row of batch) {
      if (onSheet === SHEET_ROWS_MAX) {
        await write(text + SHEET_END, 'last');
        part += 1;
        write = await addSheet(`${name} ${part}`);
        text = SHEET_BEGIN + titles;
        onSheet = 1;
      }
      onSheet += 1;
      text += rowXml(row, kinds, onSheet, STYLE.plain);
    }
    await write(text);
    written += batch.length;
    onRows(written);
  }
  await write(SHEET_END, 'last');
  return written;
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const SHEET_BEGIN = `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
const SHEET_END = '</sheetData></worksheet>';

function rowXml(row: TableRow, kinds: readonly CellKind[], number: number, style: number): string {
  let cells = '';
  for (const [index, kind] of kinds.entries()) cells += cellXml(row[index], kind, `${columnName(index)}${number}`, style);
  return `<row r="${number}">${cells}</row>`;
}

function cellXml(cell: TableCell, kind: CellKind, place: string, style: number): string {
  if (cell === undefined) return '';
  switch (kind) {
    case 'integer':
      return `<c r="${place}"><v>${Number(cell)}</v></c>`;
    case 'boolean':
      return `<c r="${place}" t="b"><v>${cell === true ? 1 : 0}</v></c>`;
    case 'instant':
      return `<c r="${place}" s="${STYLE.instant}"><v>${(Number(cell) - DAY_ZERO_MS) / DAY_MS}</v></c>`;
    case 'date':
      return `<c r="${place}" s="${STYLE.date}"><v>${(Date.parse(String(cell)) - DAY_ZERO_MS) / DAY_MS}</v></c>`;
    case 'text':
      return `<c r="${place}" t="inlineStr"${style === STYLE.plain ? '' : ` s="${style}"`}><is><t xml:space="preserve">${xmlText(withoutFormula(cellText(String(cell))))}</t></is></c>`;
  }
}

function cellText(text: string): string {
  return text.length < CELL_CHARACTERS_MAX ? text : `${text.slice(0, CELL_CHARACTERS_MAX - 2)}…`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML has no place for most control characters and for halves of surrogate pairs. */
function xmlText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('\r', '&#13;');
}

/** 0 is A, 26 is AA. */
function columnName(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

function packageParts(sheets: readonly string[]): readonly (readonly [path: string, content: string])[] {
  const numbers = sheets.map((_, index) => index + 1);
  const type = (part: string, kind: string): string => `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
  const relation = (id: string, kind: string, target: string): string => `<Relationship Id="${id}" Type="${RELATIONSHIPS}/${kind}" Target="${target}"/>`;
  const relations = (inner: string): string => `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inner}</Relationships>`;
  return [
    [
      '[Content_Types].xml',
      `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${type('/xl/workbook.xml', 'sheet.main')}${type('/xl/styles.xml', 'styles')}${numbers.map((number) => type(`/xl/worksheets/sheet${number}.xml`, 'worksheet')).join('')}</Types>`,
    ],
    ['_rels/.rels', relations(relation('rId1', 'officeDocument', 'xl/workbook.xml'))],
    [
      'xl/workbook.xml',
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONSHIPS}"><sheets>${sheets.map((name, index) => `<sheet name="${xmlText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets></workbook>`,
    ],
    ['xl/_rels/workbook.xml.rels', relations(numbers.map((number) => relation(`rId${number}`, 'worksheet', `worksheets/sheet${number}.xml`)).join('') + relation(`rId${sheets.length + 1}`, 'styles', 'styles.xml'))],
    [
      'xl/styles.xml',
      `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ],
  ];
}

interface OpenZip {
  file(path: string): Promise<(text: string, last?: 'last') => Promise<void>>;
  end(): Promise<void>;
}

/** One file after another: each must be ended before the next is begun. */
function openZip(sink: Sink): OpenZip {
  let ready: Uint8Array[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, bytes) => {
    if (error !== null) failure = error;
    ready.push(bytes);
  });
  const flush = async (): Promise<void> => {
    if (failure !== undefined) throw failure;
    const bytes = ready;
    ready = [];
    for (const chunk of bytes) await sink.write(chunk);
  };
  return {
    async file(path) {
      const entry = new ZipDeflate(path, { level: COMPRESSION });
      entry.mtime = FILE_TIME;
      zip.add(entry);
      return async (text, last) => {
        entry.push(strToU8(text), last !== undefined);
        await flush();
      };
    },
    async end() {
      zip.end();
      await flush();
    },
  };
}
