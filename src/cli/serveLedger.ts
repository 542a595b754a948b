/** Apart from the verb, which is loaded for every call: the server and its schema take their time. */
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import { openEmbeddedLedger, type EmbeddedLedger } from '../embedded/embeddedLedger.js';
import { servicesOf } from '../embedded/services.js';
import { buildLedgerSchema } from '../graphql/schema.js';
import { activateRules } from '../embedded/activateRules.js';
import { openExportJobs } from '../embedded/exportJobs.js';
import { loadRules } from '../embedded/loadRules.js';
import { startSweeping } from '../embedded/sweeping.js';
import { exportsPart } from '../server/exportRoutes.js';
import { createMetrics } from '../server/metrics.js';
import type { ServedPart } from '../server/parts.js';
import { GRAPHQL_PATH, startServer } from '../server/server.js';
import { rememberTokens } from '../server/tokenCache.js';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { VerbError } from './failure.js';
import { groupDigits } from './numbers.js';
import type { LedgerPlace } from './verb.js';
import { openTerminal } from './terminal.js';

export interface ServeOptions extends LedgerPlace {
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
  readonly catalogue?: string;
  readonly requireReason?: readonly string[];
  readonly rules?: string;
}

/** Name of the token that the first start makes. */
const ADMINISTRATOR = 'administrator';

/** Serves the ledger of a directory until the process is asked to stop. */
export async function serveLedger(options: ServeOptions, environment: CliEnvironment, version: string): Promise<ExitCode> {
  const terminal = openTerminal(environment);
  const stopRequested = environment.stopRequested();
  const log = pino({ level: options.logLevel }, environment.stderr as NodeJS.WritableStream & { write(text: string): boolean });
  const ledger = await openEmbeddedLedger({ directory: options.data, environment, follow: 'live', catalogueFile: options.catalogue });
  try {
    const firstToken = (await ledger.vault.listTokens()).length === 0 ? await ledger.vault.createToken(ADMINISTRATOR) : undefined;
    const now = (): number => Date.parse(environment.now());
    const vault = rememberTokens(ledger.vault, now);
    const rules = await loadRules(options.rules ?? process.env['ACTIVATION_LEDGER_RULES']);
    await activateRules(ledger, rules, environment.newId());
    const schema = buildLedgerSchema();
    refuseUnknownMutations(options.requireReason ?? [], schema);
    const exports = openExportJobs({ ledger, environment, version, rules, onError: (error) => log.error({ err: error }, 'an export failed') });
    const services = { ...servicesOf(ledger, environment, version, { reasonRequired: new Set(options.requireReason), rules }), exports };
    const metrics = createMetrics(services);
    // What is served beside the API, in the order of starting; stopped in the reverse order.
    const parts: readonly ServedPart[] = [exportsPart(exports)];
    const { host, port } = options;
    const server = await startServer({ schema, services, vault, log, parts, metrics }, { host, port }).catch((error: unknown) => {
      throw listenError(error, options);
    });
    const sweeping = startSweeping(ledger, environment.now, (error) => log.error({ err: error }, 'lapsed reservations were not ended'));
    await announce(server.address, ledger, firstToken?.secret, options, terminal);
    const signal = await Promise.race([stopRequested, ledger.readModel.failed]);
    if (signal instanceof Error) log.error({ err: signal }, 'the read model stopped');
    else terminal.note(terminal.paint.dim(`${signal}: closing subscriptions, finishing what is under way`));
    await sweeping.stop();
    await server.stop();
    for (const part of parts.toReversed()) await part.stop();
    if (signal instanceof Error) throw signal;
    return EXIT.done;
  } finally {
    await ledger.close();
  }
}

async function announce(address: string, ledger: EmbeddedLedger, secret: string | undefined, options: ServeOptions, terminal: ReturnType<typeof openTerminal>): Promise<void> {
  const { paint, print } = terminal;
  const { sequence } = await ledger.store.head();
  if (options.json === true) {
    print(JSON.stringify({ address, graphql: `${address}${GRAPHQL_PATH}`, data: ledger.directory.path, ledgerId: ledger.ledgerId, sequence, token: secret }));
    return;
  }
  const row = (label: string, value: string): void => print(`  ${paint.dim(label.padEnd(9))}${value}`);
  print('');
  print(`  ${paint.bold('Activation Ledger')}  ${paint.dim(`${groupDigits(sequence)} ${sequence === 1 ? 'event' : 'events'}`)}`);
  print('');
  row('GraphQL', paint.cyan(`${address}${GRAPHQL_PATH}`));
  row('data', ledger.directory.path);
  if (secret === undefined) {
    row('sign in', `with an access token; "npx activation-ledger token create NAME${options.data === 'data' ? '' : ` --data ${options.data}`}" makes one`);
  } else {
    row('sign in', paint.green(secret));
    print(`           ${paint.dim('This administrator token is shown this once; only its hash is kept.')}`);
    print(`           ${paint.dim('Send it as "Authorization: Bearer …", or paste it into the page above.')}`);
  }
  print('');
}

function refuseUnknownMutations(names: readonly string[], schema: GraphQLSchema): void {
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const unknown = names.filter((name) => !Object.hasOwn(mutations, name));
  if (unknown.length > 0) throw new VerbError(`--require-reason: there is no mutation ${unknown.join(', ')}; "schema.graphql" lists them.`);
}

function listenError(error: unknown, { host, port }: ServeOptions): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new VerbError(`Port ${port} is in use: name another with --port, or 0 for a free one.`);
  if (code === 'EACCES') return new VerbError(`Port ${port} may not be used by this user: name one above 1023 with --port.`);
  if (code === 'EADDRNOTAVAIL') return new VerbError(`This machine has no address ${host}.`);
  return error;
}
