/** A real ledger in a directory of its own, what an import leaves in it, and how the tests look at that. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLedger, type EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { importContent, importFile, type FileImportResult } from '../../src/embedded/importFile.js';
import type { FileImport, ImportReading } from '../../src/embedded/importRequest.js';
import type { RefusedRecord } from '../../src/importing/parser.js';
import type { HostRow, InstallationStatusRow } from '../../projections/hostStatus.js';
import type { KeyCountsRow } from '../../projections/keyCounts.js';
import type { CensusMoment } from '../../projections/kmsCensus.js';
import { countingCommandIds, countingRandom, steppingClock } from '../support/deterministic.js';

/** The moment at which the projections are asked, an hour after the ledger's clock begins. */
export const ASKED_AT = Date.parse('2026-01-01T01:00:00.000Z');

export interface ImportingLedger {
  readonly ledger: EmbeddedLedger;
  /** The data directory. */
  readonly directory: string;
  /** Imports a file that is there already; answers also with every refused record. */
  importPath(path: string, reading?: Partial<FileImport>): Promise<FileTrial>;
  /** Writes a file outside the data directory and imports it. */
  importText(name: string, content: string | Uint8Array, reading?: Partial<FileImport>): Promise<FileTrial>;
  /** The way of the API: content in memory. */
  importContent(content: string | Uint8Array, reading?: ImportReading): Promise<FileImportResult>;
  /** Events in the log. */
  events(): Promise<number>;
}

export interface FileTrial {
  readonly result: FileImportResult;
  readonly refused: readonly RefusedRecord[];
}

/** Opens a new ledger for one trial, and removes it afterwards. */
export async function withImportingLedger(trial: (importing: ImportingLedger) => Promise<void>, follow: 'live' | 'onDemand' = 'onDemand'): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'activation-ledger-imports-'));
  const directory = join(root, 'data');
  const newId = countingCommandIds();
  const environment = { now: steppingClock(), newId, random: countingRandom(), userName: 'tester', programDirectory: undefined };
  const ledger = await openEmbeddedLedger({ directory, environment, follow });
  let files = 0;
  try {
    await trial({ ledger, directory, importPath, importText, importContent: importBytes, events: async () => (await ledger.store.head()).sequence });
  } finally {
    await ledger.close();
    rmSync(root, { recursive: true, force: true });
  }

  async function importPath(path: string, reading?: Partial<FileImport>): Promise<FileTrial> {
    const refused: RefusedRecord[] = [];
    const result = await importFile(ledger, { ...reading, path }, environment, { onRefused: (record) => void refused.push(record) });
    await ledger.readModel.catchUp();
    return { result, refused };
  }

  async function importText(name: string, content: string | Uint8Array, reading?: Partial<FileImport>): Promise<FileTrial> {
    files += 1;
    const folder = join(root, `input-${files}`);
    mkdirSync(folder);
    writeFileSync(join(folder, name), content);
    return importPath(join(folder, name), reading);
  }

  async function importBytes(content: string | Uint8Array, reading?: ImportReading): Promise<FileImportResult> {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    const result = await importContent(ledger, bytes, { ...reading, commandId: newId(), actor: ledger.localActor });
    await ledger.readModel.catchUp();
    return result;
  }
}

/** What the projections say after an import, a line for each host, installation, key and KMS host. */
export interface Facts {
  readonly hosts: readonly string[];
  readonly keys: readonly string[];
  readonly kms: readonly string[];
}

/** `nameOf` writes the names of machines as the test wants to see them. */
export function factsOf({ ledger }: ImportingLedger, nameOf: (name: string) => string): Facts {
  const page = { limit: 200, direction: 'FORWARD' } as const;
  const { hosts, productKeys, kms } = ledger.readModel;
  return {
    hosts: hosts.page({}, 'NAME', false, page, { now: ASKED_AT }).rows.map(({ row }) => hostInOneLine(row, nameOf)),
    keys: productKeys.page({}, 'LAST_FIVE', false, page).rows.map(({ row }) => keyInOneLine(row)),
    kms: kms.kmsHosts(page).rows.map(({ row }) => `${nameOf(fullName(row))}:${censusInOneLine(ledger, row.id, { at: row.lastContactAt ?? ASKED_AT })}`),
  };
}

function hostInOneLine(host: HostRow, nameOf: (name: string) => string): string {
  return [`${nameOf(fullName(host))}:`, host.installations.map((row) => installationInOneLine(row, nameOf)).join('; ') || 'no installation'].join(' ');
}

/** Status (and the licence status reported, where they differ), key, its kind, method, end, KMS host. */
function installationInOneLine(row: InstallationStatusRow, nameOf: (name: string) => string): string {
  const status = row.status === row.licenseStatus ? row.status : `${row.status} (${row.licenseStatus})`;
  const end = row.untilAt === undefined ? '-' : new Date(row.untilAt).toISOString().slice(0, 10);
  const kmsHost = row.kmsHost === undefined ? [] : [`by ${nameOf(row.kmsHost)}`];
  return [status, row.keyLastFive ?? '-', row.keyKind ?? '-', row.method ?? '-', end, ...kmsHost].join(' ');
}

function keyInOneLine({ lastFive, kind, observed, used, active, allowed, reported }: KeyCountsRow): string {
  const counts = `observed ${observed}, used ${used}, active ${active}`;
  const told = [allowed === undefined ? [] : [`allowed ${allowed}`], reported === undefined ? [] : [`reported ${reported.remaining}`]].flat();
  return [`${lastFive} ${kind}: ${counts}`, ...told].join(', ');
}

function censusInOneLine(ledger: EmbeddedLedger, kmsHost: number, moment: CensusMoment): string {
  const rows = ledger.readModel.kms.census(kmsHost, moment);
  return rows.map(({ countClass, observed, uncapped }) => ` ${countClass} own figure ${observed?.count ?? '-'}, clients seen ${uncapped}`).join(';');
}

function fullName({ name, domain }: { readonly name: string; readonly domain: string }): string {
  return domain === '' ? name : `${name}.${domain}`;
}
