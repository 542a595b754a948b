import { hash } from 'node:crypto';

/** Length of a hash of the tree: SHA-256. */
export const HASH_BYTES = 32;

/** Root of the tree without leaves: SHA-256 of nothing (RFC 6962, 2.1). */
export const EMPTY_ROOT: Uint8Array = hash('sha256', '', 'buffer');

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;
/** Large enough for the longest entry (65 535 bytes) behind its prefix; hashing is synchronous, so one will do. */
const leaf = Buffer.alloc(65_536);
leaf[0] = LEAF_PREFIX;
const node = Buffer.alloc(1 + 2 * HASH_BYTES);
node[0] = NODE_PREFIX;

/** Hash of a leaf, of its bytes or of a text's UTF-8 bytes: SHA-256(0x00 ‖ entry) (RFC 6962, 2.1). Throws RangeError above 65 535 bytes. */
export function leafHash(entry: Uint8Array | string): Uint8Array {
  const length = typeof entry === 'string' ? writeText(entry) : writeBytes(entry);
  return hash('sha256', leaf.subarray(0, 1 + length), 'buffer');
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right) (RFC 6962, 2.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}

/** A whole subtree of 2^level leaves: the `index`-th of its level from the left. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The leaves from `start` up to and without `end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The whole subtrees that a range consists of, left to right. The range must be one that RFC 6962 hashes: `start` a multiple of the
 * smallest power of two that is not below its length.
 */
export function subtreesOf({ start, end }: LeafRange): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  for (let from = start; from < end; ) {
    const { level, leaves } = largestWithin(end - from);
    subtrees.push({ level, index: from / leaves });
    from += leaves;
  }
  return subtrees;
}

/** The hash of a range from the hashes of its subtrees (left to right): EMPTY_ROOT for none. */
export function joinSubtrees(hashes: readonly Uint8Array[]): Uint8Array {
  let joined = hashes.at(-1) ?? EMPTY_ROOT;
  for (let at = hashes.length - 2; at >= 0; at -= 1) joined = nodeHash(hashes[at] ?? EMPTY_ROOT, joined);
  return joined;
}

/** The root of whole subtrees of one level that stand side by side; a count that is a power of two gives a whole subtree again. */
export function rootOfRow(row: readonly Uint8Array[]): Uint8Array {
  if (row.length === 0) return EMPTY_ROOT;
  let level = row;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] ?? EMPTY_ROOT;
      const right = level[at + 1];
      // The last of an odd number goes up as it is: RFC 6962 splits at the largest power of two.
      above.push(right === undefined ? left : nodeHash(left, right));
    }
    level = above;
  }
  return level[0] ?? EMPTY_ROOT;
}

/** The largest power of two below `size` leaves: where RFC 6962 splits a tree of two leaves or more. */
export function splitPoint(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

export function equalHashes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function largestWithin(size: number): { readonly level: number; readonly leaves: number } {
  let level = 0;
  let leaves = 1;
  while (leaves * 2 <= size) {
    leaves *= 2;
    level += 1;
  }
  return { level, leaves };
}

function writeText(text: string): number {
  const length = Buffer.byteLength(text);
  checkLength(length);
  return leaf.write(text, 1, 'utf8');
}

function writeBytes(bytes: Uint8Array): number {
  checkLength(bytes.length);
  leaf.set(bytes, 1);
  return bytes.length;
}

function checkLength(length: number): void {
  if (length >= leaf.length) throw new RangeError(`An entry has at most ${leaf.length - 1} bytes, not ${length}`);
}
