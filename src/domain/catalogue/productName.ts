/**
 * A SKU's name for people, without what its channel and key kind say already: `Win 10 RTM Enterprise Volume:GVLK` is
 * *Windows 10 Enterprise*, `Office16_ProPlusVL_KMS_Client` is *Office 16 Pro Plus*.
 */
export function readableProductName(catalogueName: string): string {
  return catalogueName
    .replace(/^Win /, 'Windows ')
    .replace(/ RTM\b/, '')
    .replace(/ Volume:\w+$/, '')
    .replace(/^Office(?<version>\d+)_/, 'Office $<version> ')
    .replace(/(?:VL)?_(?:KMS_?Client|KMS_?Host|KMS|MAK)(?:_AE)?$/i, '')
    .replaceAll('_', ' ')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
