import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTreeBuilder, type BuilderOptions, type PublishedCheckpoint, type TreeBuilder } from '../../src/audit/builder.js';
import { verifyCheckpoint, type TreeHead } from '../../src/audit/checkpoint.js';
import { headInFile, headInStream, type CheckpointHead, type HeadStream } from '../../src/audit/head.js';
import { leafHash } from '../../src/audit/merkle.js';
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from '../../src/audit/proofs.js';
import { signerKeyOf } from '../../src/audit/signedNote.js';
import { decodeEntries, lastTiles, parseTilePath, subtreesFromTiles, tilePath, tileWidth, TILE_WIDTH, type Tile } from '../../src/audit/tiles.js';
import { openTileFiles, type TileFiles } from '../../src/audit/tileFiles.js';
import { START, type StreamId } from '../../src/kernel/identifiers.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import type { EventStore } from '../../src/store/port.js';
import { eventMaker } from '../contract/syntheticEvents.js';
import { hex, recursiveRoot } from './referenceTree.js';

const ORIGIN = 'activation-ledger/synthetic';
const SIGNER = signerKeyOf(ORIGIN, Buffer.alloc(32, 3));
const STREAM = 'host-synthetic' as StreamId;

interface Fixture {
  readonly store: EventStore;
  readonly directory: string;
  readonly files: TileFiles;
  readonly head: CheckpointHead;
  append(count: number): Promise<void>;
  build(changes?: Partial<BuilderOptions>): Promise<TreeBuilder>;
  leaves(): Promise<readonly Uint8Array[]>;
}

function setUp(): Fixture {
  const store = openMemoryStore();
  const directory = mkdtempSync(join(tmpdir(), 'tree-'));
  const files = openTileFiles(directory);
  const head = headInFile({ read: () => files.readText('head'), replace: (content) => files.replace('head', content) }, ORIGIN);
  const maker = eventMaker('000000000001');
  return {
    store,
    directory,
    files,
    head,
    async append(count) {
      if (count > 0) await store.append(STREAM, 'any', maker.events(count));
    },
    build: (changes) => openTreeBuilder({ log: store, files, head, origin: ORIGIN, signers: [SIGNER], sealIntervalMs: 0, ...changes }),
    leaves: async () => (await store.readAll(START, 10_000)).map(({ text }) => leafHash(text)),
  };
}

test('the published root is that of the log, at every width of the right edge', async () => {
  const fixture = setUp();
  const builder = await fixture.build();
  for (const more of [1, 1, 5, 248, 1, 1, 255, 1, 300]) {
    await fixture.append(more);
    const published = await builder.sealUntilHead();
    const leaves = await fixture.leaves();
    expect(published).toMatchObject({ size: leaves.length });
    expect(hex(published!.root)).toBe(hex(recursiveRoot(leaves)));
    expect(verifyCheckpoint(published!.note, [SIGNER], ORIGIN)).toMatchObject({ kind: 'verified', checkpoint: { size: leaves.length, root: published!.root } });
  }
});

test('the directory holds exactly the tiles of its checkpoint, and each entry hashes to its leaf', async () => {
  const fixture = setUp();
  const builder = await fixture.build();
  for (const more of [3, 600, 20]) {
    await fixture.append(more);
    await builder.sealUntilHead();
  }
  const found = filesBelow(fixture.directory).filter((path) => path.startsWith('tile/'));
  const wanted = allTiles(623).map(tilePath);
  expect(found.toSorted()).toEqual(wanted.toSorted());
  const leaves = await fixture.leaves();
  const entries = (await Promise.all(allTiles(623).filter(({ level }) => level === 'entries').map((tile) => fixture.files.read(tile)))).flatMap((bundle) => decodeEntries(bundle));
  expect(entries.map((entry) => hex(leafHash(entry)))).toEqual(leaves.map(hex));
});

test('an unfinished tile of an earlier checkpoint is read as the beginning of what it has become', async () => {
  const fixture = setUp();
  const builder = await fixture.build();
  await fixture.append(7);
  await builder.sealUntilHead();
  const wanted: readonly Tile[] = [{ level: 0, index: 0, width: 7 }, { level: 'entries', index: 0, width: 7 }];
  const before = await Promise.all(wanted.map((tile) => fixture.files.read(tile)));
  for (const more of [5, 300]) {
    await fixture.append(more);
    await builder.sealUntilHead();
    expect((await Promise.all(wanted.map((tile) => fixture.files.read(tile)))).map(hex)).toEqual(before.map(hex));
  }
  await expect(fixture.files.read({ level: 0, index: 1, width: 57 })).rejects.toMatchObject({ code: 'TILE_UNUSABLE' });
});

