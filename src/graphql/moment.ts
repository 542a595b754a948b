import type { StatusMoment } from '../../projections/hostStatus.js';
import type { Catalogue } from '../domain/catalogue/catalogue.js';
import type { Sequence } from '../kernel/identifiers.js';
import type { LedgerContext } from './context.js';

/** The moment a question is about, with the product facts that names and meanings are taken from: those of today, whatever the moment. */
export interface Moment extends StatusMoment {
  readonly catalogue: Catalogue;
  /** Only what had happened by then counts (epoch ms); undefined: everything known. */
  readonly validAt?: number | undefined;
}

/** The present as the server's clock has it, with everything the read model knows. */
export function presentMoment({ services }: LedgerContext): Moment {
  return { now: Date.parse(services.now()), catalogue: services.catalogue };
}

/** The moment of a question as of a recording time (epoch ms): what was known then, judged by the clock of then. */
export function momentAsOf(context: LedgerContext, asOf: number | null | undefined): Moment {
  const sequence = sequenceAsOf(context, asOf);
  return sequence === undefined || asOf === null || asOf === undefined ? presentMoment(context) : { now: asOf, asOf: sequence, catalogue: context.services.catalogue };
}

/** The last event known at a recording time (epoch ms); undefined for the present. */
export function sequenceAsOf({ services }: LedgerContext, asOf: number | null | undefined): Sequence | undefined {
  return asOf === null || asOf === undefined ? undefined : services.readModel.sequenceAsOf(asOf);
}
