/** Online copy of a data directory, and its return. The read model is derived and not copied. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readPublished } from '../audit/builder.js';
import { copyTree, rootsOfLog } from '../audit/copyTree.js';
import { AuditError } from '../audit/errors.js';
import { assertContinuesCheckpoint, readOutsideCheckpoint } from '../audit/outsideCheckpoint.js';
import { parseVerifierKey, signerKeyOf, type VerifierKey } from '../audit/signedNote.js';
import { openTileFiles } from '../audit/tileFiles.js';
import { backupDatabase } from '../store/sqlite/backup.js';
import { lockDirectory } from '../store/sqlite/directoryLock.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';
import { StoreError } from '../store/port.js';
import { parseEnvelope } from '../kernel/envelope.js';
import { START } from '../kernel/identifiers.js';
import { logOrigin } from '../audit/origin.js';
import { HEAD_FILE } from './sealTask.js';
import { existingDataDirectory, openDataDirectory, type DataDirectory } from './dataDirectory.js';

/** What a copied ledger is and how far it goes. */
export interface CopiedLedger {
  readonly ledgerId: string;
  readonly sequence: number;
  /** The last event that the checkpoint in it covers; 0 where there is none. */
  readonly sealed: number;
  readonly bytes: number;
  readonly path: string;
}

/**
 * Copies checkpoint, tiles, log and vault to a directory that must not hold a ledger yet. In this order: whatever the checkpoint covers is in
 * the log copied after it, and whatever the log names is in the vault copied after that.
 * Throws `StoreError`: STORE_MISSING, BACKUP_EXISTS.
 */
export async function copyBackup(directory: string, target: string, onPercent: (percent: number) => void): Promise<CopiedLedger> {
  const source = existingDataDirectory(directory, 'ledger.db');
  const copy = openDataDirectory(target);
  if (existsSync(copy.logPath)) throw new StoreError('BACKUP_EXISTS', `${copy.logPath} exists already; name another directory`, { retryable: false });
  await copySealed(source, copy);
  await backupDatabase(source.logPath, copy.logPath, ({ totalPages, remainingPages }) => {
    onPercent(totalPages === 0 ? 100 : Math.floor(((totalPages - remainingPages) / totalPages) * 100));
  });
  await backupDatabase(source.vaultPath, copy.vaultPath, () => undefined);
  return describe(copy);
}

/**
 * Copies a backup into a data directory that holds no ledger, and checks that log, vault and checkpoint belong together before it puts them in
 * place. `checkpointFile`: the last checkpoint known outside, which the log has to continue; else throws LOG_BEHIND_HEAD, HEAD_MISMATCH or
 * CHECKPOINT_UNUSABLE. `keyText`: the verifier key to believe it by; without one, those in the backup's own vault.
 */
export async function restoreBackup(backup: string, directory: string, outside: OutsideCheckpoint = {}): Promise<CopiedLedger> {
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
      await copySealed(source, copy);
      await backupDatabase(source.logPath, copy.logPath, () => undefined);
      await backupDatabase(source.vaultPath, copy.vaultPath, () => undefined);
      const restored = await describe(copy);
      await holdToCheckpoints(copy, restored, outside);
      rmSync(target.treePath, { recursive: true, force: true });
      if (existsSync(copy.treePath)) renameSync(copy.treePath, target.treePath);
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

/** What a log that is restored must continue. */
export interface OutsideCheckpoint {
  readonly checkpointFile?: string | undefined;
  /** Verifier key of the log (c2sp.org/signed-note), as it was given to auditors. */
  readonly keyText?: string | undefined;
}

async function copySealed(source: DataDirectory, copy: DataDirectory): Promise<void> {
  const ledgerId = vaultLedgerId(source.vaultPath);
  if (ledgerId !== undefined) await copyTree(openTileFiles(source.treePath), openTileFiles(copy.treePath), HEAD_FILE, logOrigin(ledgerId));
}

/** The log of the copy must lead to the checkpoint in it, and continue the one kept outside. */
async function holdToCheckpoints(copy: DataDirectory, { ledgerId, sequence }: CopiedLedger, { checkpointFile, keyText }: OutsideCheckpoint): Promise<void> {
  const origin = logOrigin(ledgerId);
  const store = openSqliteStore({ path: copy.logPath, readOnly: true });
  try {
    const own = await readPublished(openTileFiles(copy.treePath), origin);
    const kept = checkpointFile === undefined ? undefined : await readOutsideCheckpoint(checkpointFile, verifierKeys(copy.vaultPath, origin, keyText), origin);
    if (checkpointFile !== undefined && kept === undefined) throw new AuditError('CHECKPOINT_UNUSABLE', `There is no file ${checkpointFile}.`);
    const rootAt = rootsOfLog(store);
    const known = [own, kept].filter((checkpoint) => checkpoint !== undefined);
    for (const checkpoint of known.toSorted((one, other) => one.size - other.size)) await assertContinuesCheckpoint(checkpoint, sequence, rootAt);
  } finally {
    await store.close();
  }
}

function verifierKeys(vaultPath: string, origin: string, keyText: string | undefined): readonly VerifierKey[] {
  if (keyText !== undefined) {
    const key = parseVerifierKey(keyText);
    if (key === undefined) throw new AuditError('CHECKPOINT_UNUSABLE', `"${keyText}" is not a verifier key; "key show" prints one.`);
    return [key];
  }
  const database = new Database(vaultPath, { readonly: true, fileMustExist: true });
  try {
    return database.prepare<[], Buffer>('SELECT seed FROM signing_keys').pluck().all().map((seed) => signerKeyOf(origin, seed));
  } finally {
    database.close();
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
    const sealed = ledgerId === '' ? undefined : await readPublished(openTileFiles(copy.treePath), logOrigin(ledgerId));
    return { ledgerId, sequence, sealed: sealed?.size ?? 0, bytes: statSync(copy.logPath).size + statSync(copy.vaultPath).size, path: copy.path };
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
