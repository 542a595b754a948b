import { expect, test } from 'vitest';
import { productNameOf } from '../../src/domain/catalogue/productName.js';

test.each([
  ['Win 10 RTM Enterprise Volume:GVLK', 'Windows 10 Enterprise'],
  ['Office16_ProPlusVL_KMS_Client', 'Office 16 Pro Plus'],
  ['Office 2010 Standard', 'Office 2010 Standard'],
])('a product that the catalogue calls %s is called %s', (name, readable) => {
  expect(productNameOf({ skuId: '11111111-2222-4333-8444-555555555555', name, edition: undefined, keyKind: 'KMS_CLIENT', family: 'UNKNOWN', source: 'invented' })).toBe(readable);
});
