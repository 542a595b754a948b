import type { Instant, SubjectId } from '../../kernel/identifiers.js';
import type { TokenListing, TokenOwner, VaultEntry } from '../port.js';
import { newToken, tokenHash } from '../tokenSecret.js';
import { put, readEach, untilAlone, type Entries, type EntryName, type EntryValues } from './entries.js';
import type { Subjects } from './subjects.js';

export interface Tokens {
  create(name: string): Promise<{ readonly tokenId: string; readonly secret: string }>;
  authenticate(secret: string): Promise<TokenOwner | undefined>;
  list(): Promise<readonly TokenListing[]>;
  revoke(tokenId: string): Promise<boolean>;
  /** Erases all tokens of a subject. */
  eraseOf(subject: SubjectId): Promise<void>;
  all(): Promise<readonly VaultEntry[]>;
  put(entry: Extract<VaultEntry, { kind: 'token' }>): Promise<void>;
}

type Token = EntryValues['token'];

/** A token whose subject was forgotten is void and not shown: one that was made while it was being forgotten may be left. */
export function tokensIn(entries: Entries, subjects: Subjects, outside: { readonly now: () => Instant; readonly random: (bytes: number) => Uint8Array }): Tokens {
  const placeOf = (hash: Uint8Array): EntryName<'token'> => entries.nameOf('token', Buffer.from(hash).toString('hex'));

  async function find(tokenId: string) {
    return (await entries.all('token')).find(({ value }) => value.tokenId === tokenId);
  }

  async function listed({ value: { tokenId, subject, createdAt, revokedAt } }: { readonly value: Token }): Promise<TokenListing | undefined> {
    const person = await subjects.personOf(subject);
    return person && { tokenId, name: person.name, createdAt, revokedAt };
  }

  async function write({ tokenId, hash, subject, createdAt, revokedAt }: Omit<Extract<VaultEntry, { kind: 'token' }>, 'kind'>): Promise<void> {
    await put(entries, placeOf(hash), { tokenId, hash: Buffer.from(hash).toString('base64'), subject, createdAt, revokedAt });
  }

  return {
    async create(name) {
      const { tokenId, secret } = newToken(outside.random);
      const hash = tokenHash(secret) ?? Buffer.alloc(0);
      await write({ tokenId, hash, subject: await subjects.subjectFor(name), createdAt: outside.now(), revokedAt: undefined });
      return { tokenId, secret };
    },
    async authenticate(secret) {
      const hash = tokenHash(secret);
      const token = hash && (await entries.read(placeOf(hash)))?.value;
      if (token === undefined || token.revokedAt !== undefined) return undefined;
      const person = await subjects.personOf(token.subject);
      return person && { tokenId: token.tokenId, name: person.name, subject: token.subject };
    },
    async list() {
      const tokens = await readEach(await entries.all('token'), listed);
      return tokens.sort((one, other) => (one.createdAt + one.tokenId < other.createdAt + other.tokenId ? -1 : 1));
    },
    revoke: (tokenId) =>
      untilAlone(async () => {
        const found = await find(tokenId);
        if (found === undefined || found.value.revokedAt !== undefined) return false;
        const place = placeOf(Buffer.from(found.value.hash, 'base64'));
        return (await entries.replace(place, { ...found.value, revokedAt: outside.now() }, found.revision)) || undefined;
      }),
    async eraseOf(subject) {
      const tokens = await entries.all('token');
      for (const { revision } of tokens.filter(({ value }) => value.subject === subject)) await entries.erase(revision);
    },
    async all() {
      const tokens = await entries.all('token');
      const held = await readEach(tokens, async ({ value }) => ((await subjects.personOf(value.subject)) === undefined ? undefined : value));
      return held.map((token) => ({ kind: 'token' as const, ...token, hash: Buffer.from(token.hash, 'base64'), revokedAt: token.revokedAt }));
    },
    put: write,
  };
}
