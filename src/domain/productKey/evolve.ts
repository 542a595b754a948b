import type { ProductKeyEvent } from './events.js';
import { addedTo, classChange, usedOf } from './counts.js';
import { evolveActivation } from './evolveActivation.js';
import { evolveKms } from './evolveKms.js';
import { evolveLimit } from './evolveLimit.js';
import type { ProductKeyState, Report } from './state.js';

/** The key's state after one of its events. */
export function evolve(state: ProductKeyState, event: ProductKeyEvent): ProductKeyState {
  return balanced(state, evolveKey(evolveKms(evolveLimit(evolveActivation(state, event), event), event), event), event);
}

function evolveKey(state: ProductKeyState, event: ProductKeyEvent): ProductKeyState {
  switch (event.type) {
    case 'ProductKeyObserved': {
      const { lastFive, kind } = event.data;
      const fingerprint = state.fingerprint ?? event.data.fingerprint;
      return { ...state, lastFive, fingerprint, kind: state.kind === 'UNKNOWN' ? kind : state.kind, product: state.product ?? event.data.product };
    }
    case 'ProductKeyRegistered': {
      const { lastFive, kind, product, opening, overage, reservationHours } = event.data;
      const fingerprint = event.data.fingerprint ?? state.fingerprint;
      const agreement = event.data.agreement ?? state.agreement;
      const allowed = event.data.allowed ?? state.allowed;
      return { ...state, lastFive, fingerprint, kind, product, agreement, allowed, overage, reservationHours, registered: true, openingAsOf: opening?.asOf };
    }
    case 'ProductKeyPolicyChanged': {
      const { overage, reservationHours } = event.data;
      return { ...state, overage: overage ?? state.overage, reservationHours: reservationHours ?? state.reservationHours };
    }
    case 'ProductKeyBlocked':
      return { ...state, blocked: true };
    case 'ProductKeyRetired':
      return { ...state, retired: true };
    case 'ProductKeyReplaced':
      return { ...state, replacedBy: event.data.replacement };
    case 'CorrectionRecorded': {
      const { eventType, field, value } = event.data;
      if (eventType !== 'ProductKeyRegistered') return state;
      if (field === 'product' && typeof value === 'string') return { ...state, product: value };
      return field === 'agreement' ? { ...state, agreement: typeof value === 'string' ? value : undefined } : state;
    }
    default:
      return state;
  }
}

/** Counts, and what the newest report says beside them. */
function balanced(before: ProductKeyState, state: ProductKeyState, event: ProductKeyEvent): ProductKeyState {
  if (event.type === 'RemainingActivationsObserved') return reported(state, event.data.remaining, event.occurredAt);
  const change = classChange(event);
  const raised = (state.allowed ?? 0) - (before.allowed ?? 0);
  const counts = addedTo(state.counts, change);
  const spent = usedOf(counts) - counts.reserved - (usedOf(before.counts) - before.counts.reserved);
  if (raised === 0 && spent === 0 && counts.reserved === before.counts.reserved) return { ...state, counts };
  const at = event.type === 'ProductKeyRegistered' && event.data.opening !== undefined ? event.data.opening.asOf : event.occurredAt;
  const changedAt = state.changedAt === undefined || at > state.changedAt ? at : state.changedAt;
  return { ...state, counts, changedAt, report: state.report && adjusted(state.report, raised - spent, at) };
}

/** A report of an earlier time than the newest changes nothing. */
function reported(state: ProductKeyState, remaining: number, at: string): ProductKeyState {
  if (state.report !== undefined && at < state.report.at) return state;
  const known = state.allowed !== undefined && (state.changedAt === undefined || state.changedAt <= at);
  const unexplained = known ? (state.allowed ?? 0) - remaining - (usedOf(state.counts) - state.counts.reserved) : undefined;
  return { ...state, report: { at, remaining, left: remaining, unexplained } };
}

/** What happened after a report changes what it leaves; what is learned of the time before changes what it leaves unexplained. */
function adjusted(report: Report, balance: number, at: string): Report {
  if (at > report.at) return { ...report, left: report.left + balance };
  return report.unexplained === undefined ? report : { ...report, unexplained: report.unexplained + balance };
}
