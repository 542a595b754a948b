import type { Message } from './message.js';

/** What refusals of a host say. */
export const hostMessages = {
  HOST_ALREADY_REGISTERED: { en: '{name} is registered already.', fr: '{name} est déjà enregistré.', path: ['name'] },
  INSTALLATION_UNKNOWN: { en: '{name} has no installation {installation}.', fr: '{name} n’a pas d’installation {installation}.', path: ['installation'] },
} as const satisfies Readonly<Record<string, Message>>;
