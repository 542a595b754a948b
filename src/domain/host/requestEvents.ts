/** Requests about a host: reimaging and downgrade, with their decisions (DOMAIN, reimaging and downgrade). */
import type { Fact } from '../event.js';
import type { Parameters } from '../messages/message.js';
import type { RuledDecision } from '../rules/judgement.js';
import type { ActivationMethod, LicenceChannel } from '../vocabulary.js';

/** A copy of a product as R-2 compares it; a member that is absent is not known. */
export interface ProductCopy {
  readonly product: string;
  readonly version?: string | undefined;
  readonly edition?: string | undefined;
  readonly language?: string | undefined;
}

/** What a device is licensed for. */
export interface DeviceLicence extends ProductCopy {
  readonly channel: LicenceChannel;
}

/** What is to be put on it. */
export interface DeploymentImage extends ProductCopy {
  /** The imaging team's own name for it. */
  readonly image: string;
  /** Generalised with sysprep, so that the CMID is new on each machine. */
  readonly generalised?: boolean | undefined;
  /** Rearms that are left in it. */
  readonly rearmsLeft?: number | undefined;
}

/** The key a request is served with. */
export interface ServingKey {
  /** Stream of the key. */
  readonly key: string;
  readonly lastFive: string;
  /** The activation reserved for it, where its method spends one. */
  readonly activation?: string | undefined;
}

/** Somebody wants to reinstall this host from volume media. The decision stands beside it. */
export type ReimagingRequested = Fact<
  'ReimagingRequested',
  {
    /** Id of the request: that of the command. */
    readonly request: string;
    /** The installation that will be replaced, where the ledger has it. */
    readonly installation?: number | undefined;
    /** What the device is licensed for. */
    readonly device: DeviceLicence;
    /** What is to be installed. */
    readonly image: DeploymentImage;
    /** How it will be activated. */
    readonly method: ActivationMethod;
    /** The stored confirmation id is to be applied again: spends nothing on unchanged hardware (B-4). */
    readonly withStoredConfirmationId?: boolean | undefined;
    /** Licence ID of the agreement the media and key are had under. */
    readonly agreement?: string | undefined;
    /** Team that does it. */
    readonly team?: string | undefined;
    /** SHA-256 of the document that shows what the device is licensed for. */
    readonly evidenceSha256?: string | undefined;
  }
>;

/** It may be done. */
export type ReimagingGranted = Fact<
  'ReimagingGranted',
  {
    /** Which request. */
    readonly request: string;
    /** The key it is to be done with, where it needs one. */
    readonly serving?: ServingKey | undefined;
    /** What decided. */
    readonly decision: RuledDecision;
  }
>;

/** It may not be done. */
export type ReimagingRefused = Fact<
  'ReimagingRefused',
  {
    /** Which request. */
    readonly request: string;
    /** Stable code of the refusal. */
    readonly code: string;
    /** What its text names. */
    readonly parameters: Parameters;
    /** What decided. */
    readonly decision: RuledDecision;
  }
>;

/** The host was reinstalled: one installation ended and another began. */
export type ReimagingCompleted = Fact<
  'ReimagingCompleted',
  {
    /** Which request. */
    readonly request: string;
    /** The installation that ended, where the ledger had it. */
    readonly endedInstallation?: number | undefined;
    /** The installation that began. */
    readonly startedInstallation: number;
    /** What the hardware was identified by before. */
    readonly hardwareBefore?: string | undefined;
    /** What it is identified by now. */
    readonly hardwareAfter?: string | undefined;
    /** Whether an activation was consumed; absent where the method spends none. */
    readonly activationConsumed?: 'YES' | 'NO' | 'UNKNOWN' | undefined;
    /** The key that was to serve it, where it needed one. */
    readonly serving?: ServingKey | undefined;
  }
>;

/** It will not be done. */
export type ReimagingCancelled = Fact<
  'ReimagingCancelled',
  {
    /** Which request. */
    readonly request: string;
    /** The key that was to serve it, where it needed one. */
    readonly serving?: ServingKey | undefined;
  }
>;

/** Somebody wants to run an older version than the licence is for. The decision stands beside it. */
export type DowngradeRequested = Fact<
  'DowngradeRequested',
  {
    /** Id of the request: that of the command. */
    readonly request: string;
    /** The installation that will be replaced, where the ledger has it. */
    readonly installation?: number | undefined;
    /** What is licensed; the licence charged stays this one. */
    readonly from: DeviceLicence;
    /** What is to run. */
    readonly to: ProductCopy;
    /** Where the right comes from, in the words of the one who asks. */
    readonly basis: 'VOLUME_LICENCE' | 'OEM_TERMS' | 'BOXED_TERMS';
    /** SHA-256 of the evidence document. */
    readonly evidenceSha256?: string | undefined;
    /** How the lower version will be activated. */
    readonly method: ActivationMethod;
    /** Licence ID of the agreement. */
    readonly agreement?: string | undefined;
    /** Team that does it. */
    readonly team?: string | undefined;
  }
>;

/** It may be done. */
export type DowngradeGranted = Fact<
  'DowngradeGranted',
  {
    /** Which request. */
    readonly request: string;
    /** The key it is to be done with, where it needs one. */
    readonly serving?: ServingKey | undefined;
    /** What decided. */
    readonly decision: RuledDecision;
  }
>;

/** It may not be done. */
export type DowngradeRefused = Fact<
  'DowngradeRefused',
  {
    /** Which request. */
    readonly request: string;
    /** Stable code of the refusal. */
    readonly code: string;
    /** What its text names. */
    readonly parameters: Parameters;
    /** What decided. */
    readonly decision: RuledDecision;
  }
>;

/** The lower version runs: one installation ended and another began. */
export type DowngradeCompleted = Fact<
  'DowngradeCompleted',
  {
    /** Which request. */
    readonly request: string;
    /** The installation that ended, where the ledger had it. */
    readonly endedInstallation?: number | undefined;
    /** The installation that began. */
    readonly startedInstallation: number;
    /** The key that was to serve it, where it needed one. */
    readonly serving?: ServingKey | undefined;
  }
>;

/** The host went back up to the licensed version: one installation ended and another began; no activation is given back. */
export type DowngradeReverted = Fact<
  'DowngradeReverted',
  {
    /** Which request. */
    readonly request: string;
    /** The installation that ended. */
    readonly endedInstallation: number;
    /** The installation that began. */
    readonly startedInstallation: number;
  }
>;

/** It will not be done. */
export type DowngradeCancelled = Fact<
  'DowngradeCancelled',
  {
    /** Which request. */
    readonly request: string;
    /** The key that was to serve it, where it needed one. */
    readonly serving?: ServingKey | undefined;
  }
>;

export type HostRequestEvent =
  | ReimagingRequested
  | ReimagingGranted
  | ReimagingRefused
  | ReimagingCompleted
  | ReimagingCancelled
  | DowngradeRequested
  | DowngradeGranted
  | DowngradeRefused
  | DowngradeCompleted
  | DowngradeReverted
  | DowngradeCancelled;
