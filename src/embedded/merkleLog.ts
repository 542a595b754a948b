import { Worker } from 'node:worker_threads';
import type { SealedCheckpoint, SealedLog } from '../application/sealedLog.js';
import { readPublished, type PublishedCheckpoint } from '../audit/builder.js';
import { rootsOfLog } from '../audit/copyTree.js';
import { AuditError, type AuditErrorCode } from '../audit/errors.js';
import { inclusionProof } from '../audit/proofs.js';
import { receiptText } from '../audit/receipt.js';
import { assertContinuesCheckpoint, keepOutside, readOutsideCheckpoint, type OutsideKeeper } from '../audit/outsideCheckpoint.js';
import { signerKeyOf, verifierKeyText, type VerifierKey } from '../audit/signedNote.js';
import { openTileFiles, type TileFiles } from '../audit/tileFiles.js';
import { parseTilePath, rootFromTiles, subtreesFromTiles, tileWidth, type TileNodes } from '../audit/tiles.js';
import type { Sequence } from '../kernel/identifiers.js';
import { trackApplied } from '../readmodel/applied.js';
import { boundedCache } from '../store/sqlite/boundedCache.js';
import type { EventStore } from '../store/port.js';
import type { LedgerParts } from './ledgerParts.js';
import { logOrigin } from '../audit/origin.js';
import { sealAtLeast, signersSince } from './sealKeyChange.js';
import { builderOf, type FromSealer, type SealTask, type ToSealer } from './sealTask.js';

/** The Merkle log of an embedded ledger: built beside the commands, in a thread of its own where the program is built. */
export interface MerkleLog extends SealedLog {
  /** The log has grown. */
  headMoved(): void;
  /** Called with each checkpoint once it is published, until the returned function is called. */
  onSealed(listener: (checkpoint: SealedCheckpoint) => void): () => void;
  /** Resolves, with the reason, when sealing broke: from then on nothing more is sealed. */
  readonly failed: Promise<Error>;
  /** Seals what there is, then stops. Rejects when sealing broke. */
  close(): Promise<void>;
}

export interface MerkleLogOptions {
  readonly parts: LedgerParts;
  readonly ledgerId: string;
  /** `live`: seals as events come; `onDemand`: begins when the first event comes, and what came is sealed at the end. */
  readonly follow: 'live' | 'onDemand';
  readonly programDirectory: URL | undefined;
  /** File outside the data directory: what the log is held to at the start, and where each checkpoint is written too. */
  readonly checkpointFile?: string | undefined;
}

/** Of the thread that seals, in MiB: it makes much garbage, and keeps little. */
const YOUNG_GENERATION_MIB = 8;
/** Tiles remembered for proofs, with the hashes between them: 16 KiB each at most. */
const TILES_REMEMBERED_MAX = 1_024;

