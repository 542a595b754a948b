import { InvalidArgumentError, type Command } from 'commander';
import type { CliEnvironment, ExitCode } from './environment.js';

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
