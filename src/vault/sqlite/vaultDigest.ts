/**
 * SHA-256 of the vault's file, in a file beside it: what is in the vault is, unlike the log, in no second place that it could be held to.
 * It is of one state of the file, told by SQLite's own count of changes; one that was written since, by a process that died, has none.
 */
import { hash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import Database from 'better-sqlite3';

/** Where SQLite counts the transactions that changed a file (file format, 1.3.7): 32 bits, big-endian. */
const CHANGE_COUNTER_OFFSET = 24;
/** In the place of a digest. */
const DAMAGED = 'damaged\n';

/** Writes the digest of the file as it is; while it is read, nobody may write. */
export function stampVault(database: Database.Database, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  const bytes = readFileSync(path);
  database.exec('ROLLBACK');
  const stamp = stampOf(path);
  // Damage that was found stays known, until somebody has looked and removed the digest.
  if (stamp === undefined ? existsSync(digestPath(path)) : stamp.changes === changesOf(bytes)) return;
  const unfinished = `${digestPath(path)}.unfinished`;
  writeFileSync(unfinished, `${changesOf(bytes)} ${hash('sha256', bytes, 'hex')}\n`, { mode: 0o600 });
  renameSync(unfinished, digestPath(path));
}

/** Before a vault is opened for writing: bytes that were changed would else be given a digest of their own when it is closed. */
export function keepDamageKnown(path: string): void {
  if (vaultBytesFinding(path) !== undefined) writeFileSync(digestPath(path), DAMAGED, { mode: 0o600 });
}

/** What is wrong with the bytes of the file; undefined when nothing is, or when there is no digest of this state. */
export function vaultBytesFinding(path: string): { readonly code: string; readonly place: string; readonly message: string } | undefined {
  if (!existsSync(path) || !existsSync(digestPath(path))) return undefined;
  const stamp = stampOf(path);
  const place = basename(path);
  if (stamp === undefined) return { code: 'VAULT_DIGEST_DAMAGED', place: `${place}.digest`, message: 'The vault had other bytes than were written when it was last opened, or this file was changed. Restore the vault from a backup; remove this file when it is sound.' };
  // Read while another process writes, the bytes are of two states: looked at again under a lock before they are called damaged.
  if (!differs(path) || !differsUnderLock(path)) return undefined;
  return { code: 'FILE_DAMAGED', place, message: 'Its bytes are not those that were written.' };
}

function differs(path: string): boolean {
  const bytes = readFileSync(path);
  const stamp = stampOf(path);
  return stamp?.changes === changesOf(bytes) && stamp.digest !== hash('sha256', bytes, 'hex');
}

function differsUnderLock(path: string): boolean {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    database.exec('BEGIN');
    database.prepare('SELECT count(*) FROM sqlite_master').get();
    return differs(path);
  } catch {
    // Not even SQLite can read it.
    return true;
  } finally {
    database.close();
  }
}

function digestPath(path: string): string {
  return `${path}.digest`;
}

function stampOf(path: string): { readonly changes: number; readonly digest: string } | undefined {
  const text = existsSync(digestPath(path)) ? readFileSync(digestPath(path), 'latin1') : '';
  const [, changes, digest] = /^(\d+) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  return changes === undefined || digest === undefined ? undefined : { changes: Number(changes), digest };
}

function changesOf(bytes: Buffer): number {
  return bytes.length < CHANGE_COUNTER_OFFSET + 4 ? 0 : bytes.readUInt32BE(CHANGE_COUNTER_OFFSET);
}
