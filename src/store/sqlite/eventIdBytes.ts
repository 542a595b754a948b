import type { EventId } from '../../kernel/identifiers.js';

/** Length of an event id as stored. */
export const EVENT_ID_BYTES = 16;

const DASH = 0x2d;
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

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

/** The text of a stored id. */
export function readEventId(bytes: Uint8Array): EventId {
  const hex = (from: number, to: number): string => {
    let text = '';
    for (let index = from; index < to; index += 1) text += HEX[bytes[index] ?? 0];
    return text;
  };
  return `${hex(0, 4)}-${hex(4, 6)}-${hex(6, 8)}-${hex(8, 10)}-${hex(10, EVENT_ID_BYTES)}` as EventId;
}

function digit(code: number): number {
  // '0'…'9' are 48…57, 'a'…'f' are 97…102.
  return code < 58 ? code - 48 : code - 87;
}
