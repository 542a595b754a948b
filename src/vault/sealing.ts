import { createCipheriv, createDecipheriv } from 'node:crypto';
import { VaultError, type SealedPlace } from './port.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const DATA_KEY_BYTES = 32;

/** AES-256-GCM: base64 of nonce ‖ ciphertext ‖ tag. Event id and field path are authenticated, so a text cannot be moved. */
export function sealText(text: string, dataKey: Uint8Array, nonce: Uint8Array, place: SealedPlace): string {
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
  cipher.setAAD(placeBytes(place));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64');
}

/** Throws `VaultError` SEAL_BROKEN when the text was changed or stands at another place. */
export function unsealText(sealed: string, dataKey: Uint8Array, place: SealedPlace): string {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', dataKey, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(placeBytes(place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const ciphertext = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new VaultError('SEAL_BROKEN', `The sealed text ${place.field} of event ${place.event} was changed or moved.`, { cause });
  }
}

export function newNonce(random: (bytes: number) => Uint8Array): Uint8Array {
  return random(NONCE_BYTES);
}

function placeBytes(place: SealedPlace): Buffer {
  return Buffer.from(`${place.event}\n${place.field}`, 'utf8');
}
