import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { derivedCommandId, eventIdOf, importIds, isCommandId } from '../../src/kernel/eventIds.js';
import type { CommandId } from '../../src/kernel/identifiers.js';

const uuid = fc.uuid({ version: [4, 7] }).map((text) => text as CommandId);

describe('event ids', () => {
  test('are UUIDs of version 8, the same for the same command and place, others for others', () => {
    fc.assert(
      fc.property(uuid, fc.nat(999), (command, index) => {
        const id = eventIdOf(command, index);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(eventIdOf(command, index)).toBe(id);
        expect(eventIdOf(command, index + 1)).not.toBe(id);
      }),
    );
  });

  test('keep the time of a UUIDv7 and of an import, so that id order is time order', () => {
    const early = importIds('a', '2020-05-05T10:00:00.000Z').commandId;
    const late = importIds('b', '2020-05-05T10:00:00.001Z').commandId;
    expect(early < late).toBe(true);
    expect(eventIdOf(early, 5).slice(0, 13)).toBe(early.slice(0, 13));
    expect(eventIdOf('0199c000-0001-7abc-8def-000000000001' as CommandId, 0).slice(0, 13)).toBe('0199c000-0001');
    expect(derivedCommandId(late, 'x').slice(0, 13)).toBe(late.slice(0, 13));
  });

  test('an import without a time still has one id, and it is a command id', () => {
    expect(importIds('record', undefined)).toEqual(importIds('record', undefined));
    expect(isCommandId(importIds('record', undefined).commandId)).toBe(true);
    expect(isCommandId('not a uuid')).toBe(false);
  });
});
