/** How the key stands: its policy, whether it is blocked, retired or replaced. */
import { accept, refuse, type Decision, type DecisionContext } from '../decision.js';
import type { ProductKeyCommand } from './commands.js';
import type { ProductKeyEvent } from './events.js';
import { HRESULT } from './hresult.js';
import type { ProductKeyState } from './state.js';

type Command<Kind extends ProductKeyCommand['kind']> = Extract<ProductKeyCommand, { kind: Kind }>;

/** Longest time a reservation may count, in hours: a year. */
export const RESERVATION_HOURS_MAX = 8_784;

export function isReservationPeriod(hours: number): boolean {
  return Number.isSafeInteger(hours) && hours >= 1 && hours <= RESERVATION_HOURS_MAX;
}

/** Open reservations keep the time they were granted. */
export function changePolicy(state: ProductKeyState, command: Command<'changePolicy'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  if (state.lastFive === undefined) return refuse('KEY_UNKNOWN');
  const { overage, reservationHours } = command;
  if (reservationHours !== undefined && !isReservationPeriod(reservationHours)) {
    return refuse('RESERVATION_HOURS_OUT_OF_RANGE', { hours: reservationHours, max: RESERVATION_HOURS_MAX });
  }
  const news = { overage: overage === state.overage ? undefined : overage, reservationHours: reservationHours === state.reservationHours ? undefined : reservationHours };
  if (news.overage === undefined && news.reservationHours === undefined) return accept();
  return accept({ type: 'ProductKeyPolicyChanged', schemaVersion: 1, occurredAt: now, data: news });
}

export function blockKey(state: ProductKeyState, command: Command<'blockKey'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  if (state.lastFive === undefined) return refuse('KEY_UNKNOWN');
  const { blockedBy, errorCode } = command;
  if (errorCode !== undefined && !HRESULT.test(errorCode)) return refuse('HRESULT_MALFORMED', { hresult: errorCode });
  if (state.blocked) return accept();
  const data = { blockedBy, errorCode: errorCode === undefined ? undefined : `0x${errorCode.slice(2).toUpperCase()}` };
  return accept({ type: 'ProductKeyBlocked', schemaVersion: 1, occurredAt: now, data });
}

export function retireKey(state: ProductKeyState, { now }: DecisionContext): Decision<ProductKeyEvent> {
  if (state.lastFive === undefined) return refuse('KEY_UNKNOWN');
  return state.retired ? accept() : accept({ type: 'ProductKeyRetired', schemaVersion: 1, occurredAt: now, data: {} });
}

/** Says which key takes its place; the replaced one goes on until it is retired. */
export function replaceKey(state: ProductKeyState, { replacement }: Command<'replaceKey'>, { now }: DecisionContext): Decision<ProductKeyEvent> {
  if (state.lastFive === undefined) return refuse('KEY_UNKNOWN');
  if (!replacement.startsWith('productKey-')) return refuse('REPLACEMENT_IS_NO_KEY', { replacement });
  if (state.replacedBy === replacement) return accept();
  return accept({ type: 'ProductKeyReplaced', schemaVersion: 1, occurredAt: now, data: { replacement } });
}
