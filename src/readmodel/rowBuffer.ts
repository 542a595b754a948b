import type { Database } from 'better-sqlite3';

/** Rows held at most. */
const ROWS_HELD_MAX = 2_000;
/** Rows that one statement writes: more gain little, and each shape of statement is compiled once. */
const STATEMENT_ROWS = 32;

export type SqlValue = number | string | null;

export interface RowBuffer<Row extends readonly SqlValue[]> {
  add(row: Row): void;
  /** Writes what is held. Call it before each commit, and before a statement that reads the table. */
  flush(): void;
}

export interface RowBufferOptions<Row> {
  /** What comes before `VALUES`, such as `INSERT INTO timeline_event`. */
  readonly insert: string;
  readonly columns: readonly string[];
  /** What comes after the values: an `ON CONFLICT` clause. */
  readonly onConflict?: string;
  /** The order to write in; without it, that in which the rows came. */
  readonly compare?: (a: Row, b: Row) => number;
}

/**
 * Rows of a table, written in bursts of many rows a statement: a row takes half the time of a statement of its own, most of which
 * goes into starting and ending it.
 */
export function openRowBuffer<Row extends readonly SqlValue[]>(database: Database, options: RowBufferOptions<Row>): RowBuffer<Row> {
  const { compare } = options;
  const writeOne = database.prepare(insertOf(options, 1));
  const writeMany = database.prepare(insertOf(options, STATEMENT_ROWS));
  const values: SqlValue[] = Array.from({ length: STATEMENT_ROWS * options.columns.length }, () => null);
  let rows: Row[] = [];

  const writeFrom = (start: number): void => {
    let at = 0;
    for (let index = start; index < start + STATEMENT_ROWS; index += 1) {
      for (const value of rows[index] ?? []) {
        values[at] = value;
        at += 1;
      }
    }
    writeMany.run(values);
  };

  const flush = (): void => {
    if (compare !== undefined) rows.sort(compare);
    const many = rows.length - (rows.length % STATEMENT_ROWS);
    for (let start = 0; start < many; start += STATEMENT_ROWS) writeFrom(start);
    for (let index = many; index < rows.length; index += 1) writeOne.run(rows[index]);
    rows = [];
  };

  return {
    add(row) {
      rows.push(row);
      if (rows.length >= ROWS_HELD_MAX) flush();
    },
    flush,
  };
}

function insertOf<Row>({ insert, columns, onConflict = '' }: RowBufferOptions<Row>, rows: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`;
  return `${insert} (${columns.join(', ')}) VALUES ${Array.from({ length: rows }, () => row).join(', ')} ${onConflict}`;
}
