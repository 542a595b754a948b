/** The life of an activation that was asked for (DOMAIN, life of a MAK activation). */
import type { Fact } from '../event.js';
import type { Parameters } from '../messages/message.js';
import type { RuledDecision } from '../rules/judgement.js';
import type { ActivationMethod, ActivationPurpose } from '../vocabulary.js';

/** Somebody asked to spend an activation of this key on an installation to be. The decision stands beside it. */
export type ActivationRequested = Fact<
  'ActivationRequested',
  {
    /** Id of the activation: that of the command. */
    readonly activation: string;
    /** Stream of the host. */
    readonly host: string;
    /** The installation, where the host has it already; absent: the next one with this key. */
    readonly installation?: number | undefined;
    /** Product to be activated. */
    readonly product: string;
    /** How it will be activated. */
    readonly method: ActivationMethod;
    /** What it is for. */
    readonly purpose: ActivationPurpose;
    /** Licence ID of the agreement whose licence is consumed. */
    readonly agreement?: string | undefined;
    /** Installation id of a proxy activation: 50 to 63 digits. */
    readonly installationId?: string | undefined;
    /** Whether the host is a virtual machine. */
    readonly virtualMachine?: boolean | undefined;
    /** The request on the host's stream that it serves. */
    readonly onBehalfOf?: { readonly kind: 'REIMAGING' | 'DOWNGRADE'; readonly request: string } | undefined;
  }
>;

/** One activation is reserved until it is confirmed, fails or is released. */
export type ActivationGranted = Fact<
  'ActivationGranted',
  {
    /** Which activation. */
    readonly activation: string;
    /** When the reservation lapses. */
    readonly expiresAt: string;
    /** What decided. */
    readonly decision: RuledDecision;
  }
>;

/** The request was refused; nothing is spent. */
export type ActivationRefused = Fact<
  'ActivationRefused',
  {
    /** Which activation. */
    readonly activation: string;
    /** Stable code of the refusal. */
    readonly code: string;
    /** What its text names. */
    readonly parameters: Parameters;
    /** What decided. */
    readonly decision: RuledDecision;
  }
>;

/**
 * The technician has activated. `UNKNOWN`: whether an activation was consumed is not known; it counts as uncertain until
 * `ActivationConsumptionResolved`.
 */
export type ActivationConfirmed = Fact<
  'ActivationConfirmed',
  {
    /** Which activation. */
    readonly activation: string;
    /** Stream of the host. */
    readonly host: string;
    /** The installation it is on, where known. */
    readonly installation?: number | undefined;
    /** Whether it consumed one of the key's activations. */
    readonly consumption: 'CONSUMED' | 'UNKNOWN';
    /** `OBSERVED`: an observation of the same installation confirmed it; `LATE`: it came after the reservation had lapsed. */
    readonly confirmedBy: 'REQUESTER' | 'OBSERVATION' | 'LATE';
    /** The class it counts in. */
    readonly countsAs: 'CONFIRMED' | 'OBSERVED' | 'UNCERTAIN';
    /** The vault keeps the confirmation id of it, for local reactivation (B-4). */
    readonly confirmationIdStored?: boolean | undefined;
    /** What the hardware was identified by when it was activated. */
    readonly hardware?: string | undefined;
  }
>;

/** The activation failed; its reservation is free again. */
export type ActivationFailed = Fact<
  'ActivationFailed',
  {
    /** Which activation. */
    readonly activation: string;
    /** Error: `0x` and eight upper-case hexadecimal digits (B-5). */
    readonly hresult: string;
  }
>;

/** The reservation ended without an activation. */
export type ActivationReleased = Fact<
  'ActivationReleased',
  {
    /** Which activation. */
    readonly activation: string;
    /** `NOT_CONSUMED`: a reimaging ended without consuming one. */
    readonly cause: 'CANCELLED' | 'LAPSED' | 'HOST_RETIRED' | 'NOT_CONSUMED';
    /** The older activation of the host that the new installation goes on with. */
    readonly carriedOver?: { readonly fromInstallation: number; readonly toInstallation: number } | undefined;
  }
>;

/** An activation that counted is taken out of the counts: the record was wrong, a duplicate, or Microsoft credited it. */
export type ActivationReversed = Fact<
  'ActivationReversed',
  {
    /** The activation asked for, where it was one. */
    readonly activation?: string | undefined;
    /** Stream of the host of an observed one. */
    readonly host?: string | undefined;
    /** Installation of an observed one. */
    readonly installation?: number | undefined;
    /** Why. */
    readonly cause: 'RECORDED_WRONGLY' | 'DUPLICATE' | 'CREDITED';
    /** SHA-256 of the evidence document. */
    readonly evidenceSha256: string;
    /** The class it counted in. `MOVED_FROM_OPENING`: it was observed, and what it had taken from the opening balance is put back. */
    readonly countedAs: 'CONFIRMED' | 'OBSERVED' | 'MOVED_FROM_OPENING' | 'UNCERTAIN';
  }
>;

/**
 * The activation of an older installation goes on with a newer one, without any being consumed: a stored confirmation id was applied
 * again (B-4), or a reimaging whose reservation had lapsed consumed none. Changes no count.
 */
export type ActivationCarriedOver = Fact<
  'ActivationCarriedOver',
  {
    /** Stream of the host. */
    readonly host: string;
    /** The installation that had it. */
    readonly fromInstallation: number;
    /** The installation that has it now. */
    readonly toInstallation: number;
    /** The activation asked for that it turns out to be: its reservation had lapsed when it was seen, and it counted by itself. */
    readonly activation?: string | undefined;
  }
>;

/** It is known now whether an uncertain activation consumed one. */
export type ActivationConsumptionResolved = Fact<
  'ActivationConsumptionResolved',
  {
    /** The activation asked for, where it was one. */
    readonly activation?: string | undefined;
    /** Stream of the host of an observed one. */
    readonly host?: string | undefined;
    /** Installation of an observed one. */
    readonly installation?: number | undefined;
    /** Whether it did. */
    readonly consumed: boolean;
    /** `REPORTS`: two reports of what remains leave no other explanation. */
    readonly basis: 'STATEMENT' | 'REPORTS';
  }
>;

export type ActivationEvent =
  | ActivationRequested
  | ActivationGranted
  | ActivationRefused
  | ActivationConfirmed
  | ActivationFailed
  | ActivationReleased
  | ActivationCarriedOver
  | ActivationReversed
  | ActivationConsumptionResolved;
