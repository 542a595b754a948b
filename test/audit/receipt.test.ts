import { expect, test } from 'vitest';
import { signCheckpoint } from '../../src/audit/checkpoint.js';
import { leafHash } from '../../src/audit/merkle.js';
import { inclusionProof } from '../../src/audit/proofs.js';
import { parseReceipt, receiptText, verifyReceipt } from '../../src/audit/receipt.js';
import { signerKeyOf } from '../../src/audit/signedNote.js';
import { hex, recursiveRoot, subtreesOfLeaves } from './referenceTree.js';

const signer = signerKeyOf('synthetic.example/log', Buffer.alloc(32, 5));
const entries = Array.from({ length: 11 }, (_, at) => `{"synthetic":${at}}`);
const leaves = entries.map(leafHash);
const checkpoint = signCheckpoint({ origin: signer.name, size: 11, root: recursiveRoot(leaves) }, [signer]);

async function receiptOf(index: number): Promise<string> {
  return receiptText({ index, hashes: await inclusionProof(index, 11, subtreesOfLeaves(leaves)), checkpoint });
}

test('a receipt of each entry verifies with nothing but the entry and the key', async () => {
  for (const [index, entry] of entries.entries()) {
    expect(verifyReceipt(await receiptOf(index), entry, [signer], signer.name)).toMatchObject({ kind: 'verified', index, checkpoint: { size: 11 } });
  }
});

test('a receipt has the form of c2sp.org/tlog-proof', async () => {
  const text = await receiptOf(10);
  expect(text.split('\n').slice(0, 3)).toEqual(['c2sp.org/tlog-proof@v1', 'index 10', Buffer.from(recursiveRoot(leaves.slice(8, 10))).toString('base64')]);
  expect(text.endsWith(`\n\n${checkpoint}`)).toBe(true);
});

test('the receipt of another entry, or of the same at another place, does not verify', async () => {
  const text = await receiptOf(4);
  expect(verifyReceipt(text, entries[5]!, [signer])).toMatchObject({ kind: 'notIncluded', index: 4 });
  expect(verifyReceipt(text.replace('index 4', 'index 5'), entries[4]!, [signer])).toMatchObject({ kind: 'notIncluded', index: 5 });
});

test('without the key of the log nothing is proven', async () => {
  expect(verifyReceipt(await receiptOf(4), entries[4]!, [])).toEqual({ kind: 'noKnownKey' });
});

test('extra data is kept and vouched for by nobody', () => {
  const receipt = { index: 0, hashes: [], checkpoint: 'x\n', extra: Buffer.from('synthetic') };
  expect(parseReceipt(receiptText(receipt))).toEqual(receipt);
});

test('a tree of one entry has a receipt without hashes', () => {
  const one = signCheckpoint({ origin: signer.name, size: 1, root: leaves[0]! }, [signer]);
  const text = receiptText({ index: 0, hashes: [], checkpoint: one });
  expect(text.startsWith('c2sp.org/tlog-proof@v1\nindex 0\n\n')).toBe(true);
  expect(verifyReceipt(text, entries[0]!, [signer])).toMatchObject({ kind: 'verified', index: 0 });
});

test.each([
  ['another first line', (text: string) => text.replace('@v1', '@v2')],
  ['no index', (text: string) => text.replace('index 4\n', '')],
  ['an index with a leading zero', (text: string) => text.replace('index 4', 'index 04')],
  ['a hash cut short', (text: string) => text.replace(/^(index 4\n.{40})....$/m, '$1')],
  ['no checkpoint', (text: string) => text.slice(0, text.indexOf('\n\n'))],
])('a text with %s is no receipt', async (_what, change) => {
  const text = await receiptOf(4);
  const changed = change(text);
  expect(changed).not.toBe(text);
  expect(verifyReceipt(changed, entries[4]!, [signer])).toEqual({ kind: 'malformed' });
  expect(hex(leaves[4]!)).toHaveLength(64);
});
