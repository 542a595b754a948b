import { sweepReservations } from '../application/sweeper.js';
import { productKeyDecider } from '../domain/productKey/decider.js';
import type { Instant } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';

/** Between two sweeps: how much longer than its period a reservation may count on a key that is asked nothing. */
const SWEEP_INTERVAL_MS = 60_000;

/** Ends lapsed reservations now and then, until stopped. `onError`: a sweep that failed; the next one tries again. */
export function startSweeping({ handler, readModel, localActor }: EmbeddedLedger, now: () => Instant, onError: (error: unknown) => void): { stop(): Promise<void> } {
  let sweeping: Promise<unknown> = Promise.resolve();
  const sweep = (): void => {
    sweeping = sweepReservations({ handler, keyDecider: productKeyDecider, lapsed: (at, limit) => readModel.reservations.lapsed(at, limit), actor: localActor, now }).catch(onError);
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
