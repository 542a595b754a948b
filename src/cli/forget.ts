import { EXIT } from './environment.js';
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
          if (subject === undefined || !(await vault.forgetSubject(subject))) throw new VerbError(`The ledger knows nobody called ${name}.`);
          if (options.json === true) terminal.print(JSON.stringify({ forgotten: subject }));
          else terminal.print(`${subject} is forgotten: its name and texts now show as "redacted".`);
          return EXIT.done;
        }),
      ),
    );
};
