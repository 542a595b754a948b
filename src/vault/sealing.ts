import { createCipheriv, createDecipheriv } from 'node:crypto';
import { VaultError, type SealedPlace } from './port.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const DATA_KEY_BYTES = 32;

/** AES-256-GCM: base64 of nonce ‖ ciphertext ‖ tag. Event id and field path are authenticated, so a text cannot be moved. */
export function sealText(text: string, dataKey: Uint8Array, nonce: Uint8Array, place: SealedPlace): string {
  return sealAt(text, dataKey, nonce, placeText(place));
}

/** Throws `VaultError` SEAL_BROKEN when the text was changed or stands at another place. */
export function unsealText(sealed: string, dataKey: Uint8Array, place: SealedPlace): string {
  return unsealAt(sealed, dataKey, placeText(place), `The sealed text ${place.field} of event ${place.event}`);
}

/** The same for a text at any other place, named by a text. */
export function sealAt(text: string, dataKey: Uint8Array, nonce: Uint8Array, place: string): string {
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
  cipher.setAAD(Buffer.from(place, 'utf8'));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64');
}

/** `what` names the text in the message of the `VaultError`. */
export function unsealAt(sealed: string, dataKey: Uint8Array, place: string, what: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', dataKey, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(place, 'utf8'));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const ciphertext = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new VaultError('SEAL_BROKEN', `${what} was changed or moved.`, { cause });
  }
}

export function newNonce(random: (bytes: number) => Uint8Array): Uint8Array {
  return random(NONCE_BYTES);
}

function placeText(place: SealedPlace): string {
  return `${place.event}\n${place.field}`;
}
