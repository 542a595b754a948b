import type { Command } from 'commander';
import { EXIT } from './environment.js';
import type { MigrateOptions } from './migrateLedger.js';
import { DEFAULT_BUCKET, DEFAULT_PREFIX } from './nodeOptions.js';
import type { Verb } from './verb.js';

/** `migrate`: a ledger to another store, byte for byte. */
export const migrateVerb: Verb = (program, run, environment) => {
  const migrate = program
    .command('migrate')
    .description('copy a ledger with its vault between a data directory and KurrentDB, and prove that it is the same; a copy that broke off is continued')
    .requiredOption('--from <place>', 'what to copy: a data directory, or kurrentdb://…; nothing may write to it meanwhile')
    .requiredOption('--to <place>', 'where to: the same; empty, or what an earlier copy has left');
  withEnd(withEnd(migrate, 'from'), 'to')
    .option('--store-plaintext', 'take tls=false for a KurrentDB on other machines')
    .option('--json', 'answer with JSON on standard output')
    .action((options: MigrateOptions) =>
      run(async () => {
        const { migrateLedger } = await import('./migrateLedger.js');
        await migrateLedger(options, environment);
        return EXIT.done;
      }),
    );
};

function withEnd(command: Command, end: 'from' | 'to'): Command {
  return command
    .option(`--${end}-prefix <prefix>`, 'of its streams, where it is on KurrentDB', DEFAULT_PREFIX)
    .option(`--${end}-vault <servers>`, 'its vault, where it is on KurrentDB: nats://host:port, with commas between several')
    .option(`--${end}-vault-bucket <name>`, 'key-value bucket of that vault', DEFAULT_BUCKET)
    .option(`--${end}-vault-key-file <file>`, 'key of that vault (or ACTIVATION_LEDGER_VAULT_KEY)')
    .option(`--${end}-vault-credentials <file>`, 'NATS credentials file for that vault');
}
