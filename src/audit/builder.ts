import type { StoredEvent } from '../kernel/envelope.js';
import { START, type Bookmark, type Sequence } from '../kernel/identifiers.js';
import type { EventStore } from '../store/port.js';
import { parseCheckpointText, signCheckpoint, type TreeHead } from './checkpoint.js';
import { AuditError } from './errors.js';
import { isSameHead, type CheckpointHead } from './head.js';
import { equalHashes, leafHash } from './merkle.js';
import { parseNote, type SignerKey } from './signedNote.js';
import { decodeEntries, hashesOfTile, lastTiles, rootFromTiles, subtreesFromTiles, tilePath, TILE_WIDTH } from './tiles.js';
import type { TileFiles } from './tileFiles.js';
import { edgeRoot, EMPTY_EDGE, openTileTree, type TileTree, type TreeEdge } from './tileTree.js';

/** A checkpoint as it was published: the signed note, and what it says. */
export interface PublishedCheckpoint extends TreeHead {
  readonly note: string;
}

export interface BuilderOptions {
  readonly log: Pick<EventStore, 'readAll' | 'subscribe' | 'head' | 'bookmarkAt'>;
  readonly files: TileFiles;
  readonly head: CheckpointHead;
  /** Names the log in its checkpoints. */
  readonly origin: string;
  /** Who signs: the current key, and for once the one before it when it has just been changed. */
  readonly signers: readonly SignerKey[];
  /** Called with each checkpoint once it is published. */
  readonly onSealed?: ((checkpoint: PublishedCheckpoint) => void) | undefined;
  /** Least time between two checkpoints while events come, in milliseconds. Default SEAL_INTERVAL_MS. */
  readonly sealIntervalMs?: number | undefined;
}

export interface TreeBuilder {
  /** Appends what there is and then whatever comes, and seals now and then, until `signal` aborts; then seals what it has. */
  follow(signal: AbortSignal): Promise<void>;
  /** Appends up to the end of the log, and seals. */
  sealUntilHead(onProgress?: (built: number) => void): Promise<PublishedCheckpoint | undefined>;
  published(): PublishedCheckpoint | undefined;
}

/** Where the last checkpoint is, below the directory of the tiles: the name that the format gives it. */
export const CHECKPOINT_FILE = 'checkpoint';
export const SEAL_INTERVAL_MS = 1_000;
/** Events read at once. */
const BATCH_EVENTS = 1_000;
/** Most events that are appended after a builder was told to stop; what is left is sealed at the next start. */
const LAST_EVENTS_MAX = 100_000;
/** Tries to move a head that other nodes move too. */
const HEAD_TRIES_MAX = 10;

/**
 * Builds the tree of a log as tiles, and publishes signed checkpoints of it. Resumes at the last checkpoint that it published; what it
 * wrote beyond is written again, the same. Throws `AuditError` where tiles, head and log are not of one history: then nothing is signed.
 */
