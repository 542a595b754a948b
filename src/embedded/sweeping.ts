import { sweepReservations } from '../application/sweeper.js';
import { productKeyDecider } from '../domain/productKey/decider.js';
import type { Instant } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { recordErasures } from './erasures.js';

/** Between two sweeps: how much longer than its period a reservation may count on a key that is asked nothing. */
const SWEEP_INTERVAL_MS = 60_000;

/** Ends lapsed reservations and records noted erasures now and then, until stopped. `onError`: a sweep that failed; the next one tries again. */
export function startSweeping(ledger: EmbeddedLedger, now: () => Instant, onError: (error: unknown) => void): { stop(): Promise<void> } {
  const { handler, readModel, localActor } = ledger;
  let sweeping: Promise<unknown> = Promise.resolve();
  const sweep = (): void => {
    const swept = sweepReservations({ handler, keyDecider: productKeyDecider, lapsed: (at, limit) => readModel.reservations.lapsed(at, limit), actor: localActor, now }).catch(onError);
    sweeping = swept.then(() => recordErasures(ledger)).catch(onError);
  };
  const timer = setInterval(sweep, SWEEP_INTERVAL_MS);
  sweep();
  return {
    async stop() {
      clearInterval(timer);
      await sweeping;
    },
  };
}
