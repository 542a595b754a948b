import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import { sha256Of } from '../evidence.js';
import { placeOf } from './activations.js';
import type { ActivationCommand } from './commands.js';
import type { ProductKeyEvent } from './events.js';
import { findCounted, type ActivationName } from './evolveActivation.js';
import type { ProductKeyState } from './state.js';

type Command<Kind extends ActivationCommand['kind']> = Extract<ActivationCommand, { kind: Kind }>;

/** Takes an activation out of the counts. Only with evidence: nothing else lowers what was spent. */
export function reverseActivation(state: ProductKeyState, command: Command<'reverseActivation'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const { cause } = command;
  const evidenceSha256 = sha256Of(command.evidenceSha256);
  if (evidenceSha256 === undefined) return refuse('EVIDENCE_NEEDED');
  const found = findCounted(state, command, () => true);
  if (found === undefined) return refuse('ACTIVATION_NOT_COUNTED', named(command));
  // What was credited had been spent before the ledger; what is wrong or there twice was not, and the opening balance holds as stated.
  const countedAs = found.item.as === 'MOVED_FROM_OPENING' && cause === 'CREDITED' ? 'OBSERVED' : found.item.as;
  const data = { ...nameOf(command), cause, evidenceSha256, countedAs };
  return accept({ type: 'ActivationReversed', schemaVersion: 1, occurredAt: now, data });
}

/** Somebody says whether an uncertain activation was consumed. */
export function resolveConsumption(state: ProductKeyState, command: Command<'resolveConsumption'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  const found = findCounted(state, command, (as) => as === 'UNCERTAIN');
  if (found === undefined) return refuse('ACTIVATION_NOT_UNCERTAIN', named(command));
  // Named by its id wherever it has one, since that is what says which class it goes to.
  const name: ActivationName = found.item.activation === undefined ? nameOf(command) : { activation: found.item.activation };
  return accept({ type: 'ActivationConsumptionResolved', schemaVersion: 1, occurredAt: now, data: { ...name, consumed: command.consumed, basis: 'STATEMENT' } });
}

function nameOf({ activation, host, installation }: ActivationName): ActivationName {
  return activation === undefined ? { host, installation } : { activation };
}

function named({ activation, host, installation }: ActivationName): { readonly activation: string } {
  return { activation: activation ?? placeOf(host ?? '?', installation ?? 0) };
}
