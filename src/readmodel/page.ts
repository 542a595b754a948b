/** Most rows a list query returns at once; callers ask for less, never for more. */
export const PAGE_ROWS_MAX = 200;

/** The values a list is ordered by, at one row; the last of them is unique. What is inside belongs to the list that made it. */
export type Cursor = readonly (string | number | null)[];

/**
 * One page of a list. `after` and `before` are exclusive bounds in the list's order; `limit` rows (1 to PAGE_ROWS_MAX) are
 * taken from the beginning of what they leave (`FORWARD`) or from its end (`BACKWARD`).
 */
export interface PageRequest {
  readonly limit: number;
  readonly direction: 'FORWARD' | 'BACKWARD';
  readonly after?: Cursor | undefined;
  readonly before?: Cursor | undefined;
}

/** Rows in the list's order, whichever the direction; `hasMore`: there are further rows in the direction of the request. */
export interface Page<Row> {
  readonly rows: readonly PagedRow<Row>[];
  readonly hasMore: boolean;
}

export interface PagedRow<Row> {
  readonly row: Row;
  readonly cursor: Cursor;
}

/** A page request as parts of a SELECT over columns of which the last is unique. */
export interface Seek<Bound extends string | number | null = string | number | null> {
  /** SQL condition with `?` for `values`. */
  readonly condition: string;
  readonly values: readonly Bound[];
  readonly orderBy: string;
  /** Brings the rows found into the list's order. */
  arrange<Row>(rows: readonly Row[]): readonly Row[];
}

/** Keyset pagination: no offset, so every page costs the same and rows that come and go move nothing. */
export function keyset(columns: readonly string[], descending: boolean, request: PageRequest): Seek {
  const backward = request.direction === 'BACKWARD';
  const list = columns.join(', ');
  const bounds: string[] = [];
  const values: (string | number | null)[] = [];
  for (const [cursor, operator] of [
    [request.after, descending ? '<' : '>'],
    [request.before, descending ? '>' : '<'],
  ] as const) {
    if (cursor === undefined) continue;
    if (cursor.length !== columns.length) throw new RangeError(`A cursor of this list has ${columns.length} values, not ${cursor.length}`);
    bounds.push(`(${list}) ${operator} (${columns.map(() => '?').join(', ')})`);
    values.push(...cursor);
  }
  const direction = descending === backward ? 'ASC' : 'DESC';
  return {
    condition: bounds.length === 0 ? 'TRUE' : bounds.join(' AND '),
    values,
    orderBy: columns.map((column) => `${column} ${direction}`).join(', '),
    arrange: (rows) => (backward ? rows.toReversed() : rows),
  };
}

/** The least text greater than every text with this beginning, so that `>= beginning AND < end` finds them by an index. */
export function prefixEnd(beginning: string): string {
  return `${beginning}\u{10FFFF}`;
}
