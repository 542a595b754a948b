import { isCalendarDate } from '../calendarDate.js';
import { isOneOf, isText, optional, type Corrections } from '../correction.js';
import { PRICE_LEVELS, PRODUCT_POOLS, PROGRAMMES } from '../vocabulary.js';
import { isQuantity } from './quantity.js';

const isDate = (value: unknown): boolean => typeof value === 'string' && isCalendarDate(value);

/**
 * What may be corrected of an agreement's events, and what each may become. The licence ID and an entitlement's id name things
 * and are no statements about them; where keys are had follows from the programme.
 */
export const AGREEMENT_CORRECTIONS: Corrections = {
  AgreementRegistered: {
    programme: isOneOf(PROGRAMMES),
    priceLevel: optional(isOneOf(PRICE_LEVELS)),
    organisation: isText,
    startsOn: optional(isDate),
    endsOn: optional(isDate),
  },
  EntitlementRecorded: {
    product: isText,
    quantity: isQuantity,
    partNumber: optional(isText),
    pool: optional(isOneOf(PRODUCT_POOLS)),
    from: isDate,
    until: optional(isDate),
  },
  EntitlementAmended: { quantity: optional(isQuantity), until: optional(isDate) },
  AgreementEnded: { endedOn: isDate },
};
