import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';

/** SHA-256 of every table's rows in the order of their values, by table name: two files with equal digests answer alike. */
export function tableDigests(database: Database.Database): ReadonlyMap<string, string> {
  const tables = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .pluck()
    .all();
  return new Map(tables.map((table) => [table, digest(database, table)]));
}

function digest(database: Database.Database, table: string): string {
  const columns = database.prepare<[], { name: string }>(`SELECT name FROM pragma_table_info('${table}') ORDER BY cid`).all();
  const list = columns.map((column) => `"${column.name}"`).join(', ');
  const hash = createHash('sha256');
  for (const row of database.prepare<[], unknown[]>(`SELECT ${list} FROM "${table}" ORDER BY ${list}`).raw().iterate()) {
    hash.update(JSON.stringify(row));
    hash.update('\n');
  }
  return hash.digest('hex');
}
