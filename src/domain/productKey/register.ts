import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { InstantText } from '../event.js';
import { readActivation } from './activations.js';
import type { RegisterKey } from './commands.js';
import { COUNT_MAX, isCount } from './counts.js';
import type { ProductKeyEvent, ProductKeyRegistered } from './events.js';
import { isReservationPeriod, RESERVATION_HOURS_MAX } from './standing.js';
import type { ProductKeyState } from './state.js';
import { entriesFrom } from './textMap.js';

/** Somebody enters the key. */
export function registerKey(state: ProductKeyState, command: RegisterKey, context: DecisionContext): Decision<ProductKeyEvent> {
  if (state.registered) return refuse('KEY_ALREADY_REGISTERED', { lastFive: command.lastFive });
  const { allowed, opening, keyKind: kind, reservationHours, overage, pool } = command;
  if (allowed !== undefined && !isCount(allowed)) return refuse('COUNT_OUT_OF_RANGE', { count: allowed, max: COUNT_MAX });
  if (opening !== undefined && !isCount(opening.count)) return refuse('COUNT_OUT_OF_RANGE', { count: opening.count, max: COUNT_MAX });
  if (opening !== undefined && kind !== 'MAK') return refuse('OPENING_WITHOUT_MAK');
  if (reservationHours !== undefined && !isReservationPeriod(reservationHours)) {
    return refuse('RESERVATION_HOURS_OUT_OF_RANGE', { hours: reservationHours, max: RESERVATION_HOURS_MAX });
  }
  const { lastFive, fingerprint, product, agreement, obtainedFrom } = command;
  const alreadyObserved = opening === undefined ? 0 : Math.min(observedBefore(state, opening.asOf), opening.count);
  const data: ProductKeyRegistered['data'] = {
    lastFive,
    fingerprint,
    kind,
    product,
    agreement,
    allowed,
    opening: opening === undefined ? undefined : { ...opening, alreadyObserved },
    obtainedFrom,
    pool,
    overage,
    reservationHours,
  };
  return accept({ type: 'ProductKeyRegistered', schemaVersion: 1, occurredAt: context.now, data });
}

/** Reads all activations: once in the life of a key. */
function observedBefore(state: ProductKeyState, asOf: InstantText): number {
  let count = 0;
  for (const [, text] of entriesFrom(state.activations)) {
    const { at, counted } = readActivation(text);
    if (at < asOf && counted.length > 0) count += 1;
  }
  return count;
}
