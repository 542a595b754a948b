/** Everything in a data directory is derived anew, or held to a second copy of itself. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { checkLog, type Finding } from '../audit/checkLog.js';
import { parseCheckpointText } from '../audit/checkpoint.js';
import { logOrigin } from '../audit/origin.js';
import { signerKeyOf, type VerifierKey } from '../audit/signedNote.js';
import { openTileFiles } from '../audit/tileFiles.js';
import { upcast } from '../domain/upcast.js';
import { ledgerIdOf } from './openLedgerStream.js';
import { START, type Bookmark } from '../kernel/identifiers.js';
import { buildReadModel } from '../readmodel/build.js';
import type { FollowedStore } from '../readmodel/follow.js';
import { openForReading, readCheckpoint, readModelPath } from '../readmodel/readModelFile.js';
import { tableDigests } from '../readmodel/tableDigests.js';
import { lockDirectory } from '../store/sqlite/directoryLock.js';
import { damagedSnapshots } from '../store/sqlite/sqliteSnapshots.js';
import { openSqliteStore, type SqliteStore } from '../store/sqlite/sqliteStore.js';
import { VaultError, type Vault } from '../vault/port.js';
import { openSqliteVault } from '../vault/sqlite/sqliteVault.js';
import { vaultBytesFinding } from '../vault/sqlite/vaultDigest.js';
import { existingDataDirectory, type DataDirectory } from './dataDirectory.js';
import type { OutsideWorld } from './outsideWorld.js';
import { PROJECTIONS } from './projections.js';
import { HEAD_FILE } from './sealTask.js';

export interface SelfCheck {
  readonly events: number;
  readonly findings: readonly Finding[];
  /** There were more than are listed. */
  readonly more: boolean;
}

export interface SelfCheckOptions {
  readonly directory: string;
  readonly environment: Pick<OutsideWorld, 'now' | 'random'>;
  readonly onProgress?: ((events: number, of: number) => void) | undefined;
}

/** Findings that are told; damage seldom comes alone. */
const FINDINGS_MAX = 100;

/** Checks a directory that no other process works on. Throws STORE_MISSING and DIRECTORY_IN_USE; damage is never thrown. */
export async function checkDirectory({ directory: path, environment, onProgress }: SelfCheckOptions): Promise<SelfCheck> {
  const directory = existingDataDirectory(path, 'ledger.db');
  const lock = lockDirectory(directory.path);
  const findings: Finding[] = [];
  let found = 0;
  const onFinding = (finding: Finding): void => {
    found += 1;
    if (findings.length < FINDINGS_MAX) findings.push(finding);
  };
  let events = 0;
  try {
    // Before anything opens the vault: closing it writes its digest anew.
    onFindingOf(vaultBytesFinding(directory.vaultPath), onFinding);
    for (const file of databaseFiles(directory)) checkDatabase(join(directory.path, file), onFinding);
    events = await reporting('ledger.db', onFinding, () => checkEvents(directory, environment, onFinding, onProgress)) ?? 0;
    await reporting('read model', onFinding, () => checkReadModel(directory, onFinding));
    checkSnapshots(directory, onFinding);
  } finally {
    lock.release();
  }
  return { events, findings, more: found > findings.length };
}

function onFindingOf(finding: Finding | undefined, onFinding: (finding: Finding) => void): void {
  if (finding !== undefined) onFinding(finding);
}

/** What cannot even be read is a finding too. */
async function reporting<Result>(place: string, onFinding: (finding: Finding) => void, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNREADABLE';
    onFinding({ code, place, message: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

function databaseFiles({ path }: DataDirectory): readonly string[] {
  return readdirSync(path).filter((name) => name.endsWith('.db'));
}

/** SQLite's own check: the structure of the file, and each index against its table. */
function checkDatabase(path: string, onFinding: (finding: Finding) => void): void {
  const place = basename(path);
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true });
    try {
      const rows = database.pragma('integrity_check(10)') as readonly { readonly integrity_check: string }[];
      for (const { integrity_check: message } of rows) if (message !== 'ok') onFinding({ code: 'FILE_DAMAGED', place, message });
    } finally {
      database.close();
    }
  } catch (error) {
    onFinding({ code: 'FILE_DAMAGED', place, message: error instanceof Error ? error.message : String(error) });
  }
}

