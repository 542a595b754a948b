import { logOrigin } from '../audit/origin.js';
import { signerKeyOf, verifierKeyText, type SignerKey } from '../audit/signedNote.js';
import { ledgerDecider } from '../domain/ledger/decider.js';
import { LEDGER_STREAM, type Sequence } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import type { OutsideWorld } from './outsideWorld.js';

/**
 * Records each signing key that the vault has and the log does not know yet, but for the first one, which comes with the ledger: a process
 * that made a key may have died before it had recorded it. Answers with the number of the last event recorded; undefined where none was.
 */
export async function introduceKeys(ledger: Pick<EmbeddedLedger, 'ledgerId' | 'vault' | 'handler' | 'localActor'>, newId: OutsideWorld['newId']): Promise<Sequence | undefined> {
  const origin = logOrigin(ledger.ledgerId);
  const keys = (await ledger.vault.signingKeys()).map(({ seed }) => signerKeyOf(origin, seed)).toReversed();
  let last: Sequence | undefined;
  for (const [index, key] of keys.entries()) {
    const before = keys[index - 1];
    if (before !== undefined) last = (await introduce(key, before, ledger, newId)) ?? last;
  }
  return last;
}

async function introduce(key: SignerKey, before: SignerKey, { handler, localActor }: Pick<EmbeddedLedger, 'handler' | 'localActor'>, newId: OutsideWorld['newId']): Promise<Sequence | undefined> {
  const commandId = newId();
  const command = {
    kind: 'introduceSigningKey' as const,
    publicKey: Buffer.from(key.publicKey).toString('base64'),
    verifierKey: verifierKeyText(key),
    origin: key.name,
    replaces: verifierKeyText(before),
  };
  const outcome = await handler.execute({ decider: ledgerDecider, stream: LEDGER_STREAM, command, commandId, actor: localActor, correlationId: commandId });
  if (outcome.kind === 'recorded') return outcome.events[0]?.sequence;
  if (outcome.kind === 'unchanged') return undefined;
  throw new Error(`A new signing key could not be recorded: ${outcome.kind}.`);
}
