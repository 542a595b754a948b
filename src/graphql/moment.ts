import type { StatusMoment } from '../../projections/hostStatus.js';
import type { Sequence } from '../kernel/identifiers.js';
import type { LedgerContext } from './context.js';

/** The present as the server's clock has it, with everything the read model knows. */
export function presentMoment({ services }: LedgerContext): StatusMoment {
  return { now: Date.parse(services.now()) };
}

/** The moment of a question as of a recording time (epoch ms): what was known then, judged by the clock of then. */
export function momentAsOf(context: LedgerContext, asOf: number | null | undefined): StatusMoment {
  const sequence = sequenceAsOf(context, asOf);
  return sequence === undefined || asOf === null || asOf === undefined ? presentMoment(context) : { now: asOf, asOf: sequence };
}

/** The last event known at a recording time (epoch ms); undefined for the present. */
export function sequenceAsOf({ services }: LedgerContext, asOf: number | null | undefined): Sequence | undefined {
  return asOf === null || asOf === undefined ? undefined : services.readModel.sequenceAsOf(asOf);
}
