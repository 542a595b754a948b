import type { InstantText } from './event.js';
import { render, type Parameters } from './messages/message.js';
import { MESSAGES, type MessageCode } from './messages/messages.js';

/** What a decision may know besides state and command. */
export interface DecisionContext {
  readonly now: InstantText;
  /** It follows others in the same append: what any command does in passing was done by the first of them. */
  readonly follows?: boolean | undefined;
}

export interface Refusal {
  /** Stable, upper snake case. */
  readonly code: string;
  /** In English; `code` and `parameters` give it in other languages (`messages/`). */
  readonly message: string;
  readonly parameters: Parameters;
  /** Ids of the rules behind it. */
  readonly rules: readonly string[];
}

export type Decision<Event> =
  /** No events: what was asked is true already. */
  { readonly kind: 'accepted'; readonly events: readonly Event[] } | { readonly kind: 'refused'; readonly refusal: Refusal };

export function accept<Event>(...events: readonly Event[]): Decision<Event> {
  return { kind: 'accepted', events };
}

export function refuse<Event>(code: MessageCode, parameters: Parameters = {}, rules: readonly string[] = []): Decision<Event> {
  return { kind: 'refused', refusal: { code, message: render(MESSAGES[code], parameters), parameters, rules } };
}
