import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot } from '../../src/audit/frontier.js';
import { leafHash, rootOfRow } from '../../src/audit/merkle.js';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from '../../src/audit/proofs.js';
import { hex, recursiveRoot, REFERENCE_CONSISTENCY, REFERENCE_INCLUSION, REFERENCE_LEAVES, REFERENCE_ROOTS, someLeaves, subtreesOfLeaves } from './referenceTree.js';

const LEAVES_MAX = 600;
const leaves = someLeaves(LEAVES_MAX);
const bytes = (text: string): Buffer => Buffer.from(text, 'hex');
const sizes = fc.integer({ min: 1, max: LEAVES_MAX });

describe('the reference tree of Certificate Transparency', () => {
  const hashes = REFERENCE_LEAVES.map(leafHash);
  const root = (size: number): Buffer => bytes(REFERENCE_ROOTS[size] ?? '');

  test('has its published root at each size from 0 to 8, leaf by leaf', () => {
    let frontier = EMPTY_FRONTIER;
    const roots = [hex(frontierRoot(frontier))];
    for (const leaf of hashes) {
      frontier = extendFrontier(frontier, [leaf]);
      roots.push(hex(frontierRoot(frontier)));
    }
    expect(roots).toEqual(REFERENCE_ROOTS);
  });

  test.each(REFERENCE_INCLUSION)('has its published audit path for leaf %i in the tree of %i', async (index, size, published) => {
    const proof = await inclusionProof(index, size, subtreesOfLeaves(hashes));
    expect(proof.map(hex)).toEqual(published);
    expect(verifyInclusion(hashes[index]!, index, size, published.map(bytes), root(size))).toBe(true);
  });

  test.each(REFERENCE_CONSISTENCY)('has its published consistency proof from %i to %i', async (first, second, published) => {
    const proof = await consistencyProof(first, second, subtreesOfLeaves(hashes));
    expect(proof.map(hex)).toEqual(published);
    expect(verifyConsistency({ size: first, root: root(first) }, { size: second, root: root(second) }, published.map(bytes))).toBe(true);
  });
});

test('an incremental root is the recursive one, in however many steps it is reached', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 12 }), (steps) => {
      let frontier = EMPTY_FRONTIER;
      for (const step of steps) frontier = extendFrontier(frontier, leaves.slice(frontier.size, frontier.size + step));
      const all = leaves.slice(0, frontier.size);
      expect(hex(frontierRoot(frontier))).toBe(hex(recursiveRoot(all)));
      expect(hex(rootOfRow(all))).toBe(hex(recursiveRoot(all)));
    }),
    { numRuns: 100 },
  );
});

test('every inclusion proof verifies, and none with a changed hash, leaf, index, size or root', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, pick, spot) => {
      const index = pick % size;
      const tree = leaves.slice(0, size);
      const root = recursiveRoot(tree);
      const proof = await inclusionProof(index, size, subtreesOfLeaves(tree));
      const leaf = tree[index]!;
      expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
      for (const tampered of tamperedProofs(proof, spot)) expect(verifyInclusion(leaf, index, size, tampered, root)).toBe(false);
      expect(verifyInclusion(flipped(leaf, spot), index, size, proof, root)).toBe(false);
      expect(verifyInclusion(leaf, index, size, proof, flipped(root, spot))).toBe(false);
      if (size > 1) expect(verifyInclusion(leaf, (index + 1) % size, size, proof, root)).toBe(false);
      expect(verifyInclusion(leaf, size, size, proof, root)).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test('every consistency proof verifies, and none with a changed hash or root, or for trees the wrong way round', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (second, pick, spot) => {
      const first = pick % (second + 1);
      const old = { size: first, root: recursiveRoot(leaves.slice(0, first)) };
      const grown = { size: second, root: recursiveRoot(leaves.slice(0, second)) };
      const proof = await consistencyProof(first, second, subtreesOfLeaves(leaves));
      expect(verifyConsistency(old, grown, proof)).toBe(true);
      for (const tampered of tamperedProofs(proof, spot)) expect(verifyConsistency(old, grown, tampered)).toBe(false);
      if (first > 0) expect(verifyConsistency(old, { ...grown, root: flipped(grown.root, spot) }, proof)).toBe(false);
      expect(verifyConsistency({ ...old, root: flipped(old.root, spot) }, grown, proof)).toBe(false);
      if (first !== second) expect(verifyConsistency(grown, old, proof)).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test('a leaf that was changed in the old part leaves no consistency proof that verifies', async () => {
  const rewritten = leaves.map((leaf, index) => (index === 3 ? flipped(leaf, 0) : leaf));
  const proof = await consistencyProof(5, 20, subtreesOfLeaves(rewritten));
  const old = { size: 5, root: recursiveRoot(leaves.slice(0, 5)) };
  expect(verifyConsistency(old, { size: 20, root: recursiveRoot(rewritten.slice(0, 20)) }, proof)).toBe(false);
});

test('asks for no leaf beyond the tree, and for no tree that goes back', () => {
  expect(() => inclusionProof(4, 4, subtreesOfLeaves(leaves))).toThrow(RangeError);
  expect(() => consistencyProof(5, 4, subtreesOfLeaves(leaves))).toThrow(RangeError);
});

/** With a hash flipped, left out, doubled and added. */
function tamperedProofs(proof: readonly Uint8Array[], spot: number): readonly (readonly Uint8Array[])[] {
  const added = [...proof, leaves[0]!];
  if (proof.length === 0) return [added];
  const at = spot % proof.length;
  return [added, proof.with(at, flipped(proof[at]!, spot)), proof.toSpliced(at, 1), proof.toSpliced(at, 0, proof[at]!)];
}

function flipped(hash: Uint8Array, spot: number): Uint8Array {
  return Uint8Array.from(hash).with(spot % hash.length, (hash[spot % hash.length] ?? 0) ^ (1 << (spot % 8)));
}
