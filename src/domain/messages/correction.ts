import type { Message } from './message.js';

/** What refusals of a correction say, on every stream. */
export const correctionMessages = {
  FIELD_NOT_CORRECTABLE: {
    en: '{field} of {eventType} is not corrected in this way.',
    fr: '{field} de {eventType} ne se corrige pas ainsi.',
    path: ['event', 'field'],
  },
  CORRECTED_VALUE_UNFIT: {
    en: 'That value does not fit {field} of {eventType}.',
    fr: 'Cette valeur ne convient pas à {field} de {eventType}.',
    path: ['value'],
  },
} as const satisfies Readonly<Record<string, Message>>;
