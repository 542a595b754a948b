import type { Instant } from '../../kernel/identifiers.js';
import { checkConfirmationId } from '../confirmationId.js';
import { REDACTED, VaultError, type Vault, type VaultEntry } from '../port.js';
import { newNonce, sealText, unsealText } from '../sealing.js';
import { openBucket, type Bucket, type BucketOptions } from './bucket.js';
import { bucketKeys, foreign, HEAD_NAME, newHead } from './bucketKeys.js';
import { confirmationIdsIn } from './confirmationIds.js';
import { ensure, entriesOf, put } from './entries.js';
import { signingKeysIn } from './signingKeys.js';
import { subjectsIn } from './subjects.js';
import { tokensIn } from './tokens.js';

export interface NatsVaultOptions extends BucketOptions {
  /** 32 bytes, the same on every node (`readVaultKey`). */
  readonly key: Uint8Array;
  readonly now: () => Instant;
  readonly random: (bytes: number) => Uint8Array;
  /** How late this node may notice that another forgot a subject, in milliseconds; PERSON_BELIEVED_MS_MAX when left out, 0 to ask every time. */
  readonly personBelievedMs?: number | undefined;
}

/** How long the name and data key of a subject are believed without asking again, in milliseconds. */
export const PERSON_BELIEVED_MS_MAX = 5_000;
const FINGERPRINT_KEY_BYTES = 32;

/**
 * A vault for any number of nodes: a key-value bucket of NATS JetStream, in which names and values of entries tell nothing without the key.
 * What nodes may do at the same time is decided by the server, by comparing revisions.
 *
 * Rejects with `VaultError`: VAULT_KEY_WRONG, VAULT_FOREIGN, VAULT_TOO_NEW, VAULT_BUCKET_UNSUITABLE, VAULT_FORBIDDEN, VAULT_UNENCRYPTED, and VAULT_UNAVAILABLE
 * (retryable) while no server answers, as every call of the vault does. Then a change may have been made or not, and repeating is harmless:
 * at worst there is a token whose secret nobody has.
 */
export async function openNatsVault(options: NatsVaultOptions): Promise<Vault> {
  const bucket = await openBucket(options);
  try {
    const keys = bucketKeys(await headOf(bucket, options), options.key, options.random, options.bucket);
    return vaultIn(bucket, entriesOf(bucket, keys), options);
  } catch (error) {
    await bucket.close();
    throw error;
  }
}

async function headOf(bucket: Bucket, { key, random, bucket: name }: NatsVaultOptions): Promise<string> {
  const isNew = await bucket.isNew();
  if (isNew) await bucket.create(HEAD_NAME, JSON.stringify(newHead(key, random)));
  const head = await bucket.read(HEAD_NAME);
  if (head === undefined) throw foreign(name);
  return head.text;
}

function vaultIn(bucket: Bucket, entries: ReturnType<typeof entriesOf>, { now, random, personBelievedMs }: NatsVaultOptions): Vault {
  const subjects = subjectsIn(entries, random, personBelievedMs ?? PERSON_BELIEVED_MS_MAX);
  const tokens = tokensIn(entries, subjects, { now, random });
  const signingKeys = signingKeysIn(entries, { now, random });
  const confirmationIds = confirmationIdsIn(entries);
  const fingerprintKeyName = entries.nameOf('fingerprintKey');
  const ledgerName = entries.nameOf('ledger');
  let fingerprintKey: Promise<Uint8Array> | undefined;

  /** Made once for all nodes, and never changed once a ledger is bound: so it is asked for once. */
  async function readFingerprintKey(): Promise<Uint8Array> {
    const { key } = await ensure(entries, fingerprintKeyName, () => ({ key: Buffer.from(random(FINGERPRINT_KEY_BYTES)).toString('base64') }));
    return Buffer.from(key, 'base64');
  }

  async function bindLedger(ledgerId: string): Promise<void> {
    const bound = await ensure(entries, ledgerName, () => ({ ledgerId }));
    if (bound.ledgerId === ledgerId) return;
    throw new VaultError('VAULT_OF_ANOTHER_LEDGER', `This vault belongs to ledger ${bound.ledgerId}, not to ${ledgerId}.`);
  }

  async function putEntry(entry: VaultEntry): Promise<void> {
    switch (entry.kind) {
      case 'fingerprintKey':
        await put(entries, fingerprintKeyName, { key: Buffer.from(entry.key).toString('base64') });
        fingerprintKey = undefined;
        break;
      case 'ledger':
        await bindLedger(entry.ledgerId);
        break;
      case 'signingKey':
        await signingKeys.put(entry);
        break;
      case 'subject':
        await subjects.put(entry);
        break;
      case 'token':
        await tokens.put(entry);
        break;
      case 'confirmationId':
        await confirmationIds.keep(entry);
        break;
    }
  }

  const keyOfFingerprints = (): Promise<Uint8Array> => {
    fingerprintKey ??= readFingerprintKey().catch((error: unknown) => {
      fingerprintKey = undefined;
      throw error;
    });
    return fingerprintKey;
  };

  return {
    ledgerId: async () => (await entries.read(ledgerName))?.value.ledgerId,
    bindLedger,
    fingerprintKey: keyOfFingerprints,
    signingKeys: () => signingKeys.all(),
    rotateSigningKey: () => signingKeys.rotate(),
    subjectFor: async (name) => subjects.subjectFor(name),
    findSubject: (name) => subjects.find(name),
    nameOf: async (subject) => (await subjects.personOf(subject))?.name ?? REDACTED,
    // The tokens first: whoever is interrupted finds the subject by its name, and forgets it again.
    async forgetSubject(subject) {
      await tokens.eraseOf(subject);
      return subjects.forget(subject);
    },
    async seal(subject, text, place) {
      const person = await subjects.personOf(subject);
      if (person === undefined) throw new VaultError('SUBJECT_UNKNOWN', `There is no subject ${subject} to seal a text for.`);
      return { subject, sealed: sealText(text, Buffer.from(person.dataKey, 'base64'), newNonce(random), place) };
    },
    async unseal(sealed, place) {
      const person = await subjects.personOf(sealed.subject);
      return person === undefined ? REDACTED : unsealText(sealed.sealed, Buffer.from(person.dataKey, 'base64'), place);
    },
    async keepConfirmationId(origin, confirmationId) {
      checkConfirmationId(confirmationId);
      await confirmationIds.keep({ ...origin, confirmationId, keptAt: now() });
    },
    findConfirmationId: (place) => confirmationIds.find(place),
    confirmationIdsOf: async (host, productKey) =>
      (await confirmationIds.ofHost(host)).filter((kept) => productKey === undefined || kept.productKey === productKey),
    forgetConfirmationId: (place) => confirmationIds.forget(place),
    createToken: (name) => tokens.create(name),
    authenticate: (secret) => tokens.authenticate(secret),
    listTokens: () => tokens.list(),
    revokeToken: (tokenId) => tokens.revoke(tokenId),
    async *exportEntries() {
      yield { kind: 'fingerprintKey', key: await keyOfFingerprints() };
      yield* (await entries.all('ledger')).map(({ value }) => ({ kind: 'ledger' as const, ledgerId: value.ledgerId }));
      yield* (await signingKeys.numbered()).map((key) => ({ kind: 'signingKey' as const, ...key }));
      yield* await subjects.all();
      yield* await tokens.all();
      yield* await confirmationIds.all();
    },
    async importEntries(imported) {
      for (const entry of imported) await putEntry(entry);
    },
    close: () => bucket.close(),
  };
}
