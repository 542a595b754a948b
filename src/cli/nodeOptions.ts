/** Where a ledger is that is not in one directory: its log on KurrentDB, its vault in a bucket of NATS. */
import { readFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { KurrentdbPlace, NatsVaultPlace, NodePlace } from '../embedded/nodeParts.js';
import { readVaultKey } from '../vault/nats/vaultKey.js';
import { EXIT } from './environment.js';
import { VerbError } from './failure.js';

export interface VaultOptions {
  /** Servers of NATS; undefined: the vault is a file in the data directory. */
  readonly vault?: string | undefined;
  readonly vaultBucket: string;
  readonly vaultKeyFile?: string | undefined;
  readonly vaultCredentials?: string | undefined;
}

export interface NodeOptions extends VaultOptions {
  readonly data: string;
  /** Connection string of KurrentDB; undefined: the log is a file in the data directory. */
  readonly store?: string;
  readonly prefix: string;
  readonly storePlaintext?: boolean;
}

export const DEFAULT_PREFIX = 'ledger.';
export const DEFAULT_BUCKET = 'activation-ledger-vault';
const CONNECTION_STRING = /^(?:kurrentdb|kurrent|kdb|esdb)(?:\+discover)?:\/\//;

/** `--vault` and what belongs to it. */
export function withVault(command: Command): Command {
  return command
    .addOption(
      new Option('--vault <servers>', 'the vault that nodes share, on NATS JetStream: nats://host:port or tls://host:port, with commas between several').env('ACTIVATION_LEDGER_VAULT'),
    )
    .addOption(new Option('--vault-bucket <name>', 'key-value bucket of the vault').env('ACTIVATION_LEDGER_VAULT_BUCKET').default(DEFAULT_BUCKET))
    .option('--vault-key-file <file>', 'the key that the vault is encrypted with (or ACTIVATION_LEDGER_VAULT_KEY)')
    .option('--vault-credentials <file>', 'NATS credentials file for the vault');
}

/** `--store` and what belongs to it, `--vault` among it. */
export function withNode(command: Command): Command {
  command
    .addOption(new Option('--store <connection>', 'the log that nodes share, on KurrentDB: kurrentdb://user:password@host:2113').env('ACTIVATION_LEDGER_STORE'))
    .addOption(new Option('--prefix <prefix>', 'what the names of the ledger\'s streams on KurrentDB begin with').env('ACTIVATION_LEDGER_PREFIX').default(DEFAULT_PREFIX))
    .option('--store-plaintext', 'take tls=false for a KurrentDB on other machines');
  return withVault(command);
}

/** The node of these options; undefined for a ledger that is in its directory alone. Throws `VerbError` and what reading the key throws. */
export async function nodePlaceOf(options: NodeOptions): Promise<NodePlace | undefined> {
  const { data: directory, store, prefix, storePlaintext } = options;
  const vault = await vaultPlaceOf(options);
  if (store === undefined && vault === undefined) return undefined;
  if (store === undefined) throw new VerbError('--vault goes with --store: the vault of a ledger in a directory is in that directory.', EXIT.usage);
  if (vault === undefined) {
    throw new VerbError('--store needs --vault: nodes on one log must share their secrets, or each would fingerprint keys and know people in its own way.', EXIT.usage);
  }
  if (!isConnectionString(store)) throw new VerbError('--store must be a connection string of KurrentDB, such as kurrentdb://user:password@host:2113.', EXIT.usage);
  return { directory, log: kurrentdbPlace(store, prefix, storePlaintext), vault };
}

/** The shared vault of these options, with its key; undefined where none is named. */
export async function vaultPlaceOf({ vault, vaultBucket, vaultKeyFile, vaultCredentials }: VaultOptions): Promise<NatsVaultPlace | undefined> {
  if (vault === undefined) return undefined;
  const key = await readVaultKey({ file: vaultKeyFile, environment: process.env });
  return { servers: natsServers(vault), bucket: vaultBucket, key, credentials: vaultCredentials === undefined ? undefined : await readCredentials(vaultCredentials) };
}

export function kurrentdbPlace(connection: string, prefix: string, allowPlaintext: boolean | undefined): KurrentdbPlace {
  return { connectionString: connection, prefix, allowPlaintext };
}

export function isConnectionString(text: string): boolean {
  return CONNECTION_STRING.test(text);
}

/** Without what signs in, and without options. */
export function shownLog({ connectionString: connection, prefix }: KurrentdbPlace): string {
  const [, scheme = '', hosts = ''] = /^([a-z+]+:\/\/)(?:.*@)?([^@/?]+)/.exec(connection) ?? [];
  return `${scheme}${hosts} ${prefix}`;
}

export function shownVault({ servers, bucket }: NatsVaultPlace): string {
  return `${servers.join(',')} ${bucket}`;
}

/**
 * `nats://a:4222,nats://b:4222`. What signs in belongs into a credentials file, not where every process list shows it. What is wrong is not
 * repeated here, as commander does with an option that it parses: it may hold a password.
 */
function natsServers(text: string): readonly string[] {
  const all = text.split(',').map((each) => each.trim());
  for (const each of all) {
    if (!/^(?:nats|tls):\/\/[^/?#@\s]+$/.test(each) || !URL.canParse(each)) {
      throw new VerbError('Each server of a vault is nats://host:port or tls://host:port; what signs in belongs into a credentials file.', EXIT.usage);
    }
  }
  return all;
}

async function readCredentials(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: unknown) => {
    throw new VerbError(`The credentials file cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  });
}
