import { buildCatalogue, type Catalogue } from './catalogue.js';
import { builtInErrorCodes } from './errorCodes.js';
import { builtInSetupKeys } from './setupKeys.js';
import { builtInSkus } from './skus.js';

/** The product facts that come with the ledger. A user's own file adds to them or replaces them (`extendCatalogue`). */
export const builtInCatalogue: Catalogue = buildCatalogue({
  skus: builtInSkus(),
  setupKeys: builtInSetupKeys(),
  errorCodes: builtInErrorCodes(),
});
