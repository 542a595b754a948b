import { CONFIRMATION_ID_DIGITS, VaultError } from './port.js';

const CONFIRMATION_ID = new RegExp(`^\\d{${CONFIRMATION_ID_DIGITS}}$`);

/** Throws `VaultError` CONFIRMATION_ID_MALFORMED, whose message does not repeat the text. */
export function checkConfirmationId(text: string): void {
  if (!CONFIRMATION_ID.test(text)) {
    throw new VaultError('CONFIRMATION_ID_MALFORMED', `A confirmation id has ${CONFIRMATION_ID_DIGITS} digits and nothing else.`);
  }
}
