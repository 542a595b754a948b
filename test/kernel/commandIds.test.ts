import { expect, test } from 'vitest';
import { commandIdSource } from '../../src/kernel/commandIds.js';

/** More than are drawn at once. */
const IDS = 1_000;

test('ids of commands are UUIDs of version 7 with the time they were made at, and no bytes are used twice', () => {
  let time = 1_795_352_400_000;
  let next = 0;
  // Bytes that count: every four of them are a number that none of the others are.
  const counting = (bytes: number): Buffer => {
    const drawn = Buffer.alloc(bytes);
    for (let at = 0; at + 4 <= bytes; at += 4) drawn.writeUInt32BE((next += 1), at);
    return drawn;
  };
  const newId = commandIdSource({ now: () => (time += 1), random: counting });
  const ids = Array.from({ length: IDS }, () => newId());
  for (const [index, id] of ids.entries()) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(1_795_352_400_001 + index);
  }
  expect(new Set(ids.map((id) => id.slice(14))).size).toBe(IDS);
});
