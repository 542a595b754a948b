import { hash } from 'node:crypto';
import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { EventId, Revision, StreamId } from '../../kernel/identifiers.js';
import type { Snapshot, SnapshotParts, SnapshotStore } from '../../kernel/snapshot.js';

/** Bump when the table changes: an older file is emptied, since snapshots are disposable. */
const SCHEMA_VERSION = 2;

interface Row {
  readonly decider: string;
  readonly decider_version: number;
  readonly revision: number;
  readonly last_event_id: string;
  readonly state: string;
  readonly digest: string;
}

/** Snapshots of folded states in a file of their own. Disposable: nothing is lost with it but the time to fold again. */
export function openSqliteSnapshots(path: string): SnapshotStore {
  const database = new Database(path);
  chmodSync(path, 0o600);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = OFF');
  if (database.pragma('user_version', { simple: true }) !== SCHEMA_VERSION) {
    database.exec(`DROP TABLE IF EXISTS snapshots;
      DROP TABLE IF EXISTS parts;
      CREATE TABLE snapshots (
        stream TEXT PRIMARY KEY, decider TEXT NOT NULL, decider_version INTEGER NOT NULL, revision INTEGER NOT NULL,
        last_event_id TEXT NOT NULL, state TEXT NOT NULL, digest TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE parts (stream TEXT NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (stream, name)) STRICT;`);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
  }
  const load = database.prepare<[string], Row>('SELECT * FROM snapshots WHERE stream = ?');
  const save = database.prepare('INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?, ?, ?)');
  const loadPart = database.prepare<[string, string], string>('SELECT content FROM parts WHERE stream = ? AND name = ?').pluck();
  const addPart = database.prepare('INSERT OR REPLACE INTO parts VALUES (?, ?, ?)');
  const dropOtherParts = database.prepare('DELETE FROM parts WHERE stream = ? AND name NOT IN (SELECT value FROM json_each(?))');
  const dropSnapshot = database.prepare('DELETE FROM snapshots WHERE stream = ?');
  const saveAll = database.transaction((stream: StreamId, snapshot: Snapshot, parts: SnapshotParts | undefined) => {
    const { decider, deciderVersion, revision, lastEventId, state, digest } = snapshot;
    save.run(stream, decider, deciderVersion, revision, lastEventId, state, digest);
    if (parts === undefined) return;
    for (const [name, content] of parts.added) addPart.run(stream, name, content);
    dropOtherParts.run(stream, JSON.stringify([...parts.names]));
  });
  return {
    load(stream) {
      const row = load.get(stream);
      if (row === undefined) return undefined;
      const { decider, state, digest } = row;
      const revision = row.revision as Revision;
      return { decider, deciderVersion: row.decider_version, revision, lastEventId: row.last_event_id as EventId, state, digest };
    },
    save(stream, snapshot, parts) {
      saveAll(stream, snapshot, parts);
    },
    loadPart: (stream, name) => loadPart.get(stream, name),
    drop(stream) {
      dropSnapshot.run(stream);
      dropOtherParts.run(stream, '[]');
    },
    close() {
      database.close();
    },
  };
}

/** Streams whose snapshot, or a part of it, is not what its digest says. Of a file of another version nothing is known. */
export function damagedSnapshots(path: string): readonly string[] {
  const database = new Database(path, { readonly: true, fileMustExist: true });
  try {
    if (database.pragma('user_version', { simple: true }) !== SCHEMA_VERSION) return [];
    const damaged = new Set<string>();
    for (const { stream, state, digest } of database.prepare<[], Pick<Row, 'state' | 'digest'> & { stream: string }>('SELECT stream, state, digest FROM snapshots').iterate()) {
      if (hash('sha256', state, 'hex') !== digest) damaged.add(stream);
    }
    for (const { stream, name, content } of database.prepare<[], { stream: string; name: string; content: string }>('SELECT stream, name, content FROM parts').iterate()) {
      if (hash('sha256', content, 'hex') !== name) damaged.add(stream);
    }
    return [...damaged];
  } finally {
    database.close();
  }
}
