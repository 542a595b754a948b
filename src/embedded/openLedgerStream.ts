import { ledgerDecider } from '../domain/ledger/decider.js';
import type { CommandHandler } from '../kernel/commandHandler.js';
import { parseEnvelope, type StoredEvent } from '../kernel/envelope.js';
import { LEDGER_STREAM, START, type Revision } from '../kernel/identifiers.js';
import { StoreError, type EventStore } from '../store/port.js';
import { VaultError, type Vault } from '../vault/port.js';
import type { OutsideWorld } from './outsideWorld.js';

interface Beginning {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  /** Who begins the ledger, where there is none. */
  readonly userName: string;
  readonly newId: OutsideWorld['newId'];
}

/**
 * The ledger's id: from its first event, or a new one where the log is empty. Of several nodes that begin the same ledger at once, the
 * first append decides, and the others adopt its id.
 *
 * The log is begun before the vault is bound to it, and nothing else is recorded in between. So a log of one event may still have an
 * unbound vault; a longer one whose vault is unbound has lost it, and an empty one whose vault is bound is not the vault's.
 * Throws VAULT_MISSING, VAULT_OF_ANOTHER_LEDGER, LOG_MISSING, and then has written nothing.
 */
export async function openLedgerStream(beginning: Beginning): Promise<string> {
  const { store, vault } = beginning;
  // Read before the vault is asked: what is in the log beyond its first event was recorded after the vault was bound.
  const [first, second] = await store.readAll(START, 2);
  const bound = await vault.ledgerId();
  // Another node may have begun the log and bound the vault since it was read: a stream is read as it is, also of a log that a node counts.
  if (first === undefined && bound !== undefined && (await store.readStream(LEDGER_STREAM, 0 as Revision, 1)).length === 0) {
    const message = `The vault belongs to ledger ${bound}, and the log is empty. Name the log it belongs to, or restore it from a backup; a new ledger begins with a new vault.`;
    throw new StoreError('LOG_MISSING', message, { retryable: false });
  }
  const ledgerId = first === undefined ? await begin(beginning) : ledgerIdOf(first);
  if (bound === undefined && second !== undefined) {
    const message = `The vault of ledger ${ledgerId} is missing (vault.db, or the bucket that --vault names). Without it names and fingerprints are lost: restore it from a backup.`;
    throw new VaultError('VAULT_MISSING', message);
  }
  await vault.bindLedger(ledgerId);
  return ledgerId;
}

async function begin({ store, vault, handler, userName, newId }: Beginning): Promise<string> {
  const actor = await vault.subjectFor(userName);
  const ledgerId = newId();
  const command = { kind: 'openLedger' as const, ledgerId };
  const outcome = await handler.execute({ decider: ledgerDecider, stream: LEDGER_STREAM, command, commandId: newId(), actor, correlationId: ledgerId });
  if (outcome.kind === 'recorded') return ledgerId;
  const [first] = await store.readAll(START, 1);
  if (first === undefined) throw new Error(`The ledger could not be opened: ${outcome.kind}.`);
  return ledgerIdOf(first);
}

function ledgerIdOf(first: StoredEvent): string {
  return (parseEnvelope(first.text).data as { readonly ledgerId: string }).ledgerId;
}
