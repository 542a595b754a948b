import { joinSubtrees, leafHash, rootOfRow, subtreesOf } from './merkle.js';
import { encodeEntries, encodeHashes, TILE_WIDTH, type Tile } from './tiles.js';

/** A tile and what is in it. */
export interface FilledTile {
  readonly tile: Tile;
  readonly bytes: Uint8Array;
}

/** The unfinished tiles at the right edge of a tree: all it takes to go on. */
export interface TreeEdge {
  readonly size: number;
  /** By level, the hashes of the unfinished tile; fewer than TILE_WIDTH. */
  readonly rows: readonly (readonly Uint8Array[])[];
  /** The entries of the unfinished bundle. */
  readonly entries: readonly Uint8Array[];
}

export const EMPTY_EDGE: TreeEdge = { size: 0, rows: [], entries: [] };

/** A tree that is being built, leaf by leaf, as tiles. */
export interface TileTree {
  size(): number;
  root(): Uint8Array;
  append(entry: Uint8Array): void;
  /** The tiles that were filled since the last call. They never change again. */
  takeFull(): readonly FilledTile[];
  /** The unfinished tiles of the tree as it is. */
  partial(): readonly FilledTile[];
}

/** Goes on from an edge. Two hashes are computed for each entry, one of them for all the levels above together. */
export function openTileTree(edge: TreeEdge = EMPTY_EDGE): TileTree {
  let { size } = edge;
  let entries = [...edge.entries];
  const rows = edge.rows.map((row) => [...row]);
  let full: FilledTile[] = [];

  const push = (level: number, hash: Uint8Array): void => {
    const row = (rows[level] ??= []);
    row.push(hash);
    if (row.length < TILE_WIDTH) return;
    const index = size / TILE_WIDTH ** (level + 1) - 1;
    full.push({ tile: { level, index, width: TILE_WIDTH }, bytes: encodeHashes(row) });
    rows[level] = [];
    push(level + 1, rootOfRow(row));
  };

  return {
    size: () => size,
    root: () => edgeRoot(rows),
    append(entry) {
      entries.push(entry);
      size += 1;
      if (entries.length === TILE_WIDTH) {
        full.push({ tile: { level: 'entries', index: size / TILE_WIDTH - 1, width: TILE_WIDTH }, bytes: encodeEntries(entries) });
        entries = [];
      }
      push(0, leafHash(entry));
    },
    takeFull() {
      const taken = full;
      full = [];
      return taken;
    },
    partial() {
      const partial = rows.flatMap((row, level) => (row.length === 0 ? [] : [{ tile: tileAt(level, size, row.length), bytes: encodeHashes(row) }]));
      return entries.length === 0 ? partial : [...partial, { tile: tileAt('entries', size, entries.length), bytes: encodeEntries(entries) }];
    },
  };
}

/** The root of the tree whose unfinished tiles these are. */
export function edgeRoot(rows: TreeEdge['rows']): Uint8Array {
  // From the highest level down, the subtrees get smaller, as RFC 6962 joins them.
  const hashes = rows.toReversed().flatMap((row) => subtreesOf({ start: 0, end: row.length }).map(({ level, index }) => rootOfRow(row.slice(index * 2 ** level, (index + 1) * 2 ** level))));
  return joinSubtrees(hashes);
}

function tileAt(level: Tile['level'], size: number, width: number): Tile {
  const hashes = Math.floor(size / (level === 'entries' ? 1 : TILE_WIDTH ** level));
  return { level, index: Math.floor(hashes / TILE_WIDTH), width };
}
