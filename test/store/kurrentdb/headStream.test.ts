import { afterAll, beforeAll, expect, test } from 'vitest';
import { headInStream } from '../../../src/audit/head.js';
import { openKurrentdbHeadStream } from '../../../src/store/kurrentdb/headStream.js';
import { startKurrentdbDouble, type KurrentdbDouble } from '../../support/kurrentdb/double.js';

const ORIGIN = 'activation-ledger/synthetic';
const root = (fill: number): Uint8Array => Buffer.alloc(32, fill);
let double: KurrentdbDouble | undefined;
beforeAll(async () => {
  double = await startKurrentdbDouble();
}, 60_000);
afterAll(async () => double?.stop());

const node = () => openKurrentdbHeadStream({ connectionString: double?.connectionString ?? '', prefix: 'heads.', indexPath: '' });

test('of nodes that move the head of a shared log to different roots of one size, exactly one does, and all see which', async () => {
  const streams = [node(), node(), node()];
  const heads = streams.map((stream) => headInStream(stream, ORIGIN));
  expect(await heads[0]!.read()).toBeUndefined();
  const moved = await Promise.all(heads.map((head, at) => head.advance(undefined, { size: 5, root: root(at) })));
  expect(moved.filter(Boolean)).toHaveLength(1);
  const winner = { size: 5, root: Buffer.from(root(moved.indexOf(true))) };
  for (const head of heads) expect(await head.read()).toEqual(winner);
  expect(await heads[1]!.advance(undefined, { size: 9, root: root(9) })).toBe(false);
  expect(await heads[1]!.advance(winner, { size: 9, root: root(9) })).toBe(true);
  expect(await heads[2]!.advance(winner, { size: 9, root: root(8) })).toBe(false);
  await Promise.all(streams.map((stream) => stream.close()));
});

test('two nodes that sign the same head both may', async () => {
  const streams = [node(), node()];
  const heads = streams.map((stream) => headInStream(stream, ORIGIN));
  const from = await heads[0]!.read();
  const to = { size: 12, root: root(1) };
  const moved = await Promise.all(heads.map((head) => head.advance(from, to)));
  // Whoever comes second finds the head where it wanted it.
  for (const [at, head] of heads.entries()) expect(moved[at] === true || (await head.read())?.size === 12).toBe(true);
  await Promise.all(streams.map((stream) => stream.close()));
});
