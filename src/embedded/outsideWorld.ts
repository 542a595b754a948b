import type { CommandId, Instant } from '../kernel/identifiers.js';

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