export async function openTreeBuilder(options: BuilderOptions): Promise<TreeBuilder> {
  const { log, files, head, origin, signers } = options;
  await files.removeUnfinished();
  let published = await readPublished(files, origin);
  const edge = published === undefined ? EMPTY_EDGE : await readEdge(files, published);
  if (published !== undefined) await assertContinues(log, files, published);
  await assertLogReaches(log, head);
  const tree = openTileTree(edge);
  let bookmark = await log.bookmarkAt(tree.size());
  let turn: Promise<unknown> = Promise.resolve();

  /** Appending and sealing take turns: a checkpoint is of a tree that holds still. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };

  const append = async (events: readonly StoredEvent[]): Promise<void> => {
    bookmark = appendEvents(tree, events, bookmark);
    await files.write(tree.takeFull());
  };

  const seal = async (): Promise<PublishedCheckpoint | undefined> => {
    if (tree.size() === 0 || tree.size() === published?.size) return published;
    const target = { size: tree.size(), root: tree.root() };
    await files.write(tree.partial());
    await files.sync();
    if (!(await advanceHead(options, published, target))) return published;
    const before = published;
    const note = signCheckpoint({ origin, ...target }, signers);
    await files.replace(CHECKPOINT_FILE, note);
    published = { ...target, note };
    await removeOutgrown(files, before?.size ?? 0, target.size);
    options.onSealed?.(published);
    return published;
  };

  const readOn = async (eventsMax: number, onProgress?: (built: number) => void): Promise<void> => {
    for (let read = 0; read < eventsMax; ) {
      const events = await log.readAll(bookmark, BATCH_EVENTS);
      if (events.length === 0) break;
      await append(events);
      read += events.length;
      onProgress?.(tree.size());
    }
  };

  return {
    published: () => published,

    async follow(signal) {
      const stop = new AbortController();
      const end = (): void => stop.abort();
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      const sealing = sealNowAndThen(() => inTurn(seal), options.sealIntervalMs ?? SEAL_INTERVAL_MS, end);
      try {
        for await (const events of log.subscribe(bookmark, { limit: BATCH_EVENTS, signal: stop.signal })) {
          await inTurn(() => append(events));
          sealing.due();
          if (stop.signal.aborted) break;
        }
      } finally {
        signal.removeEventListener('abort', end);
        await sealing.stop();
      }
      await inTurn(() => readOn(LAST_EVENTS_MAX));
      await inTurn(seal);
    },

    sealUntilHead(onProgress) {
      return inTurn(async () => {
        await readOn(Number.POSITIVE_INFINITY, onProgress);
        return seal();
      });
    },
  };
}

/** The checkpoint last published here; undefined before the first. */
export async function readPublished(files: TileFiles, origin: string): Promise<PublishedCheckpoint | undefined> {
  const note = await files.readText(CHECKPOINT_FILE);
  if (note === undefined) return undefined;
  const checkpoint = parseCheckpointText(parseNote(note)?.text ?? '');
  if (checkpoint === undefined) throw new AuditError('TREE_MISMATCH', `${CHECKPOINT_FILE} in ${files.directory} is damaged. ${REBUILD}`);
  if (checkpoint.origin !== origin) throw new AuditError('TREE_OF_ANOTHER_LEDGER', `The tiles in ${files.directory} are of ${checkpoint.origin}, not of ${origin}. Use the right data directory.`);
  return { size: checkpoint.size, root: checkpoint.root, note };
}

const REBUILD = 'Run "fsck". The tiles are rebuilt from the log, and held to the last signed head, when "checkpoint" and "tile" are removed.';

/** The unfinished tiles of the published tree. */
async function readEdge(files: TileFiles, { size, root }: TreeHead): Promise<TreeEdge> {
  const rows: (readonly Uint8Array[])[] = [];
  let entries: readonly Uint8Array[] = [];
  for (const tile of lastTiles(size)) {
    const bytes = tile.width === TILE_WIDTH ? undefined : await files.read(tile);
    if (tile.level === 'entries') entries = bytes === undefined ? [] : decodeEntries(bytes);
    else rows[tile.level] = bytes === undefined ? [] : hashesOfTile(bytes, tile.width);
  }
  const edge = { size, rows, entries };
  const agree = equalHashes(edgeRoot(rows), root) && entries.every((entry, at) => equalHashes(leafHash(entry), rows[0]?.[at] ?? root));
  if (!agree) throw new AuditError('TREE_MISMATCH', `The tiles in ${files.directory} do not lead to the root of its checkpoint of ${size} events. ${REBUILD}`);
  return edge;
}

/** The last event that the tiles know must be the one that the log has there. */
async function assertContinues(log: BuilderOptions['log'], files: TileFiles, { size }: TreeHead): Promise<void> {
  const { sequence } = await log.head();
  if (sequence < size) throw behind(sequence, size);
  const [bundle] = lastTiles(size);
  const last = bundle === undefined ? undefined : decodeEntries(await files.read(bundle)).at(-1);
  if (last === undefined) return;
  const [event] = await log.readAll(await log.bookmarkAt(size - 1), 1);
  if (event === undefined || !Buffer.from(event.text).equals(last)) {
    throw new AuditError('TREE_MISMATCH', `The log holds another event ${size} than its tiles. If log and tiles are of two backups, use those that belong together. ${REBUILD}`);
  }
}

async function assertLogReaches(log: BuilderOptions['log'], head: CheckpointHead): Promise<void> {
  // A node that is late is no log that was cut.
  if (head.isShared) return;
  const signed = await head.read();
  const { sequence } = await log.head();
  if (signed !== undefined && sequence < signed.size) throw behind(sequence, signed.size);
}

function behind(sequence: number, size: number): AuditError {
  return new AuditError('LOG_BEHIND_HEAD', `The log ends at event ${sequence}, but a checkpoint of ${size} events was signed: events are missing at its end. Restore the log from a backup that has them.`);
}

function appendEvents(tree: TileTree, events: readonly StoredEvent[], bookmark: Bookmark): Bookmark {
  let last = bookmark;
  for (const { sequence, position, text } of events) {
    if (sequence !== last.sequence + 1) throw new AuditError('TREE_MISMATCH', `The log delivered event ${sequence} after ${last.sequence}`);
    tree.append(Buffer.from(text));
    last = { sequence, position };
  }
  return last;
}

/** Whether the target may be signed: the head stands there now, and what was signed before is a beginning of it. */
async function advanceHead({ head, files, log }: BuilderOptions, published: TreeHead | undefined, target: TreeHead): Promise<boolean> {
  for (let tries = 0; tries < HEAD_TRIES_MAX; tries += 1) {
    const current = await head.read();
    if (current !== undefined && current.size > target.size) {
      // Another node is ahead, or this one was before a crash. It is reached, or the log has lost it.
      await assertLogReaches(log, head);
      return false;
    }
    if (current !== undefined) await assertBeginning(files, current, published, target);
    if (isSameHead(current, target) || (await head.advance(current, target))) return true;
  }
  throw new AuditError('HEAD_CONTENDED', `The head was moved by others ${HEAD_TRIES_MAX} times in a row.`);
}

async function assertBeginning(files: TileFiles, current: TreeHead, published: TreeHead | undefined, target: TreeHead): Promise<void> {
  if (isSameHead(current, published)) return;
  const root = current.size === target.size ? target.root : await rootFromTiles(current.size, subtreesFromTiles(target.size, (tile) => files.read(tile)));
  if (equalHashes(root, current.root)) return;
  throw new AuditError('HEAD_MISMATCH', `A checkpoint of ${current.size} events was signed with another root than the log has there: its past was changed. Nothing more is signed. Compare the log with a backup.`);
}

/** Unfinished tiles of the checkpoint before: the new ones begin with the same. */
async function removeOutgrown(files: TileFiles, before: number, now: number): Promise<void> {
  const kept = new Set(lastTiles(now).map(tilePath));
  for (const tile of lastTiles(before)) if (tile.width < TILE_WIDTH && !kept.has(tilePath(tile))) await files.remove(tile);
}

/** Seals at once unless it was just done, else when the time has come; a failure ends the following. */
function sealNowAndThen(seal: () => Promise<unknown>, intervalMs: number, end: () => void): { due(): void; stop(): Promise<void> } {
  let resting: NodeJS.Timeout | undefined;
  let isDue = false;
  let sealing: Promise<unknown> = Promise.resolve();
  let failure: Error | undefined;
  const run = (): void => {
    isDue = false;
    resting = setTimeout(() => {
      resting = undefined;
      if (isDue) run();
    }, intervalMs);
    sealing = seal().catch((error: unknown) => {
      failure = error instanceof Error ? error : new Error('Sealing failed', { cause: error });
      end();
    });
  };
  return {
    due() {
      isDue = true;
      if (resting === undefined) run();
    },
    async stop() {
      clearTimeout(resting);
      resting = undefined;
      await sealing;
      if (failure !== undefined) throw failure;
    },
  };
}

/** The sequence that a tree of this size ends with. */
export function lastSequenceOf({ size }: TreeHead): Sequence {
  return (size === 0 ? START.sequence : size) as Sequence;
}
