import { EMPTY_ROOT, HASH_BYTES, nodeHash, rootOfRow, type Subtree } from './merkle.js';
import type { ReadSubtree } from './proofs.js';
import { hashesOfTile, TILE_WIDTH, tileOf } from './tiles.js';

/** Hashes a log leaf by leaf, and keeps nothing but the right edge. */
export interface TreeHasher {
  /** Leaves so far. */
  size(): number;
  append(leaf: Uint8Array): void;
  /** Appends a whole subtree of 2^level leaves. The size must be a multiple of that. */
  appendSubtree(level: number, hash: Uint8Array): void;
  root(): Uint8Array;
}

/** A hasher that goes on behind the `size` leaves whose whole subtrees, largest first, are given. Throws RangeError where these do not fit the size. */
export function openTreeHasher(size = 0, subtrees: readonly Uint8Array[] = []): TreeHasher {
  const edge = [...subtrees];
  if (edge.length !== bitsSet(size)) throw new RangeError(`${size} leaves have ${bitsSet(size)} whole subtrees, not ${edge.length}`);
  let leaves = size;
  const carry = (level: number, hash: Uint8Array): void => {
    const width = 2 ** level;
    if (leaves % width !== 0) throw new RangeError(`No subtree of ${width} leaves begins behind ${leaves}`);
    let carried = hash;
    for (let rest = leaves / width; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = edge.pop();
      if (left === undefined) throw new Error('The edge of a tree lacks a subtree');
      carried = nodeHash(left, carried);
    }
    edge.push(carried);
    leaves += width;
  };
  return {
    size: () => leaves,
    append: (leaf) => carry(0, leaf),
    appendSubtree: carry,
    root: () => edge.reduceRight<Uint8Array | undefined>((right, left) => (right === undefined ? left : nodeHash(left, right)), undefined) ?? EMPTY_ROOT,
  };
}

/** The whole subtrees, as large as can be, that lead from `start` leaves to `end`, left to right. */
export function subtreesBetween(start: number, end: number): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
}

/** All leaf hashes of a log, 32 bytes each, and what stands above them: proofs are read from it. */
export interface LeafTree {
  add(leaf: Uint8Array): void;
  readonly read: ReadSubtree;
}

export function openLeafTree(): LeafTree {
  /** Of each level its rows of TILE_WIDTH hashes, each one buffer: an object for each hash would take three times the memory. */
  const levels: { readonly rows: Buffer[]; held: number }[] = [];
  const push = (level: number, hash: Uint8Array): void => {
    const at = (levels[level] ??= { rows: [], held: 0 });
    const place = at.held % TILE_WIDTH;
    if (place === 0) at.rows.push(Buffer.alloc(TILE_WIDTH * HASH_BYTES));
    const row = at.rows[at.rows.length - 1];
    if (row === undefined) throw new Error('A row was not made');
    row.set(hash, place * HASH_BYTES);
    at.held += 1;
    if (place === TILE_WIDTH - 1) push(level + 1, rootOfRow(hashesOfTile(row, TILE_WIDTH)));
  };
  return {
    add: (leaf) => push(0, leaf),
    read(subtree) {
      const { level, index, from, to } = tileOf(subtree);
      const at = levels[level];
      const row = at?.rows[index];
      if (at === undefined || row === undefined || index * TILE_WIDTH + to > at.held) throw new RangeError(`The log has no subtree ${subtree.index} of level ${subtree.level}`);
      return rootOfRow(hashesOfTile(row, TILE_WIDTH).slice(from, to));
    },
  };
}

function bitsSet(value: number): number {
  return value.toString(2).replaceAll('0', '').length;
}
