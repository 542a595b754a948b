import type Database from 'better-sqlite3';
import type { Instant, StreamId, SubjectId } from '../../kernel/identifiers.js';
import type { KeptConfirmationId, NumberedSigningKey, VaultEntry, VaultToken } from '../port.js';

export interface ConfirmationIdRow {
  readonly productKey: StreamId;
  readonly activation: string;
  readonly host: StreamId | null;
  readonly hardware: string | null;
  readonly sealed: string;
  readonly keptAt: Instant;
}

export const CID_COLUMNS = 'product_key AS productKey, activation, host, hardware, sealed, kept_at AS keptAt';

/** All that a vault file holds, as it stands at this moment. `opened` decrypts a confirmation id. */
export function readEntries(database: Database.Database, opened: (row: ConfirmationIdRow) => KeptConfirmationId): readonly VaultEntry[] {
  const secrets = database.prepare<[], { key: Buffer }>(`SELECT value AS key FROM secrets WHERE name = 'fingerprintKey'`).all();
  const ledgers = database.prepare<[], { ledgerId: string }>(`SELECT value AS ledgerId FROM facts WHERE name = 'ledgerId'`).all();
  const signingKeys = database.prepare<[], NumberedSigningKey>('SELECT number, seed, made_at AS madeAt FROM signing_keys ORDER BY number');
  const subjects = database.prepare<[], { subject: SubjectId; name: string; dataKey: Buffer }>(
    'SELECT id AS subject, name, data_key AS dataKey FROM subjects ORDER BY id',
  );
  const tokens = database.prepare<[], Omit<VaultToken, 'revokedAt'> & { revokedAt: Instant | null }>(
    'SELECT id AS tokenId, hash, subject, created_at AS createdAt, revoked_at AS revokedAt FROM tokens ORDER BY id',
  );
  const confirmationIds = database.prepare<[], ConfirmationIdRow>(`SELECT ${CID_COLUMNS} FROM confirmation_ids ORDER BY product_key, activation`);
  return [
    ...secrets.map((secret) => ({ kind: 'fingerprintKey' as const, ...secret })),
    ...ledgers.map((ledger) => ({ kind: 'ledger' as const, ...ledger })),
    ...signingKeys.all().map((key) => ({ kind: 'signingKey' as const, ...key })),
    ...subjects.all().map((subject) => ({ kind: 'subject' as const, ...subject })),
    ...tokens.all().map((token) => ({ kind: 'token' as const, ...token, revokedAt: token.revokedAt ?? undefined })),
    ...confirmationIds.all().map((row) => ({ kind: 'confirmationId' as const, ...opened(row) })),
  ];
}

export interface EntryWriter {
  bind(ledgerId: string): void;
  keep(confirmationId: KeptConfirmationId): void;
}

/** All of them, or none. A name or a token's secret that stands there under another id makes it throw. */
export function writeEntries(database: Database.Database, entries: readonly VaultEntry[], writer: EntryWriter): void {
  const putSecret = database.prepare('INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value');
  const putSubject = database.prepare(
    'INSERT INTO subjects (id, name, data_key) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, data_key = excluded.data_key',
  );
  const putToken = database.prepare(
    `INSERT INTO tokens (id, hash, subject, created_at, revoked_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, subject = excluded.subject, created_at = excluded.created_at, revoked_at = excluded.revoked_at`,
  );

  const putSigningKey = database.prepare('INSERT OR REPLACE INTO signing_keys (number, seed, made_at) VALUES (?, ?, ?)');

  function put(entry: VaultEntry): void {
    switch (entry.kind) {
      case 'fingerprintKey':
        putSecret.run('fingerprintKey', entry.key);
        break;
      case 'ledger':
        writer.bind(entry.ledgerId);
        break;
      case 'signingKey':
        putSigningKey.run(entry.number, entry.seed, entry.madeAt);
        break;
      case 'subject':
        putSubject.run(entry.subject, entry.name, entry.dataKey);
        break;
      case 'token':
        putToken.run(entry.tokenId, entry.hash, entry.subject, entry.createdAt, entry.revokedAt ?? null);
        break;
      case 'confirmationId':
        writer.keep(entry);
        break;
    }
  }

  database.transaction(() => entries.forEach(put))();
}
