import { hash } from 'node:crypto';

const TOKEN_SECRET_BYTES = 32;
const TOKEN_ID_BYTES = 8;
const TOKEN_PREFIX = 'alt_';

export function newToken(random: (bytes: number) => Uint8Array): { readonly tokenId: string; readonly secret: string } {
  const secret = TOKEN_PREFIX + Buffer.from(random(TOKEN_SECRET_BYTES)).toString('base64url');
  return { tokenId: Buffer.from(random(TOKEN_ID_BYTES)).toString('hex'), secret };
}

/** What a vault keeps of a secret; undefined for a text that is none. Tokens are 256 random bits: a plain hash is enough, there is nothing to guess. */
export function tokenHash(secret: string): Buffer | undefined {
  return secret.startsWith(TOKEN_PREFIX) ? hash('sha256', secret, 'buffer') : undefined;
}
