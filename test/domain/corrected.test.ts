import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corrected, fieldOf } from '../../src/domain/corrected.js';

const registered = (data: object) => ({ id: 'event-1', type: 'ReimagingRequested', data });
const correction = (id: string, field: string, value: unknown) => ({ id, type: 'CorrectionRecorded', data: { event: 'event-1', eventType: 'ReimagingRequested', field, value } });

describe('a field of an event', () => {
  test('is found through the members it is in', () => {
    const data = { team: 'lab', image: { image: 'lab-1', of: { year: 2026 } } };
    expect(fieldOf(data, 'team')).toBe('lab');
    expect(fieldOf(data, 'image.image')).toBe('lab-1');
    expect(fieldOf(data, 'image.of.year')).toBe(2026);
  });
  test.each(['edition', 'image.edition', 'team.length', 'constructor', 'image.constructor.name', '', '.', 'nothing.there'])('says nothing where there is none: "%s"', (field) => {
    expect(fieldOf({ team: 'lab', image: { image: 'lab-1' }, nothing: null }, field)).toBeUndefined();
  });
});

describe('events as they should have been', () => {
  test('say what the latest correction of each field says, also when it goes back to what was recorded', () => {
    const value = fc.constantFrom('lab-1', 'lab-2', 'lab-3');
    const corrections = fc.array(fc.record({ field: fc.constantFrom('team', 'image.image'), value }), { maxLength: 8 });
    fc.assert(
      fc.property(corrections, (all) => {
        const events = [registered({ team: 'lab-1', image: { image: 'lab-1' } }), ...all.map((each, index) => correction(`correction-${index}`, each.field, each.value))];
        const [first] = corrected(events);
        for (const field of ['team', 'image.image']) {
          const latest = all.findLast((each) => each.field === field)?.value ?? 'lab-1';
          expect(fieldOf(first?.data ?? {}, field)).toBe(latest);
        }
      }),
    );
  });
});
