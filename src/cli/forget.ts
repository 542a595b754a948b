import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedLedger } from '../embedded/embeddedLedger.js';
import { noteErasure, recordErasures } from '../embedded/erasures.js';
import { exportsFolder } from '../embedded/exportsFolder.js';
import { StoreError } from '../store/port.js';
import { EXIT, type CliEnvironment } from './environment.js';
import { VerbError } from './failure.js';
import { withVault, type VaultOptions } from './nodeOptions.js';
import { withVaultOf } from './vaultAccess.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';
import { openTerminal } from './terminal.js';

/** `forget NAME`: the erasure of a person. The log keeps the events; name, texts and tokens are gone for good. */
export const forgetVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  withVault(withDirectory(program.command('forget <name>')))
    .description('erase a person or program: its name, its sealed texts and its tokens, for good')
    .requiredOption('--yes', 'confirm: it cannot be taken back')
    .action((name: string, options: LedgerPlace & VaultOptions) =>
      run(() =>
        withVaultOf(options, 'refuse', environment, async (vault) => {
          const subject = await vault.findSubject(name);
          if (subject === undefined) throw new VerbError(`The ledger knows nobody called ${name}.`);
          if (existsSync(options.data)) noteErasure(options.data, subject);
          await vault.forgetSubject(subject);
          // Names and reasons are in what was exported.
          rmSync(exportsFolder(options.data), { recursive: true, force: true });
          await recordNow(options, environment);
          if (options.json === true) terminal.print(JSON.stringify({ forgotten: subject }));
          else terminal.print(`${subject} is forgotten: its name and texts now show as "redacted".`);
          return EXIT.done;
        }),
      ),
    );
};

/** Records the erasure at once, unless a server has the directory: then it does, within a minute. */
async function recordNow({ data }: LedgerPlace, environment: CliEnvironment): Promise<void> {
  if (!existsSync(join(data, 'ledger.db'))) return;
  try {
    const ledger = await openEmbeddedLedger({ directory: data, environment, follow: 'onDemand' });
    try {
      await recordErasures(ledger);
    } finally {
      await ledger.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'DIRECTORY_IN_USE') throw error;
  }
}
