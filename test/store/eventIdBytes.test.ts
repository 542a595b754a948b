import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventId } from '../../src/kernel/identifiers.js';
import { EVENT_ID_BYTES, readEventId, writeEventId } from '../../src/store/sqlite/eventIdBytes.js';

const ids = fc.uuid() as unknown as fc.Arbitrary<EventId>;

it('an event id is the same text after it was stored as bytes, and bytes stand in the order of the texts', () => {
  fc.assert(
    fc.property(ids, ids, (left, right) => {
      expect(readEventId(bytesOf(left).toString('hex'))).toBe(left);
      expect(Math.sign(Buffer.compare(bytesOf(left), bytesOf(right)))).toBe(left === right ? 0 : left < right ? -1 : 1);
    }),
    { numRuns: 300 },
  );
});

function bytesOf(id: EventId): Buffer {
  const bytes = Buffer.alloc(EVENT_ID_BYTES);
  writeEventId(id, bytes, 0);
  return bytes;
}
