import type { ProductFamily, ProductKeyKind } from '../vocabulary.js';

/** A product edition and channel, by its activation (SKU) id. */
export interface CatalogueSku {
  /** Lower-case GUID. */
  readonly skuId: string;
  readonly name: string;
  readonly edition: string | undefined;
  readonly keyKind: ProductKeyKind;
  readonly family: ProductFamily;
  readonly source: string;
}

/** A published setup key, known by its last five characters alone (all of them are distinct). */
export interface CatalogueSetupKey {
  readonly lastFive: string;
  readonly product: string;
  readonly family: ProductFamily;
  readonly method: 'KMS' | 'AVMA';
  readonly source: string;
}

/** What an HRESULT means to the ledger. */
export interface CatalogueErrorCode {
  /** `0x` and eight upper-case hexadecimal digits. */
  readonly code: string;
  readonly meaning: string;
  readonly relevance: string;
  readonly source: string;
}

/** Product facts, as data: each with its source. Look-ups are by normalised id. */
export interface Catalogue {
  readonly skus: readonly CatalogueSku[];
  readonly setupKeys: readonly CatalogueSetupKey[];
  readonly errorCodes: readonly CatalogueErrorCode[];
  sku(skuId: string): CatalogueSku | undefined;
  setupKey(lastFive: string): CatalogueSetupKey | undefined;
  errorCode(code: string): CatalogueErrorCode | undefined;
}