async function checkEvents(
  directory: DataDirectory,
  environment: SelfCheckOptions['environment'],
  onFinding: (finding: Finding) => void,
  onProgress: SelfCheckOptions['onProgress'],
): Promise<number> {
  const store = openSqliteStore({ path: directory.logPath, readOnly: true });
  const vault = existsSync(directory.vaultPath) ? openSqliteVault({ path: directory.vaultPath, now: environment.now, random: environment.random }) : undefined;
  try {
    const { sequence } = await store.head();
    const { ledgerId, keys } = await identityOf(store, vault, onFinding);
    if (vault !== undefined) await reporting('vault.db', onFinding, () => readThrough(vault));
    const files = openTileFiles(directory.treePath);
    const headText = await files.readText(HEAD_FILE);
    const head = headText === undefined ? undefined : parseCheckpointText(headText);
    if (headText !== undefined && head?.origin !== logOrigin(ledgerId)) onFinding({ code: 'HEAD_DAMAGED', place: HEAD_FILE, message: 'It is no head of this log.' });
    return await checkLog({
      log: store,
      files,
      head,
      keys,
      origin: logOrigin(ledgerId),
      onFinding,
      onProgress: (events) => onProgress?.(events, sequence),
      async onEvent({ id, reason }) {
        if (reason === undefined || vault === undefined) return;
        await vault.unseal(reason, { event: id, field: 'reason' }).catch((error: unknown) => {
          if (!(error instanceof VaultError)) throw error;
          onFinding({ code: error.code, place: `event ${id}`, message: 'Its reason does not open with the key in the vault.' });
        });
      },
    });
  } finally {
    await store.close();
    await vault?.close();
  }
}

async function identityOf(store: SqliteStore, vault: Vault | undefined, onFinding: (finding: Finding) => void): Promise<{ readonly ledgerId: string; readonly keys: readonly VerifierKey[] }> {
  const [first] = await store.readAll(START, 1);
  const ledgerId = first === undefined ? '' : ledgerIdOf(first);
  if (vault === undefined) {
    onFinding({ code: 'VAULT_MISSING', place: 'vault.db', message: 'It is not there.' });
    return { ledgerId, keys: [] };
  }
  const bound = await vault.ledgerId();
  if (bound !== ledgerId) onFinding({ code: 'VAULT_OF_ANOTHER_LEDGER', place: 'vault.db', message: `It belongs to ledger ${bound ?? 'none'}, and the log is ledger ${ledgerId}.` });
  return { ledgerId, keys: (await vault.signingKeys()).map(({ seed }) => signerKeyOf(logOrigin(ledgerId), seed)) };
}

/** Opens whatever in the vault is encrypted. */
async function readThrough(vault: Vault): Promise<void> {
  for await (const _entry of vault.exportEntries());
}

/** Snapshots carry a digest of their state, and their parts are named by theirs. */
function checkSnapshots({ snapshotsPath }: DataDirectory, onFinding: (finding: Finding) => void): void {
  if (!existsSync(snapshotsPath)) return;
  try {
    for (const stream of damagedSnapshots(snapshotsPath)) onFinding({ code: 'SNAPSHOT_DAMAGED', place: `snapshots.db, ${stream}`, message: 'Its state is not the one that was kept. It is passed over, and made anew.' });
  } catch (error) {
    onFinding({ code: 'FILE_DAMAGED', place: 'snapshots.db', message: error instanceof Error ? error.message : String(error) });
  }
}

/** The read model is built again beside the one there is, and must hold the same. */
async function checkReadModel(directory: DataDirectory, onFinding: (finding: Finding) => void): Promise<void> {
  const path = readModelPath(directory.path, PROJECTIONS);
  if (!existsSync(path)) return;
  const store = openSqliteStore({ path: directory.logPath, readOnly: true });
  const beside = mkdtempSync(join(directory.path, 'checking-'));
  try {
    const { sequence, tables: present } = readDigests(path);
    const { sequence: head } = await store.head();
    if (sequence > head) return onFinding({ code: 'READ_MODEL_DIFFERS', place: basename(path), message: `It says that it holds ${sequence} events, and the log has ${head}. "rebuild" makes it anew.` });
    const rebuilt = await buildReadModel({ store: beginningOf(store, await store.bookmarkAt(sequence)), directory: beside, projections: PROJECTIONS, upcast });
    if (rebuilt === undefined) return;
    const wanted = readDigests(rebuilt).tables;
    for (const table of new Set([...present.keys(), ...wanted.keys()])) {
      if (present.get(table) === wanted.get(table)) continue;
      onFinding({ code: 'READ_MODEL_DIFFERS', place: `${basename(path)}, table ${table}`, message: 'It is not what the log leads to. "rebuild" makes it anew.' });
    }
  } finally {
    await store.close();
    rmSync(beside, { recursive: true, force: true });
  }
}

/** The log as it was at a place: a read model may be behind the log, and is then held to what it has seen. */
function beginningOf(store: SqliteStore, end: Bookmark): FollowedStore {
  return {
    subscribe: (after, subscription) => store.subscribe(after, subscription),
    bookmarkAt: (sequence) => store.bookmarkAt(sequence),
    head: async () => end,
    readAll: async (after, limit) => (after.sequence >= end.sequence ? [] : store.readAll(after, Math.min(limit, end.sequence - after.sequence))),
  };
}

function readDigests(path: string): { readonly sequence: number; readonly tables: ReadonlyMap<string, string> } {
  const database = openForReading(path);
  try {
    return { sequence: readCheckpoint(database).bookmark.sequence, tables: tableDigests(database) };
  } finally {
    database.close();
  }
}
