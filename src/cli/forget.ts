import { existingDataDirectory } from '../embedded/dataDirectory.js';
import { openSqliteVault } from '../vault/sqlite/sqliteVault.js';
import { EXIT } from './environment.js';
import { VerbError } from './failure.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';
import { openTerminal } from './terminal.js';

/** `forget NAME`: the erasure of a person. The log keeps the events; name, texts and tokens are gone for good. */
export const forgetVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  withDirectory(program.command('forget <name>'))
    .description('erase a person or program: its name, its sealed texts and its tokens, for good')
    .requiredOption('--yes', 'confirm: it cannot be taken back')
    .action((name: string, options: LedgerPlace) =>
      run(async () => {
        const { vaultPath } = existingDataDirectory(options.data, 'vault.db');
        const vault = openSqliteVault({ path: vaultPath, now: environment.now, random: environment.random });
        try {
          const subject = await vault.findSubject(name);
          if (subject === undefined || !(await vault.forgetSubject(subject))) throw new VerbError(`The ledger knows nobody called ${name}.`);
          if (options.json === true) terminal.print(JSON.stringify({ forgotten: subject }));
          else terminal.print(`${subject} is forgotten: its name and texts now show as "redacted".`);
          return EXIT.done;
        } finally {
          await vault.close();
        }
      }),
    );
};
