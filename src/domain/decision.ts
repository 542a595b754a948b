import type { InstantText } from './event.js';

/** What a decision may know besides state and command. */
export interface DecisionContext {
  readonly now: InstantText;
}

export interface Refusal {
  /** Stable, upper snake case. */
  readonly code: string;
  readonly message: string;
  /** Ids of the rules behind it. */
  readonly rules: readonly string[];
}

export type Decision<Event> =
  /** No events: what was asked is true already. */
  { readonly kind: 'accepted'; readonly events: readonly Event[] } | { readonly kind: 'refused'; readonly refusal: Refusal };

export function accept<Event>(...events: readonly Event[]): Decision<Event> {
  return { kind: 'accepted', events };
}

export function refuse<Event>(code: string, message: string, rules: readonly string[] = []): Decision<Event> {
  return { kind: 'refused', refusal: { code, message, rules } };
}
