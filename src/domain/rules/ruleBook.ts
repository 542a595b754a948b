import type { InstantText } from '../event.js';
import type {
  Affiliation,
  ActivationMethod,
  ActivationPurpose,
  LicenceChannel,
  OveragePolicy,
  ProductFamily,
  ProductKeyKind,
  Programme,
} from '../vocabulary.js';
import type { FigureId } from './figures.js';
import type { Judgement } from './judgement.js';

/** What each rule is judged on. A member that is absent or undefined is not known. */
export interface RuleInputs {
  /** Volume activation is for systems under a volume programme. */
  readonly 'V-1': { readonly programme?: Programme | undefined };

  /** Machines that a KMS host has counted for a class of products; of a virtual machine, whether it counts. */
  readonly 'K-1': {
    readonly family: ProductFamily;
    readonly count?: number | undefined;
    readonly virtualMachine?: boolean | undefined;
    readonly operatingSystem?: string | undefined;
  };
  /** Whether a count that a KMS host shows fits its clients. */
  readonly 'K-2': { readonly observed?: number | undefined; readonly uncapped?: number | undefined; readonly largestMinimum?: number | undefined };
  /** Validity of a KMS activation. */
  readonly 'K-3': { readonly lastSuccessAt?: InstantText | undefined; readonly at: InstantText };
  /**
   * Slots and reactivations of a KMS host key, as they would stand afterwards: `slotsTaken` counts this host, `activations` are those
   * of this host with the key, this one included.
   */
  readonly 'K-4': { readonly slotsTaken: number; readonly slots: number; readonly activations: number; readonly activationsAllowed: number };
  /** A host key activates its own product group and the older ones. */
  readonly 'K-5': { readonly keyProduct?: string | undefined; readonly product?: string | undefined };
  /** Systems that can be an Office KMS host. */
  readonly 'K-6': { readonly product?: string | undefined; readonly operatingSystem?: string | undefined };
  /** Older KMS hosts need an update for Windows 7 / Server 2008 R2. */
  readonly 'K-7': { readonly product?: string | undefined; readonly operatingSystem?: string | undefined; readonly updated?: boolean | undefined };
  /** One KMS host may serve Windows and Office beside other services. */
  readonly 'K-8': { readonly products?: readonly string[] | undefined; readonly otherServices?: boolean | undefined };
  /** Methods used side by side. */
  readonly 'K-9': { readonly methods: readonly ActivationMethod[] };
  /** Whether a method is the one that the FAQ prefers. */
  readonly 'K-10': {
    readonly method: ActivationMethod;
    readonly thresholdReached?: boolean | undefined;
    readonly virtualMachine?: boolean | undefined;
    readonly machines?: number | undefined;
  };
  /** Difference of the client's clock from the KMS host's, either way. */
  readonly 'K-11': { readonly clockDifferenceMinutes?: number | undefined };
  /** A KMS host is updated before it activates Windows 10 and later generations. */
  readonly 'K-12': { readonly product?: string | undefined; readonly operatingSystem?: string | undefined; readonly updated?: boolean | undefined };
  /** Whether a KMS host may be a virtual machine. */
  readonly 'K-13': { readonly operatingSystem?: string | undefined; readonly virtualMachine?: boolean | undefined };

  /** Active Directory-based activation. */
  readonly 'A-1': {
    readonly product?: string | undefined;
    readonly domainMember?: boolean | undefined;
    readonly lastContactAt?: InstantText | undefined;
    readonly at?: InstantText | undefined;
  };

  /** The limit of a MAK; `used` before the activation that is asked for. */
  readonly 'B-1': { readonly allowed?: number | undefined; readonly used: number; readonly overage: OveragePolicy };
  /** An activated MAK host needs no contact until its hardware changes significantly. */
  readonly 'B-2': { readonly hardwareChanged?: boolean | undefined };
  /** The allotment is not the number of licences. */
  readonly 'B-3': { readonly programme?: Programme | undefined };
  /** Whether a reactivation spends nothing. */
  readonly 'B-4': { readonly confirmationIdStored?: boolean | undefined; readonly hardwareChanged?: boolean | undefined };
  /** What an activation ended with: `0x` and hexadecimal digits. */
  readonly 'B-5': { readonly hresult?: string | undefined };
  /** A MAK activates its own product group only. */
  readonly 'B-6': { readonly keyProduct?: string | undefined; readonly product?: string | undefined };

