import type { InstantText } from '../event.js';
import type { LimitKind, OveragePolicy, ProductKeyKind } from '../vocabulary.js';
import { NO_COUNTS, type ClassCounts } from './counts.js';
import { emptyTextMap, type TextMap } from './textMap.js';

/** What a key's stream knows. Plain JSON: it is snapshotted. No decision but that of registration reads all activations. */
export interface ProductKeyState {
  readonly lastFive?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly kind: ProductKeyKind;
  readonly registered: boolean;
  readonly product?: string | undefined;
  readonly agreement?: string | undefined;
  readonly allowed?: number | undefined;
  readonly overage?: OveragePolicy | undefined;
  readonly reservationHours?: number | undefined;
  readonly blocked?: true | undefined;
  readonly retired?: true | undefined;
  readonly replacedBy?: string | undefined;
  readonly openingAsOf?: InstantText | undefined;
  readonly counts: ClassCounts;
  /** Newest time of an event that changed counts or limit. */
  readonly changedAt?: InstantText | undefined;
  /** By place (`activations.ts`). */
  readonly activations: TextMap;
  /** Activations asked for, by id: open, lapsed, or counted. */
  readonly requests: TextMap;
  /** A request between its event and that of its decision. */
  readonly undecided?: { readonly host: string; readonly installation?: number | undefined; readonly requestedAt: InstantText; readonly reimaging: boolean } | undefined;
  /** Ids of open reservations, by host and installation. */
  readonly reservations: TextMap;
  /** Open reservations by the time they lapse: `time id`. */
  readonly expiries: TextMap;
  /** Places with an activation that is uncertain, with its time. */
  readonly uncertain: TextMap;
  readonly report?: Report | undefined;
  readonly limits: KmsLimits;
  readonly increases: Readonly<Partial<Record<LimitKind, Increase>>>;
  /** Grants that no report has shown yet, oldest first. */
  readonly unconfirmed: readonly UnconfirmedGrant[];
  readonly kmsHosts: Readonly<Record<string, KmsHost>>;
  /** Activation objects by `name forest`: whether they are there. */
  readonly activationObjects: Readonly<Record<string, boolean>>;
}

/** The newest report of what remains. */
export interface Report {
  readonly at: InstantText;
  readonly remaining: number;
  /** What it leaves now: less what was spent after it, plus what the limit was raised by after it. */
  readonly left: number;
  /** What it shows as spent and the ledger does not, at its time; undefined: it cannot be told. */
  readonly unexplained?: number | undefined;
}

/** Limits that were set for this key; without one the figures of K-4 hold. */
export interface KmsLimits {
  readonly KMS_HOST_SLOTS?: number | undefined;
  readonly KMS_REACTIVATIONS?: number | undefined;
}

export interface Increase {
  readonly increase: string;
  readonly is: 'REQUESTED' | 'SUBMITTED';
}

export interface UnconfirmedGrant {
  readonly increase: string;
  readonly quantity: number;
  readonly at: InstantText;
}

export interface KmsHost {
  readonly slot: number;
  readonly activations: number;
  readonly updated?: true | undefined;
  readonly removed?: true | undefined;
}

export const initialProductKey: ProductKeyState = {
  kind: 'UNKNOWN',
  registered: false,
  counts: NO_COUNTS,
  activations: emptyTextMap,
  requests: emptyTextMap,
  reservations: emptyTextMap,
  expiries: emptyTextMap,
  uncertain: emptyTextMap,
  limits: {},
  increases: {},
  unconfirmed: [],
  kmsHosts: {},
  activationObjects: {},
};

/** Name of the reservation of a host's installation; of its next one where none is named. */
export function reservationKey(host: string, installation: number | undefined): string {
  return `${host}#${installation ?? 'next'}`;
}

export function expiryKey(expiresAt: InstantText, activation: string): string {
  return `${expiresAt} ${activation}`;
}

/** A host that was set up with the key; undefined for every other name. */
export function kmsHostOf({ kmsHosts }: ProductKeyState, host: string): KmsHost | undefined {
  return Object.hasOwn(kmsHosts, host) ? kmsHosts[host] : undefined;
}

export function activationObjectKey(name: string, forest: string): string {
  return `${name} ${forest}`;
}
