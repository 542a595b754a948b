import type { InstantText } from '../event.js';
import type { ActivationMethod } from '../vocabulary.js';
import type { ProductCopy, ServingKey } from './requestEvents.js';

/** One deployment of one product on this host. */
export interface Installation {
  readonly number: number;
  readonly skuId?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly lastFive?: string | undefined;
  readonly method?: ActivationMethod | undefined;
  /** When a reimaging, a downgrade or the way back began it; absent for one that the ledger met. */
  readonly startedAt?: InstantText | undefined;
  /** When it ended; absent while it runs. */
  readonly endedAt?: InstantText | undefined;
  /** The installation that ended when this one began. */
  readonly replaces?: number | undefined;
}

/** A request that was granted and is neither completed nor cancelled. */
export interface OpenRequest {
  readonly request: string;
  /** The installation it will replace, where the ledger has it. */
  readonly installation?: number | undefined;
  readonly method: ActivationMethod;
  /** The key it is served with, and the activation reserved for it. */
  readonly serving?: ServingKey | undefined;
}

export interface OpenDowngrade extends OpenRequest {
  readonly to: ProductCopy;
}

/** A downgrade that was completed and not reverted. */
export interface DowngradeInForce {
  readonly request: string;
  /** The installation that runs the lower version. */
  readonly installation: number;
  readonly to: ProductCopy;
}

export interface HostState {
  readonly origin?: 'OBSERVATION' | 'REGISTRATION' | undefined;
  /** `kind:value` of each identity met, oldest first, at most IDENTITIES_REMEMBERED_MAX. */
  readonly identities: readonly string[];
  /** As it was entered or, from KMS events, as the host last said itself. */
  readonly virtualMachine?: boolean | undefined;
  readonly installations: readonly Installation[];
  readonly lastAttempt?: { readonly installation: number; readonly at: InstantText } | undefined;
  readonly reimaging?: OpenRequest | undefined;
  readonly downgrade?: OpenDowngrade | undefined;
  readonly downgradeInForce?: DowngradeInForce | undefined;
  readonly retiredAt?: InstantText | undefined;
  /** Stream of the host that this one is part of now. */
  readonly mergedInto?: string | undefined;
  /** Streams of the hosts that are part of this one. */
  readonly absorbed: readonly string[];
}

export const initialHost: HostState = { identities: [], installations: [], absorbed: [] };
