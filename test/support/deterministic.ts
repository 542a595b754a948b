/** Time, ids and randomness for tests: the only parts that are not real. */
import type { CommandId, Instant, SubjectId } from '../../src/kernel/identifiers.js';

export const TEST_ACTOR = 'subject-00000000000000000000000000000001' as SubjectId;

/** A clock that starts at 2026-01-01 and moves one second at each look. */
export function steppingClock(start = '2026-01-01T00:00:00.000Z'): () => Instant {
  let milliseconds = Date.parse(start);
  return () => {
    const now = new Date(milliseconds).toISOString() as Instant;
    milliseconds += 1_000;
    return now;
  };
}

/** Command ids 1, 2, 3, … as UUIDv7 text with a rising time. */
export function countingCommandIds(): () => CommandId {
  let count = 0;
  return () => {
    count += 1;
    const time = (1_760_000_000_000 + count).toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count.toString(16).padStart(12, '0')}` as CommandId;
  };
}

/** Bytes that are all different from call to call and the same from run to run. */
export function countingRandom(): (bytes: number) => Uint8Array {
  let count = 0;
  return (bytes) => {
    count += 1;
    return Uint8Array.from({ length: bytes }, (_, index) => (index < 4 ? (count >>> (8 * (3 - index))) & 0xff : (index * 37 + count * 11) & 0xff));
  };
}
