/** KMS hosts set up with a host key, and activation objects made with it (rules K-4 to K-7, A-1). */
import type { Fact } from '../event.js';
import type { RuledDecision } from '../rules/judgement.js';

/** A computer was set up as KMS host with this key: it takes one of the key's slots for good. */
export type KmsHostConfigured = Fact<
  'KmsHostConfigured',
  {
    /** Stream of the host. */
    readonly host: string;
    /** Its operating system. */
    readonly operatingSystem?: string | undefined;
    /** Products it is to activate. */
    readonly products: readonly string[];
    /** Which of the key's slots it takes: 1, 2, 3, … */
    readonly slot: number;
    /** What decided. */
    readonly decision: RuledDecision;
  }
>;

/** A KMS host was activated again with this key. */
export type KmsHostReactivated = Fact<
  'KmsHostReactivated',
  {
    /** Stream of the host. */
    readonly host: string;
    /** Activations of this host with the key, this one included. */
    readonly activations: number;
    /** What decided. */
    readonly decision: RuledDecision;
  }
>;

/** A KMS host got the update that teaches it newer products (K-7, K-12). */
export type KmsHostUpdated = Fact<
  'KmsHostUpdated',
  {
    /** Stream of the host. */
    readonly host: string;
    /** What was installed. */
    readonly update: string;
  }
>;

/** A computer serves as KMS host no longer. Its slot stays taken. */
export type KmsHostRemoved = Fact<
  'KmsHostRemoved',
  {
    /** Stream of the host. */
    readonly host: string;
  }
>;

/** An activation object was made in Active Directory with this key: it spends one activation and no slot. */
export type ActivationObjectCreated = Fact<
  'ActivationObjectCreated',
  {
    /** Name of the object. */
    readonly name: string;
    /** Forest it serves: its root domain, lower case. */
    readonly forest: string;
    /** Whether it was made online or with a confirmation id. */
    readonly method?: 'ONLINE' | 'PROXY' | undefined;
  }
>;

/** An activation object was removed from Active Directory. */
export type ActivationObjectRemoved = Fact<
  'ActivationObjectRemoved',
  {
    /** Name of the object. */
    readonly name: string;
    /** Forest it served. */
    readonly forest: string;
  }
>;

export type KmsEvent =
  | KmsHostConfigured
  | KmsHostReactivated
  | KmsHostUpdated
  | KmsHostRemoved
  | ActivationObjectCreated
  | ActivationObjectRemoved;
