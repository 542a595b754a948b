/** The floor of a rebuild: the rows of a read model, written raw into tables and indexes of the same definition. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { answer, taskOfProcess } from './child.js';

interface RawRowsTask {
  readonly directory: string;
  readonly target: string;
}

/** Rows in one transaction, and held between two timed writes. */
const BATCH_ROWS = 10_000;
/** As `openForWriting` of the read model sets them. */
const PRAGMAS = ['journal_mode = WAL', 'synchronous = NORMAL', `cache_size = -${96 * 1024}`, 'wal_autocheckpoint = 8000', 'temp_store = MEMORY'];

const { directory, target } = taskOfProcess<RawRowsTask>();
removeTarget();
const source = new Database(join(directory, readdirSync(directory).find((name) => /^readmodel-\w+\.db$/.test(name)) ?? ''), { readonly: true });
const database = new Database(target);
for (const pragma of PRAGMAS) database.pragma(pragma);
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
  const columns = source.pragma(`table_info(${table})`) as { name: string }[];
  const insert = database.prepare(`INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  const write = database.transaction((batch: readonly unknown[][]) => {
    for (const row of batch) insert.run(...row);
  });
  let batch: unknown[][] = [];
  const flush = (): void => {
    const start = performance.now();
    write.immediate(batch);
    seconds += (performance.now() - start) / 1_000;
    rows += batch.length;
    batch = [];
  };
  for (const row of source.prepare<[], unknown[]>(`SELECT ${columns.map(({ name }) => name).join(', ')} FROM ${table}`).raw(true).iterate()) {
    batch.push(row);
    if (batch.length === BATCH_ROWS) flush();
  }
  if (batch.length > 0) flush();
}

function removeTarget(): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${target}${suffix}`, { force: true });
}
