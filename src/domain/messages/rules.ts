import type { Message } from './message.js';

/** What the rules say when they refuse or warn; refusals name the rule beside it. */
export const ruleMessages = {
  WARNING_NOT_ACCEPTED: {
    en: 'The request stands against {rules}. Read the warnings and send it again with them accepted.',
    fr: 'La demande se heurte à {rules}. Lisez les avertissements et renvoyez-la en les acceptant.',
    path: ['acceptWarnings'],
  },
} as const satisfies Readonly<Record<string, Message>>;
