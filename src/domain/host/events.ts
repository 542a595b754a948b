import type { Fact } from '../event.js';
import type { ActivationMethod, EvidenceKind, LicenseStatus, ProductKeyKind } from '../vocabulary.js';

/**
 * One way in which a host is known. A name is kept normalised (lower-case short name, lower-case DNS domain, empty when unknown)
 * and as it was written.
 */
export type HostIdentity =
  | { readonly kind: 'NAME'; readonly name: string; readonly domain: string; readonly raw: string }
  | { readonly kind: 'CMID'; readonly value: string }
  | { readonly kind: 'MAC'; readonly value: string }
  | { readonly kind: 'VAMT_ID'; readonly value: string };

/** A host is in the ledger from here on. */
export type HostRegistered = Fact<
  'HostRegistered',
  {
    /** What introduced it: `OBSERVATION` (an import met it) or `REGISTRATION` (somebody entered it). */
    readonly origin: 'OBSERVATION' | 'REGISTRATION';
    /** The first is the name that the stream's id derives from. */
    readonly identities: readonly HostIdentity[];
    readonly operatingSystem?: string | undefined;
    readonly virtualMachine?: boolean | undefined;
  }
>;

/** Further names, CMIDs or hardware of a host that is known already. */
export type HostIdentityObserved = Fact<'HostIdentityObserved', { readonly identities: readonly HostIdentity[] }>;

/**
 * The state of one product on this host as somebody reported it.
 * `installation` numbers the host's installations 1, 2, 3, … in the order the ledger met them.
 */
export type LicenseStateObserved = Fact<
  'LicenseStateObserved',
  {
    readonly installation: number;
    readonly evidence: EvidenceKind;
    readonly skuId?: string | undefined;
    readonly applicationId?: string | undefined;
    readonly productName?: string | undefined;
    readonly description?: string | undefined;
    readonly channel?: string | undefined;
    readonly keyKind?: ProductKeyKind | undefined;
    readonly keyLastFive?: string | undefined;
    readonly keyFingerprint?: string | undefined;
    /** Last five of the key this installation was last seen with, where it is another one now. */
    readonly replacedKeyLastFive?: string | undefined;
    readonly productKeyId?: string | undefined;
    readonly status: LicenseStatus;
    readonly statusRaw?: string | undefined;
    readonly statusReason?: string | undefined;
    readonly minutesRemaining?: number | undefined;
    readonly permanent?: boolean | undefined;
    readonly method?: ActivationMethod | undefined;
    readonly kmsHost?: string | undefined;
    readonly activationObject?: { readonly name?: string | undefined; readonly distinguishedName?: string | undefined } | undefined;
    readonly rearms?: { readonly windows?: number | undefined; readonly sku?: number | undefined; readonly app?: number | undefined } | undefined;
    readonly trustedTimeRaw?: string | undefined;
    readonly confirmationIdPresent?: boolean | undefined;
  }
>;

/** Event 12290 of a KMS host: this host's request was processed. HRESULT 0 means counted, not activated. */
export type KmsRequestObserved = Fact<
  'KmsRequestObserved',
  {
    readonly installation: number;
    readonly kmsHost?: string | undefined;
    readonly cmid: string;
    readonly hresult: string;
    readonly requiredCount: number;
    readonly virtualMachine: boolean;
    readonly statusBefore: LicenseStatus;
    readonly minutesRemaining: number;
    readonly skuId: string;
    readonly clientTime?: string | undefined;
    readonly clientTimeRaw?: string | undefined;
  }
>;

/** Event 12288: this host has sent a request to a KMS host. */
export type KmsAttemptObserved = Fact<
  'KmsAttemptObserved',
  {
    readonly installation: number;
    readonly kmsHost: string;
    readonly cmid?: string | undefined;
    readonly hresult: string;
    readonly flags: string;
    readonly requiredCount?: number | undefined;
    readonly virtualMachine: boolean;
    readonly status: LicenseStatus;
    readonly minutesRemaining: number;
    readonly skuId: string;
    readonly clientTime?: string | undefined;
    readonly clientTimeRaw?: string | undefined;
  }
>;

/**
 * Event 12289: this host has processed a response. `bound` proves an activation; since the event names no product,
 * `installation` is that of the host's latest attempt not later than it, and absent without one.
 */
export type KmsResponseObserved = Fact<
  'KmsResponseObserved',
  {
    readonly installation?: number | undefined;
    readonly hresult: string;
    readonly flags: string;
    readonly bound: boolean;
    readonly currentCount: number;
    readonly activationIntervalMinutes: number;
    readonly renewalIntervalMinutes: number;
    readonly clientTime?: string | undefined;
    readonly clientTimeRaw?: string | undefined;
  }
>;

/** This host is a KMS host and reports its counters. */
export type KmsCountObserved = Fact<
  'KmsCountObserved',
  {
    readonly evidence: EvidenceKind;
    readonly skuId?: string | undefined;
    readonly currentCount: number;
    readonly requiredCount?: number | undefined;
    readonly listeningPort?: number | undefined;
    readonly dnsPublishing?: boolean | undefined;
    readonly requests?: Readonly<Record<string, number | undefined>> | undefined;
  }
>;

/** Events 12293 and 12294: this KMS host tried to publish itself in DNS. */
export type KmsPublicationObserved = Fact<
  'KmsPublicationObserved',
  { readonly succeeded: boolean; readonly hresult?: string | undefined; readonly dnsDomain?: string | undefined }
>;

export type DomainMembershipObserved = Fact<
  'DomainMembershipObserved',
  {
    readonly evidence: EvidenceKind;
    readonly networkName?: string | undefined;
    readonly networkType: 'DOMAIN' | 'WORKGROUP' | 'UNKNOWN';
    readonly osEdition?: string | undefined;
    readonly osVersion?: string | undefined;
    readonly isKmsHost?: boolean | undefined;
  }
>;

export type HostEvent =
  | HostRegistered
  | HostIdentityObserved
  | LicenseStateObserved
  | KmsRequestObserved
  | KmsAttemptObserved
  | KmsResponseObserved
  | KmsCountObserved
  | KmsPublicationObserved
  | DomainMembershipObserved;
