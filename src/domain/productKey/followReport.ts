import type { ActivationConsumptionResolved } from './activationEvents.js';
import { hostIn, installationIn, activationAt } from './activations.js';
import { usedOf } from './counts.js';
import type { ProductKeyEvent, RemainingActivationsObserved } from './events.js';
import { evolve } from './evolve.js';
import type { LimitIncreaseConfirmed } from './limitEvents.js';
import type { ProductKeyState, Report } from './state.js';
import { entriesFrom } from './textMap.js';

/**
 * The report, and what follows from it: an uncertain activation that it settles, and granted increases that it shows.
 * `before`: what the same command records before the report.
 */
export function followReport(state: ProductKeyState, before: readonly ProductKeyEvent[], report: RemainingActivationsObserved): ProductKeyEvent[] {
  const earlier = before.reduce(evolve, state);
  const events: ProductKeyEvent[] = [report];
  if (earlier.report !== undefined && report.occurredAt < earlier.report.at) return events;
  const settled = settledBy(earlier, report);
  if (settled !== undefined) events.push(settled);
  events.push(...shownGrants(events.reduce(evolve, earlier), earlier.report, report));
  return events;
}

/**
 * An uncertain activation is settled by two reports if it is the only uncertainty between them and everything else is explained:
 * the first report leaves nothing unexplained, no reservation is open that may have been spent, nothing is known of the time after.
 */
function settledBy(state: ProductKeyState, { data, occurredAt }: RemainingActivationsObserved): ActivationConsumptionResolved | undefined {
  const { report, allowed, counts, changedAt } = state;
  if (report?.unexplained !== 0 || allowed === undefined || counts.uncertain !== 1 || counts.reserved > 0) return undefined;
  if (changedAt === undefined || changedAt > occurredAt || (state.openingAsOf !== undefined && state.openingAsOf > report.at)) return undefined;
  const [only] = entriesFrom(state.uncertain);
  if (only === undefined || only[1] <= report.at) return undefined;
  const spent = allowed - data.remaining - (usedOf(counts) - 1);
  if (spent !== 0 && spent !== 1) return undefined;
  return { type: 'ActivationConsumptionResolved', schemaVersion: 1, occurredAt, data: { ...nameAt(state, only[0]), consumed: spent === 1, basis: 'REPORTS' } };
}

/** The uncertain activation at a place, by its id or by host and installation. */
function nameAt(state: ProductKeyState, place: string): Pick<ActivationConsumptionResolved['data'], 'activation' | 'host' | 'installation'> {
  const activation = activationAt(state.activations, place)?.counted.findLast(({ as }) => as === 'UNCERTAIN')?.activation;
  return activation === undefined ? { host: hostIn(place), installation: installationIn(place) } : { activation };
}

/** A grant is shown by a report of more than could remain without it, with what the report before left unexplained taken off. */
function shownGrants(state: ProductKeyState, previous: Report | undefined, { data, occurredAt }: RemainingActivationsObserved): LimitIncreaseConfirmed[] {
  const { allowed, counts, unconfirmed } = state;
  if (allowed === undefined) return [];
  const unexplained = Math.max(previous?.unexplained ?? 0, 0);
  let without = allowed - (usedOf(counts) - counts.reserved) - unexplained - unconfirmed.reduce((sum, { quantity }) => sum + quantity, 0);
  const shown: LimitIncreaseConfirmed[] = [];
  for (const { increase, quantity, at } of unconfirmed) {
    if (at <= occurredAt && data.remaining > without) {
      shown.push({ type: 'LimitIncreaseConfirmed', schemaVersion: 1, occurredAt, data: { increase, reportedRemaining: data.remaining } });
    }
    without += quantity;
  }
  return shown;
}
