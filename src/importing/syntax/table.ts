import { type ParsedRecord, type RecordParser } from '../parser.js';
import { fieldsOver, fieldTooLong, type Fields } from '../records/fields.js';
import type { RefusalCode } from '../refusals.js';
import { firstRowsOf, openCsv } from './csvRows.js';

/** A row below the header. */
export interface TableRow {
  /** 1-based, the header not counted. */
  readonly record: number;
  readonly cells: readonly string[];
  /** By column name in the form of `columnName`. */
  readonly fields: Fields;
}

/** How a format reads a table. */
export interface TableReading {
  /** What is wrong with these columns, as a sentence; undefined if they will do. Otherwise the whole file is refused. */
  readonly refuseColumns: (columns: ReadonlySet<string>) => string | undefined;
  /** False if the first row is data already; without it the first row is always the header. */
  readonly isHeader?: (cells: readonly string[]) => boolean;
  readonly understand: (row: TableRow) => ParsedRecord;
}

/**
 * Reads a table with a header as spreadsheets, SQL Server Management Studio, sqlcmd and Export-Csv write it: a rule of dashes after the
 * header and sqlcmd's closing count are passed over. A row with more or fewer cells than the header is refused: Management Studio does
 * not quote text that holds commas unless told to, and its cells are then in the wrong columns.
 */
export function openTable(reading: TableReading, emit: (record: ParsedRecord) => void): RecordParser {
  let columns: ReadonlyMap<string, number> | undefined;
  let width = 0;
  let record = 0;
  let refusedWhole = false;

  function refuse(code: RefusalCode, reason: string): void {
    if (refusedWhole) return;
    record += 1;
    emit({ kind: 'refused', record, code, reason });
  }

  function takeFirst(cells: readonly string[]): ReadonlyMap<string, number> | undefined {
    const isHeader = reading.isHeader?.(cells) ?? true;
    columns = isHeader ? columnsOfCells(cells) : new Map<string, number>();
    width = isHeader ? cells.length : 0;
    if (!isHeader) return columns;
    const wrong = reading.refuseColumns(new Set(columns.keys()));
    if (wrong !== undefined) {
      refuse('WRONG_COLUMNS', wrong);
      refusedWhole = true;
    }
    return undefined;
  }

  function takeRow(cells: readonly string[], isCut: boolean): void {
    if (refusedWhole || isNoRow(cells)) return;
    const known = columns ?? takeFirst(cells);
    if (known === undefined) return;
    if (width > 0 && cells.slice(width).some((cell) => cell.trim() !== '')) {
      refuse('WRONG_COLUMN_COUNT', `The row has ${cells.length} cells and the header ${width}: text that holds the separator must be in quotes.`);
    } else if (cells.length < width) {
      refuse(isCut ? 'TRUNCATED' : 'WRONG_COLUMN_COUNT', `The row has ${cells.length} cells and the header ${width}.`);
    } else understand(cells, known);
  }

  function understand(cells: readonly string[], known: ReadonlyMap<string, number>): void {
    record += 1;
    const fields = fieldsOver((name) => {
      const index = known.get(name);
      return index === undefined ? undefined : cells[index];
    });
    const understood = reading.understand({ record, cells, fields });
    const overlong = fields.overlong();
    if (overlong === undefined) emit(understood);
    else emit({ kind: 'refused', record, code: 'FIELD_TOO_LONG', reason: fieldTooLong(overlong) });
  }

  return openCsv(takeRow, refuse);
}

/** A column's name without regard to case, blanks and punctuation: `Product Key` and `productKey` are both `productkey`. */
export function columnName(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Columns of a table that begins like this, to recognise its format by; empty if the first line is none. */
export function columnsOfBeginning(beginning: string): ReadonlySet<string> {
  return new Set(columnsOfCells(firstRowOf(beginning)).keys());
}

/** Cells of the first row of a table that begins like this. */
export function firstRowOf(beginning: string): readonly string[] {
  return firstRowsOf(beginning, FIRST_ROWS_MAX).find((cells) => !isNoRow(cells)) ?? [];
}

/** Rows looked at for the header. */
const FIRST_ROWS_MAX = 2;

function columnsOfCells(cells: readonly string[]): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  for (const [index, cell] of cells.entries()) {
    const name = columnName(cell);
    if (name !== '' && !columns.has(name)) columns.set(name, index);
  }
  return columns;
}

/** Blank, sqlcmd's rule below the header, or its `(12 rows affected)`. */
function isNoRow(cells: readonly string[]): boolean {
  return cells.every((cell) => /^-*$/.test(cell.trim())) || (cells.length === 1 && /^\(\d+ rows? affected\)\s*$/i.test(cells[0] ?? ''));
}
