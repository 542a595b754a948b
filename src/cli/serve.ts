import { Option } from 'commander';
import type { ServeOptions } from './serveLedger.js';
import { wholeNumber, withDirectory, type Verb } from './verb.js';

const DEFAULT_PORT = 4000;
const PORT_MAX = 65_535;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** `serve`: the GraphQL API on a data directory. */
export const serveVerb: Verb = (program, run, environment) => {
  withDirectory(program.command('serve'))
    .description('serve the GraphQL API of a data directory')
    .option('--port <n>', 'port to listen on; 0 picks a free one', wholeNumber(0, PORT_MAX), DEFAULT_PORT)
    .option('--host <address>', 'address to listen on; only this machine unless told otherwise', '127.0.0.1')
    .option('--catalogue <file>', 'product facts of your own, beside the built-in ones (JSON)')
    .option('--rules <file>', 'rights and figures of your own, in the place of built-in ones or beside them (JSON)')
    .option('--require-reason <mutation...>', 'mutations that are refused without a reason')
    .option('--checkpoint-file <file>', 'file outside the data directory: the log is held to the checkpoint in it, and each new one is written there')
    .option('--log-public', 'serve checkpoints, keys and tiles of hashes without a token; events and proofs always need one')
    .addOption(new Option('--log-level <level>', 'how much is logged, to standard error').choices(LOG_LEVELS).default('warn'))
    .action((options: ServeOptions) =>
      run(async () => {
        const { serveLedger } = await import('./serveLedger.js');
        return serveLedger(options, environment, program.version() ?? '');
      }),
    );
};

