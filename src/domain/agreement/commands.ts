import type { RecordCorrection } from '../correction.js';
import type { PriceLevel, ProductPool, Programme } from '../vocabulary.js';

export type AgreementCommand =
  | {
      readonly kind: 'registerAgreement';
      readonly licenceId: string;
      readonly programme: Programme;
      readonly priceLevel?: PriceLevel | undefined;
      readonly organisation: string;
      /** Dates are `YYYY-MM-DD`. */
      readonly startsOn?: string | undefined;
      readonly endsOn?: string | undefined;
    }
  | {
      readonly kind: 'recordEntitlement';
      readonly entitlement: string;
      readonly product: string;
      readonly quantity: number;
      readonly partNumber?: string | undefined;
      readonly pool?: ProductPool | undefined;
      readonly from: string;
      readonly until?: string | undefined;
    }
  | {
      readonly kind: 'amendEntitlement';
      readonly entitlement: string;
      readonly quantity?: number | undefined;
      readonly until?: string | undefined;
    }
  | { readonly kind: 'endAgreement'; readonly endedOn: string }
  | RecordCorrection;
