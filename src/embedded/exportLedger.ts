/** One export from its order to the event that records it. Nobody is given what is not recorded: until then it stands under another name. */
import { hash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExportError, writeBundle, type Attachment, type ViewFormat } from '../audit/export/bundle.js';
import { writeCsv } from '../audit/export/csv.js';
import { dictionaryTable } from '../audit/export/dictionary.js';
import { eventTable } from '../audit/export/eventTable.js';
import { createFile, type FileSink } from '../audit/export/fileSink.js';
import { MANIFEST, MANIFEST_SIGNATURE } from '../audit/export/manifest.js';
import { writeParquet } from '../audit/export/parquet.js';
import { readRange } from '../audit/export/readRange.js';
import { openFilter, recordedAtOf, soundFilter, type ExportRange } from '../audit/export/selection.js';
import type { Table } from '../audit/export/table.js';
import { writeTar } from '../audit/export/tar.js';
import { writeXlsx } from '../audit/export/xlsx.js';
import { parseCheckpointText } from '../audit/checkpoint.js';
import { leafHash } from '../audit/merkle.js';
import { parseNote } from '../audit/signedNote.js';
import { openTreeHasher } from '../audit/treeHasher.js';
import { toBase64 } from '../audit/base64.js';
import { ledgerDecider } from '../domain/ledger/decider.js';
import type { ExportFilter } from '../domain/ledger/events.js';
import type { ExportFormat } from '../domain/vocabulary.js';
import type { DatedRuleBook } from '../domain/rules/makeRuleBook.js';
import { maskProductKeys } from '../importing/productKeys.js';
import { canonicalJson } from '../kernel/canonical.js';
import { LEDGER_STREAM, type CommandId, type Instant, type Sequence, type SubjectId } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { exportViews } from './exportViews.js';
import { catalogueDigest } from './loadCatalogue.js';
import type { LogSeal } from './logSeal.js';
import { readProjectFile } from './projectFiles.js';
import { foldReadModel, snapshotReadModel, type ReadModelAt } from './readModelAt.js';

export interface ExportOrder {
  readonly format: ExportFormat;
  /** File or directory to be made; `.tar` packs a bundle. */
  readonly out: string;
  /** Default: 1, or what follows the earlier checkpoint. */
  readonly from?: number | undefined;
  /** Default: all that the read model shows. */
  readonly to?: number | undefined;
  readonly filter?: ExportFilter | undefined;
  readonly reason: string;
  /** The auditor's earlier checkpoint, a signed note. */
  readonly since?: string | undefined;
  /** What the tables of a bundle are written as. Default: CSV. */
  readonly viewFormats?: readonly ViewFormat[] | undefined;
  readonly exportId: CommandId;
  readonly actor: SubjectId;
}

