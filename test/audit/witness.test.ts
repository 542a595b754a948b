import { expect, test } from 'vitest';
import { signCheckpoint } from '../../src/audit/checkpoint.js';
import { leafHash } from '../../src/audit/merkle.js';
import { signerKeyOf } from '../../src/audit/signedNote.js';
import { openTileTree } from '../../src/audit/tileTree.js';
import { tilePath } from '../../src/audit/tiles.js';
import { witness, type WitnessedLog } from '../../src/audit/witness.js';
import { recursiveRoot } from './referenceTree.js';

const SIGNER = signerKeyOf('synthetic.example/log', Buffer.alloc(32, 8));
const OTHER = signerKeyOf('synthetic.example/log', Buffer.alloc(32, 9));
const entries = (count: number, changed = -1): readonly Buffer[] => Array.from({ length: count }, (_, at) => Buffer.from(`synthetic entry ${at === changed ? 'changed' : at}`));

const noteOf = (list: readonly Buffer[], signer = SIGNER): string => signCheckpoint({ origin: SIGNER.name, size: list.length, root: recursiveRoot(list.map(leafHash)) }, [signer]);

/** A log that shows a checkpoint of the first `size` entries, and the tiles of all of them in every unfinished form. */
function logOf(list: readonly Buffer[], size = list.length, shown = list.length): WitnessedLog {
  const tiles = new Map<string, Uint8Array>();
  const tree = openTileTree();
  for (const entry of list.slice(0, shown)) {
    tree.append(entry);
    for (const { tile, bytes } of [...tree.takeFull(), ...tree.partial()]) tiles.set(tilePath(tile), bytes);
  }
  return { checkpoint: async () => noteOf(list.slice(0, size)), tile: async (path) => tiles.get(path) };
}

test('a log that grows is the continuation of what was seen', async () => {
  let seen: string | undefined;
  for (const [at, size] of [3, 3, 256, 300, 700].entries()) {
    const verdict = await witness(logOf(entries(size)), [SIGNER], seen);
    expect(verdict).toMatchObject({ kind: 'consistent', size, from: [0, 3, 3, 256, 300][at] });
    seen = verdict.kind === 'consistent' ? verdict.note : seen;
  }
});

test('another root at the same size is a fork, and so is a larger tree with another beginning', async () => {
  const seen = noteOf(entries(300));
  expect(await witness(logOf(entries(300, 7)), [SIGNER], seen)).toEqual({ kind: 'fork', size: 300, seen: 300 });
  expect(await witness(logOf(entries(301, 7)), [SIGNER], seen)).toEqual({ kind: 'fork', size: 301, seen: 300 });
  expect(await witness(logOf(entries(700, 299)), [SIGNER], seen)).toEqual({ kind: 'fork', size: 700, seen: 300 });
  expect(await witness(logOf(entries(700, 300)), [SIGNER], seen)).toMatchObject({ kind: 'consistent' });
});

test('an older checkpoint is a rollback while the log still has what came after, a truncation when it has not, and a fork with another past', async () => {
  const seen = noteOf(entries(300));
  expect(await witness(logOf(entries(300), 200), [SIGNER], seen)).toEqual({ kind: 'rollback', size: 200, seen: 300 });
  expect(await witness(logOf(entries(300), 200, 200), [SIGNER], seen)).toEqual({ kind: 'truncation', size: 200, seen: 300 });
  expect(await witness({ checkpoint: async () => undefined, tile: async () => undefined }, [SIGNER], seen)).toEqual({ kind: 'truncation', size: 0, seen: 300 });
  expect(await witness(logOf(entries(300, 7), 200), [SIGNER], seen)).toEqual({ kind: 'fork', size: 200, seen: 300 });
});

test('what no known key has signed, or shows no tiles, is not verified and never called consistent', async () => {
  const seen = noteOf(entries(3));
  const forged: WitnessedLog = { ...logOf(entries(9)), checkpoint: async () => noteOf(entries(9), OTHER) };
  expect((await witness(forged, [SIGNER], seen)).kind).toBe('unverified');
  expect((await witness(logOf(entries(9)), [OTHER], seen)).kind).toBe('unverified');
  expect((await witness({ ...logOf(entries(9)), tile: async () => undefined }, [SIGNER], seen)).kind).toBe('unverified');
  expect((await witness({ ...logOf(entries(9)), tile: async () => Buffer.alloc(31) }, [SIGNER], seen)).kind).toBe('unverified');
  expect((await witness({ ...logOf(entries(9)), checkpoint: async () => 'no note\n' }, [SIGNER], seen)).kind).toBe('unverified');
  expect((await witness(logOf(entries(9)), [SIGNER], noteOf(entries(3), OTHER))).kind).toBe('unverified');
});
