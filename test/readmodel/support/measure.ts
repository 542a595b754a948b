import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Projection } from '../../../src/readmodel/definition.js';
import { FOLLOW_TRANSACTION_EVENTS, openFollower } from '../../../src/readmodel/follow.js';
import { openForWriting } from '../../../src/readmodel/readModelFile.js';
import { hostStatus } from '../../../projections/hostStatus.js';
import { imports } from '../../../projections/imports.js';
import { keyCounts } from '../../../projections/keyCounts.js';
import { kmsCensus } from '../../../projections/kmsCensus.js';
import { timeline } from '../../../projections/timeline.js';
import { kmsLog } from './kmsLog.js';
import { listStore } from './listStore.js';

/** Rates of folding and of writing the resulting rows raw. Run after a build: `node dist/test/readmodel/support/measure.js EVENTS HOSTS [NAME…]`. */
const [events = '300000', hosts = '50000', ...names] = process.argv.slice(2);
const projections = [hostStatus, keyCounts, kmsCensus, timeline, imports].filter((each) => names.length === 0 || names.includes(each.name));
const directory = mkdtempSync(join(tmpdir(), 'measure-'));

const store = listStore(kmsLog({ events: Number(events), hosts: Number(hosts) }));
const database = openForWriting(join(directory, 'folded.db'), projections);
const follower = await openFollower({ store, database, projections, upcast: (event) => event });
let began = cpuMs();
await follower.applyUntilHead();
const folding = cpuMs() - began;
report('folded', store.events.length, folding);
report('of it parsing', store.events.length, parseAll());
const raw = rawCopy(database, projections);
report('raw rows of the final tables', store.events.length, raw);
console.log(`raw time / fold time: ${(raw / folding).toFixed(2)}; RSS ${Math.round(process.memoryUsage().rss / 1_048_576)} MB`);
database.close();
rmSync(directory, { recursive: true });

/** Processor time, since other work shares the machine. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function report(what: string, count: number, ms: number): void {
  console.log(`${what}: ${Math.round(ms)} ms, ${Math.round((count / ms) * 1000)} events/s`);
}

function parseAll(): number {
  began = cpuMs();
  for (const event of store.events) JSON.parse(event.text);
  return cpuMs() - began;
}

/** The floor: the same rows into the same tables and indexes, in the order of their tables, in as many transactions as the fold made. */
function rawCopy(source: Database.Database, of: readonly Projection[]): number {
  const target = openForWriting(join(directory, 'raw.db'), of);
  const tables = source
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'readmodel_%'`)
    .pluck()
    .all()
    .map((name) => ({ name, rows: source.prepare<[], unknown[]>(`SELECT * FROM ${name}`).raw().all() }))
    .filter(({ rows }) => rows.length > 0);
  const transactions = Math.ceil(store.events.length / FOLLOW_TRANSACTION_EVENTS);
  began = cpuMs();
  const inserts = tables.map(({ name, rows }) => ({
    rows,
    insert: target.prepare(`INSERT INTO ${name} VALUES (${(rows[0] ?? []).map(() => '?').join(', ')})`),
  }));
  for (let index = 0; index < transactions; index += 1) {
    target.transaction(() => {
      for (const { rows, insert } of inserts) {
        const share = Math.ceil(rows.length / transactions);
        for (const row of rows.slice(index * share, (index + 1) * share)) insert.run(row);
      }
    })();
  }
  const took = cpuMs() - began;
  target.close();
  return took;
}
