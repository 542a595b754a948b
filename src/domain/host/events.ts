import type { CorrectionRecorded } from '../correction.js';
import type { Fact } from '../event.js';
import type { ActivationMethod, EvidenceKind, LicenseStatus, ProductKeyKind } from '../vocabulary.js';
import type { HostRequestEvent } from './requestEvents.js';

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
    /** As it was entered. */
    readonly operatingSystem?: string | undefined;
    /** Whether it is a virtual machine, as it was entered. */
    readonly virtualMachine?: boolean | undefined;
  }
>;

/** Further names, CMIDs or hardware of a host that is known already. */
export type HostIdentityObserved = Fact<
  'HostIdentityObserved',
  {
    /** What was not known of it before. */
    readonly identities: readonly HostIdentity[];
  }
>;

/**
 * The state of one product on this host as somebody reported it.
 * `installation` numbers the host's installations 1, 2, 3, … in the order the ledger met them.
 */
export type LicenseStateObserved = Fact<
  'LicenseStateObserved',
  {
    /** Number of the installation on this host: 1, 2, 3, … in the order the ledger met them. */
    readonly installation: number;
    /** What kind of source says so. */
    readonly evidence: EvidenceKind;
    /** Activation (SKU) id, lower-case GUID; absent where the source gives none. */
    readonly skuId?: string | undefined;
    /** Application id (product family), lower-case GUID. */
    readonly applicationId?: string | undefined;
    /** Name as the source gives it. */
    readonly productName?: string | undefined;
    /** Description as the source gives it. */
    readonly description?: string | undefined;
    /** Channel as the source gives it: `Volume:GVLK`, `VOLUME_MAK`, `OEM_DM`, … */
    readonly channel?: string | undefined;
    /** What the installed key does. */
    readonly keyKind?: ProductKeyKind | undefined;
    /** Last five characters of the installed key. */
    readonly keyLastFive?: string | undefined;
    /** Keyed fingerprint (HMAC-SHA-256, hexadecimal), where the source held the whole key. */
    readonly keyFingerprint?: string | undefined;
    /** Last five of the key this installation was last seen with, where it is another one now. */
    readonly replacedKeyLastFive?: string | undefined;
    /** Extended product id. */
    readonly productKeyId?: string | undefined;
    /** Licence status. */
    readonly status: LicenseStatus;
    /** The status word as found, where it could not be understood. */
    readonly statusRaw?: string | undefined;
    /** Reason of the status: an HRESULT. */
    readonly statusReason?: string | undefined;
    /** Minutes until the present state ends. */
    readonly minutesRemaining?: number | undefined;
    /** Licensed without an end. */
    readonly permanent?: boolean | undefined;
    /** How it was activated. */
    readonly method?: ActivationMethod | undefined;
    /** KMS host it uses: `name:port` or `name`. */
    readonly kmsHost?: string | undefined;
    /** Activation object of Active Directory-based activation. */
    readonly activationObject?: { readonly name?: string | undefined; readonly distinguishedName?: string | undefined } | undefined;
    /** Rearms that are left. */
    readonly rearms?: { readonly windows?: number | undefined; readonly sku?: number | undefined; readonly app?: number | undefined } | undefined;
    /** The machine's own clock text, as it was written. */
    readonly trustedTimeRaw?: string | undefined;
    /** The source held a confirmation id; the id itself is not recorded. */
    readonly confirmationIdPresent?: boolean | undefined;
  }
>;

/** Event 12290 of a KMS host: this host's request was processed. HRESULT 0 means counted, not activated. */
export type KmsRequestObserved = Fact<
  'KmsRequestObserved',
  {
    /** Which of the host's installations asked. */
    readonly installation: number;
    /** KMS host that logged the request, where the source names it. */
    readonly kmsHost?: string | undefined;
    /** Client machine id, the one a KMS host counts by. */
    readonly cmid: string;
    /** Result: `0x` and eight upper-case hexadecimal digits; `0x00000000` is success. */
    readonly hresult: string;
    /** How many clients the product needs (N-Policy). */
    readonly requiredCount: number;
    /** The host is a virtual machine, by its own word. */
    readonly virtualMachine: boolean;
    /** Licence status before this request. */
    readonly statusBefore: LicenseStatus;
    /** Minutes until the present state ends. */
    readonly minutesRemaining: number;
    /** Activation (SKU) id, lower-case GUID. */
    readonly skuId: string;
    /** The client's own clock, UTC. It may be wrong; order is by `occurredAt`. */
    readonly clientTime?: string | undefined;
    /** The same as it was written, where it could not be read. */
    readonly clientTimeRaw?: string | undefined;
  }
>;

