import { builtInCatalogue } from '../domain/catalogue/builtIn.js';

/**
 * What a list calls a product: the name it was observed with, or the catalogue's for its SKU id, without what other columns say.
 * `Windows(R), ServerStandard edition` is *Windows Server Standard*; `Office 16, Office16ProPlusVL_KMS_Client edition` is *Office 16 Pro Plus*.
 */
export function shownProduct(observedName: string | null, skuId: string | null): string {
  if (observedName !== null) return withoutOrnament(observedName);
  if (skuId === null) return '';
  const known = builtInCatalogue.sku(skuId);
  return known === undefined ? skuId : ofCatalogue(known.name);
}

function withoutOrnament(name: string): string {
  const parts = /^(?<family>[^,]+), (?<edition>\S+) edition$/.exec(name.replaceAll('(R)', ''))?.groups;
  if (parts === undefined) return name;
  const { family = '', edition = '' } = parts;
  return `${family} ${words(edition.replace(/^Office\d*/, ''))}`.trimEnd();
}

function ofCatalogue(name: string): string {
  return words(name.replace(/^Win /, 'Windows ').replace(/ RTM\b/, '').replace(/ Volume:\w+$/, '').replace(/^Office(?<version>\d+)_/, 'Office $<version> '));
}

/** `ProPlusVL_KMS_Client` as `Pro Plus`: the channel is what the key and the method say. */
function words(identifier: string): string {
  return identifier
    .replace(/(?:VL)?_(?:KMS_?Client|KMS_?Host|KMS|MAK)(?:_AE)?$/i, '')
    .replaceAll('_', ' ')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
