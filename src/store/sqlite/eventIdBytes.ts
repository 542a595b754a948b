import type { EventId } from '../../kernel/identifiers.js';

/** Length of an event id as stored. */
export const EVENT_ID_BYTES = 16;

const DASH = 0x2d;

/** The 16 bytes of an id that is known to be a UUID in lower case, written into `target`: less than half of its text, in the same order. */
export function writeEventId(id: EventId, target: Uint8Array, offset: number): void {
  let to = offset;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    if (code === DASH) continue;
    at += 1;
    target[to] = (digit(code) << 4) | digit(id.charCodeAt(at));
    to += 1;
  }
}

/** The text of a stored id, of its bytes as hexadecimal digits in lower case: SQLite hands those out in half the time of the bytes. */
export function readEventId(hex: string): EventId {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as EventId;
}

function digit(code: number): number {
  // '0'…'9' are 48…57, 'a'…'f' are 97…102.
  return code < 58 ? code - 48 : code - 87;
}
