import type { ActivationMethod, EvidenceKind, LicenseStatus, ProductKeyKind } from './vocabulary.js';

/** How a record names a machine. The name is kept as it was written; resolving it is not the parser's business. */
export interface HostMention {
  /** FQDN or NetBIOS name as found, trimmed. */
  readonly rawName: string;
  /** Client machine id, lower-case GUID. */
  readonly cmid?: string | undefined;
  /** Upper-case hexadecimal with colons. */
  readonly macAddresses?: readonly string[] | undefined;
  /** VAMT's own machine GUID. */
  readonly vamtId?: string | undefined;
}

/** A product key without the key: what may be stored. */
export interface KeyMention {
  readonly lastFive: string;
  /** HMAC-SHA-256 of the normalised key under the vault's fingerprint key, hexadecimal; only where the input held the whole key. */
  readonly fingerprint?: string | undefined;
}

/** The state of one product on one host, as reported by the host or a tool. */
export interface LicenseStateObservation {
  readonly kind: 'licenseState';
  readonly host: HostMention;
  readonly evidence: EvidenceKind;
  /** Activation (SKU) id, lower-case GUID; absent where the format does not give it (slmgr /dli). */
  readonly skuId?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly productName?: string | undefined;
  readonly description?: string | undefined;
  /** Channel token as written: `VOLUME_KMSCLIENT`, `Volume:GVLK`, `OEM_DM`, … */
  readonly channel?: string | undefined;
  readonly keyKind?: ProductKeyKind | undefined;
  readonly key?: KeyMention | undefined;
  /** Extended PID. */
  readonly productKeyId?: string | undefined;
  readonly status: LicenseStatus;
  /** The status word as found, where it could not be understood. */
  readonly statusRaw?: string | undefined;
  /** HRESULT as `0x` and eight upper-case hexadecimal digits. */
  readonly statusReason?: string | undefined;
  /** Minutes until the present state ends; 0 is not recorded (with LICENSED it means permanent: leave it out and set `permanent`). */
  readonly minutesRemaining?: number | undefined;
  /** Licensed without an end (MAK, OEM, retail). */
  readonly permanent?: boolean | undefined;
  readonly method?: ActivationMethod | undefined;
  /** KMS host the client uses, `name:port` or `name`, as found. */
  readonly kmsHost?: string | undefined;
  /** Activation object of Active Directory-based activation. */
  readonly activationObject?: { readonly name?: string | undefined; readonly distinguishedName?: string | undefined } | undefined;
  /** Rearms left. */
  readonly rearms?: { readonly windows?: number | undefined; readonly sku?: number | undefined; readonly app?: number | undefined } | undefined;
  /** The machine's own clock text, kept raw where its order of day and month is not known. */
  readonly trustedTimeRaw?: string | undefined;
  /** The input held a confirmation id (the id itself is not recorded here). */
  readonly confirmationIdPresent?: boolean | undefined;
}

/** Event 12290: a KMS host has processed a request. HRESULT 0 means counted, not activated. */
export interface KmsRequestObservation {
  readonly kind: 'kmsRequest';
  readonly host: HostMention;
  /** The KMS host that logged it, as written; absent where the export does not name it. */
  readonly kmsHost?: string | undefined;
  readonly hresult: string;
  /** N-Policy: the count the client needs. */
  readonly requiredCount: number;
  readonly virtualMachine: boolean;
  /** Licence status before this request. */
  readonly statusBefore: LicenseStatus;
  readonly minutesRemaining: number;
  readonly skuId: string;
  /** The client's clock, UTC; raw text where it could not be read. */
  readonly clientTime?: string | undefined;
  readonly clientTimeRaw?: string | undefined;
}

/** Event 12288: a client has sent a request. */
export interface KmsAttemptObservation {
  readonly kind: 'kmsAttempt';
  readonly host: HostMention;
  /** KMS host asked, `name:port`. */
  readonly kmsHost: string;
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

/** Event 12289: a client has processed a response. `bound` proves activation; the event names no product. */
export interface KmsResponseObservation {
  readonly kind: 'kmsResponse';
  readonly host: HostMention;
  readonly hresult: string;
  readonly flags: string;
  readonly bound: boolean;
  readonly currentCount: number;
  readonly activationIntervalMinutes: number;
  readonly renewalIntervalMinutes: number;
  readonly clientTime?: string | undefined;
  readonly clientTimeRaw?: string | undefined;
}

/** Counters a KMS host reports of itself (slmgr /dlv, SoftwareLicensingProduct or …Service). */
export interface KmsCountObservation {
  readonly kind: 'kmsCount';
  readonly host: HostMention;
  readonly evidence: EvidenceKind;
  readonly skuId?: string | undefined;
  readonly currentCount: number;
  readonly requiredCount?: number | undefined;
  readonly listeningPort?: number | undefined;
  readonly dnsPublishing?: boolean | undefined;
  /** Cumulative since the host was installed. */
  readonly requests?:
    | {
        readonly total?: number | undefined;
        readonly failed?: number | undefined;
        readonly unlicensed?: number | undefined;
        readonly licensed?: number | undefined;
        readonly oobGrace?: number | undefined;
        readonly ootGrace?: number | undefined;
        readonly nonGenuineGrace?: number | undefined;
        readonly notification?: number | undefined;
      }
    | undefined;
}

/** Events 12293 and 12294: publishing the KMS host in DNS. */
export interface KmsPublicationObservation {
  readonly kind: 'kmsPublication';
  readonly host: HostMention;
  readonly succeeded: boolean;
  readonly hresult?: string | undefined;
  readonly dnsDomain?: string | undefined;
}

/** A machine and what is known of it, without a product (VAMT base.VolumeClient, CIL computers). */
export interface HostObservation {
  readonly kind: 'host';
  readonly host: HostMention;
  readonly evidence: EvidenceKind;
  readonly networkName?: string | undefined;
  readonly networkType?: 'DOMAIN' | 'WORKGROUP' | 'UNKNOWN' | undefined;
  readonly osEdition?: string | undefined;
  readonly osVersion?: string | undefined;
  readonly isKmsHost?: boolean | undefined;
}

/** A product key listed by a tool or an administrator. */
export interface ProductKeyObservation {
  readonly kind: 'productKey';
  readonly key: KeyMention;
  readonly evidence: EvidenceKind;
  readonly keyKind: ProductKeyKind;
  readonly product?: string | undefined;
  readonly description?: string | undefined;
  /** Activations Microsoft reports as remaining; only MAKs have it (VAMT's −1 means never asked: leave it out). */
  readonly remaining?: number | undefined;
  /** Activations the key may perform, where a key list gives it. */
  readonly allowed?: number | undefined;
  readonly agreement?: string | undefined;
  readonly errorCode?: string | undefined;
}

export type Observation =
  | LicenseStateObservation
  | KmsRequestObservation
  | KmsAttemptObservation
  | KmsResponseObservation
  | KmsCountObservation
  | KmsPublicationObservation
  | HostObservation
  | ProductKeyObservation;