test('proofs from the files verify, from each checkpoint to each later one', async () => {
  const fixture = setUp();
  const builder = await fixture.build();
  const heads: TreeHead[] = [];
  for (const more of [9, 250, 300]) {
    await fixture.append(more);
    heads.push((await builder.sealUntilHead())!);
  }
  const last = heads.at(-1)!;
  const read = subtreesFromTiles(last.size, (tile) => fixture.files.read(tile));
  for (const earlier of heads) expect(verifyConsistency(earlier, last, await consistencyProof(earlier.size, last.size, read))).toBe(true);
  const leaves = await fixture.leaves();
  for (const index of [0, 255, 256, 558]) expect(verifyInclusion(leaves[index]!, index, last.size, await inclusionProof(index, last.size, read), last.root)).toBe(true);
});

test('goes on where it stopped, from one opening to the next', async () => {
  const fixture = setUp();
  for (const more of [1, 255, 256, 100, 0, 412]) {
    await fixture.append(more);
    const published = await (await fixture.build()).sealUntilHead();
    expect(hex(published!.root)).toBe(hex(recursiveRoot(await fixture.leaves())));
  }
});

test('follows the log, and seals what it has when it is told to stop', async () => {
  const fixture = setUp();
  const stop = new AbortController();
  const sealed: PublishedCheckpoint[] = [];
  const first = Promise.withResolvers<void>();
  const builder = await fixture.build({
    onSealed(checkpoint) {
      sealed.push(checkpoint);
      first.resolve();
    },
  });
  const following = builder.follow(stop.signal);
  await fixture.append(1);
  await first.promise;
  await fixture.append(30);
  stop.abort();
  await following;
  expect(sealed.at(-1)?.size).toBe(31);
  expect(sealed.map(({ size }) => size)).toEqual([...new Set(sealed.map(({ size }) => size))].toSorted((one, other) => one - other));
});

test('seals nothing for an empty log, and the same tree only once', async () => {
  const fixture = setUp();
  const sealed: PublishedCheckpoint[] = [];
  const builder = await fixture.build({ onSealed: (checkpoint) => sealed.push(checkpoint) });
  expect(await builder.sealUntilHead()).toBeUndefined();
  await fixture.append(2);
  await builder.sealUntilHead();
  await builder.sealUntilHead();
  expect(sealed).toHaveLength(1);
});

test('a crash between head and checkpoint signs the same head again, byte for byte', async () => {
  const fixture = setUp();
  await fixture.append(5);
  const died = new Error('the process died here');
  const dying: TileFiles = { ...fixture.files, replace: (name, content) => (name === 'checkpoint' ? Promise.reject(died) : fixture.files.replace(name, content)) };
  const head = headInFile({ read: () => fixture.files.readText('head'), replace: (content) => fixture.files.replace('head', content) }, ORIGIN);
  await expect((await fixture.build({ files: dying })).sealUntilHead()).rejects.toBe(died);
  expect((await head.read())?.size).toBe(5);
  const published = await (await fixture.build()).sealUntilHead();
  expect(published?.size).toBe(5);
});

test('signs nothing when the log has another past than the head that was signed', async () => {
  const fixture = setUp();
  await fixture.append(5);
  await fixture.head.advance(undefined, { size: 5, root: Buffer.alloc(32, 1) });
  await expect((await fixture.build()).sealUntilHead()).rejects.toMatchObject({ code: 'HEAD_MISMATCH' });
  await fixture.append(4);
  await expect((await fixture.build()).sealUntilHead()).rejects.toMatchObject({ code: 'HEAD_MISMATCH' });
  expect(await fixture.files.readText('checkpoint')).toBeUndefined();
});

test('signs nothing when the log is shorter than the head that was signed', async () => {
  const fixture = setUp();
  await fixture.append(5);
  await fixture.head.advance(undefined, { size: 6, root: Buffer.alloc(32, 1) });
  await expect(fixture.build()).rejects.toMatchObject({ code: 'LOG_BEHIND_HEAD' });
});

