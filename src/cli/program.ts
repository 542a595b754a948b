import { Command, CommanderError } from 'commander';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { reportFailure } from './failure.js';
import { openTerminal } from './terminal.js';
import { backupVerb, restoreVerb } from './backup.js';
import { exportVerb } from './export.js';
import { forgetVerb } from './forget.js';
import { fsckVerb } from './fsck.js';
import { importVerb } from './import.js';
import { keyVerb } from './key.js';
import { hostsVerb, keysVerb } from './lists.js';
import { migrateVerb } from './migrate.js';
import { positionVerb } from './position.js';
import { rebuildVerb } from './rebuild.js';
import { serveVerb } from './serve.js';
import { statusVerb } from './status.js';
import { tokenVerb } from './token.js';
import { verifyVerb } from './verify.js';
import { EXIT_OF_VERDICT } from './verdictExit.js';
import { witnessVerb } from './witness.js';
import type { RunVerb } from './verb.js';

/** Runs one call of the command line (arguments without program name) and gives its exit code. */
export async function runProgram(args: readonly string[], environment: CliEnvironment, version: string): Promise<ExitCode> {
  let exit: ExitCode = EXIT.done;
  const run: RunVerb = async (work) => {
    try {
      exit = await work();
    } catch (error) {
      exit = reportFailure(error, openTerminal(environment));
    }
  };
  const program = new Command('activation-ledger')
    .description('The system of record for volume-licence activations: it records and advises, and activates nothing.')
    .version(version)
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => environment.stdout.write(text), writeErr: (text) => environment.stderr.write(text) });
  const verbs = [
    serveVerb, importVerb, statusVerb, hostsVerb, keysVerb, positionVerb, tokenVerb, keyVerb, forgetVerb,
    exportVerb, verifyVerb, witnessVerb, fsckVerb, backupVerb, restoreVerb, migrateVerb, rebuildVerb,
  ];
  for (const verb of verbs) {
    verb(program, run, environment);
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    // The usual code of wrong words is that of a verdict there.
    return args[0] === 'verify' ? EXIT_OF_VERDICT['cannot verify'] : EXIT.usage;
  }
  return exit;
}
