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

/**
 * A published setup key, known by its last five characters alone (all of them are distinct). `OEM`: the default key that a machine of an
 * OEM shows in place of the one in its firmware, so that its last five tell nothing of the machine.
 */
export interface CatalogueSetupKey {
  readonly lastFive: string;
  readonly product: string;
  readonly family: ProductFamily;
  readonly method: 'KMS' | 'AVMA' | 'OEM';
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

/** What a catalogue is made of. */
export interface CatalogueParts {
  readonly skus: readonly CatalogueSku[];
  readonly setupKeys: readonly CatalogueSetupKey[];
  readonly errorCodes: readonly CatalogueErrorCode[];
}

/** A catalogue over these parts. Of two entries with the same id the later one counts, in the place of the earlier. */
export function buildCatalogue(parts: CatalogueParts): Catalogue {
  const skus = new Map(parts.skus.map((entry) => [entry.skuId.toLowerCase(), entry]));
  const setupKeys = new Map(parts.setupKeys.map((entry) => [entry.lastFive.toUpperCase(), entry]));
  const errorCodes = new Map(parts.errorCodes.map((entry) => [normalErrorCode(entry.code), entry]));
  return {
    skus: [...skus.values()],
    setupKeys: [...setupKeys.values()],
    errorCodes: [...errorCodes.values()],
    sku: (skuId) => skus.get(skuId.toLowerCase()),
    setupKey: (lastFive) => setupKeys.get(lastFive.toUpperCase()),
    errorCode: (code) => errorCodes.get(normalErrorCode(code)),
  };
}

/** The base with entries added, or replaced where the id is the same. */
export function extendCatalogue(base: Catalogue, additions: CatalogueParts): Catalogue {
  return buildCatalogue({
    skus: [...base.skus, ...additions.skus],
    setupKeys: [...base.setupKeys, ...additions.setupKeys],
    errorCodes: [...base.errorCodes, ...additions.errorCodes],
  });
}

/** `0x` and eight upper-case digits for any hexadecimal HRESULT: `0xc004f06c`, `0x0`. Other text is itself, and matches nothing. */
function normalErrorCode(code: string): string {
  const digits = /^0x([0-9a-f]{1,8})$/i.exec(code.trim())?.[1];
  return digits === undefined ? code : `0x${digits.toUpperCase().padStart(8, '0')}`;
}
