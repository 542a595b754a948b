import type { Instant, StreamId, SubjectId } from '../../kernel/identifiers.js';
import { VaultError } from '../port.js';
import type { Bucket } from './bucket.js';
import type { BucketKeys } from './bucketKeys.js';

/** What an entry of each kind holds; bytes are base64. */
export interface EntryValues {
  readonly fingerprintKey: { readonly key: string };
  readonly ledger: { readonly ledgerId: string };
  /** Found by its number. */
  readonly signingKey: { readonly number: number; readonly seed: string; readonly madeAt: Instant };
  /** Found by the name. The only place where the name and the data key of a person stand: written once, erased once. */
  readonly person: { readonly subject: SubjectId; readonly name: string; readonly dataKey: string };
  /** Found by the subject id: where the person stands. */
  readonly subject: { readonly person: EntryName<'person'> };
  /** Found by the hash of the secret. */
  readonly token: { readonly tokenId: string; readonly hash: string; readonly subject: SubjectId; readonly createdAt: Instant; readonly revokedAt?: Instant | undefined };
  /** All of them in one, the first one first, so that their order is one for all nodes; seeds are base64. */
  readonly signingKeys: { readonly keys: readonly { readonly seed: string; readonly madeAt: Instant }[] };
  /** Found by the activation. */
  readonly confirmationId: {
    readonly productKey: StreamId;
    readonly activation: string;
    readonly host?: StreamId | undefined;
    readonly hardware?: string | undefined;
    readonly confirmationId: string;
    readonly keptAt: Instant;
  };
  /** Found by the host; its last part is that of the confirmation id it leads to. May lead nowhere, or to one that is another host's now. */
  readonly hostIndex: Readonly<Record<string, never>>;
}

export type EntryKind = keyof EntryValues;

/** `<kind>.<keyed hash>`, or `<kind>.<keyed hash>.<keyed hash>`: tells nothing but the kind. */
export type EntryName<Kind extends EntryKind> = string & { readonly __entry: Kind };

export interface Entry<Kind extends EntryKind> {
  readonly value: EntryValues[Kind];
  readonly revision: number;
}

/** The bucket's entries in the clear. The booleans are those of `Bucket`. */
export interface Entries {
  nameOf<Kind extends EntryKind>(kind: Kind, ...parts: readonly string[]): EntryName<Kind>;
  read<Kind extends EntryKind>(name: EntryName<Kind>): Promise<Entry<Kind> | undefined>;
  create<Kind extends EntryKind>(name: EntryName<Kind>, value: EntryValues[Kind]): Promise<boolean>;
  replace<Kind extends EntryKind>(name: EntryName<Kind>, value: EntryValues[Kind], revision: number): Promise<boolean>;
  erase(revision: number): Promise<boolean>;
  /** Last parts of all names that begin with these parts. */
  namesUnder(...parts: readonly string[]): Promise<readonly string[]>;
  /** All of a kind, in no order. */
  all<Kind extends EntryKind>(kind: Kind): Promise<readonly Entry<Kind>[]>;
}

/** Most questions that are under way for one answer. */
const READS_AT_ONCE_MAX = 64;
/** Most times one change is tried against others that change the same entry. */
const RACES_MAX = 20;

export function entriesOf(bucket: Bucket, keys: BucketKeys): Entries {
  async function read<Kind extends EntryKind>(name: EntryName<Kind>): Promise<Entry<Kind> | undefined> {
    const found = await bucket.read(name);
    // What opens was sealed by this program under this name, so it is of the name's kind.
    return found && { value: keys.open(name, found.text) as EntryValues[Kind], revision: found.revision };
  }

  return {
    nameOf: <Kind extends EntryKind>(kind: Kind, ...parts: readonly string[]) => `${kind}.${keys.nameOf(kind, ...parts)}` as EntryName<Kind>,
    read,
    create: (name, value) => bucket.create(name, keys.seal(name, value)),
    replace: (name, value, revision) => bucket.replace(name, keys.seal(name, value), revision),
    erase: (revision) => bucket.erase(revision),
    namesUnder: (...parts) => bucket.namesUnder(parts.join('.')),
    async all<Kind extends EntryKind>(kind: Kind) {
      const names = await bucket.namesUnder(kind);
      return readEach(names, (name) => read(`${kind}.${name}` as EntryName<Kind>));
    },
  };
}

/** What each question is answered with, a bounded number at once; what is not there (any more) is left out. */
export async function readEach<Question, Answer>(questions: readonly Question[], ask: (question: Question) => Promise<Answer | undefined>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < questions.length; from += READS_AT_ONCE_MAX) {
    const some = await Promise.all(questions.slice(from, from + READS_AT_ONCE_MAX).map(ask));
    answers.push(...some.filter((answer) => answer !== undefined));
  }
  return answers;
}

/** Tries until `attempt` was not overtaken by another node (then it says undefined). Rejects with `VaultError` VAULT_CONTENDED (retryable). */
export async function untilAlone<Answer>(attempt: () => Promise<Answer | undefined>): Promise<Answer> {
  for (let races = 0; races < RACES_MAX; races += 1) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
  }
  throw new VaultError('VAULT_CONTENDED', `Others changed the same entry of the vault ${RACES_MAX} times in between.`, { retryable: true });
}

/** Has the entry hold this, whatever it holds now; what it held is erased, not only superseded. Between the two there is no such entry. */
export function put<Kind extends EntryKind>(entries: Entries, name: EntryName<Kind>, value: EntryValues[Kind]): Promise<true> {
  return untilAlone(async () => {
    const present = await entries.read(name);
    if (present !== undefined && JSON.stringify(present.value) === JSON.stringify(value)) return true;
    if (present !== undefined) await entries.erase(present.revision);
    return (await entries.create(name, value)) || undefined;
  });
}

/** The entry as it stands, or as it is made now. */
export function ensure<Kind extends EntryKind>(entries: Entries, name: EntryName<Kind>, make: () => EntryValues[Kind]): Promise<EntryValues[Kind]> {
  return untilAlone(async () => {
    const present = await entries.read(name);
    if (present !== undefined) return present.value;
    const made = make();
    return (await entries.create(name, made)) ? made : undefined;
  });
}
