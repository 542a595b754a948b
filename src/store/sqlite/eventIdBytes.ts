import type { EventId } from '../../kernel/identifiers.js';

/** Length of an event id as stored. */
export const EVENT_ID_BYTES = 16;

const DASHES_BEFORE = new Set([4, 6, 8, 10]);
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The 16 bytes of an id that is known to be a UUID in lower case, written into `target`: less than half of its text, in the same order. */
export function writeEventId(id: EventId, target: Uint8Array): void {
  let at = 0;
  for (let index = 0; index < EVENT_ID_BYTES; index += 1) {
    if (DASHES_BEFORE.has(index)) at += 1;
    target[index] = (digit(id.charCodeAt(at)) << 4) | digit(id.charCodeAt(at + 1));
    at += 2;
  }
}

/** The text of a stored id. */
export function readEventId(bytes: Uint8Array): EventId {
  let text = '';
  for (let index = 0; index < EVENT_ID_BYTES; index += 1) {
    text += `${DASHES_BEFORE.has(index) ? '-' : ''}${HEX[bytes[index] ?? 0]}`;
  }
  return text as EventId;
}

function digit(code: number): number {
  // '0'…'9' are 48…57, 'a'…'f' are 97…102.
  return code < 58 ? code - 48 : code - 87;
}
