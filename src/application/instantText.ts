import { refused } from './acceptedText.js';
import type { RefusedOutcome } from './port.js';

const DAY_MS = 86_400_000;
/** Times are compared as texts, which their years of four digits make possible. */
const EARLIEST_MS = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Why a command is not taken that says when something happened (epoch milliseconds); undefined if it is. Clocks that differ and
 * times without a zone make it up to a day later than now (epoch milliseconds).
 */
export function refusedTime(occurredAt: number | undefined, now: () => number): RefusedOutcome | undefined {
  if (occurredAt === undefined) return undefined;
  if (!(occurredAt >= EARLIEST_MS && occurredAt <= LATEST_MS)) return refused('OCCURRED_OUT_OF_RANGE');
  return occurredAt > now() + DAY_MS ? refused('OCCURRED_IN_THE_FUTURE') : undefined;
}

/** Epoch milliseconds as the domain writes times; nothing for nothing. */
export function instantText(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
