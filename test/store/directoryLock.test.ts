import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/store/port.js';
import { lockDirectory } from '../../src/store/sqlite/directoryLock.js';

/** Takes the lock as another process does, says so, and stays. */
const HOLDER = `
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(process.argv[1]);
  database.exec('BEGIN EXCLUSIVE');
  process.stdout.write('locked');
  setInterval(() => database.inTransaction, 60_000);
`;

describe('the lock of a data directory', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'ledger-lock-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('makes the directory for its owner alone', () => {
    const directory = join(parent, 'deep', 'data');
    const lock = lockDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'ledger.lock')).mode & 0o777).toBe(0o600);
    lock.release();
  });

  it('is refused while it is held, and given again once it is released', () => {
    const lock = lockDirectory(parent);
    const refusal = refusalOf(() => lockDirectory(parent));
    expect(refusal.code).toBe('DIRECTORY_IN_USE');
    expect(refusal.message).toContain(parent);
    expect(refusal.message).toContain('--data');
    lock.release();
    lock.release();
    lockDirectory(parent).release();
  });

  it('is refused to a second process, and does not outlive a killed one', async () => {
    lockDirectory(parent).release();
    const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, join(parent, 'ledger.lock')], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    expect(refusalOf(() => lockDirectory(parent)).code).toBe('DIRECTORY_IN_USE');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    lockDirectory(parent).release();
  });
});

function refusalOf(action: () => unknown): StoreError {
  try {
    action();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
