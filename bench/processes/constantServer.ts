/** The product's own server, whose `host` and `productKey` answer every question with the same object. */
import 'reflect-metadata';
import { openHostStatusQueries } from '../../projections/hostStatus.js';
import { openKeyCountsQueries } from '../../projections/keyCounts.js';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { PROJECTIONS } from '../../src/embedded/projections.js';
import { servicesOf } from '../../src/embedded/services.js';
import { Host } from '../../src/graphql/host/type.js';
import { ProductKey } from '../../src/graphql/productKey/type.js';
import { buildLedgerSchema } from '../../src/graphql/schema.js';
import type { StreamId } from '../../src/kernel/identifiers.js';
import { openForReading, readModelPath } from '../../src/readmodel/readModelFile.js';
import { GRAPHQL_PATH, startServer } from '../../src/server/server.js';
import { rememberTokens } from '../../src/server/tokenCache.js';
import { pino } from 'pino';
import { answer, taskOfProcess } from './child.js';
import { programEnvironment } from './environment.js';

export interface ConstantTask {
  /** An empty directory. */
  readonly directory: string;
  /** The ledger that the constants are taken from. */
  readonly source: string;
  readonly host: StreamId;
  readonly productKey: StreamId;
}

const task = taskOfProcess<ConstantTask>();
const now = (): number => Date.parse(programEnvironment.now());
const ledger = await openEmbeddedLedger({ directory: task.directory, environment: programEnvironment, follow: 'live' });
const { secret } = await ledger.vault.createToken('bench');
const schema = buildLedgerSchema();
const file = openForReading(readModelPath(task.source, PROJECTIONS));
const host = openHostStatusQueries(file).byHost(task.host, { now: now() });
const key = openKeyCountsQueries(file).byKey(task.productKey);
if (host === undefined || key === undefined) throw new Error('The ledger does not hold the objects to answer with.');
answerWith('host', new Host(host, { now: now(), catalogue: ledger.catalogue }));
answerWith('productKey', new ProductKey(key, { now: now(), catalogue: ledger.catalogue }));
const log = pino({ level: 'warn' }, process.stderr);
const services = servicesOf(ledger, programEnvironment, '0.0.0');
const server = await startServer({ schema, services, vault: rememberTokens(ledger.vault, now), log }, { port: 0 });
process.once('SIGTERM', () => void stop());
answer({ graphql: `${server.address}${GRAPHQL_PATH}`, token: secret });

function answerWith(field: string, value: object): void {
  const definition = schema.getQueryType()?.getFields()[field];
  if (definition === undefined) throw new Error(`There is no query ${field}.`);
  definition.resolve = () => value;
}

async function stop(): Promise<void> {
  await server.stop();
  await ledger.close();
}
