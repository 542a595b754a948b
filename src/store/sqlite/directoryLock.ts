import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../port.js';

/** The right to be the only process that writes in a data directory. */
export interface DirectoryLock {
  /** Idempotent. */
  release(): void;
}

/**
 * Makes the directory (mode 0700) if it is not there and takes its lock.
 * Throws `StoreError` DIRECTORY_IN_USE (retryable) when another process, or this one, holds it.
 *
 * The lock is an open exclusive transaction on `ledger.lock`: the operating system lets go of it when the process ends,
 * however it ends, so there is no stale lock to clean up, and no process id that another program may have taken over.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'ledger.lock');
  closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: 0 });
  try {
    // Nothing is ever written, so no journal is ever left behind.
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw isBusy(error) ? inUse(directory, error) : error;
  }
  return { release: () => void database.close() };
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function inUse(directory: string, cause: unknown): StoreError {
  return new StoreError(
    'DIRECTORY_IN_USE',
    `${directory} is in use by another process: stop that one, speak to it over the network (--url), or name another directory (--data)`,
    { retryable: true, cause },
  );
}
