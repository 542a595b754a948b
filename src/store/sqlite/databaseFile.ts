import { closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StoreError } from '../port.js';

/** What a SQLite file of ours is: how it is told from a stranger's, and how it came to be, step by step. */
export interface DatabaseSchema {
  /** Shown in messages: `ledger`. */
  readonly name: string;
  /** Written into the file's header (32 bits), so that another program's file is never touched. */
  readonly applicationId: number;
  /** SQL that leads from version n to n + 1, by index. Only ever added to. */
  readonly migrations: readonly string[];
}

export interface DatabaseFileOptions {
  readonly path: string;
  readonly schema: DatabaseSchema;
  readonly readOnly: boolean;
}

/** How long a statement waits for another connection's lock. */
export const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a SQLite file in WAL mode, makes it (mode 0600) if it is not there, and brings it to the current version.
 * Throws `StoreError`: STORE_MISSING (read-only and not there), FOREIGN_FILE, STORE_TOO_NEW, STORE_TOO_OLD (read-only), STORE_FAILED.
 */
export function openDatabaseFile(options: DatabaseFileOptions): Database.Database {
  const { path, readOnly, schema } = options;
  if (readOnly && !existsSync(path)) throw refusal('STORE_MISSING', `there is no ${schema.name} at ${path}`);
  // SQLite would make it with the process's umask; its -wal and -shm take over the mode of the file itself.
  if (!readOnly) closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { readonly: readOnly, timeout: BUSY_TIMEOUT_MS });
  try {
    if (readOnly) checkReadable(database, options);
    else prepareForWriting(database, options);
    return database;
  } catch (error) {
    database.close();
    throw isNoDatabase(error) ? foreign(options) : error;
  }
}

function prepareForWriting(database: Database.Database, options: DatabaseFileOptions): void {
  // Looked at before anything is changed: even the journal mode is written into the file.
  checkOwner(database, options);
  database.pragma('journal_mode = WAL');
  // Immediate, and the version read inside: two processes that open a new file at once migrate it once.
  database.exec('BEGIN IMMEDIATE');
  try {
    checkOwner(database, options);
    const version = versionOf(database);
    for (const migration of options.schema.migrations.slice(version)) database.exec(migration);
    if (version < options.schema.migrations.length) {
      database.pragma(`application_id = ${options.schema.applicationId}`);
      database.pragma(`user_version = ${options.schema.migrations.length}`);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function checkReadable(database: Database.Database, options: DatabaseFileOptions): void {
  checkOwner(database, options);
  if (versionOf(database) < options.schema.migrations.length) {
    throw refusal('STORE_TOO_OLD', `${options.path} was written by an older version; open it once for writing to bring it up to date`);
  }
}

function checkOwner(database: Database.Database, options: DatabaseFileOptions): void {
  const owner = database.pragma('application_id', { simple: true }) as number;
  const version = versionOf(database);
  const isNew = owner === 0 && version === 0 && database.prepare('SELECT count(*) FROM sqlite_master').pluck().get() === 0;
  if (isNew) return;
  if (owner !== options.schema.applicationId) throw foreign(options);
  if (version > options.schema.migrations.length) {
    throw refusal(
      'STORE_TOO_NEW',
      `${options.path} has schema version ${version}, this program knows up to ${options.schema.migrations.length}: use the newer program that wrote it`,
    );
  }
}

function versionOf(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number;
}

function isNoDatabase(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code === 'SQLITE_NOTADB';
}

function foreign(options: DatabaseFileOptions): StoreError {
  return refusal('FOREIGN_FILE', `${options.path} is not a ${options.schema.name} file of this program; it is left as it is`);
}

function refusal(code: string, message: string): StoreError {
  return new StoreError(code, message, { retryable: false });
}