export async function openMerkleLog(options: MerkleLogOptions): Promise<MerkleLog> {
  const { parts, follow, programDirectory } = options;
  const { directory, store, vault, log } = parts;
  const origin = logOrigin(options.ledgerId);
  const keys = (await vault.signingKeys()).map(({ seed }) => signerKeyOf(origin, seed));
  const files = openTileFiles(directory.treePath);
  const task: SealTask = { log, directory: directory.treePath, origin, seeds: keys.slice(0, 1).map(({ seed }) => seed) };
  let current = await readPublished(files, origin).catch(() => undefined);
  const outside = options.checkpointFile === undefined ? undefined : await openOutside(options.checkpointFile, { origin, keys, files, size: current?.size ?? 0, store });
  // A change of keys that was not sealed, by a process that died or by another node, is sealed by the old key and the new one.
  const signers = current === undefined ? [] : signersSince(keys, current);
  if (signers.length > 1) {
    // What breaks here breaks the sealing below, which tells.
    await sealAtLeast((await store.head()).sequence, { ...task, seeds: signers.map(({ seed }) => seed) }, store).catch(() => undefined);
    current = await readPublished(files, origin).catch(() => undefined);
  }
  if (current !== undefined) outside?.keep(current);
  const sealed = trackApplied((current?.size ?? 0) as Sequence);
  const listeners = new Set<(checkpoint: SealedCheckpoint) => void>();
  const remembered = boundedCache<string, TileNodes>(TILES_REMEMBERED_MAX);

  const onSealed = (checkpoint: PublishedCheckpoint): void => {
    current = checkpoint;
    sealed.advance(checkpoint.size as Sequence);
    outside?.keep(checkpoint);
    for (const listener of listeners) listener(shown(checkpoint));
  };
  const start = (): Sealer => (programDirectory === undefined || log === undefined ? sealHere(task, store, follow, onSealed) : sealInThread(task, onSealed));
  let sealer = follow === 'live' ? start() : undefined;
  const failing = Promise.withResolvers<Error>();
  let broken: Error | undefined;
  const watch = (started: Sealer | undefined): void =>
    void started?.ended.catch((error: unknown) => {
      broken = error instanceof Error ? error : new Error(String(error));
      failing.resolve(broken);
    });
  watch(sealer);

  return {
    origin,
    verifierKeys: keys.map(verifierKeyText),
    checkpoint: () => current && shown(current),
    async receipt(sequence) {
      const checkpoint = current;
      if (checkpoint === undefined || !Number.isSafeInteger(sequence) || sequence < 1 || sequence > checkpoint.size) return undefined;
      const index = sequence - 1;
      const hashes = await inclusionProof(index, checkpoint.size, subtreesFromTiles(checkpoint.size, (tile) => files.read(tile), remembered));
      return { proof: receiptText({ index, hashes, checkpoint: checkpoint.note }), checkpoint: shown(checkpoint) };
    },
    waitUntilSealed: (sequence, withinMs) => sealed.waitUntilApplied(sequence, withinMs),
    fault() {
      if (broken !== undefined) return { code: codeOf(broken), sealing: false };
      const kept = outside?.fault();
      return kept && { code: codeOf(kept), sealing: true };
    },
    async tile(path) {
      const tile = parseTilePath(path);
      // Only what the published checkpoint covers: anything beyond it nobody has vouched for.
      if (tile === undefined || current === undefined || tile.width > tileWidth(tile.level, tile.index, current.size)) return undefined;
      return files.find(tile);
    },
    headMoved() {
      if (sealer === undefined) {
        sealer = start();
        watch(sealer);
      }
      sealer.headMoved();
    },
    onSealed(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    failed: failing.promise,
    async close() {
      try {
        await sealer?.stop();
      } finally {
        sealed.close();
        await outside?.settled();
      }
    },
  };
}

/** Holds the log to the checkpoint that is kept outside; then that file is where the next ones go. */
async function openOutside(path: string, { origin, keys, files, size, store }: PublishedLog): Promise<OutsideKeeper> {
  const checkpoint = await readOutsideCheckpoint(path, keys, origin);
  if (checkpoint === undefined) return keepOutside(path);
  if (checkpoint.size <= size) {
    const read = subtreesFromTiles(size, (tile) => files.read(tile));
    await assertContinuesCheckpoint(checkpoint, size, (earlier) => rootFromTiles(earlier, read));
  } else {
    // The tiles are yet to be built, anew or on a new node: the events themselves are held to the checkpoint.
    await assertContinuesCheckpoint(checkpoint, (await store.head()).sequence, rootsOfLog(store));
  }
  return keepOutside(path);
}

/** A log, and how much of it is in its tiles. */
interface PublishedLog {
  readonly origin: string;
  readonly keys: readonly VerifierKey[];
  readonly files: TileFiles;
  readonly size: number;
  readonly store: EventStore;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : 'FAILED';
}

/** What builds and seals. */
interface Sealer {
  headMoved(): void;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

function sealHere(task: SealTask, store: EventStore, follow: 'live' | 'onDemand', onSealed: (checkpoint: PublishedCheckpoint) => void): Sealer {
  const stop = new AbortController();
  const build = async (): Promise<void> => {
    const builder = await builderOf(task, store, onSealed);
    try {
      if (follow === 'live') await builder.follow(stop.signal);
      else await builder.sealUntilHead();
    } finally {
      await builder.close();
    }
  };
  if (follow === 'onDemand') {
    // Once, at the end.
    const ended = Promise.withResolvers<void>();
    return { headMoved: () => undefined, ended: ended.promise, stop: () => build().then(ended.resolve) };
  }
  const ended = build();
  return {
    headMoved: () => undefined,
    ended,
    stop() {
      stop.abort();
      return ended;
    },
  };
}

function sealInThread(task: SealTask, onSealed: (checkpoint: PublishedCheckpoint) => void): Sealer {
  const thread = new Worker(new URL('./sealThread.js', import.meta.url), { workerData: task, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB } });
  const tell = (message: ToSealer): void => thread.postMessage(message);
  const ended = new Promise<void>((resolve, reject) => {
    thread.on('message', (message: FromSealer) => {
      switch (message.kind) {
        case 'sealed':
          return onSealed(message.checkpoint);
        case 'stopped':
          return resolve();
        case 'failed':
          return reject(new AuditError((message.code ?? 'THREAD_FAILED') as AuditErrorCode, message.message));
      }
    });
    thread.on('error', (cause) => reject(new AuditError('THREAD_FAILED', 'The thread that seals the log failed', { cause })));
    thread.on('exit', (code) => reject(new AuditError('THREAD_FAILED', `The thread that seals the log ended with code ${code}`)));
  });
  let told = false;
  return {
    ended,
    // Once for all commits of one turn of the event loop, as the read model is told.
    headMoved() {
      if (told) return;
      told = true;
      setImmediate(() => {
        told = false;
        tell({ kind: 'headMoved' });
      });
    },
    stop() {
      tell({ kind: 'stop' });
      return ended;
    },
  };
}

function shown({ size, root, note }: PublishedCheckpoint): SealedCheckpoint {
  return { sequence: size as Sequence, root: Buffer.from(root).toString('base64'), note };
}
