import { ledgerDecider } from '../domain/ledger/decider.js';
import { signerKeyOf, verifierKeyText, type SignerKey } from '../audit/signedNote.js';
import { LEDGER_STREAM, type Sequence } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { logOrigin } from '../audit/origin.js';
import type { OutsideWorld } from './outsideWorld.js';
import { builderOf } from './sealTask.js';

export interface RotatedKey {
  readonly verifierKey: string;
  readonly replaces: string;
  /** Of the event that introduces it. */
  readonly sequence: Sequence;
  /** A checkpoint that covers that event, signed by both keys: who trusts the old one learns the new one from it. */
  readonly checkpoint: string;
}

/**
 * Makes a new key to sign checkpoints with, records it, and seals that with the old key and the new one. From the next checkpoint on the
 * new one signs alone. `ledger` must have been opened with `sealing: 'off'`.
 */
export async function rotateSigningKey(ledger: EmbeddedLedger, newId: OutsideWorld['newId']): Promise<RotatedKey> {
  const { ledgerId, vault, handler, store, directory, localActor } = ledger;
  const origin = logOrigin(ledgerId);
  await vault.signingKeys();
  const [current, previous] = (await vault.rotateSigningKey()).map(({ seed }) => signerKeyOf(origin, seed)) as [SignerKey, SignerKey];
  const [verifierKey, replaces] = [verifierKeyText(current), verifierKeyText(previous)];
  const commandId = newId();
  const command = { kind: 'introduceSigningKey' as const, publicKey: Buffer.from(current.publicKey).toString('base64'), verifierKey, origin, replaces };
  const outcome = await handler.execute({ decider: ledgerDecider, stream: LEDGER_STREAM, command, commandId, actor: localActor, correlationId: commandId });
  if (outcome.kind !== 'recorded') throw new Error(`The new key could not be recorded: ${outcome.kind}.`);
  const builder = await builderOf({ log: undefined, directory: directory.treePath, origin, seeds: [current.seed, previous.seed] }, store);
  const checkpoint = await builder.sealUntilHead();
  await builder.close();
  return { verifierKey, replaces, sequence: (await store.head()).sequence, checkpoint: checkpoint?.note ?? '' };
}
