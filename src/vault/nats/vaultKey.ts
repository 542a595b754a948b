import { readFile } from 'node:fs/promises';
import { VaultError } from '../port.js';

export const VAULT_KEY_BYTES = 32;
/** Where the key is looked for when no file is named. */
export const VAULT_KEY_VARIABLE = 'ACTIVATION_LEDGER_VAULT_KEY';

/** Longest file that is read for a key: a whole one, with white space. */
const KEY_TEXT_CHARACTERS_MAX = 200;
const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;
const HOW_TO_MAKE = 'Make one with "openssl rand -hex 32", give it to every node, and keep a copy apart from the backups of the vault.';

export interface VaultKeySource {
  /** A file that holds the key and nothing else. */
  readonly file?: string | undefined;
  /** The environment, of which only VAULT_KEY_VARIABLE is looked at, and only when no file is named. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The key that a shared vault is encrypted with: 32 bytes, as 64 hexadecimal digits or in base64. Rejects with `VaultError`
 * VAULT_KEY_MISSING or VAULT_KEY_MALFORMED; no message repeats what was read.
 */
export async function readVaultKey({ file, environment }: VaultKeySource): Promise<Uint8Array> {
  if (file !== undefined) return parsed(await contentOf(file), `The file ${file}`);
  const text = environment[VAULT_KEY_VARIABLE];
  if (text === undefined || text === '') {
    throw new VaultError('VAULT_KEY_MISSING', `A shared vault needs its key, in a file or in ${VAULT_KEY_VARIABLE}. ${HOW_TO_MAKE}`);
  }
  return parsed(text, VAULT_KEY_VARIABLE);
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new VaultError('VAULT_KEY_MISSING', `The key of the vault cannot be read from ${file}. ${HOW_TO_MAKE}`, { cause });
  }
}

function parsed(text: string, what: string): Uint8Array {
  const key = text.length <= KEY_TEXT_CHARACTERS_MAX ? text.trim() : '';
  if (HEX.test(key)) return Buffer.from(key, 'hex');
  if (BASE64.test(key)) return Buffer.from(key, 'base64');
  throw new VaultError('VAULT_KEY_MALFORMED', `${what} must hold ${VAULT_KEY_BYTES} bytes as ${2 * VAULT_KEY_BYTES} hexadecimal digits or in base64, and nothing else. ${HOW_TO_MAKE}`);
}
