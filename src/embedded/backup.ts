/** Online copy of a data directory, and its return. The read model is derived and not copied. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { backupDatabase } from '../store/sqlite/backup.js';
import { lockDirectory } from '../store/sqlite/directoryLock.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';
import { StoreError } from '../store/port.js';
import { parseEnvelope } from '../kernel/envelope.js';
import { START } from '../kernel/identifiers.js';
import { existingDataDirectory, openDataDirectory, type DataDirectory } from './dataDirectory.js';

/** What a copied ledger is and how far it goes. */
export interface CopiedLedger {
  readonly ledgerId: string;
  readonly sequence: number;
  readonly bytes: number;
  readonly path: string;
}

/**
 * Copies log and vault to a directory that must not hold a ledger yet. The log first: whatever it names is in the vault copied after it.
 * Throws `StoreError`: STORE_MISSING, BACKUP_EXISTS.
 */
export async function copyBackup(directory: string, target: string, onPercent: (percent: number) => void): Promise<CopiedLedger> {
  const source = existingDataDirectory(directory, 'ledger.db');
  const copy = openDataDirectory(target);
  await backupDatabase(source.logPath, copy.logPath, ({ totalPages, remainingPages }) => {
    onPercent(totalPages === 0 ? 100 : Math.floor(((totalPages - remainingPages) / totalPages) * 100));
  });
  await backupDatabase(source.vaultPath, copy.vaultPath, () => undefined);
  return describe(copy);
}

/** Copies a backup into a data directory that holds no ledger, and checks that log and vault belong together. */
export async function restoreBackup(backup: string, directory: string): Promise<CopiedLedger> {
  const source = existingDataDirectory(backup, 'ledger.db');
  const target = openDataDirectory(directory);
  const lock = lockDirectory(target.path);
  try {
    if (existsSync(target.logPath) || existsSync(target.vaultPath)) {
      const message = `${target.path} holds a ledger already; restore into an empty directory, or move that one away first.`;
      throw new StoreError('RESTORE_TARGET_NOT_EMPTY', message, { retryable: false });
    }
    // First to a directory beside it, so that a copy that breaks off or does not belong together leaves no ledger behind.
    const partial = join(target.path, 'restoring');
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { mode: 0o700 });
    try {
      const copy = openDataDirectory(partial);
      await backupDatabase(source.logPath, copy.logPath, () => undefined);
      await backupDatabase(source.vaultPath, copy.vaultPath, () => undefined);
      const restored = await describe(copy);
      renameSync(copy.vaultPath, target.vaultPath);
      renameSync(copy.logPath, target.logPath);
      return { ...restored, path: target.path };
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  } finally {
    lock.release();
  }
}

async function describe(copy: DataDirectory): Promise<CopiedLedger> {
  const store = openSqliteStore({ path: copy.logPath });
  try {
    const { sequence } = await store.head();
    const [first] = await store.readAll(START, 1);
    const ledgerId = first === undefined ? '' : (parseEnvelope(first.text).data as { ledgerId: string }).ledgerId;
    const bound = vaultLedgerId(copy.vaultPath);
    if (bound !== undefined && bound !== ledgerId) {
      throw new StoreError('VAULT_OF_ANOTHER_LEDGER', `The log is ledger ${ledgerId}, the vault belongs to ${bound}.`, { retryable: false });
    }
    return { ledgerId, sequence, bytes: statSync(copy.logPath).size + statSync(copy.vaultPath).size, path: copy.path };
  } finally {
    await store.close();
  }
}

function vaultLedgerId(path: string): string | undefined {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return database.prepare<[], { value: string }>(`SELECT value FROM facts WHERE name = 'ledgerId'`).get()?.value;
  } finally {
    database.close();
  }
}
