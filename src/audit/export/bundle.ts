/** Writes an audit bundle: the events themselves, the proofs that they are the log's, tables for people, and all that is needed to check it. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { canonicalJson } from '../../kernel/canonical.js';
import type { CanonicalText } from '../../kernel/envelope.js';
import { toBase64 } from '../base64.js';
import { parseCheckpointText, verifyCheckpoint, type Checkpoint } from '../checkpoint.js';
import { signEnvelope } from '../dsse.js';
import { equalHashes, leafHash } from '../merkle.js';
import { consistencyProof, inclusionProof } from '../proofs.js';
import { parseNote, verifierKeyText, type SignerKey, type VerifierKey } from '../signedNote.js';
import { openLeafTree, openTreeHasher, subtreesBetween, type LeafTree } from '../treeHasher.js';
import { writeCsv } from './csv.js';
import { createFile, type WrittenFile } from './fileSink.js';
import {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  CHECKPOINT,
  CONSISTENCY_PROOF,
  EVENTS,
  INCLUSION_PROOFS,
  LEAVES,
  MANIFEST,
  MANIFEST_SIGNATURE,
  MANIFEST_TYPE,
  manifestText,
  PREVIOUS_CHECKPOINT,
  RANGE_PROOF,
  type EventFigures,
  type FileEntry,
  type Manifest,
  type Software,
  type ViewEntry,
} from './manifest.js';
import { writeParquet } from './parquet.js';
import { readRange, type ReadableLog } from './readRange.js';
import { openFilter, recordedAtOf, typeOf, type ExportRange } from './selection.js';
import type { Table } from './table.js';
import { writeXlsx } from './xlsx.js';

/** What the tables of a bundle are written as. */
export const VIEW_FORMATS = ['csv', 'xlsx', 'parquet'] as const;
export type ViewFormat = (typeof VIEW_FORMATS)[number];

export interface BundleOrder {
  readonly exportId: string;
  readonly exportedAt: string;
  readonly exportedBy: { readonly subject: string; readonly name: string };
  readonly reason: string;
  readonly software: Software;
  readonly ledgerId: string;
  readonly range: ExportRange;
  /** The auditor's earlier checkpoint: a signed note of this log. */
  readonly since?: string | undefined;
  /** Tables, all computed from the events up to `sequence` with the time `at`. */
  readonly views: { readonly tables: readonly Table[]; readonly sequence: number; readonly at: string; readonly formats: readonly ViewFormat[] };
  /** Files that are the same in every bundle: schemas, rules, the verifier. */
  readonly attachments: readonly Attachment[];
}

export interface Attachment {
  readonly path: string;
  readonly content: string;
}

export interface SealedLog {
  readonly log: ReadableLog;
  /** A published checkpoint that covers the range. */
  readonly checkpoint: string;
  readonly signer: SignerKey;
  /** Keys that signed before the present one. */
  readonly formerKeys?: readonly VerifierKey[] | undefined;
}

