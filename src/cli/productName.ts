import { readableEdition } from '../domain/catalogue/productName.js';

/**
 * What a list calls a product: its name without what other columns say, or its SKU id.
 * `Windows(R), ServerStandard edition` is *Windows Server Standard*; `Office 16, Office16ProPlusVL_KMS_Client edition` is *Office 16 Pro Plus*.
 */
export function shownProduct(name: string | null, skuId: string | null): string {
  if (name === null) return skuId ?? '';
  const parts = /^(?<family>[^,]+), (?<edition>\S+) edition$/.exec(name.replaceAll('(R)', ''))?.groups;
  if (parts === undefined) return name;
  const { family = '', edition = '' } = parts;
  return `${family} ${readableEdition(edition.replace(/^Office\d*/, ''))}`.trimEnd();
}
