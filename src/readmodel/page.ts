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
