import type { Message } from './message.js';

/** What refusals of a product key say. */
export const productKeyMessages = {
  KEY_ALREADY_REGISTERED: {
    en: 'The key ending in {lastFive} is registered already.',
    fr: 'La clé se terminant par {lastFive} est déjà enregistrée.',
    path: ['productKey', 'lastFive'],
  },
  COUNT_OUT_OF_RANGE: {
    en: 'A count must be 0 to {max}; {count} was given.',
    fr: 'Un nombre doit aller de 0 à {max} ; {count} a été donné.',
    path: ['allowed', 'opening'],
  },
  OPENING_WITHOUT_MAK: {
    en: 'Only a MAK has activations to open with.',
    fr: 'Seule une clé MAK a un solde d’activations à l’ouverture.',
    path: ['opening', 'kind'],
  },
} as const satisfies Readonly<Record<string, Message>>;
