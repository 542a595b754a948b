import { HASH_BYTES, joinSubtrees, nodeHash, subtreesOf, type Subtree } from './merkle.js';
import type { ReadSubtree } from './proofs.js';

/** Hashes of a whole tile, and entries of a whole bundle. Tiled logs: https://c2sp.org/tlog-tiles. */
export const TILE_WIDTH = 256;
/** Levels of the tree within one tile. */
const TILE_HEIGHT = 8;
/** Longest entry of a bundle, in bytes: its length is 16 bits. */
export const ENTRY_BYTES_MAX = 65_535;

/** A tile of hashes, or with level `entries` a bundle of entries. */
export interface Tile {
  readonly level: number | 'entries';
  /** From 0, within the level. */
  readonly index: number;
  /** 1 to TILE_WIDTH; less than that in a partial tile. */
  readonly width: number;
}

/** `tile/0/x001/x234/067`, `tile/entries/000.p/17`: where a tile is served, and stored. */
export function tilePath({ level, index, width }: Tile): string {
  const partial = width < TILE_WIDTH ? `.p/${width}` : '';
  return `tile/${level}/${indexPath(index)}${partial}`;
}

/** The tile of a path; undefined for any text that is not one in the one form it has. */
export function parseTilePath(path: string): Tile | undefined {
  const [, levelText, indexText, widthText] = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
  if (levelText === undefined || indexText === undefined) return undefined;
  const level = levelText === 'entries' ? 'entries' : Number(levelText);
  const index = Number(indexText.replaceAll(/[x/]/g, ''));
  const width = widthText === undefined ? TILE_WIDTH : Number(widthText);
  if (level !== 'entries' && level > 63) return undefined;
  if (!Number.isSafeInteger(index) || (widthText !== undefined && width >= TILE_WIDTH)) return undefined;
  const tile: Tile = { level, index, width };
  return tilePath(tile) === path ? tile : undefined;
}

