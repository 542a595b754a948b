/** Tiles as files, by the paths under which they are served: a directory that any tool for tiled logs can read. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AuditError } from './errors.js';
import { HASH_BYTES } from './merkle.js';
import { decodeEntries, encodeEntries, tilePath, TILE_WIDTH, type Tile } from './tiles.js';
import type { FilledTile } from './tileTree.js';

export interface TileFiles {
  readonly directory: string;
  /** The tile; of one that has grown since, the beginning. Undefined when there is none, or not as much of it. */
  find(tile: Tile): Promise<Uint8Array | undefined>;
  /** The same; throws `AuditError` TILE_UNUSABLE where there is none. */
  read(tile: Tile): Promise<Uint8Array>;
  /** Writes tiles, each complete under its name or not at all. They are on disk for good after `sync`. */
  write(tiles: readonly FilledTile[]): Promise<void>;
  /** A file of another name, such as `checkpoint`; undefined where there is none. */
  readText(name: string): Promise<string | undefined>;
  /** Writes a file of another name, such as `checkpoint`: on disk, in one step, before this returns. */
  replace(name: string, content: string): Promise<void>;
  sync(): Promise<void>;
  /** Removes what a process that died has left half written. */
  removeUnfinished(): Promise<void>;
  /** Removes an unfinished tile that a larger one has taken the place of. */
  remove(tile: Tile): Promise<void>;
}

/** Files written at once: the disk writes several down for the price of one. */
const WRITES_AT_ONCE = 8;
/** Where files are written before they get their names; emptied at each opening for writing. */
export const UNFINISHED = 'unfinished';
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

export function openTileFiles(directory: string): TileFiles {
  const made = new Set<string>();
  const unsynced = new Set<string>();
  let written = 0;

  const makeDirectory = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    const first = await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
    // A directory that is new is itself an entry of the one above it.
    if (first !== undefined) for (let at = path; at.length >= first.length; at = dirname(at)) unsynced.add(dirname(at));
    made.add(path);
  };

  const writeFile = async (path: string, content: Uint8Array | string): Promise<void> => {
    await makeDirectory(dirname(path));
    await makeDirectory(join(directory, UNFINISHED));
    const unfinished = join(directory, UNFINISHED, String((written += 1)));
    const file = await open(unfinished, 'w', FILE_MODE);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    unsynced.add(dirname(path));
  };

  const sync = async (): Promise<void> => {
    const directories = [...unsynced];
    unsynced.clear();
    await eachOf(directories, syncDirectory);
  };

  const find = async (tile: Tile): Promise<Uint8Array | undefined> => {
    const exact = await readIfThere(join(directory, tilePath(tile)));
    if (exact !== undefined || tile.width === TILE_WIDTH) return exact;
    const whole = (): Promise<Buffer | undefined> => readIfThere(join(directory, tilePath({ ...tile, width: TILE_WIDTH })));
    // Looked for once more: it may have become whole, and its unfinished forms have gone, in between.
    const grown = (await whole()) ?? (await readWidest(directory, tile)) ?? (await whole());
    return grown === undefined ? undefined : beginningOf(grown, tile);
  };

  return {
    directory,
    find,
    async read(tile) {
      const bytes = await find(tile);
      if (bytes === undefined) throw new AuditError('TILE_UNUSABLE', `${join(directory, tilePath(tile))} is missing. "fsck" tells what else is wrong; the tiles are rebuilt from the log when the directory "tile" is removed.`);
      return bytes;
    },
    readText: async (name) => (await readIfThere(join(directory, name)))?.toString('utf8'),
    write: (tiles) => eachOf(tiles, ({ tile, bytes }) => writeFile(join(directory, tilePath(tile)), bytes)),
    async replace(name, content) {
      await writeFile(join(directory, name), content);
      await sync();
    },
    sync,
    async removeUnfinished() {
      made.delete(join(directory, UNFINISHED));
      await rm(join(directory, UNFINISHED), { recursive: true, force: true });
    },
    async remove(tile) {
      const path = join(directory, tilePath(tile));
      await rm(path, { force: true });
      if (tile.width === TILE_WIDTH) return;
      // The directory of a tile's unfinished forms goes with the last of them.
      const rest = await readdir(dirname(path)).catch(() => undefined);
      if (rest?.length !== 0) return;
      made.delete(dirname(path));
      await rm(dirname(path), { recursive: true, force: true });
    },
  };
}

/** The widest unfinished form of the tile that is at least as wide. */
async function readWidest(directory: string, tile: Tile): Promise<Uint8Array | undefined> {
  const parent = dirname(join(directory, tilePath({ ...tile, width: 1 })));
  const widths = (await readdir(parent).catch(() => [])).map(Number).filter((width) => width >= tile.width);
  return widths.length === 0 ? undefined : readIfThere(join(parent, String(Math.max(...widths))));
}

/** Undefined where the file holds less than that. */
function beginningOf(bytes: Uint8Array, { level, width }: Tile): Uint8Array | undefined {
  if (level !== 'entries') return bytes.length < width * HASH_BYTES ? undefined : bytes.subarray(0, width * HASH_BYTES);
  const entries = decodeEntries(bytes);
  return entries.length < width ? undefined : encodeEntries(entries.slice(0, width));
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory, and needs no such sync.
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r').catch(() => undefined);
  if (directory === undefined) return;
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += WRITES_AT_ONCE) await Promise.all(items.slice(at, at + WRITES_AT_ONCE).map(work));
}