test('does not go on from tiles of another ledger, of another past, or damaged ones', async () => {
  const fixture = setUp();
  await fixture.append(300);
  await (await fixture.build()).sealUntilHead();
  await expect(fixture.build({ origin: 'activation-ledger/another' })).rejects.toMatchObject({ code: 'TREE_OF_ANOTHER_LEDGER' });

  const other = openMemoryStore();
  await other.append('host-another' as StreamId, 'any', eventMaker('000000000002').events(400));
  await expect(fixture.build({ log: other })).rejects.toMatchObject({ code: 'TREE_MISMATCH' });

  const tile = join(fixture.directory, 'tile/0/001.p/44');
  const bytes = readFileSync(tile);
  writeFileSync(tile, bytes.with(40, bytes[40]! ^ 1));
  await expect(fixture.build()).rejects.toMatchObject({ code: 'TREE_MISMATCH' });
  rmSync(tile);
  await expect(fixture.build()).rejects.toMatchObject({ code: 'TILE_UNUSABLE' });
});

test('tiles that were removed are built again, and held to the signed head', async () => {
  const fixture = setUp();
  await fixture.append(300);
  const before = await (await fixture.build()).sealUntilHead();
  for (const name of ['tile', 'checkpoint']) rmSync(join(fixture.directory, name), { recursive: true });
  expect(await (await fixture.build({ files: openTileFiles(fixture.directory) })).sealUntilHead()).toEqual(before);
});

test('what a process left half written is gone after the next opening', async () => {
  const fixture = setUp();
  await fixture.append(3);
  await (await fixture.build()).sealUntilHead();
  writeFileSync(join(fixture.directory, 'unfinished', '99'), 'half');
  await fixture.build();
  expect(filesBelow(fixture.directory).filter((path) => path.startsWith('unfinished'))).toEqual([]);
});

test('two builders of one log never publish two roots of one size, whoever moves the head', async () => {
  const one = setUp();
  const otherFiles = openTileFiles(mkdtempSync(join(tmpdir(), 'tree-')));
  const head = headInStream(memoryStream(), ORIGIN);
  const nodes = [await one.build({ head }), await one.build({ head, files: otherFiles })];
  const roots = new Map<number, string>();
  for (const more of [3, 300, 1, 40]) {
    await one.append(more);
    for (const published of await Promise.all(nodes.map((node) => node.sealUntilHead()))) {
      const { size, root } = published!;
      expect(hex(root)).toBe(roots.get(size) ?? hex(root));
      roots.set(size, hex(root));
    }
  }
  expect([...roots.keys()]).toEqual([3, 303, 304, 344]);
  expect((await head.read())?.size).toBe(344);
});

test.each([
  ['a file', () => headInFile(memoryFile(), ORIGIN)],
  ['a stream', () => headInStream(memoryStream(), ORIGIN)],
])('of several that move the head in %s from one place, exactly one does', async (_kind, open) => {
  const head = open();
  const to = (fill: number): TreeHead => ({ size: 4, root: Buffer.alloc(32, fill) });
  expect(await Promise.all([1, 2, 3].map((fill) => head.advance(undefined, to(fill))))).toEqual([true, false, false]);
  expect(await head.read()).toEqual(to(1));
  expect(await head.advance(to(2), { size: 9, root: Buffer.alloc(32) })).toBe(false);
  expect(await head.advance(to(1), { size: 9, root: Buffer.alloc(32) })).toBe(true);
});

function memoryFile() {
  let text: string | undefined;
  return {
    read: async () => text,
    async replace(content: string) {
      text = content;
    },
  };
}

function memoryStream(): HeadStream<number> {
  const events: string[] = [];
  return {
    last: async () => (events.length === 0 ? undefined : { revision: events.length - 1, text: events.at(-1)! }),
    async append(expected, text) {
      if (expected !== (events.length === 0 ? undefined : events.length - 1)) return false;
      events.push(text);
      return true;
    },
  };
}

/** Every tile of a tree of this size. */
function allTiles(size: number): readonly Tile[] {
  return lastTiles(size).flatMap(({ level, index }) => Array.from({ length: index + 1 }, (_, at) => ({ level, index: at, width: tileWidth(level, at, size) })));
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
}

test('every path in the directory is one of the format', () => {
  expect(allTiles(70_000).map(tilePath).filter((path) => parseTilePath(path) === undefined)).toEqual([]);
  expect(allTiles(70_000)).toHaveLength(274 + 274 + 2 + 1);
  expect(TILE_WIDTH).toBe(256);
});
