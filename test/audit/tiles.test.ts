import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leafHash } from '../../src/audit/merkle.js';
import { consistencyProof, inclusionProof } from '../../src/audit/proofs.js';
import { decodeEntries, encodeEntries, encodeHashes, hashesOfTile, lastTiles, parseTilePath, rootFromTiles, subtreesFromTiles, tilePath, tileWidth, TILE_WIDTH, type Tile } from '../../src/audit/tiles.js';
import { hex, recursiveRoot, someLeaves, subtreesOfLeaves } from './referenceTree.js';

test.each([
  // The example of https://c2sp.org/tlog-tiles.
  [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
  [{ level: 2, index: 0, width: 1 }, 'tile/2/000.p/1'],
  [{ level: 'entries', index: 999, width: 255 }, 'tile/entries/999.p/255'],
  [{ level: 'entries', index: 1_000, width: 256 }, 'tile/entries/x001/000'],
] as const)('the path of %o is %s', (tile, path) => {
  expect(tilePath(tile)).toBe(path);
  expect(parseTilePath(path)).toEqual(tile);
});

test.each([
  'tile/0/067/x001',
  'tile/0/x000/067',
  'tile/00/067',
  'tile/64/067',
  'tile/0/67',
  'tile/0/067.p/0',
  'tile/0/067.p/256',
  'tile/0/067.p/07',
  'tile/data/067',
  'tile/0/../checkpoint',
  'tile/0/067/',
  '/tile/0/067',
])('%s is no path of a tile', (path) => {
  expect(parseTilePath(path)).toBeUndefined();
});

test('every tile is found again by its path', () => {
  const levels = fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 }));
  fc.assert(
    fc.property(levels, fc.integer({ min: 0, max: 2 ** 45 }), fc.integer({ min: 1, max: TILE_WIDTH }), (level, index, width) => {
      expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
    }),
    { numRuns: 200 },
  );
});

test('a tree of 70,000 has the tiles that the specification counts', () => {
  expect(tileWidth(0, 272, 70_000)).toBe(256);
  expect(lastTiles(70_000).map(tilePath)).toEqual(['tile/entries/273.p/112', 'tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']);
  expect(lastTiles(256).map(tilePath)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
  expect(lastTiles(0)).toEqual([]);
});

test('entries are the same after a bundle, and one that is cut off is none', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), (entries) => {
      const bundle = encodeEntries(entries);
      expect(decodeEntries(bundle).map(hex)).toEqual(entries.map(hex));
      const last = entries.at(-1);
      if (last !== undefined && last.length > 0) expect(() => decodeEntries(bundle.subarray(0, -1))).toThrow(RangeError);
    }),
    { numRuns: 100 },
  );
  expect(decodeEntries(encodeEntries([Buffer.alloc(65_535, 1)]))[0]).toHaveLength(65_535);
  expect(() => encodeEntries([Buffer.alloc(65_536)])).toThrow(RangeError);
  expect(() => leafHash(Buffer.alloc(65_536))).toThrow(RangeError);
});

test('proofs and roots from tiles are those from the leaves', async () => {
  const leaves = someLeaves(1_300);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: leaves.length }), fc.nat(), async (size, pick) => {
      const read = subtreesFromTiles(size, tilesOf(leaves));
      const whole = subtreesOfLeaves(leaves);
      expect(hex(await rootFromTiles(size, read))).toBe(hex(recursiveRoot(leaves.slice(0, size))));
      const index = pick % size;
      expect((await inclusionProof(index, size, read)).map(hex)).toEqual((await inclusionProof(index, size, whole)).map(hex));
      expect((await consistencyProof(index, size, read)).map(hex)).toEqual((await consistencyProof(index, size, whole)).map(hex));
    }),
    { numRuns: 30 },
  );
});

test('a tile of another width than it should have is refused', () => {
  expect(() => hashesOfTile(Buffer.alloc(64), 3)).toThrow(RangeError);
});

function tilesOf(leaves: readonly Uint8Array[]): (tile: Tile) => Uint8Array {
  return ({ level, index, width }) => {
    const span = TILE_WIDTH ** Number(level);
    const hashes = Array.from({ length: width }, (_, at) => {
      const from = (index * TILE_WIDTH + at) * span;
      return recursiveRoot(leaves.slice(from, from + span));
    });
    return encodeHashes(hashes);
  };
}
