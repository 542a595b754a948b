import type { ProductFamily } from '../vocabulary.js';

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

const SOURCE = 'Volume licensing product-key FAQ, 06/2018; windowsserverdocs kms-activation-planning.md @0521d9b';

/** Every figure that was ever in force: a change ends one entry and begins another. */
export const minimumCounts: readonly MinimumCount[] = [
  { family: 'WINDOWS_CLIENT', count: 25, countedWith: 'WINDOWS', validFrom: undefined, validUntil: undefined, source: SOURCE },
  { family: 'WINDOWS_SERVER', count: 5, countedWith: 'WINDOWS', validFrom: undefined, validUntil: undefined, source: SOURCE },
  { family: 'OFFICE', count: 5, countedWith: 'OFFICE', validFrom: undefined, validUntil: undefined, source: SOURCE },
];

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
