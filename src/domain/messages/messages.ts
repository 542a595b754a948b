import { agreementMessages } from './agreement.js';
import { correctionMessages } from './correction.js';
import { hostMessages } from './host.js';
import { ledgerMessages } from './ledger.js';
import type { Message } from './message.js';
import { productKeyMessages } from './productKey.js';
import { ruleMessages } from './rules.js';

const messages = { ...agreementMessages, ...correctionMessages, ...hostMessages, ...ledgerMessages, ...productKeyMessages, ...ruleMessages };

/** Codes of the domain's refusals. */
export type MessageCode = keyof typeof messages;

/** What each code says. */
export const MESSAGES: Readonly<Record<MessageCode, Message>> = messages;

/** The message of a code, if the domain has one of that name. */
export function messageOf(code: string): Message | undefined {
  return Object.hasOwn(MESSAGES, code) ? MESSAGES[code as MessageCode] : undefined;
}
