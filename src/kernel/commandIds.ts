import type { CommandId } from './identifiers.js';

/** Where the parts of a new id come from. */
export interface IdParts {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: (bytes: number) => Buffer;
}

/** Random bytes of one id. */
const ID_BYTES = 10;
/** Ids whose random bytes are drawn at once: asking the system for each would cost more than all the rest of a command's way to the log but its insert. */
const IDS_DRAWN = 128;

/** Makes ids of new commands, UUIDv7: 48 bits of time, the rest random. */
export function commandIdSource({ now, random }: IdParts): () => CommandId {
  let drawn = random(ID_BYTES * IDS_DRAWN);
  let used = 0;
  return () => {
    if (used === drawn.length) {
      drawn = random(ID_BYTES * IDS_DRAWN);
      used = 0;
    }
    const from = used;
    used += ID_BYTES;
    drawn[from] = ((drawn[from] ?? 0) & 0x0f) | 0x70;
    drawn[from + 2] = ((drawn[from + 2] ?? 0) & 0x3f) | 0x80;
    const hex = drawn.toString('hex', from, used);
    const time = now().toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}` as CommandId;
  };
}
