/** Apart from the verb, which is loaded for every call: the server and its schema take their time. */
import type { GraphQLSchema } from 'graphql';
import { pino, type Logger } from 'pino';
import type { DatedRuleBook } from '../domain/rules/makeRuleBook.js';
import { openEmbeddedLedger, openLedger, type EmbeddedLedger } from '../embedded/embeddedLedger.js';
import type { NodePlace } from '../embedded/nodeParts.js';
import { servicesOf } from '../embedded/services.js';
import { buildLedgerSchema } from '../graphql/schema.js';
import { activateRules } from '../embedded/activateRules.js';
import { openExportJobs } from '../embedded/exportJobs.js';
import { loadRules, RULES_VARIABLE } from '../embedded/loadRules.js';
import { startSweeping } from '../embedded/sweeping.js';
import { exportsPart } from '../server/exportRoutes.js';
import { evidencePart } from '../server/logRoutes.js';
import { createMetrics, registerGauge } from '../server/metrics.js';
import type { ServedPart } from '../server/parts.js';
import { GRAPHQL_PATH, startServer } from '../server/server.js';
import { rememberTokens } from '../server/tokenCache.js';
import type { FeedCliOptions } from './feedOptions.js';
import { startServedCheck } from './servedCheck.js';
import { startServedFeed } from './servedFeed.js';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { VerbError } from './failure.js';
import { nodePlaceOf, shownLog, shownVault, type NodeOptions } from './nodeOptions.js';
import { groupDigits } from './numbers.js';
import type { LedgerPlace } from './verb.js';
import { openTerminal } from './terminal.js';

export interface ServeOptions extends LedgerPlace, NodeOptions, FeedCliOptions {
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
  readonly catalogue?: string;
  readonly requireReason?: readonly string[];
  readonly rules?: string;
  readonly checkpointFile?: string;
  readonly logPublic?: boolean;
  readonly checkEvery: number;
}

/** Name of the token that the first start makes. */
const ADMINISTRATOR = 'administrator';

/** Serves the ledger of a directory until the process is asked to stop. */
export async function serveLedger(options: ServeOptions, environment: CliEnvironment, version: string): Promise<ExitCode> {
  const terminal = openTerminal(environment);
  const stopRequested = environment.stopRequested();
  const log = pino({ level: options.logLevel }, environment.stderr as NodeJS.WritableStream & { write(text: string): boolean });
  // What is served beside the API, in the order of starting; stopped in the reverse order.
  const parts: ServedPart[] = [];
  const node = await nodePlaceOf(options);
  const rules = await loadRules(options.rules ?? process.env[RULES_VARIABLE]);
  const ledger = await openServed(options, rules, node, environment, log);
  try {
    const firstToken = (await ledger.vault.listTokens()).length === 0 ? await ledger.vault.createToken(ADMINISTRATOR) : undefined;
    const now = (): number => Date.parse(environment.now());
    const vault = rememberTokens(ledger.vault, now);
    await activateRules(ledger, rules, environment.newId());
    const schema = buildLedgerSchema();
    refuseUnknownMutations(options.requireReason ?? [], schema);
    const exports = openExportJobs({ ledger, environment, version, onError: (error) => log.error({ err: error }, 'an export failed') });
    parts.push(exportsPart(exports));
    const feed = await startServedFeed(options, ledger, log);
    if (feed !== undefined) parts.push(feed.part);
    const services = { ...servicesOf(ledger, environment, version, { reasonRequired: new Set(options.requireReason) }), feed: feed?.feed, exports };
    const metrics = createMetrics(services);
    const { merkleLog } = ledger;
    if (merkleLog !== undefined) parts.push(evidencePart(merkleLog, log, { isPublic: options.logPublic === true }));
    if (merkleLog !== undefined) registerGauge(metrics, 'sealed_events', 'Events that a published checkpoint covers.', () => merkleLog.checkpoint()?.sequence ?? 0);
    feed?.measure(metrics);
    const check = startServedCheck({ ledger, programDirectory: environment.programDirectory, everyHours: options.checkEvery, now, log });
    if (check !== undefined) parts.push(check.part);
    check?.measure(metrics);
    const { host, port } = options;
    const server = await startServer({ schema, services, vault, log, parts, metrics }, { host, port }).catch((error: unknown) => {
      throw listenError(error, options);
    });
    const sweeping = startSweeping(ledger, environment.now, (error) => log.error({ err: error }, 'lapsed reservations were not ended'));
    await announce({ address: server.address, ledger, node, secret: firstToken?.secret }, options, terminal);
    const signal = await Promise.race([stopRequested, ledger.failed]);
    if (signal instanceof Error) log.error({ err: signal }, 'the ledger cannot go on');
    else terminal.note(terminal.paint.dim(`${signal}: closing subscriptions, finishing what is under way`));
    await sweeping.stop();
    await server.stop();
    if (signal instanceof Error) throw signal;
    return EXIT.done;
  } finally {
    for (const part of parts.toReversed()) await part.stop().catch((error: unknown) => log.error({ err: error, part: part.name }, 'a part did not stop in order'));
    await ledger.close();
  }
}

