import type { Instant } from '../../kernel/identifiers.js';
import type { SigningKey, VaultEntry } from '../port.js';
import { ensure, put, untilAlone, type Entries } from './entries.js';

type SigningKeyEntry = Extract<VaultEntry, { readonly kind: 'signingKey' }>;

export interface SigningKeys {
  /** The current one first; the first is made for all nodes by whoever asks first. */
  list(): Promise<readonly SigningKey[]>;
  rotate(): Promise<readonly SigningKey[]>;
  all(): Promise<readonly SigningKeyEntry[]>;
  put(entry: SigningKeyEntry): Promise<void>;
}

const SIGNING_SEED_BYTES = 32;

export function signingKeysIn(entries: Entries, { now, random }: { readonly now: () => Instant; readonly random: (bytes: number) => Uint8Array }): SigningKeys {
  const name = entries.nameOf('signingKeys');
  const made = () => ({ seed: Buffer.from(random(SIGNING_SEED_BYTES)).toString('base64'), madeAt: now() });
  const opened = ({ seed, madeAt }: { readonly seed: string; readonly madeAt: Instant }): SigningKey => ({ seed: Buffer.from(seed, 'base64'), madeAt });
  const stored = async () => (await entries.read(name))?.value.keys ?? [];

  return {
    list: async () => (await ensure(entries, name, () => ({ keys: [made()] }))).keys.map(opened).toReversed(),
    rotate: () =>
      untilAlone(async () => {
        const present = await entries.read(name);
        const keys = [...(present?.value.keys ?? []), made()];
        const done = present === undefined ? await entries.create(name, { keys }) : await entries.replace(name, { keys }, present.revision);
        return done ? keys.map(opened).toReversed() : undefined;
      }),
    all: async () => (await stored()).map((key, at) => ({ kind: 'signingKey' as const, number: at + 1, ...opened(key) })),
    async put({ number, seed, madeAt }) {
      const keys = [...(await stored())];
      keys[number - 1] = { seed: Buffer.from(seed).toString('base64'), madeAt };
      await put(entries, name, { keys });
    },
  };
}
