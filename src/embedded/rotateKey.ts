import { logOrigin } from '../audit/origin.js';
import { readPublished } from '../audit/builder.js';
import { signerKeyOf, verifierKeyText, type SignerKey } from '../audit/signedNote.js';
import { openTileFiles } from '../audit/tileFiles.js';
import type { Sequence } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { introduceKeys } from './introduceKeys.js';
import type { OutsideWorld } from './outsideWorld.js';
import { sealAtLeast, signersSince } from './sealKeyChange.js';

export interface RotatedKey {
  readonly verifierKey: string;
  readonly replaces: string;
  /** Of the event that introduces it. */
  readonly sequence: Sequence;
  /**
   * A checkpoint that covers that event, signed by both keys: who trusts the old one learns the new one from it. Undefined where other nodes
   * were ahead all the time: then this directory's next start makes it.
   */
  readonly checkpoint: string | undefined;
}

/**
 * Makes a new key to sign checkpoints with, records it, and seals that with the old key and the new one. From the next checkpoint on the
 * new one signs alone. If the process dies in between, the next start records and seals it. `ledger` must have been opened with `sealing: 'off'`.
 */
export async function rotateSigningKey(ledger: EmbeddedLedger, newId: OutsideWorld['newId']): Promise<RotatedKey> {
  const { ledgerId, vault, store, directory, logPlace } = ledger;
  const origin = logOrigin(ledgerId);
  await vault.signingKeys();
  const keys = (await vault.rotateSigningKey()).map(({ seed }) => signerKeyOf(origin, seed));
  const [current, previous] = keys as [SignerKey, SignerKey];
  // Unless another node that was just started has recorded it first.
  const sequence = (await introduceKeys(ledger, newId)) ?? (await store.head()).sequence;
  const signers = signersSince(keys, await readPublished(openTileFiles(directory.treePath), origin));
  const checkpoint = await sealAtLeast(sequence, { log: logPlace, directory: directory.treePath, origin, seeds: signers.map(({ seed }) => seed) }, store);
  return { verifierKey: verifierKeyText(current), replaces: verifierKeyText(previous), sequence, checkpoint: checkpoint?.note };
}
