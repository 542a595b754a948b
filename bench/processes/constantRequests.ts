/** The product's own server, whose `requestActivation` does nothing and answers with the same grant. */
import 'reflect-metadata';
import { pino } from 'pino';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { servicesOf } from '../../src/embedded/services.js';
import type { LedgerContext } from '../../src/graphql/context.js';
import { RequestGranted } from '../../src/graphql/request/type.js';
import { buildLedgerSchema } from '../../src/graphql/schema.js';
import type { Sequence } from '../../src/kernel/identifiers.js';
import { GRAPHQL_PATH, startServer } from '../../src/server/server.js';
import { rememberTokens } from '../../src/server/tokenCache.js';
import { answer, taskOfProcess } from './child.js';
import { newCommandId, programEnvironment } from './environment.js';

export interface ConstantRequestsTask {
  /** An empty directory. */
  readonly directory: string;
}

const { directory } = taskOfProcess<ConstantRequestsTask>();
const ledger = await openEmbeddedLedger({ directory, environment: programEnvironment, follow: 'live' });
const { secret } = await ledger.vault.createToken('bench');
const schema = buildLedgerSchema();
const mutation = schema.getMutationType()?.getFields()['requestActivation'];
if (mutation === undefined) throw new Error('There is no mutation requestActivation.');
const granted = { kind: 'granted', request: newCommandId(), judgements: [], recorded: { sequence: 1 as Sequence, applied: true } } as const;
mutation.resolve = (_source, _arguments, context: LedgerContext) => new RequestGranted(granted, context);
const now = (): number => Date.parse(programEnvironment.now());
const log = pino({ level: 'warn' }, process.stderr);
const server = await startServer({ schema, services: servicesOf(ledger, programEnvironment, '0.0.0'), vault: rememberTokens(ledger.vault, now), log }, { port: 0 });
process.once('SIGTERM', () => void stop());
answer({ graphql: `${server.address}${GRAPHQL_PATH}`, token: secret });

async function stop(): Promise<void> {
  await server.stop();
  await ledger.close();
}
