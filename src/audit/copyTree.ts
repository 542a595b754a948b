import { frontierRoot, EMPTY_FRONTIER, extendFrontier, type Frontier } from './frontier.js';
import { leafHash } from './merkle.js';
import { readPublished, CHECKPOINT_FILE, type PublishedCheckpoint } from './builder.js';
import { checkpointText } from './checkpoint.js';
import { lastTiles, tileWidth, type Tile } from './tiles.js';
import type { TileFiles } from './tileFiles.js';
import type { EventStore } from '../store/port.js';

/** Tiles copied at once. */
const TILES_AT_ONCE = 64;
/** Events read at once. */
const BATCH_EVENTS = 1_000;

/** Every tile of a tree of this size, in an order in which it could have been built. */
export function* tilesOfTree(size: number): Generator<Tile> {
  for (const { level, index } of lastTiles(size)) {
    for (let at = 0; at <= index; at += 1) yield { level, index: at, width: tileWidth(level, at, size) };
  }
}

/**
 * Copies the last published checkpoint and all its tiles, also while they go on growing; answers with the checkpoint, undefined where there is
 * none. The copy's signed head is the checkpoint's: what was signed after it is not in the copy.
 */
export async function copyTree(from: TileFiles, to: TileFiles, headFile: string, origin: string): Promise<PublishedCheckpoint | undefined> {
  const checkpoint = await readPublished(from, origin);
  if (checkpoint === undefined) return undefined;
  let batch: Tile[] = [];
  const write = async (): Promise<void> => {
    await to.write(await Promise.all(batch.map(async (tile) => ({ tile, bytes: await from.read(tile) }))));
    batch = [];
  };
  for (const tile of tilesOfTree(checkpoint.size)) {
    batch.push(tile);
    if (batch.length === TILES_AT_ONCE) await write();
  }
  await write();
  await to.sync();
  await to.replace(headFile, checkpointText({ origin, ...checkpoint }));
  await to.replace(CHECKPOINT_FILE, checkpoint.note);
  await to.removeUnfinished();
  return checkpoint;
}

/** Computes roots from the log's own events, which nobody has vouched for; sizes must be asked for in rising order. */
export function rootsOfLog(log: Pick<EventStore, 'readAll' | 'bookmarkAt'>): (size: number) => Promise<Uint8Array> {
  let frontier: Frontier = EMPTY_FRONTIER;
  return async (size) => {
    while (frontier.size < size) {
      const events = await log.readAll(await log.bookmarkAt(frontier.size), Math.min(BATCH_EVENTS, size - frontier.size));
      frontier = extendFrontier(
        frontier,
        events.map(({ text }) => leafHash(text)),
      );
    }
    return frontierRoot(frontier);
  };
}
