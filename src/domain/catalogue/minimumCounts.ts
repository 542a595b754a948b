import { BUILT_IN_FIGURES } from '../rules/figures.js';
import { COUNTED_WITH, THRESHOLD_FIGURES } from '../rules/kmsFacts.js';
import { figureInForce } from '../rules/makeRuleBook.js';
import type { ProductFamily } from '../vocabulary.js';

/** Before any figure changed. */
const FIRST_DAY = '0000-01-01';

/** How many unique machines a KMS host must have counted before it activates a product class (rule K-1). */
export interface MinimumCount {
  readonly family: Exclude<ProductFamily, 'UNKNOWN'>;
  /** Unique client machine ids. */
  readonly count: number;
  /** Windows clients and servers share one count on a host; Office is counted apart, by the machines that have it. */
  readonly countedWith: 'WINDOWS' | 'OFFICE';
  /** First instant (ISO 8601, UTC) at which the figure holds; undefined: since KMS exists for the class. */
  readonly validFrom: string | undefined;
  /** First instant at which it no longer holds; undefined: still in force when the sources were read. */
  readonly validUntil: string | undefined;
  readonly source: string;
}

const FAMILIES = ['WINDOWS_CLIENT', 'WINDOWS_SERVER', 'OFFICE'] as const;

/** The figures of rule K-1 that come with the ledger. */
export const minimumCounts: readonly MinimumCount[] = FAMILIES.map((family) => {
  const { value, source, validFrom } = figureInForce(BUILT_IN_FIGURES, THRESHOLD_FIGURES[family], FIRST_DAY);
  return { family, count: value, countedWith: COUNTED_WITH[family], validFrom, validUntil: undefined, source };
});

/** The figure in force for a class at an instant (ISO 8601, UTC); undefined for a class without one. */
export function minimumCountOf(
  family: ProductFamily,
  at: string,
  counts: readonly MinimumCount[] = minimumCounts,
): MinimumCount | undefined {
  return counts.find(
    (entry) =>
      entry.family === family &&
      (entry.validFrom === undefined || entry.validFrom <= at) &&
      (entry.validUntil === undefined || at < entry.validUntil),
  );
}
