import { chmodSync, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Instant, SubjectId } from '../../kernel/identifiers.js';
import { checkConfirmationId } from '../confirmationId.js';
import {
  REDACTED,
  SIGNING_SEED_BYTES,
  VaultError,
  type ConfirmationIdPlace,
  type KeptConfirmationId,
  type SigningKey,
  type TokenListing,
  type TokenOwner,
  type Vault,
} from '../port.js';
import { DATA_KEY_BYTES, newNonce, sealAt, sealText, unsealAt, unsealText } from '../sealing.js';
import { newSubjectId, subjectName } from '../subjectName.js';
import { newToken, tokenHash } from '../tokenSecret.js';
import { CID_COLUMNS, readEntries, writeEntries, type ConfirmationIdRow } from './sqliteEntries.js';

export interface SqliteVaultOptions {
  readonly path: string;
  readonly now: () => Instant;
  readonly random: (bytes: number) => Uint8Array;
}

/** "ALVT": so that no other file is taken for a vault. */
const APPLICATION_ID = 0x414c5654;
/** One entry per schema version, forward only. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE subjects (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, data_key BLOB NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE tokens (
     id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, subject TEXT NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
     created_at TEXT NOT NULL, revoked_at TEXT
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE confirmation_ids (
     product_key TEXT NOT NULL, activation TEXT NOT NULL, host TEXT, hardware TEXT, sealed TEXT NOT NULL, kept_at TEXT NOT NULL,
     PRIMARY KEY (product_key, activation)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX confirmation_ids_host ON confirmation_ids (host, kept_at) WHERE host IS NOT NULL;`,
  'CREATE TABLE signing_keys (number INTEGER PRIMARY KEY AUTOINCREMENT, seed BLOB NOT NULL, made_at TEXT NOT NULL) STRICT;',
];
const FINGERPRINT_KEY_BYTES = 32;

/** Opens or makes the vault at a path. Throws `VaultError` VAULT_FOREIGN or VAULT_TOO_NEW for a file that is not ours to open. */
export function openSqliteVault(options: SqliteVaultOptions): Vault {
  const database = openDatabase(options.path);
  const subjectByName = database.prepare<[string], { id: SubjectId }>('SELECT id FROM subjects WHERE name = ?');
  const subjectById = database.prepare<[string], { name: string; data_key: Buffer }>('SELECT name, data_key FROM subjects WHERE id = ?');
  const addSubject = database.prepare('INSERT INTO subjects (id, name, data_key) VALUES (?, ?, ?)');
  const removeSubject = database.prepare('DELETE FROM subjects WHERE id = ?');
  const addToken = database.prepare('INSERT INTO tokens (id, hash, subject, created_at) VALUES (?, ?, ?, ?)');
  const tokenByHash = database.prepare<[Buffer], TokenOwner>(
    `SELECT t.id AS tokenId, s.name, s.id AS subject FROM tokens t JOIN subjects s ON s.id = t.subject WHERE t.hash = ? AND t.revoked_at IS NULL`,
  );
  const allTokens = database.prepare<[], { tokenId: string; name: string; createdAt: Instant; revokedAt: Instant | null }>(
    `SELECT t.id AS tokenId, s.name, t.created_at AS createdAt, t.revoked_at AS revokedAt
       FROM tokens t JOIN subjects s ON s.id = t.subject ORDER BY t.created_at, t.id`,
  );
  const revoke = database.prepare('UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL');
  const fact = database.prepare<[string], { value: string }>('SELECT value FROM facts WHERE name = ?');
  const setFact = database.prepare('INSERT INTO facts (name, value) VALUES (?, ?)');
  const keepCid = database.prepare(
    'INSERT OR REPLACE INTO confirmation_ids (product_key, activation, host, hardware, sealed, kept_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const cidOf = database.prepare<[string, string], ConfirmationIdRow>(`SELECT ${CID_COLUMNS} FROM confirmation_ids WHERE product_key = ? AND activation = ?`);
  const cidsOn = database.prepare<[string], ConfirmationIdRow>(
    `SELECT ${CID_COLUMNS} FROM confirmation_ids WHERE host = ? ORDER BY kept_at DESC, activation DESC`,
  );
  const forgetCid = database.prepare('DELETE FROM confirmation_ids WHERE product_key = ? AND activation = ?');
  const allSigningKeys = database.prepare<[], { seed: Buffer; madeAt: Instant }>('SELECT seed, made_at AS madeAt FROM signing_keys ORDER BY number DESC');
  const addSigningKey = database.prepare('INSERT INTO signing_keys (seed, made_at) VALUES (?, ?)');
  const confirmationIdKey = secretOf(database, 'confirmationIdKey', () => options.random(DATA_KEY_BYTES));
  const readFingerprintKey = (): Uint8Array => secretOf(database, 'fingerprintKey', () => options.random(FINGERPRINT_KEY_BYTES));
  let fingerprintKey = readFingerprintKey();

  function subjectFor(name: string): SubjectId {
    const trimmed = subjectName(name);
    const known = subjectByName.get(trimmed);
    if (known !== undefined) return known.id;
    const id = newSubjectId(options.random);
    addSubject.run(id, trimmed, options.random(DATA_KEY_BYTES));
    return id;
  }

  function keep({ productKey, activation, host, hardware, confirmationId, keptAt }: KeptConfirmationId): void {
    const sealed = sealAt(confirmationId, confirmationIdKey, newNonce(options.random), cidPlace({ productKey, activation }));
    keepCid.run(productKey, activation, host ?? null, hardware ?? null, sealed, keptAt);
  }

  function bind(ledgerId: string): void {
    const bound = fact.get('ledgerId')?.value;
    if (bound === undefined) setFact.run('ledgerId', ledgerId);
    else if (bound !== ledgerId) throw new VaultError('VAULT_OF_ANOTHER_LEDGER', `This vault belongs to ledger ${bound}, not to ${ledgerId}.`);
  }

  function rotateSigningKey(): readonly SigningKey[] {
    addSigningKey.run(options.random(SIGNING_SEED_BYTES), options.now());
    return allSigningKeys.all();
  }

  function opened({ sealed, host, hardware, ...row }: ConfirmationIdRow): KeptConfirmationId {
    const what = `The confirmation id of activation ${row.activation}`;
    return { ...row, host: host ?? undefined, hardware: hardware ?? undefined, confirmationId: unsealAt(sealed, confirmationIdKey, cidPlace(row), what) };
  }

  return {
    ledgerId: async () => fact.get('ledgerId')?.value,
    bindLedger: async (ledgerId) => bind(ledgerId),
    fingerprintKey: async () => fingerprintKey,
    async signingKeys() {
      const keys = allSigningKeys.all();
      return keys.length === 0 ? rotateSigningKey() : keys;
    },
    rotateSigningKey: async () => rotateSigningKey(),
    subjectFor: async (name) => subjectFor(name),
    findSubject: async (name) => subjectByName.get(name.trim())?.id,
    nameOf: async (subject) => subjectById.get(subject)?.name ?? REDACTED,
    // `secure_delete` overwrites the row, so the name and the key are gone from the file too.
    forgetSubject: async (subject) => removeSubject.run(subject).changes === 1,
    async seal(subject, text, place) {
      const row = subjectById.get(subject);
      if (row === undefined) throw new VaultError('SUBJECT_UNKNOWN', `There is no subject ${subject} to seal a text for.`);
      return { subject, sealed: sealText(text, row.data_key, newNonce(options.random), place) };
    },
    async unseal(sealed, place) {
      const row = subjectById.get(sealed.subject);
      return row === undefined ? REDACTED : unsealText(sealed.sealed, row.data_key, place);
    },
    async keepConfirmationId(origin, confirmationId) {
      checkConfirmationId(confirmationId);
      keep({ ...origin, confirmationId, keptAt: options.now() });
    },
    async findConfirmationId({ productKey, activation }) {
      const row = cidOf.get(productKey, activation);
      return row && opened(row);
    },
    confirmationIdsOf: async (host, productKey) =>
      cidsOn.all(host).filter((row) => productKey === undefined || row.productKey === productKey).map(opened),
    // Overwritten, as a forgotten subject is.
    forgetConfirmationId: async ({ productKey, activation }) => forgetCid.run(productKey, activation).changes === 1,
    async createToken(name) {
      const { tokenId, secret } = newToken(options.random);
      addToken.run(tokenId, tokenHash(secret), subjectFor(name), options.now());
      return { tokenId, secret };
    },
    async authenticate(secret) {
      const hash = tokenHash(secret);
      return hash && tokenByHash.get(hash);
    },
    async listTokens(): Promise<readonly TokenListing[]> {
      return allTokens.all().map(({ revokedAt, ...token }) => ({ ...token, revokedAt: revokedAt ?? undefined }));
    },
    revokeToken: async (tokenId) => revoke.run(options.now(), tokenId).changes === 1,
    async *exportEntries() {
      yield* readEntries(database, opened);
    },
    async importEntries(entries) {
      writeEntries(database, entries, { bind, keep });
      fingerprintKey = readFingerprintKey();
    },
    async close() {
      database.close();
    },
  };
}

/** Authenticated with a confirmation id, so that it cannot be moved to another activation. */
function cidPlace({ productKey, activation }: ConfirmationIdPlace): string {
  return `confirmationId\n${productKey}\n${activation}`;
}

function openDatabase(path: string): Database.Database {
  const isNew = !existsSync(path);
  const database = new Database(path);
  chmodSync(path, 0o600);
  // A rollback journal, not WAL: what is forgotten must not linger in a log file.
  database.pragma('journal_mode = DELETE');
  database.pragma('synchronous = FULL');
  database.pragma('secure_delete = ON');
  database.pragma('foreign_keys = ON');
  const version = Number(database.pragma('user_version', { simple: true }));
  if (!isNew && version > 0 && database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    database.close();
    throw new VaultError('VAULT_FOREIGN', `${path} is not a vault of an activation ledger.`);
  }
  if (version > MIGRATIONS.length) {
    database.close();
    throw new VaultError('VAULT_TOO_NEW', `${path} was written by a newer version (schema ${version}, this program knows ${MIGRATIONS.length}). Start the newer program.`);
  }
  database.transaction(() => {
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
  return database;
}

function secretOf(database: Database.Database, name: string, make: () => Uint8Array): Uint8Array {
  const known = database.prepare<[string], { value: Buffer }>('SELECT value FROM secrets WHERE name = ?').get(name);
  if (known !== undefined) return known.value;
  const value = make();
  database.prepare('INSERT INTO secrets (name, value) VALUES (?, ?)').run(name, value);
  return value;
}