async function openServed({ data, catalogue, checkpointFile }: ServeOptions, rules: DatedRuleBook, node: NodePlace | undefined, environment: CliEnvironment, log: Logger): Promise<EmbeddedLedger> {
  const options = { environment, follow: 'live' as const, catalogueFile: catalogue, rules, checkpointFile };
  if (node === undefined) return openEmbeddedLedger({ directory: data, ...options });
  // Loaded where they are used: the clients of KurrentDB and NATS cost an embedded ledger time and memory for nothing.
  const { openNodeParts } = await import('../embedded/nodeParts.js');
  const reports = {
    onTrouble: (error: Error) => log.warn({ err: error }, 'the log on KurrentDB: going on after a failure'),
    onCounted: (sequence: number) => log.info({ sequence }, 'the log on KurrentDB is counted'),
  };
  return openLedger(() => openNodeParts(node, environment, reports), options);
}

interface Served {
  readonly address: string;
  readonly ledger: EmbeddedLedger;
  readonly node: NodePlace | undefined;
  /** Of the first token. */
  readonly secret: string | undefined;
}

async function announce({ address, ledger, node, secret }: Served, options: ServeOptions, terminal: ReturnType<typeof openTerminal>): Promise<void> {
  const { paint, print } = terminal;
  const { sequence } = await ledger.store.head();
  if (options.json === true) {
    const shared = node && { log: shownLog(node.log), vault: shownVault(node.vault) };
    print(JSON.stringify({ address, graphql: `${address}${GRAPHQL_PATH}`, data: ledger.directory.path, ...shared, ledgerId: ledger.ledgerId, sequence, verifierKey: ledger.merkleLog?.verifierKeys[0], token: secret }));
    return;
  }
  const row = (label: string, value: string): void => print(`  ${paint.dim(label.padEnd(9))}${value}`);
  print('');
  print(`  ${paint.bold('Activation Ledger')}  ${paint.dim(`${groupDigits(sequence)} ${sequence === 1 ? 'event' : 'events'}`)}`);
  print('');
  row('GraphQL', paint.cyan(`${address}${GRAPHQL_PATH}`));
  row('data', ledger.directory.path);
  const [verifierKey] = ledger.merkleLog?.verifierKeys ?? [];
  if (verifierKey !== undefined) row('auditors', paint.dim(verifierKey));
  if (node !== undefined) {
    row('log', shownLog(node.log));
    row('vault', shownVault(node.vault));
  }
  if (secret === undefined) {
    const place = node === undefined ? (options.data === 'data' ? '' : ` --data ${options.data}`) : ' --vault …';
    row('sign in', `with an access token; "npx activation-ledger token create NAME${place}" makes one`);
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
