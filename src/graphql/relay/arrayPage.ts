import type { Page, PageRequest } from '../../readmodel/page.js';
import { inputError } from '../clientError.js';

/** A page of a list that is in memory and does not change; the cursor is the row's index. */
export function arrayPage<Row>(rows: readonly Row[], { limit, direction, after, before }: PageRequest): Page<Row> {
  const from = after === undefined ? 0 : indexOf(after) + 1;
  const to = before === undefined ? rows.length : Math.min(indexOf(before), rows.length);
  const start = direction === 'FORWARD' ? from : Math.max(from, to - limit);
  const end = direction === 'FORWARD' ? Math.min(to, from + limit) : to;
  return {
    rows: rows.slice(start, Math.max(start, end)).map((row, offset) => ({ row, cursor: [start + offset] })),
    hasMore: direction === 'FORWARD' ? end < to : start > from,
  };
}

function indexOf([index]: readonly (string | number | null)[]): number {
  if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) return index;
  throw inputError('CURSOR_OF_ANOTHER_LIST');
}
