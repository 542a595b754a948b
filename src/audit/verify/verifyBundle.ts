/**
 * Checks an audit bundle against nothing but a key, and a checkpoint, that the auditor has from elsewhere. What is hashed is what stands
 * in the files; nothing is serialised anew.
 */
import { createHash } from 'node:crypto';
import { fromBase64 } from '../base64.js';
import { verifyCheckpoint, type Checkpoint, type TreeHead } from '../checkpoint.js';
import { verifyEnvelope } from '../dsse.js';
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
  RANGE_PROOF,
  type ConsistencyProofFile,
  type InclusionProofLine,
  type Manifest,
  type RangeProof,
} from '../export/manifest.js';
import { equalHashes, HASH_BYTES } from '../merkle.js';
import { verifyConsistency, verifyInclusion } from '../proofs.js';
import { parseVerifierKey, type VerifierKey } from '../signedNote.js';
import { openTreeHasher, subtreesBetween, type TreeHasher } from '../treeHasher.js';
import { openBundleFiles, type BundleFiles } from './bundleFiles.js';
import { verdictOf, type Finding, type Verification } from './finding.js';
import { factsOfLine, readLines, type Line, type LineFacts } from './rows.js';

export interface BundleVerificationOptions {
  /** Keys of the log that the auditor has from elsewhere; none: the bundle can only be checked against itself. */
  readonly keys: readonly VerifierKey[];
  /** The auditor's own earlier checkpoint: a signed note. */
  readonly since?: string | undefined;
  /** Computes the tables again from the events; asked only where the events are sound. */
  readonly recompute?: ((files: BundleFiles, manifest: Manifest) => Promise<{ readonly findings: readonly Finding[]; readonly notes: readonly string[] }>) | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface BundleVerification extends Verification {
  /** Undefined where there is none that could be read. */
  readonly manifest: Manifest | undefined;
}

/** Checks the bundle of a directory or archive. */
export async function verifyBundle(path: string, options: BundleVerificationOptions): Promise<BundleVerification> {
  const files = await openBundleFiles(path);
  if (files === undefined) return ended([{ verdict: 'cannot verify', message: `${path} is neither a directory nor an archive (.tar) that could be read.` }]);
  try {
    return await verifyFiles(files, options);
  } finally {
    await files.close();
  }
}

function ended(findings: readonly Finding[], notes: readonly string[] = [], manifest?: Manifest): BundleVerification {
  return { verdict: verdictOf(findings), findings, notes, manifest };
}

async function verifyFiles(files: BundleFiles, options: BundleVerificationOptions): Promise<BundleVerification> {
  const findings: Finding[] = [];
  const notes: string[] = [];
  const opened = await openManifest(files, options.keys);
  findings.push(...opened.findings);
  const { manifest, keys } = opened;
  if (manifest === undefined) return ended(findings, notes);
  findings.push(...missingFiles(files, manifest));
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const progress = (bytes: number): void => {
    done += bytes;
    options.onProgress?.(Math.min(done, total), total);
  };
  findings.push(...(await alteredFiles(files, manifest, progress)));
  const head = await publishedHead(files, manifest, keys, findings);
  const since = earlierHead(options, keys, manifest, findings);
  const rows = manifest.filter === undefined ? await walkRange(files, manifest, head, since?.size, progress) : await walkFiltered(files, manifest, head, progress);
  findings.push(...rows.findings);
  if (rows.sound) findings.push(...figureFindings(manifest, rows));
  findings.push(...(await consistencyFindings(files, manifest, head, since, rows, notes)));
  notes.push(filterNote(manifest));
  const strangers = files.names.filter((name) => name !== MANIFEST && name !== MANIFEST_SIGNATURE && !manifest.files.some(({ path }) => path === name));
  if (strangers.length > 0) notes.push(`Not part of the export: ${strangers.slice(0, SHOWN_MAX).join(', ')}.`);
  if (options.recompute === undefined) notes.push('The tables were not computed again: they are the exported bytes.');
  else if (rows.sound && verdictOf(findings) !== 'altered') {
    const recomputed = await options.recompute(files, manifest);
    findings.push(...recomputed.findings);
    notes.push(...recomputed.notes);
  }
  return ended(findings, notes, manifest);
}

const SHOWN_MAX = 5;

interface OpenedManifest {
  readonly manifest: Manifest | undefined;
  readonly keys: readonly VerifierKey[];
  readonly findings: readonly Finding[];
}

async function openManifest(files: BundleFiles, known: readonly VerifierKey[]): Promise<OpenedManifest> {
  const [bytes, signature] = [await files.readSmall(MANIFEST), await files.readSmall(MANIFEST_SIGNATURE)];
  if (bytes === undefined && signature === undefined) return { manifest: undefined, keys: known, findings: [{ verdict: 'cannot verify', message: `There is no ${MANIFEST}: this is no audit bundle.` }] };
  if (bytes === undefined || signature === undefined) {
    const file = bytes === undefined ? MANIFEST : MANIFEST_SIGNATURE;
    return { manifest: undefined, keys: known, findings: [{ verdict: 'incomplete', file, message: `${file} is missing: nothing says what belongs to the export.` }] };
  }
  const manifest = parseManifest(bytes);
  const own = manifest === undefined ? undefined : parseVerifierKey(manifest.verifierKey);
  const keys = known.length > 0 ? known : own === undefined ? [] : [own];
  const findings: Finding[] = [];
  if (known.length === 0) {
    const message = 'No key was given: the bundle agrees with the key that it brings along, and anybody could have made both. Give the key that you have from elsewhere.';
    findings.push({ verdict: 'unanchored', message });
  }
  const verdict = verifyEnvelope(signature.toString('utf8'), MANIFEST_TYPE, bytes, keys);
  if (verdict.kind === 'malformed') findings.push({ verdict: 'altered', file: MANIFEST_SIGNATURE, message: `${MANIFEST_SIGNATURE} is not the signature of this ${MANIFEST}: one of them was changed.` });
  if (verdict.kind === 'badSignature') findings.push({ verdict: 'altered', file: MANIFEST, message: 'The signature of the manifest is wrong.' });
  if (verdict.kind === 'noKnownKey') findings.push({ verdict: 'cannot verify', file: MANIFEST_SIGNATURE, message: `The manifest is signed by ${verdict.keyId}, which is not the key that was given.` });
  if (manifest === undefined && verdictOf(findings) !== 'altered') findings.push({ verdict: 'cannot verify', file: MANIFEST, message: `${MANIFEST} is not of a form that this program reads.` });
  return { manifest, keys, findings };
}

/** Its bytes are signed, so their form is looked at only as far as the checks need it. */
function parseManifest(bytes: Buffer): Manifest | undefined {
  try {
    const manifest = JSON.parse(bytes.toString('utf8')) as Manifest;
    const { format, version, range, events, files, treeSize, views } = manifest;
    const counts = [range.from, range.to, events.count, events.of, treeSize, ...files.map((file) => file.bytes)];
    const isRead = format === BUNDLE_FORMAT && version === BUNDLE_VERSION && counts.every((count) => Number.isSafeInteger(count) && count >= 0);
    return isRead && Array.isArray(views) && typeof events.byType === 'object' && range.from >= 1 ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function missingFiles(files: BundleFiles, manifest: Manifest): Finding[] {
  const paths = new Set([...neededFiles(manifest), ...manifest.files.map(({ path }) => path)]);
  return [...paths].filter((path) => files.size(path) === undefined).map((path) => ({ verdict: 'incomplete', file: path, message: `${path} is missing.` }));
}

/** What proves the events, whether the manifest lists it or not: else whoever holds the key leaves the proof out, and shows events that are not the log's. */
function neededFiles({ filter, range, treeSize }: Manifest): readonly string[] {
  if (filter !== undefined) return [CHECKPOINT, EVENTS, INCLUSION_PROOFS];
  const isWhole = range.from === 1 && range.to === treeSize;
  return isWhole ? [CHECKPOINT, EVENTS] : [CHECKPOINT, EVENTS, RANGE_PROOF];
}

/** Digests of all files but the events, whose lines are looked at one by one. */
async function alteredFiles(files: BundleFiles, manifest: Manifest, progress: (bytes: number) => void): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { path, sha256, bytes } of manifest.files) {
    const size = files.size(path);
    if (path === EVENTS || size === undefined) continue;
    const digest = createHash('sha256');
    for await (const chunk of files.read(path)) {
      digest.update(chunk);
      progress(chunk.length);
    }
    if (size !== bytes || digest.digest('hex') !== sha256) findings.push({ verdict: 'altered', file: path, message: `${path} is not what was exported.` });
  }
  return findings;
}

/** The head that the manifest names, and the checkpoint signs. */
async function publishedHead(files: BundleFiles, manifest: Manifest, keys: readonly VerifierKey[], findings: Finding[]): Promise<TreeHead> {
  const root = fromBase64(manifest.rootHash) ?? Buffer.alloc(0);
  const note = await files.readSmall(CHECKPOINT);
  if (note === undefined) return { size: manifest.treeSize, root };
  const verdict = verifyCheckpoint(note.toString('utf8'), keys);
  const say = (kind: Finding['verdict'], message: string): void => void findings.push({ verdict: kind, file: CHECKPOINT, message });
  if (verdict.kind === 'badSignature' || verdict.kind === 'malformed') say('altered', 'The checkpoint is not as it was signed.');
  if (verdict.kind === 'noKnownKey') say('cannot verify', 'The checkpoint is not signed by the key that was given.');
  if (verdict.kind === 'verified' && !isHead(verdict.checkpoint, manifest, root)) say('altered', `The checkpoint (${verdict.checkpoint.size} events) is not the one that the manifest names (${manifest.treeSize} events).`);
  return { size: manifest.treeSize, root };
}

function isHead({ origin, size, root: signed }: Checkpoint, manifest: Manifest, root: Uint8Array): boolean {
  return origin === manifest.origin && size === manifest.treeSize && equalHashes(signed, root);
}

/** What came of the lines. */
interface Rows {
  readonly findings: readonly Finding[];
  /** Every line is the log's, and none is missing. */
  readonly sound: boolean;
  readonly count: number;
  readonly byType: ReadonlyMap<string, number>;
  readonly firstRecordedAt: string | undefined;
  readonly lastRecordedAt: string | undefined;
  /** Root at the size of the auditor's checkpoint, where the lines lead over it. */
  readonly rootAtSince?: Uint8Array | undefined;
}

interface Tally {
  count: number;
  readonly byType: Map<string, number>;
  firstRecordedAt: string | undefined;
  lastRecordedAt: string | undefined;
}

function newTally(): Tally {
  return { count: 0, byType: new Map(), firstRecordedAt: undefined, lastRecordedAt: undefined };
}

function add(tally: Tally, { type, recordedAt }: LineFacts): void {
  tally.byType.set(type, (tally.byType.get(type) ?? 0) + 1);
  if (tally.firstRecordedAt === undefined || recordedAt < tally.firstRecordedAt) tally.firstRecordedAt = recordedAt;
  if (tally.lastRecordedAt === undefined || recordedAt > tally.lastRecordedAt) tally.lastRecordedAt = recordedAt;
}

/** All events of a range: each line is compared with its leaf, and all together with the root. */
async function walkRange(files: BundleFiles, manifest: Manifest, head: TreeHead, sinceSize: number | undefined, progress: (bytes: number) => void): Promise<Rows> {
  const { range, events } = manifest;
  const tally = newTally();
  const revisions = new Map<string, number>();
  const proof = await readRangeProof(files, manifest);
  const hasher = proof === undefined ? undefined : hasherBehind(range.from - 1, proof.left);
  let rootAtSince = hasher !== undefined && hasher.size() === sinceSize ? hasher.root() : undefined;
  const leaves = openLeaves(files);
  const lines = readLines(files, EVENTS);
  const isShort = (files.size(EVENTS) ?? 0) < (manifest.files.find(({ path }) => path === EVENTS)?.bytes ?? 0);
  let finding: Finding | undefined;
  for await (const piece of lines.pieces()) {
    for (const line of piece) {
      progress(line.bytes.length + 1);
      if (finding !== undefined) continue;
      const sequence = range.from + tally.count;
      const facts = factsOfLine(line.bytes);
      const expected = await leaves.at(tally.count);
      const isGenuine = line.ended && facts !== undefined && tally.count < events.count && (expected === undefined || equalHashes(expected, line.leaf));
      finding = isGenuine ? revisionFinding(revisions, facts, sequence, range.from) : await strangeLine(line, sequence, isShort && !line.ended, leaves, manifest);
      if (!isGenuine) continue;
      tally.count += 1;
      add(tally, facts);
      hasher?.append(line.leaf);
      if (hasher !== undefined && hasher.size() === sinceSize) rootAtSince = hasher.root();
    }
  }
  if (finding === undefined && tally.count < events.count && files.size(EVENTS) !== undefined) {
    finding = { verdict: 'incomplete', file: EVENTS, sequence: range.from + tally.count, message: `The events from ${range.from + tally.count} on are missing: ${tally.count} of ${events.count} are here.` };
  }
  const findings = finding === undefined ? [] : [finding];
  // Where the proof is missing, nothing leads to the root, and the bundle is incomplete.
  const isProved = files.size(RANGE_PROOF) !== undefined || proof !== undefined;
  if (finding === undefined && isProved && files.size(EVENTS) !== undefined) findings.push(...rootFindings(hasher, proof, manifest, head, lines.digest()));
  return { ...tally, findings, sound: findings.length === 0 && isProved && files.size(EVENTS) !== undefined, rootAtSince: findings.length === 0 ? rootAtSince : undefined };
}

function rootFindings(hasher: TreeHasher | undefined, proof: RangeProof | undefined, manifest: Manifest, head: TreeHead, digest: string): Finding[] {
  const expected = manifest.files.find(({ path }) => path === EVENTS)?.sha256;
  if (digest !== expected) return [{ verdict: 'altered', file: EVENTS, message: `${EVENTS} is not what was exported.` }];
  if (hasher === undefined || proof === undefined || !appendRight(hasher, proof.right, head.size)) return [{ verdict: 'altered', file: RANGE_PROOF, message: 'The proof of the range does not fit the tree.' }];
  if (equalHashes(hasher.root(), head.root)) return [];
  return [{ verdict: 'altered', file: EVENTS, message: 'The events do not lead to the root that was signed.' }];
}

/** Revisions of a stream follow one another; what stood before the range is not known. */
function revisionFinding(revisions: Map<string, number>, { stream, revision }: LineFacts, sequence: number, from: number): Finding | undefined {
  const last = revisions.get(stream);
  revisions.set(stream, revision);
  const expected = last === undefined ? (from === 1 ? 0 : revision) : last + 1;
  if (revision === expected) return undefined;
  return { verdict: 'altered', file: EVENTS, sequence, message: `Event ${sequence} is revision ${revision} of ${stream}, and ${expected} was to follow.` };
}

/** Why a line is not the event that was to follow. */
async function strangeLine(line: Line, sequence: number, isCut: boolean, leaves: Leaves, manifest: Manifest): Promise<Finding> {
  const { count } = manifest.events;
  const place = sequence - manifest.range.from;
  if (isCut) return { verdict: 'incomplete', file: EVENTS, sequence, message: `The file is cut off within event ${sequence}: ${place} of ${count} are here.` };
  if (place >= count) return { verdict: 'altered', file: EVENTS, sequence, message: `There are more than the ${count} events that were exported: what stands behind the last one is not part of the export.` };
  const found = await leaves.find(line.leaf);
  const instead = found === undefined ? 'what stands there is not the log\'s' : `what stands there is event ${manifest.range.from + found}`;
  return { verdict: 'altered', file: EVENTS, sequence, message: `The first event that differs is ${sequence}: ${instead}.` };
}

interface Leaves {
  /** Undefined: the file does not reach so far. */
  at(index: number): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  find(leaf: Uint8Array): Promise<number | undefined>;
}

const LEAVES_READ = 8_192;

function openLeaves(files: BundleFiles): Leaves {
  let page = Buffer.alloc(0);
  let first = 0;
  const read = async (index: number): Promise<Buffer> => files.readAt(LEAVES, index * HASH_BYTES, LEAVES_READ * HASH_BYTES);
  const within = (index: number): Uint8Array | undefined => {
    const from = (index - first) * HASH_BYTES;
    return from >= 0 && from + HASH_BYTES <= page.length ? page.subarray(from, from + HASH_BYTES) : undefined;
  };
  return {
    at(index) {
      const known = within(index);
      if (known !== undefined || files.size(LEAVES) === undefined) return known;
      return read(index).then((bytes) => {
        page = Buffer.from(bytes);
        first = index;
        return within(index);
      });
    },
    async find(leaf) {
      const size = (files.size(LEAVES) ?? 0) / HASH_BYTES;
      for (let from = 0; from < size; from += LEAVES_READ) {
        const bytes = await read(from);
        for (let at = bytes.indexOf(leaf); leaf.length > 0 && at !== -1; at = bytes.indexOf(leaf, at + 1)) if (at % HASH_BYTES === 0) return from + at / HASH_BYTES;
      }
      return undefined;
    },
  };
}


async function readRangeProof(files: BundleFiles, manifest: Manifest): Promise<RangeProof | undefined> {
  const proof = await readJson<RangeProof>(files, RANGE_PROOF);
  // Without what stands beside them, the events of the whole log lead to its root all the same.
  if (proof === undefined && files.size(RANGE_PROOF) === undefined && manifest.range.from === 1 && manifest.range.to === manifest.treeSize) return { left: [], right: [] };
  return proof;
}

async function readJson<Content>(files: BundleFiles, name: string): Promise<Content | undefined> {
  const bytes = await files.readSmall(name);
  try {
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Content);
  } catch {
    return undefined;
  }
}

