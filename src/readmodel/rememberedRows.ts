import type { Database } from 'better-sqlite3';

/** Rows remembered of one question; when there are more, the memory starts again empty. */
export const ROWS_REMEMBERED_MAX = 10_000;

/**
 * Remembers what was found under a name, until anything in the file has changed: whether it has is looked up each time, in the moment that
 * the connection reads of, and takes a fraction of finding, reading and parsing an object again. What was not found is not remembered.
 * Rows are shared: nobody may change them. A connection that may write itself remembers nothing, since it is not told of its own changes.
 */
export function rememberRows<Row extends object>(database: Database, find: (name: string) => Row | undefined): (name: string) => Row | undefined {
  if (!database.readonly) return find;
  const version = database.prepare<[], number>('PRAGMA data_version').pluck();
  const rows = new Map<string, Row>();
  let known: number | undefined;
  return (name) => {
    const current = version.get();
    if (current !== known) rows.clear();
    known = current;
    const remembered = rows.get(name);
    if (remembered !== undefined) return remembered;
    const found = find(name);
    if (found === undefined) return undefined;
    if (rows.size >= ROWS_REMEMBERED_MAX) rows.clear();
    rows.set(name, found);
    return found;
  };
}
