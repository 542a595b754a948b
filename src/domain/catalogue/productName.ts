import type { CatalogueSku } from './catalogue.js';

/** Names made so far: a list asks for the same few thousands of times. */
const made = new WeakMap<CatalogueSku, string>();

/**
 * A SKU's name for people, without what its channel and key kind say already: `Win 10 RTM Enterprise Volume:GVLK` is
 * *Windows 10 Enterprise*, `Office16_ProPlusVL_KMS_Client` is *Office 16 Pro Plus*.
 */
export function productNameOf(sku: CatalogueSku): string {
  const known = made.get(sku);
  if (known !== undefined) return known;
  const name = readable(sku.name);
  made.set(sku, name);
  return name;
}

function readable(catalogueName: string): string {
  return readableEdition(
    catalogueName
      .replace(/^Win /, 'Windows ')
      .replace(/ RTM\b/, '')
      .replace(/ Volume:\w+$/, '')
      .replace(/^Office(?<version>\d+)_/, 'Office $<version> '),
  );
}

/** `ProPlusVL_KMS_Client` as *Pro Plus*: the channel is what the key and the method say. */
export function readableEdition(edition: string): string {
  return edition
    .replace(/(?:VL)?_(?:KMS_?Client|KMS_?Host|KMS|MAK)(?:_AE)?$/i, '')
    .replaceAll('_', ' ')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
