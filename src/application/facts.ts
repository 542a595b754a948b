import type { Affiliation, ProductKeyKind, Programme } from '../domain/vocabulary.js';
import type { StreamId } from '../kernel/identifiers.js';

export interface KeyFacts {
  readonly lastFive: string;
  /** Where the whole key was seen. */
  readonly fingerprint?: string | undefined;
  readonly kind: ProductKeyKind;
  readonly product?: string | undefined;
  /** Licence ID of the agreement it was issued under. */
  readonly agreement?: string | undefined;
  readonly allowed?: number | undefined;
  readonly used: number;
  readonly remaining?: number | undefined;
}

export interface HostFacts {
  /** Name as it was written. */
  readonly rawName: string;
  readonly virtualMachine?: boolean | undefined;
  readonly operatingSystem?: string | undefined;
  readonly retiredAt?: string | undefined;
  /** The host that this one is part of by now. */
  readonly mergedInto?: string | undefined;
}

/**
 * What commands look up before they are decided, from the read model: it may lag behind, so nothing that a limit depends on is among it.
 * Those are in the state of the streams.
 */
export interface LedgerFacts {
  productKey(key: StreamId): KeyFacts | undefined;
  host(host: StreamId): HostFacts | undefined;
  programme(licenceId: string): Programme | undefined;
  /** How the holders of two licence IDs stand to each other. */
  affiliation(licenceId: string, other: string): Affiliation;
  /** Units of a product bought under an agreement and in force; undefined where the agreement is not known. */
  unitsOwned(licenceId: string, product: string): number | undefined;
  /** Keys with open reservations for a host. */
  reservedKeys(host: StreamId): readonly StreamId[];
  /** What a limit request is justified with. */
  limitFigures(key: StreamId): LimitFigures;
}

/** Those that are unknown are absent. */
export interface LimitFigures {
  readonly owned?: number | undefined;
  readonly allowed?: number | undefined;
  readonly used?: number | undefined;
  readonly reimagings?: number | undefined;
  readonly virtualMachines?: number | undefined;
  /** Date on which the key runs out at its present rate, `YYYY-MM-DD`. */
  readonly exhaustedOn?: string | undefined;
}
