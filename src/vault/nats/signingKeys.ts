import type { Instant } from '../../kernel/identifiers.js';
import { SIGNING_SEED_BYTES, type NumberedSigningKey, type SigningKey } from '../port.js';
import { put, untilAlone, type Entries } from './entries.js';

export interface SigningKeys {
  /** Newest first; the first is made when it is first asked for. */
  all(): Promise<readonly SigningKey[]>;
  rotate(): Promise<readonly SigningKey[]>;
  /** Those that were made so far, oldest first. */
  numbered(): Promise<readonly NumberedSigningKey[]>;
  put(key: NumberedSigningKey): Promise<void>;
}

interface Outside {
  readonly now: () => Instant;
  readonly random: (bytes: number) => Uint8Array;
}

/** Each key is an entry of its own, created once: of two nodes that make one at the same time, one is overtaken and takes the other's. */
export function signingKeysIn(entries: Entries, { now, random }: Outside): SigningKeys {
  const nameOf = (number: number) => entries.nameOf('signingKey', String(number));

  async function numbered(): Promise<readonly NumberedSigningKey[]> {
    const found = await entries.all('signingKey');
    return found.map(({ value }) => ({ ...value, seed: Buffer.from(value.seed, 'base64') })).sort((one, other) => one.number - other.number);
  }

  async function newestFirst(): Promise<readonly SigningKey[]> {
    return (await numbered()).toReversed().map(({ seed, madeAt }) => ({ seed, madeAt }));
  }

  const make = (number: number): Promise<boolean> =>
    entries.create(nameOf(number), { number, seed: Buffer.from(random(SIGNING_SEED_BYTES)).toString('base64'), madeAt: now() });

  return {
    numbered,
    async all() {
      const keys = await newestFirst();
      if (keys.length > 0) return keys;
      await make(1);
      return newestFirst();
    },
    rotate: () =>
      untilAlone(async () => {
        const last = (await numbered()).at(-1)?.number ?? 0;
        return (await make(last + 1)) ? newestFirst() : undefined;
      }),
    async put({ number, seed, madeAt }) {
      await put(entries, nameOf(number), { number, seed: Buffer.from(seed).toString('base64'), madeAt });
    },
  };
}
