import type { CorrectionRecorded } from '../correction.js';
import type { Fact } from '../event.js';
import type { PriceLevel, ProductPool, Programme } from '../vocabulary.js';

/** A licence ID of a customer is in the ledger from here on. */
export type AgreementRegistered = Fact<
  'AgreementRegistered',
  {
    /** The licence ID, as Microsoft writes it. */
    readonly licenceId: string;
    /** Volume licensing programme. */
    readonly programme: Programme;
    /** Price level, where the programme has one (B-3). */
    readonly priceLevel?: PriceLevel | undefined;
    /** Organisation that holds it. */
    readonly organisation: string;
    /** Date it begins, `YYYY-MM-DD`. */
    readonly startsOn?: string | undefined;
    /** Date it is to end, `YYYY-MM-DD`. */
    readonly endsOn?: string | undefined;
    /** Where its keys are had: `CALL_ONLY` by telephone from the Activation Center only (P-2). */
    readonly keysFrom: 'PORTAL' | 'CALL_ONLY';
  }
>;

/** Licences were bought under the agreement. */
export type EntitlementRecorded = Fact<
  'EntitlementRecorded',
  {
    /** Id of the entitlement within the agreement. */
    readonly entitlement: string;
    /** Product the licences are for. */
    readonly product: string;
    /** Licences bought. */
    readonly quantity: number;
    /** Microsoft's part number. */
    readonly partNumber?: string | undefined;
    /** Product pool (P-4). */
    readonly pool?: ProductPool | undefined;
    /** Date from which they count, `YYYY-MM-DD`. */
    readonly from: string;
    /** Last date on which they count, `YYYY-MM-DD`; absent: no end. */
    readonly until?: string | undefined;
  }
>;

/** What was bought has changed, for instance by a true-up or a return. Members that are absent stay as they were. */
export type EntitlementAmended = Fact<
  'EntitlementAmended',
  {
    /** Which entitlement. */
    readonly entitlement: string;
    /** Licences from now on. */
    readonly quantity?: number | undefined;
    /** Last date on which they count, `YYYY-MM-DD`. */
    readonly until?: string | undefined;
  }
>;

/** The agreement has ended: nothing is consumed under it any more. */
export type AgreementEnded = Fact<
  'AgreementEnded',
  {
    /** Its last date, `YYYY-MM-DD`. */
    readonly endedOn: string;
  }
>;

export type AgreementEvent = AgreementRegistered | EntitlementRecorded | EntitlementAmended | AgreementEnded | CorrectionRecorded;
