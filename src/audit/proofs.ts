import { equalHashes, joinSubtrees, nodeHash, splitPoint, subtreesOf, type LeafRange, type Subtree } from './merkle.js';

/** Gives the hash of a whole subtree of the log: from tiles, a cache, the network. */
export type ReadSubtree = (subtree: Subtree) => Uint8Array | Promise<Uint8Array>;

/** Most hashes in a proof of a tree whose size is a safe integer. */
export const PROOF_HASHES_MAX = 54;

/**
 * The audit path (RFC 6962, 2.1.1) of the leaf with this index (from 0) in the tree of this size: from its sibling to the root's child.
 * Throws RangeError unless index < size.
 */
export function inclusionProof(index: number, size: number, read: ReadSubtree): Promise<readonly Uint8Array[]> {
  return hashesOf(inclusionRanges(index, size), read);
}

/**
 * The consistency proof (RFC 6962, 2.1.2) between the trees of two sizes; empty where there is nothing to prove.
 * Throws RangeError unless 0 ≤ first ≤ second.
 */
export function consistencyProof(first: number, second: number, read: ReadSubtree): Promise<readonly Uint8Array[]> {
  return hashesOf(consistencyRanges(first, second), read);
}

/** What the hashes of an audit path stand for, in its order. */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError(`There is no leaf ${index} in a tree of ${size}`);
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** What the hashes of a consistency proof stand for, in its order. */
export function consistencyRanges(first: number, second: number): readonly LeafRange[] {
  if (!isCount(first) || !isCount(second) || first > second) throw new RangeError(`A tree of ${second} leaves cannot continue one of ${first}`);
  // Nothing to prove: the empty tree is the beginning of each, and a tree is consistent with itself.
  if (first === 0 || first === second) return [];
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = second;
  while (end > first) {
    const middle = start + splitPoint(end - start);
    if (first <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The verifier holds the whole old root; any other subtree of the old tree has to be told.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** Whether the path leads from the leaf's hash to the root of the tree of this size. */
export function verifyInclusion(leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let [place, last] = [index, size - 1];
  let reached = leaf;
  for (const hash of proof) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      reached = nodeHash(hash, reached);
      // A right edge without a left sibling at this height has gone up as it was.
      while (!isOdd(place) && place > 0) [place, last] = [half(place), half(last)];
    } else {
      reached = nodeHash(reached, hash);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equalHashes(reached, root);
}

/** Whether the tree of `second` leaves with its root begins with the tree of `first` leaves with that one's root. */
export function verifyConsistency(
  first: { readonly size: number; readonly root: Uint8Array },
  second: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!isCount(first.size) || !isCount(second.size) || first.size > second.size) return false;
  if (first.size === second.size) return proof.length === 0 && equalHashes(first.root, second.root);
  if (first.size === 0) return proof.length === 0 && equalHashes(first.root, joinSubtrees([]));
  let [place, last] = [first.size - 1, second.size - 1];
  while (isOdd(place)) [place, last] = [half(place), half(last)];
  // A tree of a power of two is itself the first hash, and the proof leaves it out.
  const [start, ...rest] = place === 0 ? [first.root, ...proof] : proof;
  if (start === undefined) return false;
  let [old, grown] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      old = nodeHash(hash, old);
      grown = nodeHash(hash, grown);
      while (!isOdd(place) && place > 0) [place, last] = [half(place), half(last)];
    } else {
      grown = nodeHash(grown, hash);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equalHashes(old, first.root) && equalHashes(grown, second.root);
}

async function hashesOf(ranges: readonly LeafRange[], read: ReadSubtree): Promise<readonly Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for (const range of ranges) {
    const parts: Uint8Array[] = [];
    for (const subtree of subtreesOf(range)) parts.push(await read(subtree));
    hashes.push(joinSubtrees(parts));
  }
  return hashes;
}

/** Sizes are beyond 32 bits, so no bitwise operators. */
function isOdd(value: number): boolean {
  return value % 2 === 1;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
