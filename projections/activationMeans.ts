import type { Database } from 'better-sqlite3';
import type { AnyEvent } from '../src/domain/events.js';
import type { StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';

/** A KMS host as it was set up with one key. */
export interface KmsSetupRow {
  readonly productKey: StreamId;
  readonly host: StreamId;
  readonly operatingSystem: string | undefined;
  /** It has had an update that teaches it newer products. */
  readonly updated: boolean;
  /** How often it was activated with this key (K-4). */
  readonly activations: number;
  /** It serves no longer; its slot stays taken (K-4). */
  readonly removed: boolean;
}

export interface ActivationObjectRow {
  readonly productKey: StreamId;
  readonly forest: string;
  readonly name: string;
}

/** The confirmation id that the vault keeps of a host, with one key. */
export interface StoredConfirmationRow {
  readonly host: StreamId;
  readonly productKey: StreamId;
  readonly activation: string;
  /** What the hardware was identified by when it was applied. */
  readonly hardware: string | undefined;
}

/** What there is now; there is no past of it. Lists are bounded by `limit`. */
export interface ActivationMeansQueries {
  /** Those that serve. */
  kmsSetups(limit: number): readonly KmsSetupRow[];
  /** All that one key has set up, in the order of their hosts: at most its slots. */
  kmsSetupsWith(productKey: StreamId): readonly KmsSetupRow[];
  activationObjects(limit: number): readonly ActivationObjectRow[];
  /** Newest first. */
  confirmationIds(host: StreamId, limit: number): readonly StoredConfirmationRow[];
}

/** What hosts can be activated by without spending an activation: KMS hosts, activation objects, stored confirmation ids. */
export const activationMeans: Projection = {
  name: 'activationMeans',
  version: 2,
  tables: [
    `CREATE TABLE activationMeans_kmsHost (
       productKey TEXT NOT NULL,
       host TEXT NOT NULL,
       operatingSystem TEXT,
       updated INTEGER NOT NULL,
       activations INTEGER NOT NULL,
       removed INTEGER NOT NULL,
       PRIMARY KEY (productKey, host)
     ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE activationMeans_object (
       forest TEXT NOT NULL,
       name TEXT NOT NULL,
       productKey TEXT NOT NULL,
       PRIMARY KEY (forest, name)
     ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE activationMeans_confirmation (
       host TEXT NOT NULL,
       productKey TEXT NOT NULL,
       sequence INTEGER NOT NULL,
       activation TEXT NOT NULL,
       hardware TEXT,
       PRIMARY KEY (host, productKey)
     ) STRICT, WITHOUT ROWID`,
  ],
  open: openWriter,
};

function openWriter(database: Database): ProjectionWriter {
  const setUp = database.prepare(
    `INSERT INTO activationMeans_kmsHost (productKey, host, operatingSystem, updated, activations, removed) VALUES (?, ?, ?, 0, 1, 0)
       ON CONFLICT (productKey, host) DO UPDATE SET operatingSystem = coalesce(excluded.operatingSystem, operatingSystem), removed = 0`,
  );
  // The update is on the machine, whichever key it was set up with.
  const update = database.prepare('UPDATE activationMeans_kmsHost SET updated = 1 WHERE host = ?');
  const reactivate = database.prepare('UPDATE activationMeans_kmsHost SET activations = ?, removed = 0 WHERE productKey = ? AND host = ?');
  const remove = database.prepare('UPDATE activationMeans_kmsHost SET removed = 1 WHERE productKey = ? AND host = ?');
  const createObject = database.prepare('INSERT OR REPLACE INTO activationMeans_object (forest, name, productKey) VALUES (?, ?, ?)');
  const removeObject = database.prepare('DELETE FROM activationMeans_object WHERE forest = ? AND name = ? AND productKey = ?');
  const confirm = database.prepare('INSERT OR REPLACE INTO activationMeans_confirmation (host, productKey, sequence, activation, hardware) VALUES (?, ?, ?, ?, ?)');
  return {
    apply(projected) {
      const event = projected as unknown as AnyEvent & ProjectedEvent;
      switch (event.type) {
        case 'KmsHostConfigured':
          setUp.run(event.stream, event.data.host, event.data.operatingSystem ?? null);
          break;
        case 'KmsHostReactivated':
          reactivate.run(event.data.activations, event.stream, event.data.host);
          break;
        case 'KmsHostUpdated':
          update.run(event.data.host);
          break;
        case 'KmsHostRemoved':
          remove.run(event.stream, event.data.host);
          break;
        case 'ActivationObjectCreated':
          createObject.run(event.data.forest, event.data.name, event.stream);
          break;
        case 'ActivationObjectRemoved':
          removeObject.run(event.data.forest, event.data.name, event.stream);
          break;
        case 'ActivationConfirmed':
          if (event.data.confirmationIdStored === true) {
            confirm.run(event.data.host, event.stream, event.sequence, event.data.activation, event.data.hardware ?? null);
          }
          break;
        default:
      }
    },
    flush() {
      // Such events are few: their rows are written at once.
    },
  };
}

/** Opens the questions on one read-model file. */
export function openActivationMeansQueries(database: Database): ActivationMeansQueries {
  const setups = database.prepare<[number], SetupRecord>('SELECT * FROM activationMeans_kmsHost WHERE removed = 0 ORDER BY productKey, host LIMIT ?');
  const setupsWith = database.prepare<[string], SetupRecord>('SELECT * FROM activationMeans_kmsHost WHERE productKey = ? ORDER BY host');
  const objects = database.prepare<[number], ActivationObjectRow>('SELECT productKey, forest, name FROM activationMeans_object ORDER BY forest, name LIMIT ?');
  const confirmations = database.prepare<[string, number], ConfirmationRecord>(
    'SELECT host, productKey, activation, hardware FROM activationMeans_confirmation WHERE host = ? ORDER BY sequence DESC LIMIT ?',
  );
  return {
    kmsSetups: (limit) => setups.all(limit).map(setupOf),
    kmsSetupsWith: (productKey) => setupsWith.all(productKey).map(setupOf),
    activationObjects: (limit) => objects.all(limit),
    confirmationIds: (host, limit) => confirmations.all(host, limit).map((record) => ({ ...record, hardware: record.hardware ?? undefined })),
  };
}

interface SetupRecord {
  readonly productKey: StreamId;
  readonly host: StreamId;
  readonly operatingSystem: string | null;
  readonly updated: number;
  readonly activations: number;
  readonly removed: number;
}

function setupOf({ operatingSystem, updated, removed, ...record }: SetupRecord): KmsSetupRow {
  return { ...record, operatingSystem: operatingSystem ?? undefined, updated: updated === 1, removed: removed === 1 };
}

interface ConfirmationRecord {
  readonly host: StreamId;
  readonly productKey: StreamId;
  readonly activation: string;
  readonly hardware: string | null;
}
