import type { Fact } from '../event.js';
import type { ActivationMethod, EvidenceKind, ProductKeyKind } from '../vocabulary.js';

/** A key was met in an observation before anybody registered it. */
export type ProductKeyObserved = Fact<
  'ProductKeyObserved',
  {
    readonly lastFive: string;
    readonly fingerprint?: string | undefined;
    readonly kind: ProductKeyKind;
    readonly product?: string | undefined;
    readonly evidence: EvidenceKind;
  }
>;

/** Somebody entered the key. */
export type ProductKeyRegistered = Fact<
  'ProductKeyRegistered',
  {
    readonly lastFive: string;
    readonly fingerprint?: string | undefined;
    readonly kind: ProductKeyKind;
    readonly product: string;
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
    readonly obtainedFrom?: 'MEDIA_SLEEVE' | 'DOWNLOAD_PAGE' | 'PORTAL' | 'ACTIVATION_CENTER' | undefined;
  }
>;

/** Activations Microsoft says remain, as reported by a tool or a person. */
export type RemainingActivationsObserved = Fact<
  'RemainingActivationsObserved',
  { readonly remaining: number; readonly evidence: EvidenceKind; readonly errorCode?: string | undefined }
>;

/**
 * An activation of this key was seen on an installation that the key's history did not know.
 * `countsAs`: `OBSERVED`; `MOVED_FROM_OPENING` (it happened before the opening balance's date and adds nothing);
 * `UNCERTAIN` (the same installation had lost its licence, so a second activation may have been spent).
 */
export type ActivationObserved = Fact<
  'ActivationObserved',
  {
    readonly host: string;
    readonly installation: number;
    readonly method?: ActivationMethod | undefined;
    readonly evidence: EvidenceKind;
    readonly countsAs: 'OBSERVED' | 'MOVED_FROM_OPENING' | 'UNCERTAIN';
  }
>;

/** An installation activated with this key was seen without its licence, or with another key. Lowers active, never used. */
export type ActivationLossObserved = Fact<
  'ActivationLossObserved',
  { readonly host: string; readonly installation: number; readonly evidence: EvidenceKind }
>;

export type ProductKeyEvent =
  | ProductKeyObserved
  | ProductKeyRegistered
  | RemainingActivationsObserved
  | ActivationObserved
  | ActivationLossObserved;
