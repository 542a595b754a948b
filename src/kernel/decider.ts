import type { DomainEvent } from './envelope.js';
import type { Instant } from './identifiers.js';

/** What a decision may know besides the state and the command. Everything that changes by itself arrives here. */
export interface DecisionContext {
  readonly now: Instant;
  /** It follows others in the same append: what any command does in passing was done by the first of them. */
  readonly follows?: boolean | undefined;
}

/** A request that cannot be granted, as a fact: a stable code, a sentence, and the rules behind it. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** What the sentence names, for other languages. */
  readonly parameters?: Readonly<Record<string, string | number>> | undefined;
  /** Ids of the rules that decided, `[]` when none did. */
  readonly rules: readonly string[];
}

export type Decision =
  /** No events: the command is true already. */
  | { readonly kind: 'accepted'; readonly events: readonly DomainEvent[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * The pure heart of one kind of stream. State must be plain JSON: it is snapshotted.
 * `version` changes whenever `evolve` or the shape of the state does; older snapshots are then not used.
 */
export interface Decider<State, Command> {
  readonly name: string;
  readonly version: number;
  readonly initial: State;
  decide(state: State, command: Command, context: DecisionContext): Decision;
  /** Returns the next state; never changes the one it was given in a way that a discarded decision could show. */
  evolve(state: State, event: DomainEvent): State;
  /** How a state is taken apart that is too large to be read back for one decision. */
  readonly parts?: StateParts<State> | undefined;
}

/** Parts are immutable objects, each kept under a name of its content: one that did not change is neither written nor read again. */
export interface StateParts<State> {
  /** The state as plain JSON in which each part is replaced by the name that `keep` gives it. */
  split(state: State, keep: (part: object, content: () => readonly string[]) => string): object;
  /** The state again. `load` gives a part's content when it is first needed; `keep` is told of the object it then is. */
  join(head: object, load: (name: string) => readonly string[], kept: (part: object, name: string) => void): State;
}
