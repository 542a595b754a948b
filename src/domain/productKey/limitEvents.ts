/** The limit of a key and the life of an increase (DOMAIN, life of a limit increase). */
import type { Fact } from '../event.js';
import type { LimitKind } from '../vocabulary.js';

/** Microsoft has set another limit, higher or lower. */
export type LimitRevised = Fact<
  'LimitRevised',
  {
    /** Which limit. */
    readonly kind: LimitKind;
    /** The limit from now on. */
    readonly limit: number;
    /** What it was, where it was known. */
    readonly previous?: number | undefined;
    /** At whose initiative (B-1). */
    readonly initiative: 'MICROSOFT' | 'CUSTOMER';
  }
>;

/** Somebody wants more. The justification is the reason of the event, sealed; it was generated from these figures. */
export type LimitIncreaseRequested = Fact<
  'LimitIncreaseRequested',
  {
    /** Id of the increase: that of the command. */
    readonly increase: string;
    /** Which limit. */
    readonly kind: LimitKind;
    /** How many more. */
    readonly quantity: number;
    /** The ledger's figures at the time; those that are unknown are absent. */
    readonly figures: {
      readonly owned?: number | undefined;
      readonly allowed?: number | undefined;
      readonly used?: number | undefined;
      readonly reimagings?: number | undefined;
      readonly virtualMachines?: number | undefined;
      readonly exhaustedOn?: string | undefined;
    };
    /** False: the text was edited. */
    readonly justificationGenerated: boolean;
  }
>;

/** The Activation Center has the request. */
export type LimitIncreaseSubmitted = Fact<
  'LimitIncreaseSubmitted',
  {
    /** Which increase. */
    readonly increase: string;
    /** Microsoft's case number. */
    readonly caseNumber: string;
  }
>;

/** Microsoft grants more, possibly less than was asked for. */
export type LimitIncreaseGranted = Fact<
  'LimitIncreaseGranted',
  {
    /** Which increase. */
    readonly increase: string;
    /** Which limit. */
    readonly kind: LimitKind;
    /** How many more. */
    readonly quantity: number;
    /** The limit from now on. */
    readonly limit: number;
  }
>;

/** Microsoft grants nothing. */
export type LimitIncreaseRefused = Fact<
  'LimitIncreaseRefused',
  {
    /** Which increase. */
    readonly increase: string;
  }
>;

/** The one who asked no longer wants it. */
export type LimitIncreaseWithdrawn = Fact<
  'LimitIncreaseWithdrawn',
  {
    /** Which increase. */
    readonly increase: string;
  }
>;

/** A report of what remains shows the grant. */
export type LimitIncreaseConfirmed = Fact<
  'LimitIncreaseConfirmed',
  {
    /** Which increase. */
    readonly increase: string;
    /** What the report said remains. */
    readonly reportedRemaining: number;
  }
>;

export type LimitEvent =
  | LimitRevised
  | LimitIncreaseRequested
  | LimitIncreaseSubmitted
  | LimitIncreaseGranted
  | LimitIncreaseRefused
  | LimitIncreaseWithdrawn
  | LimitIncreaseConfirmed;
