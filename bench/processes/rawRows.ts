/** The floor of a rebuild: the rows of a read model, written raw into tables and indexes of the same definition. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openRowBuffer, type SqlValue } from '../../src/readmodel/rowBuffer.js';
import { answer, taskOfProcess } from './child.js';

export interface RawRowsTask {
  readonly directory: string;
  readonly target: string;
  /**
   * `plain`: as one writes rows into SQLite, a prepared statement for each, with write-ahead log and `synchronous=NORMAL`.
   * `asBuilt`: by all the means of a build, without sync, with its journal in memory, and with many rows a statement.
   */
  readonly manner: 'plain' | 'asBuilt';
}

/** Rows in one transaction, and held between two timed writes: as many as a build writes before it commits, or nearly. */
const BATCH_ROWS = 200_000;
const CACHE = `cache_size = -${96 * 1024}`;
const PRAGMAS = {
  plain: ['journal_mode = WAL', 'synchronous = NORMAL', 'wal_autocheckpoint = 8000', 'temp_store = MEMORY', CACHE],
  asBuilt: ['journal_mode = MEMORY', 'synchronous = OFF', 'locking_mode = EXCLUSIVE', 'temp_store = MEMORY', CACHE],
};

const { directory, target, manner } = taskOfProcess<RawRowsTask>();
removeTarget();
const source = new Database(join(directory, readdirSync(directory).find((name) => /^readmodel-\w+\.db$/.test(name)) ?? ''), { readonly: true });
const database = new Database(target);
for (const pragma of PRAGMAS[manner]) database.pragma(pragma);
const schema = source.prepare<[], { name: string; type: string; sql: string }>('SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL').all();
for (const { sql } of schema) database.exec(sql);
let rows = 0;
let seconds = 0;
for (const { name } of schema.filter(({ type }) => type === 'table')) copyTable(name);
database.close();
source.close();
removeTarget();
answer({ rows, seconds });

function copyTable(table: string): void {
  const columns = (source.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const write = database.transaction(manner === 'plain' ? oneByOne(table, columns) : manyAtOnce(table, columns));
  let batch: SqlValue[][] = [];
  const flush = (): void => {
    const start = performance.now();
    write.immediate(batch);
    seconds += (performance.now() - start) / 1_000;
    rows += batch.length;
    batch = [];
  };
  for (const row of source.prepare<[], SqlValue[]>(`SELECT ${columns.join(', ')} FROM ${table}`).raw(true).iterate()) {
    batch.push(row);
    if (batch.length === BATCH_ROWS) flush();
  }
  if (batch.length > 0) flush();
}

function oneByOne(table: string, columns: readonly string[]): (batch: readonly SqlValue[][]) => void {
  const insert = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  return (batch) => {
    for (const row of batch) insert.run(...row);
  };
}

function manyAtOnce(table: string, columns: readonly string[]): (batch: readonly SqlValue[][]) => void {
  const buffer = openRowBuffer(database, { insert: `INSERT INTO ${table}`, columns });
  return (batch) => {
    for (const row of batch) buffer.add(row);
    buffer.flush();
  };
}

function removeTarget(): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${target}${suffix}`, { force: true });
}
