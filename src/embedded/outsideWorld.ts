import type { CommandId, Instant } from '../kernel/identifiers.js';

/**
 * The present as text, from a clock in epoch milliseconds. The text is made once a millisecond: a request asks for it several times, and
 * making it takes longer than an object's look-up in a cache.
 */
export function instantClock(milliseconds: () => number): () => Instant {
  let at = Number.NaN;
  let text: Instant;
  return () => {
    const now = milliseconds();
    if (now !== at) {
      at = now;
      text = new Date(now).toISOString() as Instant;
    }
    return text;
  };
}

/** What an embedded ledger has of the outside world; `main.ts` makes the real one, tests another. */
export interface OutsideWorld {
  readonly now: () => Instant;
  /** A new UUIDv7. */
  readonly newId: () => CommandId;
  readonly random: (bytes: number) => Uint8Array;
  /** Who works at this machine: the actor of what is done directly on a data directory. */
  readonly userName: string;
  /** Directory of the built program; undefined where it runs unbuilt, and then no worker threads are used. */
  readonly programDirectory: URL | undefined;
}
