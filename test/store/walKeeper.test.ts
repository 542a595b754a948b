import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWalKeeper } from '../../src/store/sqlite/walKeeper.js';

const BYTES_MAX = 200_000;
const ROW_BYTES = 20_000;

describe('the write-ahead log', () => {
  let directory: string;
  let path: string;
  let writer: Database.Database;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-wal-'));
    path = join(directory, 'some.db');
    writer = new Database(path);
    writer.pragma('journal_mode = WAL');
    writer.exec('CREATE TABLE rows (bytes BLOB)');
  });
  afterEach(() => {
    writer.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is emptied whenever it reaches its bound', () => {
    const sizes = grow(100);
    expect(Math.max(...sizes)).toBeLessThan(BYTES_MAX + 2 * ROW_BYTES);
    expect(Math.min(...sizes)).toBe(0);
  });

  it('grows while a reader holds on to it, and is emptied once the reader is gone', () => {
    const reader = new Database(path, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM rows').get();
    const held = grow(15);
    expect(held.at(-1)).toBeGreaterThan(BYTES_MAX);
    expect(reader.prepare('SELECT count(*) FROM rows').pluck().get()).toBe(0);
    reader.close();
    expect(Math.min(...grow(15))).toBe(0);
  });

  /** Sizes after each of so many commits. */
  function grow(commits: number): readonly number[] {
    const keeper = openWalKeeper(writer, path, BYTES_MAX);
    const insert = writer.prepare('INSERT INTO rows VALUES (zeroblob(?))');
    return Array.from({ length: commits }, () => {
      insert.run(ROW_BYTES);
      keeper.afterCommit();
      return statSync(`${path}-wal`).size;
    });
  }
});