/** Hashes (or entries) that this tile has in a tree of `size` leaves: 0 where there is no such tile. */
export function tileWidth(level: Tile['level'], index: number, size: number): number {
  const hashes = Math.floor(size / (level === 'entries' ? 1 : TILE_WIDTH ** level));
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** All tiles that a tree of `size` leaves has at its right edge: of each level the last one, and the last bundle. */
export function lastTiles(size: number): readonly Tile[] {
  if (size === 0) return [];
  const tiles: Tile[] = [lastTile('entries', size)];
  for (let level = 0; TILE_WIDTH ** level <= size; level += 1) tiles.push(lastTile(level, Math.floor(size / TILE_WIDTH ** level)));
  return tiles;
}

/** Where the hash of a subtree comes from: the root of the hashes from `from` up to and without `to` of a tile. */
export function tileOf({ level, index }: Subtree): { readonly level: number; readonly index: number; readonly from: number; readonly to: number } {
  const width = 2 ** (level % TILE_HEIGHT);
  const first = index * width;
  const tile = Math.floor(first / TILE_WIDTH);
  const from = first - tile * TILE_WIDTH;
  return { level: Math.floor(level / TILE_HEIGHT), index: tile, from, to: from + width };
}

/** The hashes within a tile: `height` levels above those it holds, the `at`-th from the left. */
export type TileNodes = (height: number, at: number) => Uint8Array;

/** Remembers tiles by their paths; what a path names never changes. */
export interface TileCache {
  get(path: string): TileNodes | undefined;
  set(path: string, nodes: TileNodes): void;
}

/**
 * Reads subtrees of the tree of `size` leaves out of its tiles. A tile of which less is there than was asked for is an error of `readTile`.
 * `cache`: of tiles that other calls have read.
 */
export function subtreesFromTiles(size: number, readTile: (tile: Tile) => Uint8Array | Promise<Uint8Array>, cache: TileCache = new Map<string, TileNodes>()): ReadSubtree {
  return async (subtree) => {
    const { level, index, from, to } = tileOf(subtree);
    const tile: Tile = { level, index, width: tileWidth(level, index, size) };
    const path = tilePath(tile);
    let nodes = cache.get(path);
    if (nodes === undefined) {
      nodes = tileNodes(wholeTile(await readTile(tile), tile.width));
      cache.set(path, nodes);
    }
    return nodes(subtree.level % TILE_HEIGHT, from / (to - from));
  };
}

/** Levels are computed when they are first asked for, each once; their hashes stand end to end, since objects of their own would take thrice the memory. */
function tileNodes(row: Uint8Array): TileNodes {
  const levels = [row];
  return (height, at) => {
    for (let below = levels.at(-1) ?? row; levels.length <= height; below = levels.at(-1) ?? row) levels.push(levelAbove(below));
    const hash = hashAt(levels[height] ?? EMPTY, at);
    if (hash.length !== HASH_BYTES) throw new RangeError(`A tile of ${row.length / HASH_BYTES} hashes has no node ${at} at height ${height}`);
    return hash;
  };
}

const EMPTY = new Uint8Array();

function levelAbove(below: Uint8Array): Uint8Array {
  const pairs = Math.floor(below.length / (2 * HASH_BYTES));
  const above = new Uint8Array(pairs * HASH_BYTES);
  for (let pair = 0; pair < pairs; pair += 1) above.set(nodeHash(hashAt(below, 2 * pair), hashAt(below, 2 * pair + 1)), pair * HASH_BYTES);
  return above;
}

function hashAt(level: Uint8Array, at: number): Uint8Array {
  return level.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
}

/** The root of the tree of `size` leaves, computed from its tiles. */
export async function rootFromTiles(size: number, read: ReadSubtree): Promise<Uint8Array> {
  const hashes: Uint8Array[] = [];
  for (const subtree of subtreesOf({ start: 0, end: size })) hashes.push(await read(subtree));
  return joinSubtrees(hashes);
}

export function encodeHashes(hashes: readonly Uint8Array[]): Buffer {
  return Buffer.concat(hashes);
}

/** The hashes of a tile. Throws RangeError when it has not exactly as many as it should. */
export function hashesOfTile(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  const whole = wholeTile(bytes, width);
  return Array.from({ length: width }, (_, at) => hashAt(whole, at));
}

function wholeTile(bytes: Uint8Array, width: number): Uint8Array {
  if (bytes.length !== width * HASH_BYTES) throw new RangeError(`A tile of ${width} hashes has ${width * HASH_BYTES} bytes, not ${bytes.length}`);
  return bytes;
}

/** Entries of a bundle, each behind its length (16 bits, big-endian). Throws RangeError for one longer than ENTRY_BYTES_MAX. */
export function encodeEntries(entries: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > ENTRY_BYTES_MAX) throw new RangeError(`An entry has at most ${ENTRY_BYTES_MAX} bytes, not ${entry.length}`);
    parts.push(Buffer.of(entry.length >> 8, entry.length & 0xff), entry);
  }
  return Buffer.concat(parts);
}

/** The entries of a bundle. Throws RangeError when it is cut off. */
export function decodeEntries(bundle: Uint8Array): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (const entry of readEntries(bundle)) {
    if (entry === undefined) throw new RangeError(`The bundle ends within entry ${entries.length}`);
    entries.push(entry);
  }
  return entries;
}

/** The entries of a bundle, one after another; undefined, as the last, for one that is cut off. */
export function* readEntries(bundle: Uint8Array): Generator<Uint8Array | undefined> {
  for (let at = 0; at < bundle.length; ) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0);
    const end = at + 2 + length;
    yield end > bundle.length ? undefined : bundle.subarray(at + 2, end);
    at = end;
  }
}

function indexPath(index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
}

function lastTile(level: Tile['level'], hashes: number): Tile {
  const index = Math.ceil(hashes / TILE_WIDTH) - 1;
  return { level, index, width: hashes - index * TILE_WIDTH };
}