export interface ExportSurroundings {
  readonly ledger: EmbeddedLedger;
  readonly seal: LogSeal;
  readonly now: () => Instant;
  readonly version: string;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CompletedExport {
  readonly exportId: string;
  readonly path: string;
  readonly format: ExportFormat;
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly bytes: number;
  /** SHA-256: of the manifest of a bundle, of the file, or of the list of files. */
  readonly digest: string;
  /** Of the event that recorded it. */
  readonly sequence: Sequence;
}

/** Longest reason, in characters. */
const REASON_CHARACTERS_MAX = 2_000;
const PARTIAL_SUFFIX = '.partial';

/** Makes an export. Rejects with `ExportError`: OUT_EXISTS, REASON_MISSING, RANGE_UNFIT, CANCELLED, or what the bundle finds wrong. */
export async function exportLedger(order: ExportOrder, surroundings: ExportSurroundings): Promise<CompletedExport> {
  const reason = soundReason(order.reason);
  await refuseExisting(order.out);
  const partial = join(dirname(order.out), `.${basename(order.out)}${PARTIAL_SUFFIX}`);
  await rm(partial, { recursive: true, force: true });
  await mkdir(dirname(order.out), { recursive: true });
  const moment = await openMoment(order, surroundings);
  try {
    const made = await (order.format === 'BUNDLE' ? makeBundle : order.format === 'NDJSON' ? makeLines : makeTables)(partial, { order, reason, moment, surroundings });
    if (surroundings.signal?.aborted === true) throw new ExportError('CANCELLED', 'The export was cancelled.');
    const sequence = await record(order, reason, moment.range, made, surroundings);
    await rename(partial, order.out);
    const { from, to } = moment.range;
    return { exportId: order.exportId, path: order.out, format: order.format, from, to, events: made.events, digest: made.digest, sequence, bytes: await sizeOf(order.out) };
  } finally {
    await moment.close();
    for (const left of [partial, `${partial}.files`]) await rm(left, { recursive: true, force: true });
  }
}

/** What is exported, and the read model of that moment. */
interface Moment {
  readonly range: ExportRange;
  readonly tables: () => Promise<readonly Table[]>;
  /** The time that decides what time has changed in them. */
  readonly at: Instant;
  close(): Promise<void>;
}

interface Making {
  readonly order: ExportOrder;
  readonly reason: string;
  readonly moment: Moment;
  readonly surroundings: ExportSurroundings;
}

interface Made {
  readonly events: number;
  readonly digest: string;
}

async function openMoment(order: ExportOrder, { ledger, now }: ExportSurroundings): Promise<Moment> {
  await ledger.readModel.catchUp();
  const head = (await ledger.store.head()).sequence;
  const snapshot = snapshotReadModel(ledger.directory.path);
  const to = order.to ?? snapshot?.sequence ?? head;
  const since = order.since === undefined ? undefined : parseCheckpointText(parseNote(order.since)?.text ?? '')?.size;
  const from = order.from ?? (since === undefined ? 1 : since + 1);
  if (to > head) throw new ExportError('RANGE_UNFIT', `The ledger ends with event ${head}; ${to} is not there yet.`);
  if (from < 1 || from > to + 1) throw new ExportError('RANGE_UNFIT', `There is nothing from ${from} to ${to}.`);
  const range = { from, to, filter: order.filter === undefined ? undefined : soundFilter(order.filter) };
  let folded: ReadModelAt | undefined;
  // The past is judged by the clock of then.
  const at = to === head ? now() : await clockAt(ledger, to);
  return {
    range,
    at,
    async tables() {
      const model = snapshot?.sequence === to ? snapshot : (folded ??= await foldReadModel(ledger.store, to));
      const { catalogue, rules } = ledger;
      return exportViews({ queries: model.queries({ catalogue, rules, at }), sequence: to as Sequence, now: Date.parse(at), catalogue: ledger.catalogue, vault: ledger.vault });
    },
    async close() {
      await folded?.close();
      await snapshot?.close();
    },
  };
}

/** When the last event up to a sequence was recorded. */
async function clockAt({ store }: EmbeddedLedger, sequence: number): Promise<Instant> {
  for await (const page of readRange(store, Math.max(1, sequence), sequence)) {
    const last = page.at(-1);
    if (last !== undefined) return recordedAtOf(last.text) as Instant;
  }
  throw new ExportError('RANGE_UNFIT', `There is no event ${sequence}.`);
}

async function makeBundle(partial: string, { order, reason, moment, surroundings }: Making): Promise<Made> {
  const { ledger, seal, now, version, onProgress, signal } = surroundings;
  const isPacked = order.out.endsWith('.tar');
  const directory = isPacked ? `${partial}.files` : partial;
  await rm(directory, { recursive: true, force: true });
  const exportedAt = now();
  const tables = await moment.tables();
  const { manifest, digest } = await writeBundle(
    directory,
    {
      exportId: order.exportId,
      exportedAt,
      exportedBy: { subject: order.actor, name: await ledger.vault.nameOf(order.actor) },
      reason,
      software: { name: 'activation-ledger', version, catalogueSha256: await catalogueDigest(ledger.catalogueFile), rules: ledger.rules.digest },
      ledgerId: ledger.ledgerId,
      range: moment.range,
      since: order.since,
      // Tables over everything cannot be computed again from a part of it.
      views: { tables: moment.range.filter === undefined ? tables : [], sequence: moment.range.to, at: moment.at, formats: order.viewFormats ?? ['csv'] },
      attachments: await attachments(tables, ledger.rules),
    },
    { log: ledger.store, checkpoint: await seal.checkpointOver(moment.range.to), signer: seal.signer, formerKeys: seal.formerKeys },
    { onProgress, signal },
  );
  // What the manifest lists does not list itself.
  if (isPacked) await pack(partial, directory, [MANIFEST, MANIFEST_SIGNATURE, ...manifest.files.map(({ path }) => path)], exportedAt);
  return { events: manifest.events.count, digest };
}

/** Schemas, what the columns mean, the rules with their sources, and the verifier. */
async function attachments(tables: readonly Table[], rules: DatedRuleBook): Promise<readonly Attachment[]> {
  const dictionary = tables.map(({ name, title, columns }) => ({ name, title, columns: columns.map(({ name: column, kind, meaning, fromVault = false }) => ({ name: column, kind, meaning, fromVault })) }));
  const { parts } = rules;
  const listed = [...Object.values(parts.rules), ...parts.configured].map(({ id, kind, effect, title, citations, validFrom, validTo, revision }) => ({ id, kind, effect, title, citations, validFrom, validTo, revision }));
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  return [
    { path: 'schema/views.json', content: json(dictionary) },
    { path: 'schema/rules.json', content: json({ digest: rules.digest, rules: listed }) },
    { path: 'schema/events.schema.json', content: await readProjectFile('docs/events.schema.json') },
    { path: 'schema/events.md', content: await readProjectFile('docs/events.md') },
    { path: 'VERIFY.md', content: await readProjectFile('verifier/VERIFY.md') },
    { path: 'verify.py', content: await readProjectFile('verifier/verify.py') },
  ];
}

async function pack(archive: string, directory: string, files: readonly string[], at: Instant): Promise<void> {
  const file = await createFile(archive);
  const sized = await Promise.all(files.map(async (path) => ({ path, bytes: (await stat(join(directory, path))).size })));
  await writeTar(file, directory, sized, Math.floor(Date.parse(at) / MS_PER_SECOND));
  await file.close();
}

const MS_PER_SECOND = 1_000;

/** NDJSON: the canonical bytes themselves, one event a line. */
async function makeLines(partial: string, { moment: { range }, surroundings }: Making): Promise<Made> {
  const file = await createFile(partial);
  const passes = openFilter(range.filter);
  let events = 0;
  let read = 0;
  const total = range.to - range.from + 1;
  for await (const page of readRange(surroundings.ledger.store, range.from, range.to)) {
    if (surroundings.signal?.aborted === true) break;
    let lines = '';
    for (const event of page) {
      if (!passes(event)) continue;
      lines += `${event.text}\n`;
      events += 1;
    }
    await file.write(Buffer.from(lines));
    read += page.length;
    surroundings.onProgress?.(read, total);
  }
  const { sha256 } = await file.close();
  return { events, digest: sha256 };
}

/** The file that says what the tables beside it are. */
const ABOUT = 'export.json';

/** Tables: a directory of files, or one workbook. */
async function makeTables(partial: string, { order, moment, surroundings }: Making): Promise<Made> {
  const { ledger, onProgress, signal } = surroundings;
  const { range, at } = moment;
  const whole = range.filter === undefined ? await moment.tables() : [];
  const events = eventTable(ledger.store, range, ledger.vault);
  let written = 0;
  const total = range.to - range.from + 1;
  const counted: Table = {
    ...events,
    rows: async function* eventRows() {
      for await (const batch of events.rows()) {
        if (signal?.aborted === true) return;
        written += batch.length;
        onProgress?.(written, total);
        yield batch;
      }
    },
  };
  const tables = [counted, ...whole, dictionaryTable([counted, ...whole])];
  const about = { ledgerId: ledger.ledgerId, from: String(range.from), to: String(range.to), at, rootHash: await rootAt(range.to, surroundings), filter: range.filter === undefined ? 'none' : canonicalJson(range.filter) };
  if (order.format === 'XLSX') {
    const file = await createFile(partial);
    await writeXlsx(tables, file, Object.entries(about));
    return { events: written, digest: (await file.close()).sha256 };
  }
  const format = order.format === 'CSV' ? 'csv' : 'parquet';
  const isPacked = order.out.endsWith('.tar');
  const directory = isPacked ? `${partial}.files` : partial;
  await rm(directory, { recursive: true, force: true });
  const digests: string[] = [];
  const add = async (name: string, write: (file: FileSink) => Promise<unknown>): Promise<void> => {
    const file = await createFile(join(directory, name));
    await write(file);
    digests.push(`${(await file.close()).sha256}  ${name}\n`);
  };
  for (const table of tables) await add(`${table.name}.${format}`, (file) => (format === 'csv' ? writeCsv(table, file) : writeParquet(table, file, { ...about, view: table.name })));
  await add(ABOUT, (file) => file.write(Buffer.from(`${JSON.stringify(about, undefined, 2)}\n`)));
  if (isPacked) {
    await pack(partial, directory, [...tables.map(({ name }) => `${name}.${format}`), ABOUT], at);
    await rm(directory, { recursive: true });
  }
  return { events: written, digest: hash('sha256', digests.toSorted((one, other) => (one.slice(HEX_DIGEST_CHARACTERS) < other.slice(HEX_DIGEST_CHARACTERS) ? -1 : 1)).join(''), 'hex') };
}

const HEX_DIGEST_CHARACTERS = 64;

/** The root of the tree of so many events, base64: from the checkpoint of that size, or from the events. */
async function rootAt(sequence: number, { ledger, seal }: ExportSurroundings): Promise<string> {
  const head = parseCheckpointText(parseNote(await seal.checkpointOver(sequence))?.text ?? '');
  if (head?.size === sequence) return toBase64(head.root);
  const hasher = openTreeHasher();
  for await (const page of readRange(ledger.store, 1, sequence)) for (const { text } of page) hasher.append(leafHash(text));
  return toBase64(hasher.root());
}

async function record(order: ExportOrder, reason: string, range: ExportRange, made: Made, { ledger }: ExportSurroundings): Promise<Sequence> {
  const { exportId, format, actor } = order;
  const since = order.since === undefined ? undefined : parseCheckpointText(parseNote(order.since)?.text ?? '')?.size;
  const data = { exportId, format, fromSequence: range.from, toSequence: range.to, filter: range.filter, events: made.events, since, digest: made.digest };
  const command = { kind: 'completeExport' as const, ...data };
  const outcome = await ledger.handler.execute({ decider: ledgerDecider, stream: LEDGER_STREAM, command, commandId: exportId, actor, correlationId: exportId, reason });
  if (outcome.kind === 'refused') throw new ExportError(outcome.refusal.code, outcome.refusal.message);
  const event = outcome.kind === 'unchanged' ? undefined : outcome.events.at(-1);
  if (event === undefined) throw new Error(`Export ${exportId} was not recorded.`);
  return event.sequence;
}

function soundReason(reason: string): string {
  const sound = maskProductKeys(reason.trim());
  if (sound === '') throw new ExportError('REASON_MISSING', 'Say why it is exported: the reason is recorded with it.');
  if (sound.length > REASON_CHARACTERS_MAX) throw new ExportError('REASON_TOO_LONG', `A reason has at most ${REASON_CHARACTERS_MAX} characters.`);
  return sound;
}

async function refuseExisting(out: string): Promise<void> {
  const facts = await stat(out).catch(() => undefined);
  if (facts !== undefined) throw new ExportError('OUT_EXISTS', `${out} is there already; name another place.`);
}

async function sizeOf(path: string): Promise<number> {
  const facts = await stat(path);
  if (facts.isFile()) return facts.size;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
