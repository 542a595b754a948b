import type { InstantText } from '../event.js';
import type { Affiliation, ActivationMethod, ProductKeyKind, Programme } from '../vocabulary.js';
import type { Statement } from '../messages/advice.js';

/** What advice is asked about, as plain facts. A member that is absent is not known. */
export interface AdviceFacts {
  readonly on: InstantText;
  readonly product: string;
  /** Edition, where the product's name does not say it. */
  readonly edition?: string | undefined;
  /** How many machines are to be activated: 1 or more. */
  readonly machines: number;
  /** PCs of the organisation; what is known otherwise counts, at least these machines. */
  readonly fleet?: number | undefined;
  readonly virtualMachine?: boolean | undefined;
  readonly operatingSystem?: string | undefined;
  readonly domainMember?: boolean | undefined;
  /** Difference of the machine's clock from the KMS host's. */
  readonly clockDifferenceMinutes?: number | undefined;
  /** How the machines reach Microsoft. */
  readonly connectivity: Connectivity;
  /** Agreement whose licences are consumed, and its programme. */
  readonly agreement?: string | undefined;
  readonly programme?: Programme | undefined;
  readonly keys: readonly CandidateKey[];
  readonly kmsHosts: readonly KmsHostFacts[];
  readonly activationObjects: readonly ActivationObjectFacts[];
  /** Of one host: whether its confirmation id is stored, and its hardware has changed since. */
  readonly confirmationId?: ConfirmationIdFacts | undefined;
}

export const CONNECTIVITIES = ['ONLINE', 'PHONE', 'NONE'] as const;
export type Connectivity = (typeof CONNECTIVITIES)[number];

export interface CandidateKey {
  /** Stream of the key. */
  readonly key: string;
  readonly lastFive: string;
  readonly kind: ProductKeyKind;
  readonly product?: string | undefined;
  readonly status: 'IN_USE' | 'BLOCKED' | 'RETIRED';
  /** Activations left of a MAK; absent: not known. */
  readonly remaining?: number | undefined;
  /** Licence ID it belongs to, and how its organisation stands to the one whose licence is consumed. */
  readonly agreement?: string | undefined;
  readonly affiliation?: Affiliation | undefined;
}

export interface KmsHostFacts {
  readonly name: string;
  /** Products of the host keys installed on it. */
  readonly keyProducts: readonly string[];
  readonly operatingSystem?: string | undefined;
  /** Whether it has the update for newer products. */
  readonly updated?: boolean | undefined;
  /** What it counts now, per class that is counted together. */
  readonly counts: { readonly WINDOWS?: number | undefined; readonly OFFICE?: number | undefined };
}

export interface ActivationObjectFacts {
  readonly name: string;
  readonly forest: string;
  /** Product of the host key it was made with. */
  readonly keyProduct?: string | undefined;
}

export interface ConfirmationIdFacts {
  readonly stored: boolean;
  readonly hardwareChanged?: boolean | undefined;
}

/** How well an option serves. `NEEDS_STEPS`: once its remedies are done. */
export const SUITABILITIES = ['RECOMMENDED', 'POSSIBLE', 'NEEDS_STEPS', 'NOT_POSSIBLE'] as const;
export type Suitability = (typeof SUITABILITIES)[number];

/** One way to activate. */
export interface AdvisedOption {
  readonly method: ActivationMethod;
  readonly suitability: Suitability;
  /** The stored confirmation id is applied again. */
  readonly withStoredConfirmationId: boolean;
  /** The key it takes, where it is one that is registered. */
  readonly key?: Pick<CandidateKey, 'key' | 'lastFive' | 'kind' | 'product'> | undefined;
  /** Name of the KMS host or activation object. */
  readonly through?: string | undefined;
  /** Activations of the key that it spends. */
  readonly cost: { readonly least: number; readonly most: number };
  /** What speaks for it. */
  readonly reasons: readonly Statement[];
  /** What speaks against it. */
  readonly objections: readonly Statement[];
  /** What to do about that. */
  readonly remedies: readonly Statement[];
}

/** The ways to activate, best first, and what else is good to know. */
export interface Advice {
  readonly options: readonly AdvisedOption[];
  readonly notes: readonly Statement[];
}