/** Event 12288: this host has sent a request to a KMS host. */
export type KmsAttemptObserved = Fact<
  'KmsAttemptObserved',
  {
    /** Which of the host's installations asked. */
    readonly installation: number;
    /** KMS host that was asked: `name:port`. */
    readonly kmsHost: string;
    /** Client machine id, the one a KMS host counts by. */
    readonly cmid?: string | undefined;
    /** Result: `0x` and eight upper-case hexadecimal digits; `0x00000000` is success. */
    readonly hresult: string;
    /** Status flags, `0x` and eight digits. */
    readonly flags: string;
    /** How many clients the product needs (N-Policy). */
    readonly requiredCount?: number | undefined;
    /** The host is a virtual machine, by its own word. */
    readonly virtualMachine: boolean;
    /** Licence status at the time. */
    readonly status: LicenseStatus;
    /** Minutes until the present state ends. */
    readonly minutesRemaining: number;
    /** Activation (SKU) id, lower-case GUID. */
    readonly skuId: string;
    /** The client's own clock, UTC. It may be wrong; order is by `occurredAt`. */
    readonly clientTime?: string | undefined;
    /** The same as it was written, where it could not be read. */
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
    /** The installation of the host's latest attempt, since the event names no product. */
    readonly installation?: number | undefined;
    /** Result: `0x` and eight upper-case hexadecimal digits; `0x00000000` is success. */
    readonly hresult: string;
    /** Status flags, `0x` and eight digits. */
    readonly flags: string;
    /** True: activated. False: counted only. */
    readonly bound: boolean;
    /** Count of the KMS host. */
    readonly currentCount: number;
    /** How often an unactivated client tries, in minutes. */
    readonly activationIntervalMinutes: number;
    /** How often an activated client renews, in minutes. */
    readonly renewalIntervalMinutes: number;
    /** The client's own clock, UTC. It may be wrong; order is by `occurredAt`. */
    readonly clientTime?: string | undefined;
    /** The same as it was written, where it could not be read. */
    readonly clientTimeRaw?: string | undefined;
  }
>;

/** This host is a KMS host and reports its counters. */
export type KmsCountObserved = Fact<
  'KmsCountObserved',
  {
    /** What kind of source says so. */
    readonly evidence: EvidenceKind;
    /** Activation (SKU) id of the host key's product. */
    readonly skuId?: string | undefined;
    /** Clients it counts. */
    readonly currentCount: number;
    /** How many its product needs. */
    readonly requiredCount?: number | undefined;
    /** TCP port it listens on. */
    readonly listeningPort?: number | undefined;
    /** Whether it publishes itself in DNS. */
    readonly dnsPublishing?: boolean | undefined;
    /** Requests since it was installed: total, failed, and by the licence status of the client. */
    readonly requests?: Readonly<Record<string, number | undefined>> | undefined;
  }
>;

/** Events 12293 and 12294: this KMS host tried to publish itself in DNS. */
export type KmsPublicationObserved = Fact<
  'KmsPublicationObserved',
  {
    /** Whether it is published. */
    readonly succeeded: boolean;
    /** Why not: an HRESULT. */
    readonly hresult?: string | undefined;
    /** DNS domain. */
    readonly dnsDomain?: string | undefined;
  }
>;

/** Which domain or workgroup this host belongs to, and what it runs. */
export type DomainMembershipObserved = Fact<
  'DomainMembershipObserved',
  {
    /** What kind of source says so. */
    readonly evidence: EvidenceKind;
    /** Name of the domain or workgroup. */
    readonly networkName?: string | undefined;
    /** Which of the two. */
    readonly networkType: 'DOMAIN' | 'WORKGROUP' | 'UNKNOWN';
    /** Edition of the operating system, as the source gives it. */
    readonly osEdition?: string | undefined;
    /** Version of the operating system, as the source gives it. */
    readonly osVersion?: string | undefined;
    /** Whether it is a KMS host. */
    readonly isKmsHost?: boolean | undefined;
  }
>;

/** The host is in use no longer: its installations end, its open reservations are released. */
export type HostRetired = Fact<'HostRetired', Record<string, never>>;

/** Two hosts turned out to be one machine. It stands on both streams; the survivor goes on. */
export type HostsMerged = Fact<
  'HostsMerged',
  {
    /** Which of the two this stream is. */
    readonly role: 'SURVIVOR' | 'ABSORBED';
    /** Stream of the host that goes on. */
    readonly survivor: string;
    /** Stream of the host that is part of it now. */
    readonly absorbed: string;
  }
>;

/** An installation is to be activated in another way from now on. */
export type ActivationMethodChanged = Fact<
  'ActivationMethodChanged',
  {
    /** Which installation. */
    readonly installation: number;
    /** How it was activated, where known. */
    readonly from?: ActivationMethod | undefined;
    /** How it will be. */
    readonly to: ActivationMethod;
  }
>;

export type HostEvent =
  | HostRequestEvent
  | CorrectionRecorded
  | HostRetired
  | HostsMerged
  | ActivationMethodChanged
  | HostRegistered
  | HostIdentityObserved
  | LicenseStateObserved
  | KmsRequestObserved
  | KmsAttemptObserved
  | KmsResponseObserved
  | KmsCountObserved
  | KmsPublicationObserved
  | DomainMembershipObserved;
