import { maskProductKeys } from '../importing/productKeys.js';
import type { ReasonReference } from '../kernel/envelope.js';
import { acceptTexts, refused } from './acceptedText.js';
import type { RefusedOutcome } from './port.js';

/** Why a command is sent: the words of a person, which are sealed, and what names the reason elsewhere, which is not. */
export interface Reason extends ReasonReference {
  readonly reason?: string | undefined;
}

/** Names from a list, so that nobody's words get past the seal. */
const REASON_CODE = /^[A-Z][A-Z0-9_]{0,39}$/;
/** Numbers of tickets, changes and orders, as systems write them: one word. */
const REASON_TICKET = /^[A-Za-z0-9#][A-Za-z0-9#._/:-]{0,63}$/;

/** The reason as it may be kept, or why not. */
export function acceptReason({ reason, reasonCode, reasonTicket }: Reason): ({ readonly kind: 'accepted' } & Reason) | RefusedOutcome {
  const accepted = acceptTexts({ reason });
  if (accepted.kind === 'refused') return accepted;
  if (reasonCode !== undefined && !REASON_CODE.test(reasonCode)) return refused('REASON_CODE_MALFORMED');
  if (reasonTicket !== undefined && !REASON_TICKET.test(maskProductKeys(reasonTicket))) return refused('REASON_TICKET_MALFORMED');
  return { kind: 'accepted', ...accepted.texts, reasonCode, reasonTicket };
}
