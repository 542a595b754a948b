import type { Decider, DecisionContext, Decision, Refusal } from './decider.js';
import type { DomainEvent } from './envelope.js';

/** Several commands on one stream that are carried out together or not at all. */
export interface AtomicCommand<Command> {
  readonly commands: readonly Command[];
}

/** Why a whole was refused: the place of the command (0, 1, …) that could not be carried out. */
export const ATOMIC_ITEM = 'item';

/**
 * A decider of the same stream for several commands at once: each is decided on the state that the ones before it left, and the first
 * that is refused, or that `denies` calls a denial by its events, refuses the whole.
 */
export function atomically<State, Command>(
  decider: Decider<State, Command>,
  denies: (event: DomainEvent) => Refusal | undefined,
): Decider<State, AtomicCommand<Command>> {
  return {
    ...decider,
    decide(state: State, { commands }: AtomicCommand<Command>, context: DecisionContext): Decision {
      const events: DomainEvent[] = [];
      let current = state;
      for (const [item, command] of commands.entries()) {
        const decision = decider.decide(current, command, item === 0 ? context : { ...context, follows: true });
        if (decision.kind === 'refused') return { kind: 'refused', refusal: { ...decision.refusal, parameters: { ...decision.refusal.parameters, [ATOMIC_ITEM]: item } } };
        for (const event of decision.events) {
          const denial = denies(event);
          if (denial !== undefined) return { kind: 'refused', refusal: { ...denial, parameters: { ...denial.parameters, [ATOMIC_ITEM]: item } } };
          current = decider.evolve(current, event);
          events.push(event);
        }
      }
      return { kind: 'accepted', events };
    },
  };
}
