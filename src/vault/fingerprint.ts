import { createHmac } from 'node:crypto';

/**
 * Keyed fingerprint of a product key: HMAC-SHA-256 over the key in upper case with dashes, hexadecimal.
 * Without the vault's key nobody can try keys against it.
 */
export function fingerprintOf(productKey: string, fingerprintKey: Uint8Array): string {
  const compact = productKey.toUpperCase().replaceAll('-', '').trim();
  const normalised = compact.replace(/(.{5})(?=.)/g, '$1-');
  return createHmac('sha256', fingerprintKey).update(normalised, 'utf8').digest('hex');
}
