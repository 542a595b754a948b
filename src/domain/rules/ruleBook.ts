import type { InstantText } from '../event.js';
import type { Affiliation, ActivationMethod, ActivationPurpose, LicenceChannel, ProductKeyKind, Programme } from '../vocabulary.js';
import type { FigureId } from './figures.js';
import type { Judgement } from './judgement.js';

/** What each rule that decides or warns is judged on. A member that is absent or undefined is not known. */
export interface RuleInputs {
  /** The limit of a MAK. */
  readonly 'B-1': { readonly allowed?: number | undefined; readonly used: number; readonly overage: 'REFUSE' | 'WARN' };
  /** A MAK activates its own product group only. */
  readonly 'B-6': { readonly keyProduct?: string | undefined; readonly product?: string | undefined };
  /** Slots and reactivations of a KMS host key. */
  readonly 'K-4': { readonly slotsTaken: number; readonly slots: number; readonly activations: number; readonly activationsAllowed: number };
  /** A host key activates its own product group and the older ones. */
  readonly 'K-5': { readonly keyProduct?: string | undefined; readonly product?: string | undefined };
  /** Systems that can be an Office KMS host. */
  readonly 'K-6': { readonly product?: string | undefined; readonly operatingSystem?: string | undefined };
  /** Older KMS hosts need an update for Windows 7 / Server 2008 R2. */
  readonly 'K-7': { readonly product?: string | undefined; readonly operatingSystem?: string | undefined; readonly updated?: boolean | undefined };
  /** A KMS host is updated before it activates Windows 10 and later generations. */
  readonly 'K-12': { readonly product?: string | undefined; readonly operatingSystem?: string | undefined; readonly updated?: boolean | undefined };
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
  /** Small Business Server 2011. */
  readonly 'R-6': {
    readonly product?: string | undefined;
    readonly edition?: string | undefined;
    readonly method?: ActivationMethod | undefined;
    readonly keyProduct?: string | undefined;
    readonly virtualMachine?: boolean | undefined;
  };
  /** Small Business Server 2008 and 2003. */
  readonly 'R-7': { readonly from: CopyInputs; readonly to: CopyInputs };
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
  /** One answer for each rule of that id in force on the day, configured additions included. A rule that is not in force answers nothing. */
  judge<Id extends JudgedRuleId>(rule: Id, inputs: RuleInputs[Id], on: InstantText): readonly Judgement[];
  /** A dated figure: `KMS_HOST_SLOTS`, `KMS_VALIDITY`, … in its unit. */
  figure(id: FigureId, on: InstantText): number;
}
