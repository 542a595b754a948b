import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { reportFailure } from './failure.js';
import { openTerminal } from './terminal.js';
import { backupVerb, restoreVerb } from './backup.js';
import { forgetVerb } from './forget.js';
import { importVerb } from './import.js';
import { hostsVerb, keysVerb } from './lists.js';
import { rebuildVerb } from './rebuild.js';
import { serveVerb } from './serve.js';
import { statusVerb } from './status.js';
import { tokenVerb } from './token.js';

/** Where a verb finds its ledger: a data directory, or a running server. */
export interface LedgerPlace {
  readonly data: string;
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly json?: boolean | undefined;
}

/** A verb takes the program it adds itself to, and `run`, which turns what it does into the exit code. */
export type Verb = (program: Command, run: RunVerb, environment: CliEnvironment) => void;
export type RunVerb = (work: () => Promise<ExitCode>) => Promise<void>;

const DEFAULT_DIRECTORY = 'data';

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
  for (const verb of [serveVerb, importVerb, statusVerb, hostsVerb, keysVerb, tokenVerb, forgetVerb, backupVerb, restoreVerb, rebuildVerb]) {
    verb(program, run, environment);
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  return exit;
}

/** `--data DIR` and `--json`, which every verb has. */
export function withDirectory(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory of the ledger', DEFAULT_DIRECTORY)
    .option('--json', 'answer with JSON on standard output');
}

/** The same, and a running server instead of the directory. */
export function withPlace(command: Command): Command {
  return withDirectory(command)
    .option('--url <url>', 'address of a running server, instead of the data directory')
    .option('--token <token>', 'access token for the server (or ACTIVATION_LEDGER_TOKEN)');
}

/** Parses a whole number within bounds, for an option. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
