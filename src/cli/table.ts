import { stripVTControlCharacters } from 'node:util';
import { groupDigits } from './numbers.js';

/** One column of a table that a person reads. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** The column may be cut to make the table fit: never below this width. The last such column is cut first. */
  readonly shrinkTo?: number;
}

/** What stands in a cell; `paint` colours it after it was measured and cut. */
export type Cell = string | number | { readonly text: string; readonly paint: (text: string) => string };

export interface TableLook {
  readonly paintTitle: (text: string) => string;
  readonly paintRule: (text: string) => string;
  /** Columns of the terminal; undefined: as wide as it gets, without a rule (a file or a pipe). */
  readonly width: number | undefined;
}

const GAP = '  ';
const CUT = '…';

/** The lines of a table: titles, a rule on a terminal, and the rows. Whatever a cell holds, it stays on its line. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly Cell[])[], look: TableLook): string[] {
  const cells = rows.map((row) => row.map(plainCell));
  const widths = fit(columns, widthsOf(columns, cells), look.width);
  const line = (texts: readonly string[], paint: (text: string, index: number) => string): string =>
    texts.map((text, index) => placed(text, widths[index] ?? 0, columns[index]?.align ?? 'left', (shown) => paint(shown, index))).join(GAP).trimEnd();
  const titles = line(columns.map(({ title }) => title), look.paintTitle);
  const body = cells.map((row) => line(row.map(({ text }) => text), (shown, index) => row[index]?.paint(shown) ?? shown));
  if (look.width === undefined) return [titles, ...body];
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length));
  return [titles, look.paintRule(rule), ...body];
}

/** Text that came from outside, safe to print: control characters cannot move the cursor, colour or ring. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

/** Columns of a terminal that a text takes: East Asian wide characters take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

const WIDE = /[\u{1100}-\u{115f}\u{2e80}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1faff}]/u;

interface PlainCell {
  readonly text: string;
  readonly paint: (text: string) => string;
}

function plainCell(cell: Cell): PlainCell {
  if (typeof cell === 'number') return { text: groupDigits(cell), paint: asIs };
  return typeof cell === 'string' ? { text: printable(cell), paint: asIs } : { text: printable(cell.text), paint: cell.paint };
}

function asIs(text: string): string {
  return text;
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly PlainCell[])[]): number[] {
  return columns.map(({ title }, index) => rows.reduce((widest, row) => Math.max(widest, widthOf(row[index]?.text ?? '')), widthOf(title)));
}

/** The widths, the columns that may be cut made narrower until the table fits or they are at their least. */
function fit(columns: readonly Column[], widths: readonly number[], available: number | undefined): number[] {
  let excess = available === undefined ? 0 : widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - available;
  return widths.reduceRight<number[]>((fitted, width, index) => {
    const least = columns[index]?.shrinkTo;
    const cut = least === undefined ? 0 : Math.min(Math.max(0, excess), Math.max(0, width - least));
    excess -= cut;
    return [width - cut, ...fitted];
  }, []);
}

function placed(text: string, width: number, align: 'left' | 'right', paint: (text: string) => string): string {
  const shown = cutTo(text, width);
  const padding = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return align === 'right' ? padding + paint(shown) : paint(shown) + padding;
}

function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(kept) + widthOf(character) > width - 1) break;
    kept += character;
  }
  return `${kept.trimEnd()}${CUT}`;
}
