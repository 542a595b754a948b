import { type Fields, FIELD_CHARACTERS_MAX, fieldsOver } from './fields.js';
import { splitLines } from './lines.js';
import { type ParsedRecord, RECORD_CHARACTERS_MAX, type RecordParser } from './parser.js';

/** A row below the header. */
export interface TableRow {
  /** 1-based, the header not counted. */
  readonly record: number;
  /** 1-based line of the file on which the row begins. */
  readonly line: number;
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

/** Most lines of one row; a quoted field that runs on over more of them is taken for one that was never closed. */
const ROW_LINES_MAX = 256;

/**
 * Reads comma-, semicolon- or tab-separated text with quotes as spreadsheets, SQL Server Management Studio, sqlcmd and Export-Csv
 * write it: a `sep=` or `#TYPE` line before the header, a rule of dashes after it, sqlcmd's closing count and blank lines are passed
 * over. A row with more or fewer cells than the header is refused: Management Studio does not quote text that holds commas unless told
 * to, and its cells are then in the wrong columns.
 */
export function openTable(reading: TableReading, emit: (record: ParsedRecord) => void): RecordParser {
  const pending: { text: string; line: number }[] = [];
  let pendingCharacters = 0;
  let assembler: RowAssembler | undefined;
  let columns: ReadonlyMap<string, number> | undefined;
  let width = 0;
  let record = 0;
  let refusedWhole = false;
  let ended = false;

  function refuse(code: string, line: number, sentence: string): void {
    record += 1;
    emit({ kind: 'refused', record, code, reason: `Line ${line}: ${sentence}` });
  }

  function takeLine(text: string | undefined, line: number): void {
    if (refusedWhole) return;
    if (text === undefined) {
      abandonPending();
      refuse('LINE_TOO_LONG', line, `it is longer than ${RECORD_CHARACTERS_MAX} characters and was passed over.`);
      return;
    }
    const clean = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (pending.length === 0 && isNoRow(clean)) return;
    const declared = assembler === undefined ? declaredDelimiter(clean) : undefined;
    if (declared !== undefined) {
      assembler = assembleRows(declared);
      return;
    }
    assembler ??= assembleRows(delimiterOf(clean));
    pending.push({ text: clean, line });
    pendingCharacters += clean.length;
    const cells = assembler.feed(clean);
    if (cells !== undefined) {
      const firstLine = pending[0]?.line ?? line;
      clearPending();
      takeRow(cells, firstLine);
    } else if (pending.length > ROW_LINES_MAX || pendingCharacters > RECORD_CHARACTERS_MAX) abandonPending();
  }

  /** The first line of the open row is refused, the ones after it are read again as rows of their own. */
  function abandonPending(): void {
    const [first, ...rest] = pending;
    if (first === undefined) return;
    clearPending();
    assembler?.reset();
    if (ended) refuse('TRUNCATED', first.line, 'a quote is opened, and the file ends before it is closed.');
    else refuse('UNCLOSED_QUOTE', first.line, 'a quote is opened and not closed; the lines after it were read as rows of their own.');
    for (const { text, line } of rest) takeLine(text, line);
  }

  function clearPending(): void {
    pending.length = 0;
    pendingCharacters = 0;
  }

  function takeRow(cells: readonly string[], line: number): void {
    if (columns === undefined) {
      const isHeader = reading.isHeader?.(cells) ?? true;
      columns = isHeader ? columnsOfCells(cells) : new Map();
      width = isHeader ? cells.length : 0;
      const wrong = reading.refuseColumns(new Set(columns.keys()));
      if (isHeader && wrong !== undefined) {
        refuse('WRONG_COLUMNS', line, wrong);
        refusedWhole = true;
        return;
      }
      if (isHeader) return;
    }
    if (cells.every((cell) => /^\s*-*\s*$/.test(cell))) return;
    if (width > 0 && cells.slice(width).some((cell) => cell.trim() !== '')) {
      refuse('COLUMN_COUNT', line, `it has ${cells.length} cells where the header has ${width}; text that holds the separator must be in quotes.`);
    } else if (cells.length < width) {
      refuse(ended ? 'TRUNCATED' : 'COLUMN_COUNT', line, `it has ${cells.length} cells where the header has ${width}.`);
    } else understand(cells, line, columns);
  }

  function understand(cells: readonly string[], line: number, known: ReadonlyMap<string, number>): void {
    record += 1;
    const fields = fieldsOver((name) => {
      const index = known.get(name);
      return index === undefined ? undefined : cells[index];
    });
    const understood = reading.understand({ record, line, cells, fields });
    const overlong = fields.overlong();
    if (overlong === undefined) emit(understood);
    else emit({ kind: 'refused', record, code: 'FIELD_TOO_LONG', reason: fieldTooLong(`Line ${line}`, overlong) });
  }

  const lines = splitLines(takeLine);
  return {
    write: (text) => lines.write(text),
    end() {
      ended = true;
      lines.end();
      while (pending.length > 0) abandonPending();
    },
  };
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
  let delimiter: string | undefined;
  for (const line of beginning.replace(/^\uFEFF/, '').split(/\r?\n/, FIRST_LINES_MAX)) {
    const declared = declaredDelimiter(line);
    if (declared !== undefined) delimiter = declared;
    else if (!isNoRow(line)) return assembleRows(delimiter ?? delimiterOf(line)).feed(line) ?? [];
  }
  return [];
}

/** How a field that is too long is told. */
export function fieldTooLong(where: string, name: string): string {
  return `${where}: the field ${name} is longer than ${FIELD_CHARACTERS_MAX} characters.`;
}

/** Lines looked at for the header. */
const FIRST_LINES_MAX = 10;

function columnsOfCells(cells: readonly string[]): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  for (const [index, cell] of cells.entries()) {
    const name = columnName(cell);
    if (name !== '' && !columns.has(name)) columns.set(name, index);
  }
  return columns;
}

