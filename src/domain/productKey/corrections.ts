import { isOneOf, isText, optional, type Corrections } from '../correction.js';
import { PRODUCT_POOLS } from '../vocabulary.js';
import { isCount } from './counts.js';

/** What may be corrected on a key's stream: descriptions and reports, never what counts (`ActivationReversed` is for that). */
export const PRODUCT_KEY_CORRECTIONS: Corrections = {
  ProductKeyRegistered: {
    product: isText,
    agreement: optional(isText),
    obtainedFrom: optional(isOneOf(['MEDIA_SLEEVE', 'DOWNLOAD_PAGE', 'PORTAL', 'ACTIVATION_CENTER'])),
    pool: optional(isOneOf(PRODUCT_POOLS)),
  },
  RemainingActivationsObserved: { remaining: (value) => typeof value === 'number' && isCount(value) },
};
