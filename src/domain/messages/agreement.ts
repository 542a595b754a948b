import type { Message } from './message.js';

/** What refusals of an agreement say. */
export const agreementMessages = {} as const satisfies Readonly<Record<string, Message>>;
