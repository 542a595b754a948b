import { expect } from 'vitest';

interface TestedDecider<State, Command, Event, Answer> {
  readonly initial: State;
  decide(state: State, command: Command, context: { now: string }): Answer;
  evolve(state: State, event: Event): State;
}

export const NOW = '2026-06-01T12:00:00.000Z';

/** `specification(decider)(given, when)` decides and gives the answer back; `thenRecorded` compares exactly and in order. */
export function specification<State, Command, Event, Answer>(decider: TestedDecider<State, Command, Event, Answer>) {
  return (given: readonly Event[], when: Command) => {
    const state = given.reduce((folded, event) => decider.evolve(folded, event), decider.initial);
    const before = JSON.stringify(state);
    const answer = decider.decide(state, when, { now: NOW });
    expect(JSON.stringify(state), 'deciding changed the state').toBe(before);
    expect(JSON.parse(before), 'the state is not plain JSON').toEqual(JSON.parse(JSON.stringify(state)));
    return {
      thenRecorded: (...events: readonly Event[]) => expect(answer).toEqual({ kind: 'accepted', events }),
      thenRefused: (code: string, ...rules: readonly string[]) =>
        expect(answer).toMatchObject({ kind: 'refused', refusal: { code, rules: [...rules] } }),
    };
  };
}
