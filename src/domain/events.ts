import type { AgreementEvent } from './agreement/events.js';
import type { HostEvent } from './host/events.js';
import type { LedgerEvent } from './ledger/events.js';
import type { ProductKeyEvent } from './productKey/events.js';

/** Everything the ledger can record. */
export type AnyEvent = HostEvent | ProductKeyEvent | AgreementEvent | LedgerEvent;
export type AnyEventType = AnyEvent['type'];
/** The event of one type: `EventOf<'HostRegistered'>`. */
export type EventOf<Type extends AnyEventType> = Extract<AnyEvent, { type: Type }>;
