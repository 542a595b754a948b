import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { START } from '../../src/kernel/identifiers.js';
import { StoreError } from '../../src/store/port.js';
import { GROUP_EVENTS_MAX } from '../../src/store/sqlite/groupCommit.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { eventMaker } from '../contract/syntheticEvents.js';

describe('the file of the SQLite store', () => {
  const make = eventMaker('000000000001');
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-file-'));
    path = join(directory, 'ledger.db');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is readable by its owner alone, with all that stands beside it', async () => {
    const store = openSqliteStore({ path });
    await store.append(make.stream(), 'none', make.events(1));
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(`${path}${suffix}`).mode & 0o777, suffix).toBe(0o600);
    await store.close();
  });

  it('is refused, and left as it is, when a newer version wrote it', async () => {
    await openSqliteStore({ path }).close();
    change(path, 'PRAGMA user_version = 999');
    const before = readFileSync(path);
    expect(refusalOf({ path })).toMatchObject({ code: 'STORE_TOO_NEW', retryable: false });
    expect(refusalOf({ path, readOnly: true }).code).toBe('STORE_TOO_NEW');
    expect(refusalOf({ path }).message).toContain('999');
    expect(readFileSync(path)).toEqual(before);
  });

  it('is refused, and left as it is, when it is the database of another program', () => {
    change(path, 'CREATE TABLE theirs (a)');
    const before = readFileSync(path);
    expect(refusalOf({ path }).code).toBe('FOREIGN_FILE');
    expect(readFileSync(path)).toEqual(before);
  });

  it('is refused, and left as it is, when it is no database at all', () => {
    writeFileSync(path, 'A letter that happens to have this name. '.repeat(100));
    const before = readFileSync(path);
    expect(refusalOf({ path }).code).toBe('FOREIGN_FILE');
    expect(readFileSync(path)).toEqual(before);
  });

  it('is not made by a reader', () => {
    expect(refusalOf({ path, readOnly: true }).code).toBe('STORE_MISSING');
  });

  it('is not read before it has the current schema', () => {
    writeFileSync(path, '');
    expect(refusalOf({ path, readOnly: true }).code).toBe('STORE_TOO_OLD');
  });

  it('refuses to have its events changed or deleted', async () => {
    const store = openSqliteStore({ path });
    await store.append(make.stream(), 'none', make.events(1));
    await store.close();
    expect(() => change(path, "UPDATE events SET text = '{}'")).toThrow('events are never changed');
    expect(() => change(path, 'DELETE FROM events')).toThrow('events are never deleted');
  });

  it('is not written through a store that was opened for reading', async () => {
    const writer = openSqliteStore({ path });
    const reader = openSqliteStore({ path, readOnly: true });
    await expect(reader.append(make.stream(), 'none', make.events(1))).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
    await writer.close();
    await reader.close();
  });

  it('shows a reader the commits of another connection when it is notified', async () => {
    const writer = openSqliteStore({ path });
    const reader = openSqliteStore({ path, readOnly: true });
    const subscription = reader.subscribe(START, { limit: 10, signal: new AbortController().signal });
    const waiting = subscription.next();
    const result = await writer.append(make.stream(), 'none', make.events(2));
    reader.notify();
    expect((await waiting).value).toEqual('events' in result ? result.events : undefined);
    await reader.close();
    await writer.close();
  });

  it('stays right when two stores of one process write to it in turn', async () => {
    const [left, right] = [openSqliteStore({ path }), openSqliteStore({ path })];
    const stream = make.stream();
    expect(await left.append(stream, 'none', make.events(1))).toMatchObject({ kind: 'appended' });
    expect(await right.append(stream, 'none', make.events(1))).toEqual({ kind: 'conflict', actual: 0 });
    expect(await right.append(stream, 'any', make.events(1))).toMatchObject({ events: [{ revision: 1, sequence: 2 }] });
    expect(await left.append(stream, 'any', make.events(1))).toMatchObject({ events: [{ revision: 2, sequence: 3 }] });
    await left.close();
    await right.close();
  });

  it('takes more appends in one turn than fit into one transaction', async () => {
    const store = openSqliteStore({ path });
    const appends = Array.from({ length: 11 }, () => store.append(make.stream(), 'none', make.events(GROUP_EVENTS_MAX / 8)));
    for (const result of await Promise.all(appends)) expect(result.kind).toBe('appended');
    expect((await store.head()).sequence).toBe((11 * GROUP_EVENTS_MAX) / 8);
    await store.close();
  });

  it('rejects the appends of a group it cannot write, and takes the next ones', async () => {
    const store = openSqliteStore({ path });
    await store.append(make.stream(), 'none', make.events(1));
    const thief = new Database(path);
    thief.exec("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END");
    const stream = make.stream();
    const failed = await Promise.allSettled([store.append(stream, 'none', make.events(1)), store.append(make.stream(), 'none', make.events(1))]);
    for (const outcome of failed) expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', code: 'STORE_FAILED' } });
    thief.exec('DROP TRIGGER full');
    thief.close();
    expect(await store.append(stream, 'none', make.events(1))).toMatchObject({ events: [{ revision: 0, sequence: 2 }] });
    await store.close();
  });
});

function change(path: string, sql: string): void {
  const database = new Database(path);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

function refusalOf(options: { path: string; readOnly?: boolean }): StoreError {
  try {
    void openSqliteStore(options).close();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('the file was taken');
}
