import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readActivation } from '../../src/domain/productKey/activations.js';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { usedOf } from '../../src/domain/productKey/counts.js';
import type { ProductKeyEvent } from '../../src/domain/productKey/events.js';
import type { ProductKeyState } from '../../src/domain/productKey/state.js';
import { entriesFrom } from '../../src/domain/productKey/textMap.js';
import { decider, history, steps, swept } from './productKeyHistories.js';
import { EARLIER, observe, ONE, registered, reserved, seen, YESTERDAY } from './productKeySupport.js';

const RUNS = { numRuns: 300 };

describe('product key: whatever comes in whatever order', () => {
  test('a grant never makes used exceed allowed', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let { initial: state } = decider;
        for (const event of eventsOf(history(all))) {
          state = decider.evolve(state, event);
          if (event.type === 'ActivationGranted') expect(usedOf(state.counts)).toBeLessThanOrEqual(state.allowed ?? -1);
        }
      }),
      RUNS,
    );
  });

  test('each activation is in exactly one class, and the counts are what is remembered of each', () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const { state } of history(all)) expect(remembered(state)).toEqual({ ...state.counts, opening: 0 });
      }),
      RUNS,
    );
  });

  test('no class is ever below nothing', () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const { state } of history(all)) expect(Math.min(...Object.values(state.counts))).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });

  test('every reservation ends exactly once', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const moments = history(all);
        const last = moments.at(-1)!;
        const events = [...eventsOf(moments), ...swept(last.state, '2030-01-01T00:00:00.000Z')];
        const open = new Set<string>();
        for (const event of events) {
          if (event.type === 'ActivationGranted') open.add(event.data.activation);
          // An id may be asked for again after it has ended.
          const ended = endedReservation(event);
          if (ended !== undefined) expect(open.delete(ended), `${event.type} ends what is not open`).toBe(true);
        }
        expect([...open]).toEqual([]);
      }),
      RUNS,
    );
  });

  test('an installation has at most one open reservation', () => {
    fc.assert(
      fc.property(steps, (all) => {
        for (const { state } of history(all)) expect([...entriesFrom(state.reservations)].length).toBe(state.counts.reserved);
      }),
      RUNS,
    );
  });

  test('the state of any prefix is the one there was then, also when it was written down in between', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, cut) => {
        const moments = history(all);
        const then = moments[cut % moments.length]!;
        const prefix = moments.slice(0, moments.indexOf(then) + 1);
        expect(eventsOf(prefix).reduce(decider.evolve, decider.initial)).toEqual(then.state);
        const writtenDown = JSON.parse(JSON.stringify(then.state)) as ProductKeyState;
        const rest = eventsOf(moments.slice(prefix.length));
        expect(rest.reduce(decider.evolve, writtenDown)).toEqual(moments.at(-1)!.state);
      }),
      RUNS,
    );
  });

  test('a reimaging spends one activation, however often and wherever its host is seen before and after it is told', () => {
    const sights = fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.boolean(), sights, sights, fc.integer({ min: 0, max: 24 }), (seenBefore, onOld, onNew, toldAfter) => {
        const told: ProductKeyCommand = { kind: 'confirmActivation', activation: ONE, installation: 2, occurredAt: hoursLater(toldAfter) };
        const commands = [...onOld.map((hours) => observe(hoursLater(hours))), told, ...onNew.map((hours) => observe(hoursLater(hours), 2)), told];
        const first = [registered({}, EARLIER), ...(seenBefore ? [seen({}, EARLIER)] : []), ...reserved({ purpose: 'REIMAGING' })];
        const { counts } = commands.reduce<ProductKeyState>((state, command) => {
          const decision = decider.decide(state, command, { now: hoursLater(24) });
          expect(decision.kind).toBe('accepted');
          return decision.kind === 'accepted' ? decision.events.reduce(decider.evolve, state) : state;
        }, first.reduce(decider.evolve, decider.initial));
        expect(usedOf(counts)).toBe(seenBefore ? 2 : 1);
      }),
      RUNS,
    );
  });

  test('histories hold every kind of event that changes a count', () => {
    const types = new Set(fc.sample(steps, { numRuns: 300, seed: 1 }).flatMap((all) => eventsOf(history(all)).map(kindOf)));
    expect([...types].toSorted()).toEqual(KINDS);
  });

  test('only reports, observations and late words make used exceed allowed', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let { initial: state } = decider;
        for (const event of eventsOf(history(all))) {
          const before = overrun(state);
          state = decider.evolve(state, event);
          if (overrun(state) > Math.max(before, 0)) expect(OVERRUNNING).toContain(event.type === 'ActivationConfirmed' ? event.data.confirmedBy : event.type);
        }
      }),
      RUNS,
    );
  });
});

const OVERRUNNING = ['ActivationObserved', 'LATE', 'LimitRevised'];

/** The type, and what it says where that decides the count. */
function kindOf(event: ProductKeyEvent): string {
  if (event.type === 'ActivationConfirmed') return `${event.type} ${event.data.confirmedBy} ${event.data.countsAs}`;
  return event.type === 'ActivationObserved' ? `${event.type} ${event.data.countsAs}` : event.type;
}

const KINDS = [
  'ActivationCarriedOver',
  'ActivationConfirmed LATE OBSERVED',
  'ActivationConfirmed LATE UNCERTAIN',
  'ActivationConfirmed OBSERVATION CONFIRMED',
  'ActivationConfirmed REQUESTER CONFIRMED',
  'ActivationConfirmed REQUESTER UNCERTAIN',
  'ActivationConsumptionResolved',
  'ActivationFailed',
  'ActivationGranted',
  'ActivationLossObserved',
  'ActivationObserved ALREADY_COUNTED',
  'ActivationObserved MOVED_FROM_OPENING',
  'ActivationObserved OBSERVED',
  'ActivationObserved UNCERTAIN',
  'ActivationRefused',
  'ActivationReleased',
  'ActivationRequested',
  'ActivationReversed',
  'LimitRevised',
  'ProductKeyRegistered',
  'RemainingActivationsObserved',
];

/** After the reservation was made. */
function hoursLater(hours: number): string {
  return new Date(Date.parse(YESTERDAY) + hours * 3_600_000).toISOString();
}

function overrun({ counts, allowed = 0 }: ProductKeyState): number {
  return usedOf(counts) - allowed;
}

function eventsOf(moments: ReturnType<typeof history>): readonly ProductKeyEvent[] {
  return moments.flatMap(({ events }) => events);
}

function endedReservation(event: ProductKeyEvent): string | undefined {
  if (event.type === 'ActivationConfirmed') return event.data.confirmedBy === 'LATE' ? undefined : event.data.activation;
  return event.type === 'ActivationFailed' || event.type === 'ActivationReleased' ? event.data.activation : undefined;
}

/** Counts what the state remembers, one activation after another. */
function remembered(state: ProductKeyState) {
  const counts = { opening: 0, confirmed: 0, reserved: [...entriesFrom(state.expiries)].length, observed: 0, uncertain: 0 };
  for (const [, text] of entriesFrom(state.activations)) {
    for (const { as } of readActivation(text).counted) {
      if (as === 'CONFIRMED') counts.confirmed += 1;
      else if (as === 'UNCERTAIN') counts.uncertain += 1;
      else counts.observed += 1;
    }
  }
  return counts;
}
