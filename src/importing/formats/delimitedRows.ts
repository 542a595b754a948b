import { splitLines } from '../lines.js';
import { RECORD_CHARACTERS_MAX } from '../parser.js';

/** One row of a delimited text (RFC 4180), or the refusal of what stands in its place. */
export type Row =
  | {
      readonly kind: 'row';
      readonly cells: readonly string[];
      /** The text ended with this row, without a line end. */
      readonly isLast: boolean;
    }
  | { readonly kind: 'bad'; readonly code: 'MALFORMED_CSV' | 'LINE_TOO_LONG' | 'TRUNCATED'; readonly reason: string };

export interface RowReader {
  write(text: string): void;
  end(): void;
}

/**
 * Most lines and characters of a row whose quotation mark is still open at a line's end; one that stays open longer is taken for a
 * stray one. Every stray mark costs reading that much twice: keep them small.
 */
const OPEN_ROW_LINES_MAX = 16;
const OPEN_ROW_CHARACTERS_MAX = 65_536;

/**
 * Cuts text into rows. The separator is the one the first line of more than one cell uses. A row whose quotation marks
 * do not close is refused, and reading goes on with the line after its first, so that one stray mark costs one row.
 */
export function delimitedRows(take: (row: Row) => void): RowReader {
  let delimiter: string | undefined;
  let pending: string[] = [];
  let pendingCharacters = 0;
  let endsWithLineEnd = true;

  const lines = splitLines((line, number) => {
    if (line === undefined) {
      flush('MALFORMED_CSV');
      take({ kind: 'bad', code: 'LINE_TOO_LONG', reason: `The line is longer than ${RECORD_CHARACTERS_MAX} characters.` });
      return;
    }
    feed(number === 1 ? line.replace(/^\uFEFF/, '') : line);
  });
  let atEnd = false;

  function feed(line: string): void {
    pending.push(line);
    pendingCharacters += line.length + 1;
    const text = pending.length === 1 ? line : pending.join('\n');
    delimiter ??= /[,;\t]/.test(line) ? delimiterOf(line) : undefined;
    const cells = splitRow(text, delimiter ?? ',');
    if (cells !== undefined) {
      clear();
      take({ kind: 'row', cells, isLast: atEnd && !endsWithLineEnd });
    } else if (!isOpen(text, delimiter ?? ',') || pending.length >= OPEN_ROW_LINES_MAX || pendingCharacters > OPEN_ROW_CHARACTERS_MAX) {
      dropFirst('MALFORMED_CSV');
    }
  }

  /** Refuses the row that begins with the first pending line and reads the others anew. */
  function dropFirst(code: 'MALFORMED_CSV' | 'TRUNCATED'): void {
    const rest = pending.slice(1);
    clear();
    take({
      kind: 'bad',
      code,
      reason: code === 'TRUNCATED' ? 'The file ends within a quoted value: export it again.' : 'The quotation marks of the row do not match.',
    });
    for (const line of rest) feed(line);
  }

  function flush(code: 'MALFORMED_CSV' | 'TRUNCATED'): void {
    while (pending.length > 0) dropFirst(code);
  }

  function clear(): void {
    pending = [];
    pendingCharacters = 0;
  }

  return {
    write(text) {
      if (text !== '') endsWithLineEnd = text.endsWith('\n');
      lines.write(text);
    },
    end() {
      atEnd = true;
      lines.end();
      flush('TRUNCATED');
    },
  };
}

/** The separator that the line has most of, outside quotation marks: comma, semicolon or tab. */
export function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const counts = [',', ';', '\t'].map((candidate) => ({ candidate, count: bare.split(candidate).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).candidate;
}

/** The cells of a whole row; undefined where its quotation marks do not match. */
export function splitRow(text: string, delimiter: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    const cell = cellAt(text, at, delimiter);
    if (cell === undefined) return undefined;
    cells.push(cell.value);
    if (cell.end === text.length) return cells;
    at = cell.end + 1;
  }
}

function cellAt(text: string, start: number, delimiter: string): { readonly value: string; readonly end: number } | undefined {
  if (text[start] !== '"') {
    const next = text.indexOf(delimiter, start);
    const end = next === -1 ? text.length : next;
    return { value: text.slice(start, end), end };
  }
  const close = closingQuote(text, start + 1);
  if (close === -1) return undefined;
  const end = close + 1;
  if (end !== text.length && text[end] !== delimiter) return undefined;
  return { value: text.slice(start + 1, close).replaceAll('""', '"'), end };
}

/** The quotation mark that ends a value begun before `from`; doubled ones belong to the value. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

/** Whether the text ends inside a quoted value, so that the next line may close it. */
function isOpen(text: string, delimiter: string): boolean {
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      if (close === -1) return true;
      at = close + 1;
      if (at < text.length && text[at] !== delimiter) return false;
    } else {
      const next = text.indexOf(delimiter, at);
      at = next === -1 ? text.length : next;
    }
    if (at === text.length) return false;
    at += 1;
  }
}
