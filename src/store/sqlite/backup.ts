import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../port.js';
import { BUSY_TIMEOUT_MS } from './databaseFile.js';

/** How far a backup has come, in pages of the file. */
export interface BackupProgress {
  readonly totalPages: number;
  readonly remainingPages: number;
}

/** Pages copied in one turn of the event loop (4 MiB at the usual page size). */
const PAGES_PER_TURN = 1_024;

/**
 * Copies a SQLite file while others go on writing to it. The copy is the file as it was at one moment after the call began.
 * Throws `StoreError`: STORE_MISSING, BACKUP_EXISTS (nothing is ever overwritten).
 *
 * The copying connection holds one read transaction from beginning to end: without it each commit of another connection
 * would make SQLite begin the copy anew, and under load it would never end.
 */
export async function backupDatabase(sourcePath: string, targetPath: string, onProgress: (progress: BackupProgress) => void): Promise<void> {
  if (!existsSync(sourcePath)) throw refusal('STORE_MISSING', `there is no file ${sourcePath} to back up`);
  if (existsSync(targetPath)) throw refusal('BACKUP_EXISTS', `${targetPath} exists already; name another directory`);
  const partial = `${targetPath}.partial`;
  rmSync(partial, { force: true });
  closeSync(openSync(partial, 'a', 0o600));
  const source = new Database(sourcePath, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    source.exec('BEGIN');
    // The transaction begins with its first read.
    source.prepare('SELECT count(*) FROM sqlite_master').get();
    await source.backup(partial, {
      progress({ totalPages, remainingPages }) {
        onProgress({ totalPages, remainingPages });
        return PAGES_PER_TURN;
      },
    });
    publish(partial, targetPath);
  } finally {
    source.close();
    rmSync(partial, { force: true });
  }
}

/** A name is given only to a copy that is complete and on disk. */
function publish(partial: string, targetPath: string): void {
  syncPath(partial);
  renameSync(partial, targetPath);
  // Windows cannot open a directory, and needs no such sync.
  if (process.platform !== 'win32') syncPath(dirname(targetPath));
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function refusal(code: string, message: string): StoreError {
  return new StoreError(code, message, { retryable: false });
}