function hashesOf(texts: readonly string[]): readonly Uint8Array[] | undefined {
  const hashes = texts.map(fromBase64).filter((hash) => hash?.length === HASH_BYTES);
  return hashes.length === texts.length ? (hashes as readonly Uint8Array[]) : undefined;
}

function hasherBehind(size: number, left: readonly string[]): TreeHasher | undefined {
  const hashes = hashesOf(left);
  return hashes === undefined || hashes.length !== subtreesBetween(0, size).length ? undefined : openTreeHasher(size, hashes);
}

function appendRight(hasher: TreeHasher, right: readonly string[], size: number): boolean {
  const hashes = hashesOf(right);
  const subtrees = subtreesBetween(hasher.size(), size);
  if (hashes === undefined || hashes.length !== subtrees.length) return false;
  for (const [index, hash] of hashes.entries()) hasher.appendSubtree(subtrees[index]?.level ?? 0, hash);
  return true;
}

/** The events that passed a filter: each is proved by its own path to the root. Nothing proves that none is missing; the filter says which they are to be. */
async function walkFiltered(files: BundleFiles, manifest: Manifest, head: TreeHead, progress: (bytes: number) => void): Promise<Rows> {
  const tally = newTally();
  if (files.size(INCLUSION_PROOFS) === undefined) return { ...tally, findings: [], sound: false };
  const lines = readLines(files, EVENTS);
  const proofs = readProofs(files);
  const isShort = (files.size(EVENTS) ?? 0) < (manifest.files.find(({ path }) => path === EVENTS)?.bytes ?? 0);
  let finding: Finding | undefined;
  let last = manifest.range.from - 1;
  for await (const piece of lines.pieces()) {
    for (const line of piece) {
      progress(line.bytes.length + 1);
      if (finding !== undefined) continue;
      const proof = (await proofs.next()).value;
      const facts = factsOfLine(line.bytes);
      const isInRange = proof !== undefined && proof.sequence > last && proof.sequence <= manifest.range.to;
      if (isInRange && line.ended && facts !== undefined && verifyInclusion(line.leaf, proof.sequence - 1, head.size, hashesOf(proof.hashes) ?? [], head.root)) {
        last = proof.sequence;
        tally.count += 1;
        add(tally, facts);
        continue;
      }
      const sequence = proof?.sequence;
      const isCut = isShort && !line.ended;
      finding = { verdict: isCut ? 'incomplete' : 'altered', file: EVENTS, sequence, message: isCut ? `The file is cut off within event ${sequence}.` : `The first event that differs is ${sequence ?? 'one behind the last that is proved'}: its proof does not lead to the root that was signed.` };
    }
  }
  const expected = manifest.files.find(({ path }) => path === EVENTS)?.sha256;
  if (finding === undefined && files.size(EVENTS) !== undefined) {
    if (tally.count < manifest.events.count) {
      const sequence = (await proofs.next()).value?.sequence;
      finding = { verdict: 'incomplete', file: EVENTS, sequence, message: `The events from ${sequence ?? last + 1} on are missing: ${tally.count} of ${manifest.events.count} are here.` };
    } else if (lines.digest() !== expected) finding = { verdict: 'altered', file: EVENTS, message: `${EVENTS} is not what was exported.` };
  }
  const findings = finding === undefined ? [] : [finding];
  return { ...tally, findings, sound: findings.length === 0 && files.size(EVENTS) !== undefined };
}

