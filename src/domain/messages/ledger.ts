import type { Message } from './message.js';

/** What refusals on the ledger's own stream say. */
export const ledgerMessages = {
  LEDGER_ALREADY_OPEN: { en: 'This ledger was opened as {ledgerId}.', fr: 'Ce registre a été ouvert sous le nom {ledgerId}.' },
  IMPORT_NOT_OPEN: { en: 'Import {importId} is not under way.', fr: 'L’import {importId} n’est pas en cours.' },
} as const satisfies Readonly<Record<string, Message>>;
