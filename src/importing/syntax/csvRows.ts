import { RECORD_CHARACTERS_MAX, type RecordParser } from '../parser.js';

/** Takes the fields of a row. `isCut`: the text ended with it, without a line end. */
export type OnCsvRow = (fields: readonly string[], isCut: boolean) => void;
/** Takes a row that could not be read. */
export type OnCsvRefused = (code: 'MALFORMED_CSV' | 'RECORD_TOO_LONG' | 'TRUNCATED', reason: string) => void;

/**
 * Rows of RFC 4180 text separated by comma, semicolon or tab (told by the first row that has any), fields quoted or not, line breaks
 * within quotes. Blank lines, the `#TYPE …` lines of PowerShell and Excel's `sep=;` are passed over, a byte order mark too.
 *
 * A row that is broken, longer than RECORD_CHARACTERS_MAX or with a field of more lines than FIELD_LINES_MAX is refused, and reading goes on with the line after its first: a stray
 * quote costs its own row alone. What follows may be the inside of a field, so rows are passed over until one has as many fields as
 * the last good one. Headings are the caller's business.
 */
export function openCsv(onRow: OnCsvRow, onRefused: OnCsvRefused): RecordParser {
  let text = '';
  /** Where the present row begins in `text`. */
  let at = 0;
  /** Fields of the last good row, and how many good rows there were. */
  let width = 0;
  let good = 0;
  let separator: number | undefined;
  let isBeginning = true;
  /** On to the next line break. */
  let skipping = false;
  /** After a row that was refused: rows of another width are its remains. */
  let recovering = false;
  /** A long row is looked at again only when there is twice as much of it, so that small chunks cost no more than large ones. */
  let enough = 0;

  function refuse(code: Parameters<OnCsvRefused>[0], reason: string): void {
    isBeginning = false;
    skipping = true;
    // Remains of a broken row are often broken too.
    if (!recovering) onRefused(code, reason);
    recovering = true;
  }

  function deliver(fields: readonly string[], isCut: boolean): void {
    isBeginning = false;
    // Event Viewer writes a field more than it has headings: the first row alone does not tell the width of the others.
    if (recovering && (good === 1 ? fields.length < width : good > 1 && fields.length !== width)) return;
    recovering = false;
    width = fields.length;
    good += 1;
    onRow(fields, isCut);
  }

  /** One step; false when more text is needed. */
  function advance(ended: boolean): boolean {
    if (skipping) return skipLine();
    if (passOver(ended)) return true;
    if (at >= text.length) return false;
    const known = separator ?? separatorOf(text, at, ended);
    if (known === 'incomplete') return tooLittle(ended);
    if (known !== undefined) separator = known;
    const read = readRow(text, at, known ?? COMMA, ended);
    if (read.kind === 'incomplete') return tooLittle(ended);
    if (read.kind === 'broken') return refused('MALFORMED_CSV', 'The quotation marks of the row do not match: one is not closed, or something follows it.');
    if (read.end - at > RECORD_CHARACTERS_MAX) return tooLong();
    deliver(read.fields, read.isCut);
    at = read.end;
    return true;
  }

  function refused(...refusal: Parameters<OnCsvRefused>): true {
    refuse(...refusal);
    return true;
  }

  function tooLittle(ended: boolean): boolean {
    if (text.length - at > RECORD_CHARACTERS_MAX) return tooLong();
    if (ended) return refused('TRUNCATED', 'The file ends within a quoted field, or a quote is not closed; export it again.');
    enough = text.length - at < SMALL_ROW_CHARACTERS ? 0 : (text.length - at) * 2;
    return false;
  }

  function tooLong(): true {
    return refused('RECORD_TOO_LONG', `A row of more than ${RECORD_CHARACTERS_MAX} characters is passed over, or a quote is not closed.`);
  }

  function skipLine(): boolean {
    const lineEnd = text.indexOf('\n', at);
    skipping = lineEnd === -1;
    at = skipping ? text.length : lineEnd + 1;
    return !skipping;
  }

  /** Blank lines, and lines that are about the file. True where something was passed over. */
  function passOver(ended: boolean): boolean {
    const start = at;
    // Also before a row in the midst: files that were put together bring theirs.
    if (text.charCodeAt(at) === BYTE_ORDER_MARK) at += 1;
    while (isLineEnd(text.charCodeAt(at))) at += 1;
    const code = text.charCodeAt(at);
    if (code === HASH || (code === QUOTE && text.charCodeAt(at + 1) === HASH) || isBeginning) passOverNote(ended);
    return at > start;
  }

  function passOverNote(ended: boolean): void {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd === -1 && !ended) return;
    const next = lineEnd === -1 ? text.length : lineEnd + 1;
    const line = text.slice(at, Math.min(next, at + NOTE_CHARACTERS));
    const declared = isBeginning ? /^"?sep=([,;\t|])"?\s*$/i.exec(line)?.[1] : undefined;
    if (declared !== undefined) separator = declared.charCodeAt(0);
    if (declared !== undefined || /^"?#TYPE\b/.test(line)) at = next;
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

/** The first rows of a text that begins like this, to recognise its format by. */
export function firstRowsOf(beginning: string, count: number): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  const reader = openCsv(
    (fields) => rows.push(fields),
    () => undefined,
  );
  for (let at = 0; at < beginning.length && rows.length < count; at += SNIFFED_CHARACTERS) reader.write(beginning.slice(at, at + SNIFFED_CHARACTERS));
  if (rows.length < count) reader.end();
  return rows.slice(0, count);
}

type RowRead =
  | { readonly kind: 'row'; readonly fields: string[]; readonly end: number; readonly isCut: boolean }
  | { readonly kind: 'broken' }
  | { readonly kind: 'incomplete' };

const INCOMPLETE: RowRead = { kind: 'incomplete' };
const BROKEN: RowRead = { kind: 'broken' };
const SMALL_ROW_CHARACTERS = 65_536;
/** Most lines of a field; the longest messages of Windows have some sixty. */
const FIELD_LINES_MAX = 256;
/** Text looked at together for the first rows. */
const SNIFFED_CHARACTERS = 4_096;
/** Enough of a line to see that it is a note. */
const NOTE_CHARACTERS = 16;
const BYTE_ORDER_MARK = 0xfeff;
const QUOTE = 0x22;
const HASH = 0x23;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Comma, semicolon, tab; of two that occur equally often the first. */
const SEPARATORS: readonly number[] = [COMMA, 0x3b, 0x09];

function readRow(text: string, from: number, separator: number, ended: boolean): RowRead {
  const fields: string[] = [];
  let at = from;
  for (;;) {
    let next: number;
    if (text.charCodeAt(at) === QUOTE) {
      const close = closingQuote(text, at + 1);
      if (hasTooManyLines(text, at, close === -1 ? text.length : close)) return BROKEN;
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
    } else if (after === LINE_FEED || next >= text.length) {
      return { kind: 'row', fields, end: Math.min(next + 1, text.length), isCut: next >= text.length };
    } else if (after === CARRIAGE_RETURN && (text.charCodeAt(next + 1) === LINE_FEED || next + 1 >= text.length)) {
      if (next + 1 >= text.length && !ended) return INCOMPLETE;
      return { kind: 'row', fields, end: Math.min(next + 2, text.length), isCut: next + 1 >= text.length };
    } else return BROKEN;
  }
}

/** A field that runs on like this was never closed: the quote that seems to end it opens, or closes, another. */
function hasTooManyLines(text: string, from: number, to: number): boolean {
  if (to - from <= FIELD_LINES_MAX) return false;
  let lines = 0;
  let lineEnd = text.indexOf('\n', from);
  while (lineEnd !== -1 && lineEnd < to) {
    lines += 1;
    if (lines > FIELD_LINES_MAX) return true;
    lineEnd = text.indexOf('\n', lineEnd + 1);
  }
  return false;
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

/** The separator that occurs most often in the row outside quotes; undefined if it has none, `incomplete` while it is not whole. */
function separatorOf(text: string, from: number, ended: boolean): number | 'incomplete' | undefined {
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
  if (at >= text.length && !ended) return 'incomplete';
  const most = Math.max(...counts);
  return most === 0 ? undefined : SEPARATORS[counts.indexOf(most)];
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === CARRIAGE_RETURN;
}
