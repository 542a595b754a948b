import { expect, test } from 'vitest';
import { readableProductName } from '../../src/domain/catalogue/productName.js';

test.each([
  ['Win 10 RTM Enterprise Volume:GVLK', 'Windows 10 Enterprise'],
  ['Office16_ProPlusVL_KMS_Client', 'Office 16 Pro Plus'],
  ['Office 2010 Standard', 'Office 2010 Standard'],
])('a product that the catalogue calls %s is called %s', (name, readable) => {
  expect(readableProductName(name)).toBe(readable);
});
