import { copyBackup, restoreBackup } from '../embedded/backup.js';
import { EXIT } from './environment.js';
import { byteSize, groupDigits } from './numbers.js';
import { withDirectory, type LedgerPlace, type Verb } from './verb.js';
import { openTerminal } from './terminal.js';

/** `backup DIR`: a consistent copy of log and vault, also while the server runs. */
export const backupVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  withDirectory(program.command('backup <directory>'))
    .description('copy log and vault to a new directory, also beside a running server')
    .action((target: string, options: LedgerPlace) =>
      run(async () => {
        const progress = terminal.progress('backup', 100, '%');
        const copied = await copyBackup(options.data, target, (percent) => progress.update(percent, `${percent}%`));
        progress.stop();
        if (options.json === true) terminal.print(JSON.stringify(copied));
        else terminal.print(`Copied ledger ${copied.ledgerId} up to event ${groupDigits(copied.sequence)} (${byteSize(copied.bytes)}) to ${copied.path}.`);
        return EXIT.done;
      }),
    );
};

/** `restore DIR`: the reverse, into a data directory that holds no ledger yet. */
export const restoreVerb: Verb = (program, run, environment) => {
  const terminal = openTerminal(environment);
  withDirectory(program.command('restore <directory>'))
    .description('make the data directory from a backup; refuses one that holds a ledger')
    .option('--checkpoint <file>', 'the last checkpoint kept outside: the backup is refused unless it continues that one')
    .option('--key <key>', 'verifier key that the checkpoint is believed by, as "key show" printed it; else the keys in the backup')
    .action((source: string, options: LedgerPlace & { readonly checkpoint?: string; readonly key?: string }) =>
      run(async () => {
        const restored = await restoreBackup(source, options.data, { checkpointFile: options.checkpoint, keyText: options.key });
        if (options.json === true) terminal.print(JSON.stringify(restored));
        else terminal.print(`Restored ledger ${restored.ledgerId} up to event ${groupDigits(restored.sequence)} to ${restored.path}. The read model is built at the next start.`);
        return EXIT.done;
      }),
    );
};
