/** A figure of the field that may change: with the rule it belongs to, its source and since when it holds. */
export interface Figure {
  readonly rule: string;
  readonly value: number;
  readonly unit: 'days' | 'machines';
  readonly source: string;
  /** Date from which it holds, `YYYY-MM-DD`; undefined: from the beginning of volume activation. */
  readonly validFrom: string | undefined;
}

const FAQ = 'Microsoft, Volume licensing product-key FAQ, 06/2018';
const DOCUMENTATION = 'Microsoft, Volume activation documentation';

/** A KMS activation is valid this long after its last success. */
export const KMS_VALIDITY: Figure = { rule: 'K-3', value: 180, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
/** An Active Directory-based activation is valid this long after the last contact. */
export const ADBA_VALIDITY: Figure = { rule: 'A-1', value: 180, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
/** Renewal is tried every 7 days; two missed renewals are overdue. */
export const RENEWAL_OVERDUE_AFTER: Figure = { rule: 'K-3', value: 14, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
/** Out-of-tolerance grace after the validity has passed without renewal. */
export const OUT_OF_TOLERANCE_GRACE: Figure = { rule: 'G-2', value: 30, unit: 'days', source: FAQ, validFrom: undefined };
/** A KMS host remembers a client this long. */
export const KMS_COUNT_WINDOW: Figure = { rule: 'K-2', value: 30, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
export const KMS_THRESHOLD_WINDOWS_CLIENT: Figure = { rule: 'K-1', value: 25, unit: 'machines', source: FAQ, validFrom: undefined };
export const KMS_THRESHOLD_WINDOWS_SERVER: Figure = { rule: 'K-1', value: 5, unit: 'machines', source: FAQ, validFrom: undefined };
export const KMS_THRESHOLD_OFFICE: Figure = { rule: 'K-1', value: 5, unit: 'machines', source: FAQ, validFrom: undefined };

const DAY_MS = 86_400_000;

/** A figure in days as milliseconds. */
export function milliseconds(figure: Figure): number {
  return figure.value * DAY_MS;
}
