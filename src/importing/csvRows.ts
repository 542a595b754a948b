import { RECORD_CHARACTERS_MAX, type RecordParser } from './parser.js';

/** Takes the fields of a row. Row 0 is the first of the file, so with a heading line the records count from 1. */
export type OnCsvRow = (fields: readonly string[], row: number) => void;
/** Takes a row that could not be read; `code` and `reason` as in `RefusedRecord`. */
export type OnCsvRefused = (code: 'MALFORMED_CSV' | 'RECORD_TOO_LONG' | 'TRUNCATED', reason: string, row: number) => void;

/**
 * Rows of RFC 4180 text separated by comma, semicolon or tab (told by the first row), fields quoted or not, line breaks within quotes.
 * Blank lines, the `#TYPE …` line of PowerShell and the `sep=;` line of Excel are passed over, a byte order mark too.
 * A row that is broken, or longer than RECORD_CHARACTERS_MAX, is refused; reading goes on at the next line that has as many
 * fields as the last good row, since what follows a stray quote may be the inside of a field. Headings are the caller's business.
 */
export function openCsv(onRow: OnCsvRow, onRefused: OnCsvRefused): RecordParser {
  let text = '';
  /** Where the present row begins in `text`. */
  let at = 0;
  let row = 0;
  /** Fields of the last good row, and how many good rows there were. */
  let width = 0;
  let good = 0;
  let separator: number | undefined;
  /** Within a row that was refused: on to the next line break. */
  let skipping = false;
  /** After a row that was refused: rows of another width are its remains. */
  let recovering = false;
  /** A long row is looked at again only when there is twice as much of it, so that small chunks cost no more than large ones. */
  let enough = 0;

  function refuse(code: Parameters<OnCsvRefused>[0], reason: string): void {
    onRefused(code, reason, row);
    row += 1;
    skipping = true;
    recovering = true;
  }

  function deliver(fields: readonly string[]): void {
    // Event Viewer writes a field more than it has headings: the first row alone does not tell the width of the others.
    if (recovering && (good === 1 ? fields.length < width : good > 1 && fields.length !== width)) return;
    recovering = false;
    width = fields.length;
    good += 1;
    onRow(fields, row);
    row += 1;
  }

  /** One step; false when more text is needed. */
  function advance(ended: boolean): boolean {
    if (skipping) return skipLine();
    if (passOver(ended)) return true;
    if (at >= text.length) return false;
    separator ??= separatorOf(text, at, ended);
    if (separator === undefined) return tooLittle(ended);
    const read = readRow(text, at, separator, ended);
    if (read.kind === 'incomplete') return tooLittle(ended);
    if (read.end - at > RECORD_CHARACTERS_MAX) return tooLong();
    if (read.kind === 'broken') refuse('MALFORMED_CSV', 'Something follows the closing quote of a field.');
    else deliver(read.fields);
    at = read.end;
    return true;
  }

  function tooLittle(ended: boolean): boolean {
    if (text.length - at > RECORD_CHARACTERS_MAX) return tooLong();
    if (ended) {
      refuse('TRUNCATED', 'The file ends within a quoted field, or a quote is not closed.');
      return true;
    }
    enough = text.length - at < SMALL_ROW_CHARACTERS ? 0 : (text.length - at) * 2;
    return false;
  }

  function tooLong(): boolean {
    refuse('RECORD_TOO_LONG', `A row of more than ${RECORD_CHARACTERS_MAX} characters is passed over.`);
    return true;
  }

  function skipLine(): boolean {
    const lineEnd = text.indexOf('\n', at);
    skipping = lineEnd === -1;
    at = skipping ? text.length : lineEnd + 1;
    return !skipping;
  }

  /** Blank lines, and what stands before the first row. */
  function passOver(ended: boolean): boolean {
    const start = at;
    if (row === 0 && text.charCodeAt(at) === BYTE_ORDER_MARK) at += 1;
    while (isLineEnd(text.charCodeAt(at))) at += 1;
    if (row === 0 && (text.startsWith('#TYPE', at) || text.startsWith('sep=', at))) {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd !== -1 || ended) {
        if (text.startsWith('sep=', at)) separator = SEPARATORS.find((code) => code === text.charCodeAt(at + 4));
        at = lineEnd === -1 ? text.length : lineEnd + 1;
      }
    }
    return at > start;
  }

  return {
    write(chunk) {
      text = at === 0 ? text + chunk : text.slice(at) + chunk;
      at = 0;
      if (text.length < enough && text.length <= RECORD_CHARACTERS_MAX) return;
      while (advance(false));
    },
    end() {
      while (advance(true));
      text = '';
      at = 0;
    },
  };
}

type RowRead =
  | { readonly kind: 'row'; readonly fields: string[]; readonly end: number }
  | { readonly kind: 'broken'; readonly end: number }
  | { readonly kind: 'incomplete' };

const INCOMPLETE: RowRead = { kind: 'incomplete' };
const SMALL_ROW_CHARACTERS = 65_536;
const BYTE_ORDER_MARK = 0xfeff;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Comma, semicolon, tab; of two that occur equally often the first. */
const SEPARATORS: readonly number[] = [0x2c, 0x3b, 0x09];

function readRow(text: string, from: number, separator: number, ended: boolean): RowRead {
  const fields: string[] = [];
  let at = from;
  for (;;) {
    let next: number;
    if (text.charCodeAt(at) === QUOTE) {
      const close = closingQuote(text, at + 1);
      if (close === -1 || (close + 1 >= text.length && !ended)) return INCOMPLETE;
      const written = text.slice(at + 1, close);
      fields.push(written.includes('"') ? written.replaceAll('""', '"') : written);
      next = close + 1;
    } else {
      next = at;
      let code = text.charCodeAt(next);
      while (code !== separator && code !== LINE_FEED && next < text.length) code = text.charCodeAt((next += 1));
      if (next >= text.length && !ended) return INCOMPLETE;
      fields.push(text.slice(at, code === LINE_FEED || next >= text.length ? withoutReturn(text, at, next) : next));
    }
    const after = text.charCodeAt(next);
    if (after === separator) {
      at = next + 1;
      if (at >= text.length && !ended) return INCOMPLETE;
    } else if (after === LINE_FEED || next >= text.length) return { kind: 'row', fields, end: Math.min(next + 1, text.length) };
    else if (after === CARRIAGE_RETURN && (text.charCodeAt(next + 1) === LINE_FEED || next + 1 >= text.length)) {
      if (next + 1 >= text.length && !ended) return INCOMPLETE;
      return { kind: 'row', fields, end: Math.min(next + 2, text.length) };
    } else return { kind: 'broken', end: next };
  }
}

/** The quote that ends a field: one that is not doubled; -1 without one. */
function closingQuote(text: string, from: number): number {
  let close = text.indexOf('"', from);
  while (close !== -1 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
  return close;
}

function withoutReturn(text: string, from: number, to: number): number {
  return to > from && text.charCodeAt(to - 1) === CARRIAGE_RETURN ? to - 1 : to;
}

/** The separator that occurs most often in the first row outside quotes; undefined while that row is not whole. */
function separatorOf(text: string, from: number, ended: boolean): number | undefined {
  const counts = SEPARATORS.map(() => 0);
  let quoted = false;
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (code === LINE_FEED && !quoted) break;
    const index = quoted ? -1 : SEPARATORS.indexOf(code);
    if (index !== -1) counts[index] = (counts[index] ?? 0) + 1;
  }
  return at < text.length || ended ? SEPARATORS[counts.indexOf(Math.max(...counts))] : undefined;
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}
