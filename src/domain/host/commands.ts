import type { RecordCorrection } from '../correction.js';
import type { InstantText } from '../event.js';
import type { Observation } from '../observation.js';
import type { ActivationMethod, ProductKeyKind, Programme } from '../vocabulary.js';
import type { HostName } from './hostName.js';
import type { DeploymentImage, DeviceLicence, DowngradeRequested, ProductCopy, ReimagingCompleted } from './requestEvents.js';

/** An observation that belongs on a host's stream. */
export type HostObservationInput = Exclude<Observation, { kind: 'productKey' }>;

export interface RegisterHost {
  readonly kind: 'registerHost';
  readonly name: HostName;
  readonly cmid?: string | undefined;
  readonly macAddresses?: readonly string[] | undefined;
  readonly operatingSystem?: string | undefined;
  readonly virtualMachine?: boolean | undefined;
}

export interface RecordObservation {
  readonly kind: 'recordObservation';
  readonly name: HostName;
  /** When it happened; the time of recording where the record does not say. */
  readonly occurredAt?: InstantText | undefined;
  readonly observation: HostObservationInput;
  /** The installation somebody named; otherwise it is found by SKU or key (`installationFor`). */
  readonly installation?: number | undefined;
}

/** The key that is to serve a request, with what its own stream answered. */
export interface KeyAnswer {
  /** Stream of the key. */
  readonly key: string;
  readonly lastFive: string;
  readonly kind: ProductKeyKind;
  readonly product?: string | undefined;
  /** Activations left as the key's stream knew them; absent: unknown. */
  readonly remaining?: number | undefined;
  /** Where the method spends an activation: what the key's stream decided. */
  readonly activation?:
    | { readonly kind: 'granted'; readonly activation: string }
    | { readonly kind: 'refused'; readonly activation: string; readonly code: string }
    | undefined;
}

export interface RequestReimaging {
  readonly kind: 'requestReimaging';
  readonly request: string;
  readonly installation?: number | undefined;
  readonly device: DeviceLicence;
  readonly image: DeploymentImage;
  readonly method: ActivationMethod;
  readonly withStoredConfirmationId?: boolean | undefined;
  readonly agreement?: string | undefined;
  readonly programme?: Programme | undefined;
  /** Units of the product bought under the agreement, where known. */
  readonly unitsOwned?: number | undefined;
  readonly team?: string | undefined;
  readonly evidenceSha256?: string | undefined;
  readonly key?: KeyAnswer | undefined;
  readonly acceptedWarnings: readonly string[];
}

export interface RequestDowngrade {
  readonly kind: 'requestDowngrade';
  readonly request: string;
  readonly installation?: number | undefined;
  readonly from: DeviceLicence;
  readonly to: ProductCopy;
  readonly basis: DowngradeRequested['data']['basis'];
  readonly evidenceSha256?: string | undefined;
  readonly method: ActivationMethod;
  readonly agreement?: string | undefined;
  readonly programme?: Programme | undefined;
  readonly team?: string | undefined;
  readonly virtualMachine?: boolean | undefined;
  readonly key?: KeyAnswer | undefined;
  readonly acceptedWarnings: readonly string[];
}

export type HostRequestCommand =
  | RequestReimaging
  | {
      readonly kind: 'completeReimaging';
      readonly request: string;
      readonly hardwareBefore?: string | undefined;
      readonly hardwareAfter?: string | undefined;
      readonly activationConsumed?: ReimagingCompleted['data']['activationConsumed'];
      readonly occurredAt?: InstantText | undefined;
    }
  | { readonly kind: 'cancelReimaging'; readonly request: string }
  | RequestDowngrade
  | { readonly kind: 'completeDowngrade'; readonly request: string; readonly occurredAt?: InstantText | undefined }
  | { readonly kind: 'revertDowngrade'; readonly request: string; readonly occurredAt?: InstantText | undefined }
  | { readonly kind: 'cancelDowngrade'; readonly request: string };

export type HostCommand =
  | RegisterHost
  | RecordObservation
  | HostRequestCommand
  | RecordCorrection
  | { readonly kind: 'retireHost'; readonly occurredAt?: InstantText | undefined }
  /** Sent to both streams, the absorbed one's first; `role`: which of the two this one is. */
  | { readonly kind: 'mergeHosts'; readonly role: 'SURVIVOR' | 'ABSORBED'; readonly survivor: string; readonly absorbed: string }
  | { readonly kind: 'changeActivationMethod'; readonly installation: number; readonly method: ActivationMethod };
