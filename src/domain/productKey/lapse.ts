import { accept, type Decision, type DecisionContext } from '../decision.js';
import type { InstantText } from '../event.js';
import type { ActivationReleased } from './activationEvents.js';
import { requestedActivation } from './activations.js';
import type { ProductKeyCommand } from './commands.js';
import type { ProductKeyEvent } from './events.js';
import { evolve } from './evolve.js';
import { expiryKey, reservationKey, type ProductKeyState } from './state.js';
import { entriesFrom, valueOf, type TextMap } from './textMap.js';

/** Reservations that one command releases. The others wait for the next; a place is free either way. */
export const LAPSES_MAX = 500;
/** Reservations that a further command of the same append releases: it needs one place, and all of them have to fit that append. */
export const FURTHER_LAPSES_MAX = 1;

/**
 * Decides as if the reservations past their time were released already, and records their release first. They are free to every
 * decision from their time on, whether the sweeper has come by or not.
 */
export function afterLapses(
  state: ProductKeyState,
  command: ProductKeyCommand,
  context: DecisionContext,
  decide: (state: ProductKeyState) => Decision<ProductKeyEvent>,
): Decision<ProductKeyEvent> {
  const lapses = lapsesDue(state, command, context);
  // What the sweeper asks for is nothing but this.
  if (command.kind === 'releaseActivation' && command.cause === 'LAPSED') return accept(...lapses);
  const decision = decide(lapses.reduce<ProductKeyState>(evolve, state));
  if (decision.kind === 'refused' || decision.events.length === 0) return decision;
  return accept(...lapses, ...decision.events);
}

/** Those the command is about first, then the oldest. */
function lapsesDue(state: ProductKeyState, command: ProductKeyCommand, { now, follows = false }: DecisionContext): ActivationReleased[] {
  const most = follows ? FURTHER_LAPSES_MAX : LAPSES_MAX;
  const due = new Map<string, ActivationReleased>();
  for (const activation of concerned(state, command)) {
    const request = requestedActivation(state.requests, activation);
    if (request?.is === 'OPEN' && request.expiresAt <= now) due.set(activation, lapse(activation, request.expiresAt));
  }
  const end = expiryKey(now, '\uFFFF');
  for (const [key] of entriesFrom(state.expiries)) {
    if (key > end || due.size >= most) break;
    const [expiresAt = '', activation = ''] = key.split(' ');
    if (!due.has(activation)) due.set(activation, lapse(activation, expiresAt));
  }
  return [...due.values()];
}

/** The activation that a command names, or whatever is reserved where it asks for one or saw one. */
function concerned({ reservations }: ProductKeyState, command: ProductKeyCommand): readonly string[] {
  if (command.kind === 'requestActivation') return reservedAt(reservations, [reservationKey(command.host, command.installation)]);
  if (command.kind === 'observeActivation') {
    return reservedAt(reservations, [reservationKey(command.host, command.installation), reservationKey(command.host, undefined)]);
  }
  return 'activation' in command && command.activation !== undefined ? [command.activation] : [];
}

function reservedAt(reservations: TextMap, keys: readonly string[]): readonly string[] {
  return keys.flatMap((key) => valueOf(reservations, key) ?? []);
}

/** It happened at its time, not when somebody noticed. */
function lapse(activation: string, expiresAt: InstantText): ActivationReleased {
  return { type: 'ActivationReleased', schemaVersion: 1, occurredAt: expiresAt, data: { activation, cause: 'LAPSED' } };
}
