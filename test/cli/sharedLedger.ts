import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startKurrentdbDouble, type KurrentdbDouble } from '../support/kurrentdb/double.js';
import { startNatsServer, type NatsServer } from '../support/natsServer.js';
import { temporaryDirectory } from './program.js';

/** Synthetic, as every key of these tests. */
export const VAULT_KEY = '42'.repeat(32);
const START_MS_MAX = 60_000;

export interface SharedServers {
  readonly kurrentdb: () => KurrentdbDouble;
  readonly nats: () => NatsServer;
  /** A prefix and a bucket that no other test has. */
  newLedger(): SharedNames;
}

export interface SharedNames {
  readonly prefix: string;
  readonly bucket: string;
  /** `--store … --vault …`, with the key in a file. */
  readonly flags: readonly string[];
  /** The same for one end of `migrate`. */
  readonly end: (end: 'from' | 'to') => readonly string[];
}

/** A double of KurrentDB in this process and a real NATS server, for the tests of one suite. */
export function sharedServers(): SharedServers {
  let kurrentdb: KurrentdbDouble | undefined;
  let nats: NatsServer | undefined;
  let ledgers = 0;
  beforeAll(async () => {
    [kurrentdb, nats] = await Promise.all([startKurrentdbDouble(), startNatsServer()]);
  }, START_MS_MAX);
  afterAll(async () => {
    await kurrentdb?.stop();
    await nats?.stop();
  }, START_MS_MAX);
  const there = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('not started');
    return part;
  };
  return {
    kurrentdb: () => there(kurrentdb),
    nats: () => there(nats),
    newLedger() {
      ledgers += 1;
      const [prefix, bucket] = [`acme${ledgers}.`, `vault-${ledgers}`];
      const [store, vault] = [there(kurrentdb).connectionString, there(nats).url];
      const keyFile = join(temporaryDirectory(), 'vault.key');
      writeFileSync(keyFile, `${VAULT_KEY}\n`, { mode: 0o600 });
      return {
        prefix,
        bucket,
        flags: ['--store', store, '--prefix', prefix, '--vault', vault, '--vault-bucket', bucket, '--vault-key-file', keyFile],
        end: (end) => [`--${end}`, store, `--${end}-prefix`, prefix, `--${end}-vault`, vault, `--${end}-vault-bucket`, bucket, `--${end}-vault-key-file`, keyFile],
      };
    },
  };
}
