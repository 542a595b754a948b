/** The product's own server, which records events at a steady rate when it is asked to. */
import 'reflect-metadata';
import { pino } from 'pino';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { servicesOf } from '../../src/embedded/services.js';
import { buildLedgerSchema } from '../../src/graphql/schema.js';
import type { NewEvent } from '../../src/kernel/envelope.js';
import type { EventId, StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import { GRAPHQL_PATH, startServer } from '../../src/server/server.js';
import { rememberTokens } from '../../src/server/tokenCache.js';
import { answer, taskOfProcess } from './child.js';
import { newCommandId, programEnvironment } from './environment.js';
import { ACTOR, serveEventSource, type SourceEvent } from './eventSource.js';

/** An empty directory. */
const { directory } = taskOfProcess<{ directory: string }>();
const ledger = await openEmbeddedLedger({ directory, environment: programEnvironment, follow: 'live' });
const { secret } = await ledger.vault.createToken('bench');
const log = pino({ level: 'warn' }, process.stderr);
const services = servicesOf(ledger, programEnvironment, '0.0.0');
const vault = rememberTokens(ledger.vault, () => performance.now());
const server = await startServer({ schema: buildLedgerSchema(), services, vault, log }, { port: 0 });
const source = await serveEventSource(record);
process.once('SIGTERM', () => void stop());
const head = await ledger.store.head();
answer({ graphql: `${server.address}${GRAPHQL_PATH}`, token: secret, source, head: head.sequence });

async function record(event: SourceEvent): Promise<void> {
  const { kind } = await services.store.append(event.stream as StreamId, 'any', [newEvent(event)]);
  if (kind !== 'appended') throw new Error(`An event was not appended: ${kind}.`);
}

function newEvent({ type, dueMs }: SourceEvent): NewEvent {
  const commandId = newCommandId();
  const now = programEnvironment.now();
  return {
    id: commandId as string as EventId,
    type,
    schemaVersion: 1,
    recordedAt: now,
    occurredAt: now,
    actor: ACTOR as SubjectId,
    correlationId: String(dueMs),
    commandId,
    inputHash: '0'.repeat(64),
    data: {},
  };
}

async function stop(): Promise<void> {
  await server.stop();
  await ledger.close();
  process.exit(0);
}
