import type { Message } from './message.js';

/** What refusals on the ledger's own stream say. */
export const ledgerMessages = {
  LEDGER_ALREADY_OPEN: { en: 'This ledger was opened as {ledgerId}.', fr: 'Ce registre a été ouvert sous le nom {ledgerId}.' },
  IMPORT_NOT_OPEN: { en: 'Import {importId} is not under way.', fr: 'L’import {importId} n’est pas en cours.' },
  ORGANISATION_ALREADY_REGISTERED: {
    en: 'Organisation {organisation} is registered already.',
    fr: 'L’organisation {organisation} est déjà enregistrée.',
    path: ['organisation'],
  },
  ORGANISATION_NAME_MISSING: { en: 'Give the organisation a name.', fr: 'Donnez un nom à l’organisation.', path: ['name'] },
  ORGANISATION_UNKNOWN: {
    en: 'There is no such organisation; register it first.',
    fr: 'Cette organisation n’existe pas ; enregistrez-la d’abord.',
    path: ['organisation'],
  },
  PARENT_UNKNOWN: {
    en: 'There is no organisation that it could belong to under that id.',
    fr: 'Il n’existe pas d’organisation de rattachement sous cet identifiant.',
    path: ['parent'],
  },
  ORGANISATION_CYCLE: {
    en: 'An organisation cannot belong to itself or to one below it.',
    fr: 'Une organisation ne peut appartenir ni à elle-même ni à une organisation qui en dépend.',
    path: ['parent'],
  },
  ORGANISATIONS_TOO_DEEP: {
    en: 'Organisations stand on at most {max} levels.',
    fr: 'Les organisations se rangent sur {max} niveaux au plus.',
    path: ['parent'],
  },
  ORGANISATIONS_TOO_MANY: { en: 'A ledger has at most {max} organisations.', fr: 'Un registre a au plus {max} organisations.', path: [] },
} as const satisfies Readonly<Record<string, Message>>;
