import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { BUSY_TIMEOUT_MS } from './databaseFile.js';

/** Keeps the write-ahead log of a database from growing without bound. */
export interface WalKeeper {
  /** To be called after each commit. Never throws: a disk that fails will say so at the next commit. */
  afterCommit(): void;
}

/** Size from which the write-ahead log is emptied, waiting for readers if need be; also the step of further tries. */
export const WAL_BYTES_MAX = 134_217_728;
/** Pages after which SQLite itself copies the write-ahead log into the file; fewer would copy hot index pages more often. */
const AUTOCHECKPOINT_PAGES = 8_192;
/** How long emptying it may wait for readers: appends wait with it. */
const EMPTYING_WAIT_MS_MAX = 200;

/**
 * SQLite checkpoints by itself, but starts the write-ahead log anew only at a commit that finds no reader in it.
 * A follower that reads all the time can keep that from ever happening during a long import.
 */
export function openWalKeeper(database: Database, path: string, bytesMax: number): WalKeeper {
  database.pragma(`wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`);
  const walPath = `${path}-wal`;
  let bound = bytesMax;

  return {
    afterCommit() {
      const size = statSync(walPath, { throwIfNoEntry: false })?.size ?? 0;
      if (size < bound) return;
      // A reader that holds on, such as a backup: try again only when much more has come.
      bound = emptyWal(database) ? bytesMax : size + bytesMax;
    },
  };
}

function emptyWal(database: Database): boolean {
  database.pragma(`busy_timeout = ${EMPTYING_WAIT_MS_MAX}`);
  try {
    const [outcome] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
    return outcome.busy === 0;
  } catch {
    // What was committed is safe in the write-ahead log, whether or not it can be copied just now.
    return false;
  } finally {
    database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  }
}