export interface BundleEvents {
  /** Events read, of those that are to be read. */
  readonly onProgress?: ((read: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WrittenBundle {
  readonly manifest: Manifest;
  /** SHA-256 of the manifest, hexadecimal. */
  readonly digest: string;
}

/** The log or a checkpoint is not what it should be: `code` CHECKPOINT_UNFIT, SINCE_UNREADABLE, SINCE_OF_ANOTHER_LOG, SINCE_AHEAD, LOG_DIFFERS or CANCELLED. */
export class ExportError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ExportError';
    this.code = code;
  }
}

/** Writes a bundle into a directory that is empty, or not there yet. Rejects with `ExportError`. */
export async function writeBundle(directory: string, order: BundleOrder, sealed: SealedLog, events: BundleEvents = {}): Promise<WrittenBundle> {
  const { range, views } = order;
  const head = publishedHead(sealed, range.to);
  const since = order.since === undefined ? undefined : earlierHead(order.since, sealed, head);
  const files: FileEntry[] = [];
  const add = async (path: string, content: string): Promise<void> => {
    const file = await createFile(join(directory, path));
    await file.write(Buffer.from(content));
    files.push({ path, ...(await file.close()) });
  };
  const walked = await walkLog(directory, order, sealed, { head, since }, events);
  files.push(...walked.files);
  await add(CHECKPOINT, sealed.checkpoint);
  if (order.since !== undefined && since !== undefined) {
    const hashes = await consistencyProof(since.size, head.size, walked.tree.read);
    await add(PREVIOUS_CHECKPOINT, order.since);
    await add(CONSISTENCY_PROOF, canonicalJson({ from: since.size, hashes: hashes.map(toBase64), to: head.size }));
  }
  if (range.filter === undefined) await add(RANGE_PROOF, canonicalJson(await rangeProof(range, head.size, walked.tree)));
  else files.push({ path: INCLUSION_PROOFS, ...(await writeInclusionProofs(join(directory, INCLUSION_PROOFS), walked.sequences, head.size, walked.tree)) });
  for (const { path, content } of order.attachments) await add(path, content);
  const rootHash = toBase64(walked.viewRoot);
  const written = await writeViews(directory, views, rootHash);
  files.push(...written.files);
  const manifest: Manifest = {
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    exportId: order.exportId,
    exportedAt: order.exportedAt,
    exportedBy: order.exportedBy,
    reason: order.reason,
    software: order.software,
    ledgerId: order.ledgerId,
    origin: head.origin,
    verifierKey: verifierKeyText(sealed.signer),
    treeSize: head.size,
    rootHash: toBase64(head.root),
    range: { from: range.from, to: range.to },
    filter: range.filter,
    events: walked.figures,
    previous: since === undefined ? undefined : { treeSize: since.size, rootHash: toBase64(since.root) },
    views: written.entries,
    files: files.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
  };
  const text = manifestText(manifest);
  await add(MANIFEST, text);
  await add(MANIFEST_SIGNATURE, signEnvelope(MANIFEST_TYPE, Buffer.from(text), sealed.signer));
  return { manifest, digest: hash('sha256', text, 'hex') };
}

function publishedHead({ checkpoint, signer, formerKeys = [] }: SealedLog, to: number): Checkpoint {
  const verdict = verifyCheckpoint(checkpoint, [signer, ...formerKeys]);
  if (verdict.kind !== 'verified') throw new ExportError('CHECKPOINT_UNFIT', 'The log has no checkpoint signed by its own key.');
  if (verdict.checkpoint.size < to) throw new ExportError('CHECKPOINT_UNFIT', `The checkpoint covers ${verdict.checkpoint.size} events, and ${to} are to be exported.`);
  return verdict.checkpoint;
}

function earlierHead(note: string, { signer, formerKeys = [] }: SealedLog, head: Checkpoint): Checkpoint {
  const text = parseNote(note)?.text;
  const claimed = text === undefined ? undefined : parseCheckpointText(text);
  if (claimed === undefined) throw new ExportError('SINCE_UNREADABLE', 'The earlier checkpoint is not one.');
  const verdict = verifyCheckpoint(note, [signer, ...formerKeys], head.origin);
  if (verdict.kind !== 'verified') throw new ExportError('SINCE_OF_ANOTHER_LOG', 'The earlier checkpoint is not signed by this log.');
  if (verdict.checkpoint.size > head.size) throw new ExportError('SINCE_AHEAD', `The earlier checkpoint covers ${verdict.checkpoint.size} events, the log only ${head.size}: it was cut, or another copy was restored.`);
  return verdict.checkpoint;
}

interface Walk {
  readonly files: readonly FileEntry[];
  readonly tree: LeafTree;
  readonly figures: EventFigures;
  /** Of a filtered export: the sequences exported. */
  readonly sequences: readonly number[];
  /** Root at the sequence of the views. */
  readonly viewRoot: Uint8Array;
}

/** Reads the log once: hashes all of it, writes what is exported, and compares the roots with what was signed. */
async function walkLog(directory: string, { range, views }: BundleOrder, { log }: SealedLog, { head, since }: { head: Checkpoint; since: Checkpoint | undefined }, { onProgress, signal }: BundleEvents): Promise<Walk> {
  const { from, to, filter } = range;
  const passes = openFilter(filter);
  const tree = openLeafTree();
  const hasher = openTreeHasher();
  const events = await createFile(join(directory, EVENTS));
  const leaves = filter === undefined ? await createFile(join(directory, LEAVES)) : undefined;
  const byType = new Map<string, number>();
  const sequences: number[] = [];
  const roots = new Map<number, Uint8Array>([[0, hasher.root()]]);
  let count = 0;
  let firstRecordedAt: string | undefined;
  let lastRecordedAt: string | undefined;
  const wanted = new Set([head.size, since?.size, views.sequence]);
  const take = (text: CanonicalText): void => {
    count += 1;
    const type = typeOf(text);
    byType.set(type, (byType.get(type) ?? 0) + 1);
    const recordedAt = recordedAtOf(text);
    if (firstRecordedAt === undefined || recordedAt < firstRecordedAt) firstRecordedAt = recordedAt;
    if (lastRecordedAt === undefined || recordedAt > lastRecordedAt) lastRecordedAt = recordedAt;
  };
  for await (const page of readRange(log, 1, head.size)) {
    if (signal?.aborted === true) throw new ExportError('CANCELLED', 'The export was cancelled.');
    let lines = '';
    const hashes: Uint8Array[] = [];
    for (const event of page) {
      const { sequence, text } = event;
      const leaf = leafHash(text);
      tree.add(leaf);
      hasher.append(leaf);
      if (wanted.has(sequence)) roots.set(sequence, hasher.root());
      if (sequence < from || sequence > to || !passes(event)) continue;
      lines += `${text}\n`;
      take(text);
      if (filter === undefined) hashes.push(leaf);
      else sequences.push(sequence);
    }
    if (lines !== '') await events.write(Buffer.from(lines));
    if (hashes.length > 0) await leaves?.write(Buffer.concat(hashes));
    onProgress?.(hasher.size(), head.size);
  }
  assertRoot(roots, head, 'LOG_DIFFERS', 'The log is not what its own checkpoint says: run "fsck".');
  if (since !== undefined) assertRoot(roots, since, 'LOG_DIFFERS', `The first ${since.size} events of the log are not those of the earlier checkpoint.`);
  const files: FileEntry[] = [{ path: EVENTS, ...(await events.close()) }];
  if (leaves !== undefined) files.push({ path: LEAVES, ...(await leaves.close()) });
  const figures = { count, of: Math.max(0, to - from + 1), byType: Object.fromEntries(byType), firstRecordedAt, lastRecordedAt };
  return { files, tree, figures, sequences, viewRoot: roots.get(views.sequence) ?? head.root };
}

function assertRoot(roots: ReadonlyMap<number, Uint8Array>, { size, root }: Checkpoint, code: string, message: string): void {
  const found = roots.get(size);
  if (found === undefined || !equalHashes(found, root)) throw new ExportError(code, message);
}

/** What stands left and right of the range. */
async function rangeProof({ from, to }: ExportRange, size: number, { read }: LeafTree): Promise<{ left: string[]; right: string[] }> {
  const hashes = async (start: number, end: number): Promise<string[]> => {
    const found: string[] = [];
    for (const subtree of subtreesBetween(start, end)) found.push(toBase64(await read(subtree)));
    return found;
  };
  return { left: await hashes(0, from - 1), right: await hashes(to, size) };
}

async function writeInclusionProofs(path: string, sequences: readonly number[], size: number, { read }: LeafTree): Promise<WrittenFile> {
  const file = await createFile(path);
  for (const sequence of sequences) {
    const hashes = await inclusionProof(sequence - 1, size, read);
    await file.write(Buffer.from(`${JSON.stringify({ hashes: hashes.map(toBase64), sequence })}\n`));
  }
  return file.close();
}

async function writeViews(directory: string, { tables, sequence, at, formats }: BundleOrder['views'], rootHash: string): Promise<{ files: readonly FileEntry[]; entries: readonly ViewEntry[] }> {
  const files: FileEntry[] = [];
  const rows = new Map<string, number>();
  const about = { sequence: String(sequence), rootHash, at };
  for (const table of tables) {
    for (const format of formats) {
      if (format === 'xlsx') continue;
      const path = viewPath(table.name, format);
      const file = await createFile(join(directory, path));
      rows.set(table.name, format === 'csv' ? await writeCsv(table, file) : await writeParquet(table, file, { ...about, view: table.name }));
      files.push({ path, ...(await file.close()) });
    }
  }
  if (formats.includes('xlsx') && tables.length > 0) {
    const file = await createFile(join(directory, WORKBOOK));
    const counts = await writeXlsx(tables, file, Object.entries(about));
    for (const [index, table] of tables.entries()) rows.set(table.name, counts[index] ?? 0);
    files.push({ path: WORKBOOK, ...(await file.close()) });
  }
  const entries = tables.map(({ name, title }) => ({ name, title, sequence, rootHash, at, rows: rows.get(name) ?? 0, files: formats.map((format) => viewPath(name, format)) }));
  return { files, entries };
}

/** All tables in one workbook. */
export const WORKBOOK = 'views/views.xlsx';

export function viewPath(name: string, format: ViewFormat): string {
  return format === 'xlsx' ? WORKBOOK : `views/${name}.${format}`;
}
