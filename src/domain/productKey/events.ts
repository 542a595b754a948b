import type { CorrectionRecorded } from '../correction.js';
import type { Fact } from '../event.js';
import type { ActivationMethod, EvidenceKind, OveragePolicy, ProductKeyKind, ProductPool } from '../vocabulary.js';
import type { ActivationEvent } from './activationEvents.js';
import type { KmsEvent } from './kmsEvents.js';
import type { LimitEvent } from './limitEvents.js';

/** A key was met in an observation before anybody registered it. */
export type ProductKeyObserved = Fact<
  'ProductKeyObserved',
  {
    /** Last five characters of the key. */
    readonly lastFive: string;
    /** Keyed fingerprint (HMAC-SHA-256, hexadecimal), where the source held the whole key. */
    readonly fingerprint?: string | undefined;
    /** What the key does. */
    readonly kind: ProductKeyKind;
    /** Product, as the source names it. */
    readonly product?: string | undefined;
    /** What kind of source says so. */
    readonly evidence: EvidenceKind;
  }
>;

/** Somebody entered the key. */
export type ProductKeyRegistered = Fact<
  'ProductKeyRegistered',
  {
    /** Last five characters of the key. */
    readonly lastFive: string;
    /** Keyed fingerprint (HMAC-SHA-256, hexadecimal), where the whole key was given. */
    readonly fingerprint?: string | undefined;
    /** What the key does. */
    readonly kind: ProductKeyKind;
    /** Product it is for. */
    readonly product: string;
    /** Licence id of the agreement. */
    readonly agreement?: string | undefined;
    /** Activations the key may perform; absent: not known. */
    readonly allowed?: number | undefined;
    /** Activations spent before the ledger. */
    readonly opening?:
      | {
          readonly count: number;
          readonly asOf: string;
          readonly source: string;
          /** How many of `count` the ledger had observed before the key was registered: they stay observed and leave the opening balance. */
          readonly alreadyObserved: number;
        }
      | undefined;
    /** Where the key was had from. */
    readonly obtainedFrom?: 'MEDIA_SLEEVE' | 'DOWNLOAD_PAGE' | 'PORTAL' | 'ACTIVATION_CENTER' | undefined;
    /** Pool it was issued for (P-4). */
    readonly pool?: ProductPool | undefined;
    /** What it does with a request beyond its limit; absent: refuses. */
    readonly overage?: OveragePolicy | undefined;
    /** How long a reservation counts before it lapses, in hours; absent: the default. */
    readonly reservationHours?: number | undefined;
  }
>;

/** Activations Microsoft says remain, as reported by a tool or a person. */
export type RemainingActivationsObserved = Fact<
  'RemainingActivationsObserved',
  {
    /** Activations left. */
    readonly remaining: number;
    /** What kind of source says so. */
    readonly evidence: EvidenceKind;
    /** Error the source noted beside it. */
    readonly errorCode?: string | undefined;
  }
>;

/**
 * An activation of this key was seen on an installation that the key's history did not know.
 * `countsAs`: `OBSERVED`; `MOVED_FROM_OPENING` (it happened before the opening balance's date and adds nothing);
 * `UNCERTAIN` (the same installation had lost its licence, so a second activation may have been spent); `ALREADY_COUNTED` (it is
 * `activation`, which was confirmed before its installation was known, and adds nothing).
 */
export type ActivationObserved = Fact<
  'ActivationObserved',
  {
    /** Stream of the host. */
    readonly host: string;
    /** Number of the installation on that host. */
    readonly installation: number;
    /** How it was activated. */
    readonly method?: ActivationMethod | undefined;
    /** What kind of source says so. */
    readonly evidence: EvidenceKind;
    /** Class it counts in. */
    readonly countsAs: 'OBSERVED' | 'MOVED_FROM_OPENING' | 'UNCERTAIN' | 'ALREADY_COUNTED';
    /** The activation asked for that it is, where that is counted already. */
    readonly activation?: string | undefined;
  }
>;

/** An installation activated with this key was seen without its licence, or with another key. Lowers active, never used. */
export type ActivationLossObserved = Fact<
  'ActivationLossObserved',
  {
    /** Stream of the host. */
    readonly host: string;
    /** Number of the installation on that host. */
    readonly installation: number;
    /** What kind of source says so. */
    readonly evidence: EvidenceKind;
  }
>;

/** How the key treats requests has changed. Members that are absent stay as they were. */
export type ProductKeyPolicyChanged = Fact<
  'ProductKeyPolicyChanged',
  {
    /** What it does with a request beyond its limit. */
    readonly overage?: OveragePolicy | undefined;
    /** How long a reservation counts before it lapses, in hours. */
    readonly reservationHours?: number | undefined;
  }
>;

/** Microsoft or the customer has blocked the key: it grants nothing new. */
export type ProductKeyBlocked = Fact<
  'ProductKeyBlocked',
  {
    /** Who blocked it. */
    readonly blockedBy: 'MICROSOFT' | 'CUSTOMER';
    /** The error it shows with: `0x` and eight upper-case hexadecimal digits (B-5). */
    readonly errorCode?: string | undefined;
  }
>;

/** The key is used no longer; what it activated stays. */
export type ProductKeyRetired = Fact<'ProductKeyRetired', Record<string, never>>;

/** Another key takes its place. */
export type ProductKeyReplaced = Fact<
  'ProductKeyReplaced',
  {
    /** Stream of the key that does. */
    readonly replacement: string;
  }
>;

export type ProductKeyEvent =
  | ActivationEvent
  | LimitEvent
  | KmsEvent
  | CorrectionRecorded
  | ProductKeyPolicyChanged
  | ProductKeyBlocked
  | ProductKeyRetired
  | ProductKeyReplaced
  | ProductKeyObserved
  | ProductKeyRegistered
  | RemainingActivationsObserved
  | ActivationObserved
  | ActivationLossObserved;
