import { expect, test } from 'vitest';
import { signCheckpoint } from '../../src/audit/checkpoint.js';
import { leafHash } from '../../src/audit/merkle.js';
import { signerKeyOf, type SignerKey } from '../../src/audit/signedNote.js';
import { openTreeHasher } from '../../src/audit/treeHasher.js';
import { verifyLog, type LogLeaf } from '../../src/audit/verify/verifyLog.js';

const OWN = signerKeyOf('synthetic/own', Buffer.alloc(32, 1));
const OTHER = signerKeyOf('synthetic/other', Buffer.alloc(32, 2));
const LEAVES: readonly LogLeaf[] = ['one', 'two', 'three'].map((text) => ({ hash: leafHash(Buffer.from(text)) }));

function checkpoint(signer: SignerKey, size: number): string {
  const hasher = openTreeHasher();
  for (const { hash } of LEAVES.slice(0, size)) hasher.append(hash);
  return signCheckpoint({ origin: signer.name, size, root: hasher.root() }, [signer]);
}

async function* pages(): AsyncGenerator<readonly LogLeaf[]> {
  yield LEAVES;
}

test('a log is held to an earlier checkpoint of its own, and one of another log verifies nothing', async () => {
  const verdictSince = async (since: string, keys: readonly SignerKey[]) => (await verifyLog(checkpoint(OWN, 3), pages(), { keys, since })).findings.map(({ verdict }) => verdict);
  expect(await verdictSince(checkpoint(OWN, 2), [OWN, OTHER])).toEqual([]);
  expect(await verdictSince(checkpoint(OTHER, 2), [OWN, OTHER])).toEqual(['cannot verify']);
  expect(await verdictSince(checkpoint(OTHER, 2), [])).toEqual(['unanchored', 'cannot verify']);
});
