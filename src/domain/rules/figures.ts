/** Names of the figures. */
export const FIGURE_IDS = [
  'KMS_VALIDITY',
  'ADBA_VALIDITY',
  'RENEWAL_OVERDUE_AFTER',
  'OUT_OF_TOLERANCE_GRACE',
  'GRACE_PERIOD',
  'KMS_COUNT_WINDOW',
  'KMS_CONTACTS_KEPT',
  'KMS_RENEWAL_INTERVAL',
  'KMS_RETRY_INTERVAL',
  'KMS_CLOCK_TOLERANCE',
  'KMS_THRESHOLD_WINDOWS_CLIENT',
  'KMS_THRESHOLD_WINDOWS_SERVER',
  'KMS_THRESHOLD_OFFICE',
  'KMS_HOST_SLOTS',
  'KMS_HOST_ACTIVATIONS',
  'MAK_PREFERRED_BELOW',
  'RESERVATION_PERIOD',
] as const;
export type FigureId = (typeof FIGURE_IDS)[number];

export type FigureUnit = 'days' | 'machines' | 'hosts' | 'activations' | 'hours' | 'contacts';

/** A figure of the field that may change: with the rule it belongs to, its source and since when it holds. */
export interface Figure {
  readonly id: FigureId;
  readonly rule: string;
  readonly value: number;
  readonly unit: FigureUnit;
  readonly source: string;
  /** Date from which it holds, `YYYY-MM-DD`; undefined: from the beginning of volume activation. */
  readonly validFrom: string | undefined;
}

const FAQ = 'Microsoft, Volume licensing product-key FAQ, 06/2018';
const DOCUMENTATION = 'Microsoft, Volume activation documentation';
const OWN = 'This ledger';

/** A KMS activation is valid this long after its last success. */
export const KMS_VALIDITY: Figure = { id: 'KMS_VALIDITY', rule: 'K-3', value: 180, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
/** An Active Directory-based activation is valid this long after the last contact. */
export const ADBA_VALIDITY: Figure = { id: 'ADBA_VALIDITY', rule: 'A-1', value: 180, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
/** Renewal is tried every 7 days; two missed renewals are overdue. */
export const RENEWAL_OVERDUE_AFTER: Figure = { id: 'RENEWAL_OVERDUE_AFTER', rule: 'K-3', value: 14, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
/** Out-of-tolerance grace after the validity has passed without renewal. */
export const OUT_OF_TOLERANCE_GRACE: Figure = { id: 'OUT_OF_TOLERANCE_GRACE', rule: 'G-2', value: 30, unit: 'days', source: FAQ, validFrom: undefined };
/** Grace of a host that was never activated, as a rule. */
const GRACE_PERIOD: Figure = { id: 'GRACE_PERIOD', rule: 'G-1', value: 30, unit: 'days', source: FAQ, validFrom: undefined };
/** A KMS host remembers a client this long. */
export const KMS_COUNT_WINDOW: Figure = { id: 'KMS_COUNT_WINDOW', rule: 'K-2', value: 30, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
/** A KMS host keeps this many contacts when clients are among them. */
const KMS_CONTACTS_KEPT: Figure = { id: 'KMS_CONTACTS_KEPT', rule: 'K-2', value: 50, unit: 'contacts', source: DOCUMENTATION, validFrom: undefined };
/** An activated KMS client tries to renew this often. */
const KMS_RENEWAL_INTERVAL: Figure = { id: 'KMS_RENEWAL_INTERVAL', rule: 'K-3', value: 7, unit: 'days', source: DOCUMENTATION, validFrom: undefined };
/** A KMS client that is not activated tries again this often. */
const KMS_RETRY_INTERVAL: Figure = { id: 'KMS_RETRY_INTERVAL', rule: 'K-3', value: 2, unit: 'hours', source: DOCUMENTATION, validFrom: undefined };
/** A client's clock may differ from the KMS host's by this much. */
const KMS_CLOCK_TOLERANCE: Figure = { id: 'KMS_CLOCK_TOLERANCE', rule: 'K-11', value: 4, unit: 'hours', source: DOCUMENTATION, validFrom: undefined };
export const KMS_THRESHOLD_WINDOWS_CLIENT: Figure = { id: 'KMS_THRESHOLD_WINDOWS_CLIENT', rule: 'K-1', value: 25, unit: 'machines', source: FAQ, validFrom: undefined };
export const KMS_THRESHOLD_WINDOWS_SERVER: Figure = { id: 'KMS_THRESHOLD_WINDOWS_SERVER', rule: 'K-1', value: 5, unit: 'machines', source: FAQ, validFrom: undefined };
export const KMS_THRESHOLD_OFFICE: Figure = { id: 'KMS_THRESHOLD_OFFICE', rule: 'K-1', value: 5, unit: 'machines', source: FAQ, validFrom: undefined };

/** A KMS host key sets up this many KMS hosts. */
export const KMS_HOST_SLOTS: Figure = { id: 'KMS_HOST_SLOTS', rule: 'K-4', value: 6, unit: 'hosts', source: FAQ, validFrom: undefined };
/** Each KMS host may be activated this often with the same key. */
export const KMS_HOST_ACTIVATIONS: Figure = { id: 'KMS_HOST_ACTIVATIONS', rule: 'K-4', value: 10, unit: 'activations', source: DOCUMENTATION, validFrom: undefined };
/** With fewer machines than this a MAK is the better choice. */
const MAK_PREFERRED_BELOW: Figure = { id: 'MAK_PREFERRED_BELOW', rule: 'K-10', value: 50, unit: 'machines', source: FAQ, validFrom: undefined };
/** A reservation of an activation counts this long, unless the key's policy says otherwise. The ledger's own figure. */
export const RESERVATION_PERIOD: Figure = { id: 'RESERVATION_PERIOD', rule: 'B-1', value: 72, unit: 'hours', source: OWN, validFrom: undefined };

/** Every figure that comes with the ledger. Another value from a later date stands beside the older one. */
export const BUILT_IN_FIGURES: readonly Figure[] = [
  KMS_VALIDITY,
  ADBA_VALIDITY,
  RENEWAL_OVERDUE_AFTER,
  OUT_OF_TOLERANCE_GRACE,
  GRACE_PERIOD,
  KMS_COUNT_WINDOW,
  KMS_CONTACTS_KEPT,
  KMS_RENEWAL_INTERVAL,
  KMS_RETRY_INTERVAL,
  KMS_CLOCK_TOLERANCE,
  KMS_THRESHOLD_WINDOWS_CLIENT,
  KMS_THRESHOLD_WINDOWS_SERVER,
  KMS_THRESHOLD_OFFICE,
  KMS_HOST_SLOTS,
  KMS_HOST_ACTIVATIONS,
  MAK_PREFERRED_BELOW,
  RESERVATION_PERIOD,
];

/** A figure in force, in its unit. */
export type FigureInForce = (id: FigureId) => number;

export const DAY_MS = 86_400_000;

/** A figure in days as milliseconds. */
export function milliseconds(figure: Figure): number {
  return figure.value * DAY_MS;
}