/** The proofs in their order; it ends at the first line that is none. */
async function* readProofs(files: BundleFiles): AsyncGenerator<InclusionProofLine, undefined> {
  for await (const piece of readLines(files, INCLUSION_PROOFS).pieces()) {
    for (const { bytes } of piece) {
      const proof = parseProof(bytes);
      if (proof === undefined) return undefined;
      yield proof;
    }
  }
  return undefined;
}

function parseProof(bytes: Buffer): InclusionProofLine | undefined {
  try {
    const proof = JSON.parse(bytes.toString('utf8')) as InclusionProofLine;
    return Number.isSafeInteger(proof.sequence) && Array.isArray(proof.hashes) ? proof : undefined;
  } catch {
    return undefined;
  }
}

/** What the manifest says of the events, counted again. */
function figureFindings({ events }: Manifest, rows: Rows): Finding[] {
  const types = new Set([...Object.keys(events.byType), ...rows.byType.keys()]);
  const differs = [...types].find((type) => events.byType[type] !== rows.byType.get(type));
  const isSame = differs === undefined && rows.count === events.count && rows.firstRecordedAt === events.firstRecordedAt && rows.lastRecordedAt === events.lastRecordedAt;
  return isSame ? [] : [{ verdict: 'altered', file: MANIFEST, message: 'The manifest counts other events than there are.' }];
}

