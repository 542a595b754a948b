import { joinSubtrees, nodeHash } from './merkle.js';

/** The right edge of a tree: all it takes to go on appending leaves, and to tell the root. */
export interface Frontier {
  readonly size: number;
  /** Hashes of the whole subtrees that the tree consists of, largest first: one for each bit set in `size`. */
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** The frontier of a tree with more leaves (their hashes, in order). */
export function extendFrontier(frontier: Frontier, leaves: Iterable<Uint8Array>): Frontier {
  const hashes = [...frontier.hashes];
  let { size } = frontier;
  for (const leaf of leaves) {
    let carried = leaf;
    // As in binary counting: each trailing one is a whole subtree that the new one completes to a larger one.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = hashes.pop();
      if (left === undefined) throw new Error(`A frontier of ${frontier.size} leaves has a hash for each bit of that number`);
      carried = nodeHash(left, carried);
    }
    hashes.push(carried);
    size += 1;
  }
  return { size, hashes };
}

/** The tree's root: RFC 6962's MTH of all its leaves. */
export function frontierRoot(frontier: Frontier): Uint8Array {
  return joinSubtrees(frontier.hashes);
}
