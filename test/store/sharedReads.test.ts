import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../src/kernel/envelope.js';
import type { Bookmark } from '../../src/kernel/identifiers.js';
import { openSharedReads } from '../../src/store/sqlite/sharedReads.js';

const LENGTH = 10;

function logOf(count: number) {
  const events = Array.from({ length: count }, (_, index) => ({ sequence: index + 1, text: 'x'.repeat(LENGTH) }) as StoredEvent);
  const asked: number[] = [];
  return {
    events,
    asked,
    append: () => events.push({ sequence: events.length + 1, text: 'x'.repeat(LENGTH) } as StoredEvent),
    readFile: (after: number, limit: number) => {
      asked.push(after);
      return events.slice(after, after + limit);
    },
  };
}

const at = (sequence: number): Bookmark => ({ position: BigInt(sequence), sequence }) as Bookmark;
const sequences = (events: readonly StoredEvent[]): readonly number[] => events.map(({ sequence }) => sequence);

describe('shared reads of the log', () => {
  it('reads once what several subscribers read, and gives them the same objects', () => {
    const log = logOf(5);
    const shared = openSharedReads(log.readFile, { others: false });
    const first = shared.read(at(2), 10);
    const second = shared.read(at(2), 10);
    expect(sequences(first)).toEqual([3, 4, 5]);
    expect(second[0]).toBe(first[0]);
    expect(log.asked).toEqual([2]);
  });

  it('asks the file for the end once for each news where nobody else writes', () => {
    const log = logOf(2);
    const shared = openSharedReads(log.readFile, { others: false });
    expect(shared.read(at(2), 10)).toEqual([]);
    expect(shared.read(at(2), 10)).toEqual([]);
    log.append();
    shared.news(() => expect(sequences(shared.read(at(2), 10))).toEqual([3]));
    expect(shared.read(at(3), 10)).toEqual([]);
    expect(log.asked).toEqual([2, 2]);
  });

  it('sees without news what others have written', () => {
    const log = logOf(2);
    const shared = openSharedReads(log.readFile, { others: true });
    shared.news(() => expect(shared.read(at(2), 10)).toEqual([]));
    log.append();
    expect(sequences(shared.read(at(2), 10))).toEqual([3]);
  });

  it('gives every subscriber the log without a gap, wherever it reads and however far the others are', () => {
    const log = logOf(3_000);
    const shared = openSharedReads(log.readFile, { others: false });
    const read = (from: number, limit: number): readonly number[] => {
      const seen: number[] = [];
      for (let after = from; after < log.events.length; ) {
        const events = shared.read(at(after), limit);
        seen.push(...sequences(events));
        after = seen.at(-1) ?? after;
      }
      return seen;
    };
    const from = (first: number): readonly number[] => Array.from({ length: 3_000 - first }, (_, index) => first + 1 + index);
    expect(read(2_900, 70)).toEqual(from(2_900));
    expect(read(0, 1_000)).toEqual(from(0));
    expect(read(1_500, 200)).toEqual(from(1_500));
    expect(read(2_899, 33)).toEqual(from(2_899));
  });
});