/** The head of the auditor's own checkpoint. */
function earlierHead({ since, keys: given }: BundleVerificationOptions, keys: readonly VerifierKey[], manifest: Manifest, findings: Finding[]): TreeHead | undefined {
  if (since === undefined) return undefined;
  const verdict = verifyCheckpoint(since, given.length > 0 ? given : keys, manifest.origin);
  if (verdict.kind === 'verified') return verdict.checkpoint;
  const why = verdict.kind === 'otherOrigin' ? `is of another log (${verdict.origin})` : verdict.kind === 'noKnownKey' ? 'is not signed by the key that was given' : 'is not one that was signed';
  findings.push({ verdict: 'cannot verify', message: `Your earlier checkpoint ${why}.` });
  return undefined;
}

async function consistencyFindings(files: BundleFiles, manifest: Manifest, head: TreeHead, since: TreeHead | undefined, rows: Rows, notes: string[]): Promise<Finding[]> {
  const proof = await readJson<ConsistencyProofFile>(files, CONSISTENCY_PROOF);
  const { previous } = manifest;
  const previousRoot = previous === undefined ? undefined : fromBase64(previous.rootHash);
  const isProved = (first: TreeHead): boolean => proof?.from === first.size && proof.to === head.size && verifyConsistency(first, head, hashesOf(proof.hashes) ?? []);
  if (previous !== undefined && previousRoot !== undefined && files.size(CONSISTENCY_PROOF) !== undefined && !isProved({ size: previous.treeSize, root: previousRoot })) {
    return [{ verdict: 'altered', file: CONSISTENCY_PROOF, message: `The log does not go on from the earlier checkpoint (${previous.treeSize} events) that the manifest names.` }];
  }
  if (since === undefined) {
    notes.push('Not checked: whether the log goes on from what it was before. Keep the checkpoint of this bundle and give it to the next verification (--since).');
    return [];
  }
  if (since.size > head.size) return [{ verdict: 'cannot verify', message: `Your checkpoint covers ${since.size} events, this bundle only ${head.size}: it is of an earlier day, or the log was cut.` }];
  if (since.size === head.size) return equalHashes(since.root, head.root) ? [] : [{ verdict: 'altered', message: `The log has another root at ${since.size} events than your checkpoint: its history was rewritten.` }];
  if (rows.rootAtSince !== undefined) {
    return equalHashes(rows.rootAtSince, since.root) ? [] : [{ verdict: 'altered', message: `The first ${since.size} events are not those of your checkpoint: the history was rewritten.` }];
  }
  if (proof?.from === since.size) return isProved(since) ? [] : [{ verdict: 'altered', file: CONSISTENCY_PROOF, message: `The log does not go on from your checkpoint (${since.size} events).` }];
  return [{ verdict: 'cannot verify', message: `Nothing here proves that the log goes on from your checkpoint (${since.size} events): export with it (--since).` }];
}

function filterNote({ filter, events, range }: Manifest): string {
  if (filter === undefined) return `All ${events.count} events from ${range.from} to ${range.to}.`;
  return `${events.count} of ${events.of} events from ${range.from} to ${range.to}: those that passed the filter ${JSON.stringify(filter)}. Each is proved to be the log's; that no other passes it is the exporter's word.`;
}