  /** Grace of a host that is not activated. */
  readonly 'G-1': { readonly graceStartedAt?: InstantText | undefined; readonly at: InstantText };
  /** Grace after a timed activation has lapsed. */
  readonly 'G-2': { readonly validUntil?: InstantText | undefined; readonly at: InstantText };

  /** One key serves both architectures. */
  readonly 'P-1': { readonly product?: string | undefined };
  /** Where the keys of a programme are had. */
  readonly 'P-2': { readonly programme?: Programme | undefined; readonly from?: 'PORTAL' | 'ACTIVATION_CENTER' | undefined };
  /** Where setup keys are had. */
  readonly 'P-3': {
    readonly keyKind?: ProductKeyKind | undefined;
    readonly obtainedFrom?: 'MEDIA_SLEEVE' | 'DOWNLOAD_PAGE' | 'PORTAL' | 'ACTIVATION_CENTER' | undefined;
  };
  /** Keys belong to an agreement per pool or per purchase. */
  readonly 'P-4': { readonly keyAgreement?: string | undefined; readonly agreement?: string | undefined; readonly programme?: Programme | undefined };

  /** What volume keys may be used for. */
  readonly 'R-1': { readonly programme?: Programme | undefined; readonly purpose: ActivationPurpose | 'DOWNGRADE' };
  /** The image must be identical to what the device is licensed for. */
  readonly 'R-2': {
    readonly channel: LicenceChannel;
    readonly licensed: CopyInputs;
    readonly image: CopyInputs;
    /** The target of a granted downgrade, where there is one. */
    readonly downgradeTarget?: CopyInputs | undefined;
    readonly programme?: Programme | undefined;
    /** Units of the product bought under the agreement. */
    readonly unitsOwned?: number | undefined;
  };
  /** Reimaging with a MAK needs an activation that is left. */
  readonly 'R-3': { readonly method: ActivationMethod; readonly remaining?: number | undefined; readonly granted: boolean };
  /** Downgrades from Windows 7 Professional and the keys for them. */
  readonly 'R-4': { readonly from: CopyInputs; readonly to: CopyInputs; readonly keyKind?: ProductKeyKind | undefined; readonly keyProduct?: string | undefined };
  /** Downgrade rights by how the licence was bought. */
  readonly 'R-5': { readonly channel: LicenceChannel; readonly from: CopyInputs; readonly to: CopyInputs };
  /** Small Business Server 2011. `media`: what it is installed from. Whether it is virtual bears on configured rules alone. */
  readonly 'R-6': {
    readonly product?: string | undefined;
    readonly edition?: string | undefined;
    readonly method?: ActivationMethod | undefined;
    readonly keyProduct?: string | undefined;
    readonly virtualMachine?: boolean | undefined;
    readonly media?: 'PHYSICAL' | 'DOWNLOAD' | undefined;
  };
  /** Small Business Server 2008 and 2003. */
  readonly 'R-7': { readonly from: CopyInputs; readonly to: CopyInputs; readonly clientLicenceKeysHeld?: boolean | undefined };
  /** Keys of one licence ID for licences of another. */
  readonly 'R-8': { readonly affiliation: Affiliation };
}

export interface CopyInputs {
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  readonly edition?: string | undefined;
  readonly language?: string | undefined;
}

export type JudgedRuleId = keyof RuleInputs;

/** The rules and figures in force. Pure: configuration arrives when it is made. */
export interface RuleBook {
  /** SHA-256 over the rules and figures, hexadecimal: stored with each decision. */
  readonly digest: string;
  /**
   * One answer for each rule judged under that id in force on the day, configured additions included. A rule that is not in force, or
   * is not about the case at all (K-6 is about Office alone), answers nothing.
   */
  judge<Id extends JudgedRuleId>(rule: Id, inputs: RuleInputs[Id], on: InstantText): readonly Judgement[];
  /** A dated figure: `KMS_HOST_SLOTS`, `KMS_VALIDITY`, … in its unit. */
  figure(id: FigureId, on: InstantText): number;
}
