/** Computes the tables of a bundle again, from its events alone, and compares every byte. */
import { viewPath, VIEW_FORMATS, WORKBOOK, type ViewFormat } from '../audit/export/bundle.js';
import { writeCsv } from '../audit/export/csv.js';
import type { Sink } from '../audit/export/fileSink.js';
import { EVENTS, type Manifest } from '../audit/export/manifest.js';
import { writeParquet } from '../audit/export/parquet.js';
import type { Table, TableRow } from '../audit/export/table.js';
import { writeXlsx } from '../audit/export/xlsx.js';
import type { BundleFiles } from '../audit/verify/bundleFiles.js';
import { readCsvRows } from '../audit/verify/csvCells.js';
import type { Finding } from '../audit/verify/finding.js';
import { readKnownLines } from '../audit/verify/rows.js';
import type { Catalogue } from '../domain/catalogue/catalogue.js';
import type { DatedRuleBook } from '../domain/rules/makeRuleBook.js';
import { parseEnvelope, type CanonicalText, type StoredEvent } from '../kernel/envelope.js';
import type { Bookmark, Instant, Position, Sequence } from '../kernel/identifiers.js';
import type { FollowedStore } from '../readmodel/follow.js';
import { exportViews } from './exportViews.js';
import { foldReadModel } from './readModelAt.js';

export interface RecomputedViews {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

export interface RecomputeOptions {
  readonly catalogue: Catalogue;
  readonly rules: DatedRuleBook;
  /** Of the user's own part of it, where there is one. */
  readonly catalogueSha256?: string | undefined;
  /** Of this program: another one may compute tables in another form, which is no finding. */
  readonly version: string;
  readonly onProgress?: ((applied: number) => void) | undefined;
}

/** Folds the events of a bundle, which must be sound, and compares its tables with what comes of them. */
export async function recomputeViews(files: BundleFiles, manifest: Manifest, { catalogue, catalogueSha256, rules, version, onProgress }: RecomputeOptions): Promise<RecomputedViews> {
  const { views, range, software } = manifest;
  const unchecked = (why: string): RecomputedViews => ({ findings: [], notes: [`The tables were not computed again: ${why}. They are the exported bytes.`] });
  const [first] = views;
  if (first === undefined) return { findings: [], notes: ['There are no tables.'] };
  if (range.from > 1) return unchecked(`the events before ${range.from} are not in this bundle`);
  if (software.version !== version) return unchecked(`they are of version ${software.version} of the program, this is ${version}`);
  if (software.catalogueSha256 !== catalogueSha256) return unchecked('they were made with other product facts; give those with --catalogue');
  if (software.rules !== rules.digest) return unchecked('they were made with other rules; give those with --rules');
  const model = await foldReadModel(linesAsLog(files), first.sequence, onProgress);
  try {
    // Names are the vault's: they are taken from the bundle itself, and everything else is not.
    const vault = { nameOf: async () => '' };
    const tables = exportViews({ queries: model.queries({ catalogue, rules, at: first.at as Instant }), sequence: first.sequence as Sequence, now: Date.parse(first.at), catalogue, vault }).map((table) => withNamesOf(table, files));
    const findings: Finding[] = [];
    const about = { sequence: String(first.sequence), rootHash: first.rootHash, at: first.at };
    for (const table of tables) {
      const entry = views.find(({ name }) => name === table.name);
      for (const format of VIEW_FORMATS) {
        const path = viewPath(table.name, format);
        if (entry === undefined || format === 'xlsx' || !entry.files.includes(path) || files.size(path) === undefined || !isNamed(table, files)) continue;
        findings.push(...(await compared(files, path, (sink, onRows) => write(table, format, sink, about, onRows))));
      }
    }
    if (files.size(WORKBOOK) !== undefined && tables.every((table) => isNamed(table, files))) findings.push(...(await compared(files, WORKBOOK, (sink, onRows) => writeXlsx(tables, sink, Object.entries(about), onRows))));
    return { findings, notes: [`The tables were computed again from the events up to ${first.sequence}; names and reasons in them are the exporter's word.`] };
  } finally {
    await model.close();
  }
}

function write(table: Table, format: Exclude<ViewFormat, 'xlsx'>, sink: Sink, about: Readonly<Record<string, string>>, onRows: (rows: number) => void): Promise<number> {
  return format === 'csv' ? writeCsv(table, sink, onRows) : writeParquet(table, sink, { ...about, view: table.name }, onRows);
}

/** Writes against a file: the first difference ends in a finding that names the rows around it. */
async function compared(files: BundleFiles, path: string, writeTo: (sink: Sink, onRows: (rows: number) => void) => Promise<unknown>): Promise<Finding[]> {
  let offset = 0;
  let rows = 0;
  let differsBehind: number | undefined;
  const sink: Sink = {
    async write(bytes) {
      if (differsBehind !== undefined) return;
      const there = await files.readAt(path, offset, bytes.length);
      offset += bytes.length;
      if (!there.equals(bytes)) differsBehind = rows;
    },
  };
  await writeTo(sink, (written) => {
    rows = written;
  });
  if (differsBehind === undefined && offset === files.size(path)) return [];
  return [{ verdict: 'altered', file: path, message: `${path} is not what comes of the events: it differs behind row ${differsBehind ?? rows}.` }];
}

/** The table with the cells that are the vault's taken from the exported CSV. */
function withNamesOf(table: Table, files: BundleFiles): Table {
  const fromVault = table.columns.map(({ fromVault: isVaults = false }) => isVaults);
  const path = viewPath(table.name, 'csv');
  if (!fromVault.includes(true)) return table;
  return {
    ...table,
    rows: async function* named() {
      const told = readCsvRows(files, path);
      await told.next();
      for await (const batch of table.rows()) {
        const rows: TableRow[] = [];
        for (const row of batch) {
          const cells = ((await told.next()).value ?? []) as readonly string[];
          rows.push(row.map((cell, index) => (fromVault[index] === true ? textOf(cells[index] ?? '') : cell)));
        }
        yield rows;
      }
    },
  };
}

/** Without the CSV there are no names to take. */
function isNamed(table: Table, files: BundleFiles): boolean {
  return files.size(viewPath(table.name, 'csv')) !== undefined || !table.columns.some(({ fromVault = false }) => fromVault);
}

/** What stood in a cell before it was kept from being a formula. */
function textOf(cell: string): string | undefined {
  const text = /^'[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) ? cell.slice(1) : cell;
  return text === '' ? undefined : text;
}

/** The lines of a bundle that begins with the first event, as a log that is read once from its beginning. */
function linesAsLog(files: BundleFiles): Pick<FollowedStore, 'readAll'> {
  let pieces = readKnownLines(files, EVENTS);
  let held: readonly Buffer[] = [];
  let read = 0;
  return {
    async readAll(after: Bookmark, limit: number) {
      if (after.sequence !== read) {
        if (after.sequence !== 0) throw new Error('The events of a bundle are read in their order.');
        pieces = readKnownLines(files, EVENTS);
        held = [];
        read = 0;
      }
      if (held.length === 0) held = ((await pieces.next()).value ?? []) as readonly Buffer[];
      const taken = held.slice(0, limit);
      held = held.slice(limit);
      return taken.map((bytes): StoredEvent => {
        read += 1;
        const text = bytes.toString('utf8') as CanonicalText;
        const { stream, revision, id } = parseEnvelope(text);
        return { position: BigInt(read) as Position, sequence: read as Sequence, stream, revision, id, text };
      });
    },
  };
}