/** Blank, Export-Csv's type line, or sqlcmd's `(12 rows affected)`. */
function isNoRow(line: string): boolean {
  return line.trim() === '' || line.startsWith('#TYPE ') || /^\(\d{1,12} rows? affected\)\s*$/i.test(line);
}

/** Excel's `sep=;` line. */
function declaredDelimiter(line: string): string | undefined {
  return /^"?sep=([,;\t|])"?\s*$/i.exec(line)?.[1];
}

function delimiterOf(header: string): string {
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

/** Cuts lines into cells. `feed` gives the cells of a row when its last line has come, else undefined. */
interface RowAssembler {
  feed(line: string): string[] | undefined;
  reset(): void;
}

function assembleRows(delimiter: string): RowAssembler {
  let cells: string[] = [];
  /** The quoted cell that is open at the end of a line. */
  let open: string | undefined;

  return {
    reset() {
      cells = [];
      open = undefined;
    },
    feed(line) {
      if (open === undefined && !line.includes('"')) return line.split(delimiter);
      let at = 0;
      if (open !== undefined) {
        open += '\n';
        at = readQuoted(line, 0);
      } else at = readCell(line, 0);
      while (at <= line.length && open === undefined) at = readCell(line, at);
      if (open !== undefined) return undefined;
      const row = cells;
      cells = [];
      return row;
    },
  };

  /** Reads the cell that begins at `from`; answers where the next begins, beyond the line's end after the last. */
  function readCell(line: string, from: number): number {
    if (line[from] === '"') {
      open = '';
      return readQuoted(line, from + 1);
    }
    const end = line.indexOf(delimiter, from);
    cells.push(line.slice(from, end === -1 ? line.length : end));
    return end === -1 ? line.length + 1 : end + 1;
  }

  /** Goes on with the open quoted cell. What stands between its closing quote and the separator is kept as it is. */
  function readQuoted(line: string, from: number): number {
    let at = from;
    for (;;) {
      const quote = line.indexOf('"', at);
      if (quote === -1) {
        open += line.slice(at);
        return line.length + 1;
      }
      open += line.slice(at, quote);
      if (line[quote + 1] !== '"') {
        const end = line.indexOf(delimiter, quote + 1);
        cells.push(`${open}${line.slice(quote + 1, end === -1 ? line.length : end)}`);
        open = undefined;
        return end === -1 ? line.length + 1 : end + 1;
      }
      open += '"';
      at = quote + 2;
    }
  }
}
