import { Option } from 'commander';
import { withNode } from './nodeOptions.js';
import type { ServeOptions } from './serveLedger.js';
import { duration, feedOption, size } from './feedOptions.js';
import { wholeNumber, withDirectory, type Verb } from './verb.js';

const DEFAULT_PORT = 4000;
const PORT_MAX = 65_535;
const FEED_REPLICAS_MAX = 5;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** `serve`: the GraphQL API on a data directory, or as one of the nodes on a shared log. */
export const serveVerb: Verb = (program, run, environment) => {
  withNode(withDirectory(program.command('serve')))
    .description('serve the GraphQL API of a data directory; with --store as one of any number of nodes')
    .option('--port <n>', 'port to listen on; 0 picks a free one', wholeNumber(0, PORT_MAX), DEFAULT_PORT)
    .option('--host <address>', 'address to listen on; only this machine unless told otherwise', '127.0.0.1')
    .option('--catalogue <file>', 'product facts of your own, beside the built-in ones (JSON)')
    .option('--rules <file>', 'rights and figures of your own, in the place of built-in ones or beside them (JSON)')
    .option('--require-reason <mutation...>', 'mutations that are refused without a reason')
    .option('--checkpoint-file <file>', 'file outside the data directory: the log is held to the checkpoint in it, and each new one is written there')
    .option('--log-public', 'serve checkpoints, keys and tiles of hashes without a token; events and proofs always need one')
    .addOption(feedOption())
    .option('--feed-credentials <file>', 'NATS credentials file for the feed')
    .option('--feed-prefix <prefix>', 'first words of the feed\'s subjects, and the name of its stream')
    .option('--feed-replicas <n>', 'servers that hold a copy of the feed: 1, 3 or 5', wholeNumber(1, FEED_REPLICAS_MAX))
    .addOption(new Option('--feed-storage <kind>', 'where the feed is kept').choices(['file', 'memory']))
    .option('--feed-max-age <time>', 'how long the feed is kept: 90d, 12h, 30m, 45s; 0 for ever', duration)
    .option('--feed-max-bytes <size>', 'how large it grows before the oldest is dropped: 10GiB, 500MiB; 0 without a limit', size)
    .option('--feed-max-messages <n>', 'how many events it keeps; 0 without a limit', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .addOption(new Option('--log-level <level>', 'how much is logged, to standard error').choices(LOG_LEVELS).default('warn'))
    .action((options: ServeOptions) =>
      run(async () => {
        const { serveLedger } = await import('./serveLedger.js');
        return serveLedger(options, environment, program.version() ?? '');
      }),
    );
};

