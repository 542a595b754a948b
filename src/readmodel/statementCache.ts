import type { Database, Statement } from 'better-sqlite3';

/** Shapes of list statements kept prepared: filters and orders make a few dozen in practice. */
const STATEMENTS_CACHED_MAX = 256;

/** Statements by their text, since preparing one costs more than most pages; the parts of a text come from code, never from a request. */
export function openStatementCache(database: Database): <Row>(sql: string) => Statement<(number | string | null)[], Row> {
  const prepared = new Map<string, Statement<(number | string | null)[]>>();
  return <Row>(sql: string) => {
    let statement = prepared.get(sql);
    if (statement === undefined) {
      if (prepared.size >= STATEMENTS_CACHED_MAX) prepared.clear();
      statement = database.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement as Statement<(number | string | null)[], Row>;
  };
}
