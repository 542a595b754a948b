import type { RecordCorrection } from '../correction.js';
import type { InstantText } from '../event.js';
import type {
  ActivationMethod,
  ActivationPurpose,
  Affiliation,
  EvidenceKind,
  LimitKind,
  OveragePolicy,
  ProductKeyKind,
  ProductPool,
  Programme,
} from '../vocabulary.js';
import type { ActivationReleased, ActivationRequested, ActivationReversed } from './activationEvents.js';
import type { ProductKeyRegistered } from './events.js';
import type { LimitIncreaseRequested } from './limitEvents.js';

/** What an observation says of a key. */
export interface ObserveKey {
  readonly kind: 'observeKey';
  readonly lastFive: string;
  readonly fingerprint?: string | undefined;
  readonly keyKind: ProductKeyKind;
  readonly product?: string | undefined;
  readonly evidence: EvidenceKind;
  readonly occurredAt?: InstantText | undefined;
  /** Activations reported as remaining beside it. */
  readonly remaining?: number | undefined;
  readonly errorCode?: string | undefined;
}

export interface RegisterKey {
  readonly kind: 'registerKey';
  readonly lastFive: string;
  readonly fingerprint?: string | undefined;
  readonly keyKind: ProductKeyKind;
  readonly product: string;
  readonly agreement?: string | undefined;
  readonly allowed?: number | undefined;
  readonly opening?: { readonly count: number; readonly asOf: InstantText; readonly source: string } | undefined;
  readonly obtainedFrom?: ProductKeyRegistered['data']['obtainedFrom'];
  readonly pool?: ProductPool | undefined;
  readonly overage?: OveragePolicy | undefined;
  readonly reservationHours?: number | undefined;
}

export interface ObserveActivation {
  readonly kind: 'observeActivation';
  readonly key: Omit<ObserveKey, 'kind' | 'occurredAt' | 'remaining' | 'errorCode'>;
  readonly host: string;
  readonly installation: number;
  readonly method?: ActivationMethod | undefined;
  readonly occurredAt?: InstantText | undefined;
}

export interface ObserveLoss {
  readonly kind: 'observeLoss';
  readonly host: string;
  readonly installation: number;
  readonly evidence: EvidenceKind;
  readonly occurredAt?: InstantText | undefined;
}

/** Reserves one activation (B-1), or records why not. */
export interface RequestActivation {
  readonly kind: 'requestActivation';
  /** Id of the activation to be. */
  readonly activation: string;
  readonly host: string;
  readonly installation?: number | undefined;
  readonly product: string;
  readonly method: ActivationMethod;
  readonly purpose: ActivationPurpose;
  readonly agreement?: string | undefined;
  readonly installationId?: string | undefined;
  readonly virtualMachine?: boolean | undefined;
  readonly onBehalfOf?: ActivationRequested['data']['onBehalfOf'];
  /** What is known of the agreement whose licence is consumed. */
  readonly affiliation?: Affiliation | undefined;
  readonly programme?: Programme | undefined;
  /** Ids of rules whose warnings the caller accepts. */
  readonly acceptedWarnings: readonly string[];
}

export type ActivationCommand =
  | RequestActivation
  | {
      readonly kind: 'confirmActivation';
      readonly activation: string;
      readonly installation?: number | undefined;
      /** `UNKNOWN` only after a reimaging; absent: consumed. */
      readonly consumption?: 'CONSUMED' | 'UNKNOWN' | undefined;
      /** The vault has kept its confirmation id. */
      readonly confirmationIdStored?: boolean | undefined;
      readonly hardware?: string | undefined;
      readonly occurredAt?: InstantText | undefined;
    }
  | { readonly kind: 'failActivation'; readonly activation: string; readonly hresult: string; readonly occurredAt?: InstantText | undefined }
  /** `LAPSED` is what the sweeper sends; it does nothing before the reservation's time. */
  | {
      readonly kind: 'releaseActivation';
      readonly activation: string;
      readonly cause: ActivationReleased['data']['cause'];
      readonly carriedOver?: ActivationReleased['data']['carriedOver'];
      readonly occurredAt?: InstantText | undefined;
    }
  /** A reimaging spent no activation and had reserved none: a later sight of the new installation is the old one's activation. */
  | {
      readonly kind: 'carryOverActivation';
      readonly host: string;
      readonly fromInstallation: number;
      readonly toInstallation: number;
      readonly occurredAt?: InstantText | undefined;
    }
  /** All open reservations of a host that is retired. */
  | { readonly kind: 'releaseHost'; readonly host: string }
  | {
      readonly kind: 'reverseActivation';
      readonly activation?: string | undefined;
      readonly host?: string | undefined;
      readonly installation?: number | undefined;
      readonly cause: ActivationReversed['data']['cause'];
      readonly evidenceSha256: string;
    }
  | {
      readonly kind: 'resolveConsumption';
      readonly activation?: string | undefined;
      readonly host?: string | undefined;
      readonly installation?: number | undefined;
      readonly consumed: boolean;
    };

export type LimitCommand =
  | { readonly kind: 'reviseLimit'; readonly limitKind: LimitKind; readonly limit: number; readonly initiative: 'MICROSOFT' | 'CUSTOMER' }
  | {
      readonly kind: 'requestLimitIncrease';
      readonly increase: string;
      readonly limitKind: LimitKind;
      readonly quantity: number;
      readonly figures: LimitIncreaseRequested['data']['figures'];
      readonly justificationGenerated: boolean;
    }
  | { readonly kind: 'submitLimitIncrease'; readonly increase: string; readonly caseNumber: string }
  | { readonly kind: 'grantLimitIncrease'; readonly increase: string; readonly quantity: number; readonly limit: number }
  | { readonly kind: 'refuseLimitIncrease'; readonly increase: string }
  | { readonly kind: 'withdrawLimitIncrease'; readonly increase: string };

export type KmsCommand =
  /** The first time a host is set up it takes a slot; again, it is a reactivation (K-4). */
  | {
      readonly kind: 'configureKmsHost';
      readonly host: string;
      readonly operatingSystem?: string | undefined;
      /** Products it is to activate; empty: the key's own. */
      readonly products: readonly string[];
      readonly acceptedWarnings: readonly string[];
    }
  | { readonly kind: 'updateKmsHost'; readonly host: string; readonly update: string }
  | { readonly kind: 'removeKmsHost'; readonly host: string }
  | {
      readonly kind: 'createActivationObject';
      readonly name: string;
      readonly forest: string;
      readonly method?: 'ONLINE' | 'PROXY' | undefined;
    }
  | { readonly kind: 'removeActivationObject'; readonly name: string; readonly forest: string };

export type ProductKeyCommand =
  | ObserveKey
  | RegisterKey
  | ObserveActivation
  | ObserveLoss
  | ActivationCommand
  | LimitCommand
  | KmsCommand
  | RecordCorrection
  | { readonly kind: 'changePolicy'; readonly overage?: OveragePolicy | undefined; readonly reservationHours?: number | undefined }
  | { readonly kind: 'blockKey'; readonly blockedBy: 'MICROSOFT' | 'CUSTOMER'; readonly errorCode?: string | undefined }
  | { readonly kind: 'retireKey' }
  | { readonly kind: 'replaceKey'; readonly replacement: string };
