import { createHmac, hkdfSync } from 'node:crypto';
import { VaultError } from '../port.js';
import { newNonce, sealAt, unsealAt } from '../sealing.js';

/**
 * First entry of a bucket, the only one in the clear: says what the bucket is, and lets a wrong key be told at once.
 */
export interface BucketHead {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Base64; makes the keys of two buckets differ where their owner uses one key for both. */
  readonly salt: string;
  /** A known text, encrypted. */
  readonly check: string;
}

/** What entries are encrypted and named with. */
export interface BucketKeys {
  /** The entry's name is authenticated: a value put under another name does not open. */
  seal(name: string, value: unknown): string;
  /** Throws `VaultError` VAULT_DAMAGED. */
  open(name: string, sealed: string): unknown;
  /** The last part of an entry's name: nobody can try names of people or ids against it without the key. */
  nameOf(kind: string, ...parts: readonly string[]): string;
}

const FORMAT = 'activation-ledger vault';
const VERSION = 1;
export const HEAD_NAME = 'head';
const SALT_BYTES = 16;
const DERIVED_KEY_BYTES = 32;
/** Values are filled up to multiples of this many characters, so that their length does not tell a name's. */
const PADDED_CHARACTERS = 256;

type Random = (bytes: number) => Uint8Array;

export function newHead(key: Uint8Array, random: Random): BucketHead {
  const salt = Buffer.from(random(SALT_BYTES)).toString('base64');
  return { format: FORMAT, version: VERSION, salt, check: sealAt(FORMAT, derived(key, salt, 'check'), newNonce(random), HEAD_NAME) };
}

/** The keys of the bucket with this head. Throws `VaultError` VAULT_FOREIGN, VAULT_TOO_NEW or VAULT_KEY_WRONG. */
export function bucketKeys(head: string, key: Uint8Array, random: Random, bucket: string): BucketKeys {
  const { salt, check } = parsedHead(head, bucket);
  try {
    unsealAt(check, derived(key, salt, 'check'), HEAD_NAME, 'The check value');
  } catch (cause) {
    throw new VaultError('VAULT_KEY_WRONG', `The vault in the bucket ${bucket} was encrypted with another key than the one given.`, { cause });
  }
  const valueKey = derived(key, salt, 'values');
  const nameKey = derived(key, salt, 'names');
  return {
    seal(name, value) {
      const text = JSON.stringify(value);
      return sealAt(text.padEnd(Math.ceil(text.length / PADDED_CHARACTERS) * PADDED_CHARACTERS), valueKey, newNonce(random), name);
    },
    open(name, sealed) {
      try {
        return JSON.parse(unsealAt(sealed, valueKey, name, 'The entry')) as unknown;
      } catch (cause) {
        throw new VaultError('VAULT_DAMAGED', `The entry ${name} of the bucket ${bucket} was changed, or was written by something else.`, { cause });
      }
    },
    nameOf: (kind, ...parts) => createHmac('sha256', nameKey).update(JSON.stringify([kind, ...parts]), 'utf8').digest('hex'),
  };
}

function parsedHead(text: string, bucket: string): BucketHead {
  let head: Partial<BucketHead>;
  try {
    head = JSON.parse(text) as Partial<BucketHead>;
  } catch (cause) {
    throw foreign(bucket, cause);
  }
  if (head.format !== FORMAT || typeof head.version !== 'number') throw foreign(bucket);
  if (head.version > VERSION) {
    throw new VaultError('VAULT_TOO_NEW', `The vault in the bucket ${bucket} was written by a newer version (format ${head.version}, this program knows ${VERSION}). Start the newer program.`);
  }
  if (typeof head.salt !== 'string' || typeof head.check !== 'string') throw foreign(bucket);
  return { format: FORMAT, version: head.version, salt: head.salt, check: head.check };
}

export function foreign(bucket: string, cause?: unknown): VaultError {
  return new VaultError('VAULT_FOREIGN', `The bucket ${bucket} is not a vault of an activation ledger.`, { cause });
}

function derived(key: Uint8Array, salt: string, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, Buffer.from(salt, 'base64'), `${FORMAT}\n${purpose}`, DERIVED_KEY_BYTES));
}
