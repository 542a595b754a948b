/** The floor of subscriptions: graphql-js over `ws`, with no log, no tokens and no limits: each event goes from memory to whom it concerns. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, parse, subscribe, validate, type DocumentNode, type ExecutionResult } from 'graphql';
import { WebSocketServer, type WebSocket } from 'ws';
import { globalId } from '../../src/graphql/relay/globalId.js';
import { answer } from './child.js';
import { ACTOR, serveEventSource, type SourceEvent } from './eventSource.js';

interface Filter {
  readonly subject?: string;
  readonly stream?: string;
  readonly types?: readonly string[];
  readonly actor?: string;
}

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: { readonly query: string; readonly variables: Record<string, unknown> };
}

interface Listener {
  readonly filter: Filter;
  readonly take: (batch: object) => void;
}

const schema = buildSchema(`
  type Query { none: Boolean }
  type Subscription { ledgerEvents(after: Float, filter: LedgerEventFilter): Batch! }
  input LedgerEventFilter { subject: ID stream: String types: [String!] actor: ID }
  type Batch { cursor: Float! events: [Event!]! }
  type Event { sequence: Float! type: String! stream: String! occurredAt: String! correlationId: String! }
`.replaceAll('Float', 'Sequence').concat(' scalar Sequence'));
const documents = new Map<string, DocumentNode>();
const listeners = new Set<Listener>();
let sequence = 0;

const rootValue = { ledgerEvents: ({ filter = {} }: { filter?: Filter }) => batchesFor(filter) };
const server = createServer();
const sockets = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
sockets.on('connection', (socket) => socket.on('message', (data: Buffer) => void receive(socket, JSON.parse(data.toString()) as Message)));
const source = await serveEventSource(async (event) => publish(event));
server.listen(0, '127.0.0.1', () => {
  answer({ graphql: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, token: '', source, head: 0 });
});
process.once('SIGTERM', () => process.exit(0));

async function receive(socket: WebSocket, { type, id, payload }: Message): Promise<void> {
  if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
  if (type === 'ping') socket.send('{"type":"pong"}');
  if (type !== 'subscribe' || payload === undefined) return;
  const results = await subscribe({ schema, document: documentOf(payload.query), rootValue, variableValues: payload.variables });
  if (!(Symbol.asyncIterator in results)) throw new Error(JSON.stringify(results));
  for await (const result of results) await send(socket, { id, type: 'next', payload: result });
}

function send(socket: WebSocket, message: { id: string | undefined; type: string; payload: ExecutionResult }): Promise<void> {
  return new Promise((resolve) => socket.send(JSON.stringify(message), () => resolve()));
}

function publish({ stream, type, dueMs }: SourceEvent): void {
  sequence += 1;
  const event = { sequence, type, stream, occurredAt: new Date().toISOString(), correlationId: String(dueMs) };
  const subject = globalId('Host', stream);
  const batch = { ledgerEvents: { cursor: sequence, events: [event] } };
  for (const { filter, take } of listeners) {
    if (filter.subject !== undefined && filter.subject !== subject) continue;
    if (filter.stream !== undefined && filter.stream !== stream) continue;
    if (filter.types !== undefined && !filter.types.includes(type)) continue;
    if (filter.actor !== undefined && filter.actor !== ACTOR) continue;
    take(batch);
  }
}

async function* batchesFor(filter: Filter): AsyncGenerator<object, void> {
  const waiting: object[] = [];
  let wake = (): void => undefined;
  const listener: Listener = {
    filter,
    take(batch) {
      waiting.push(batch);
      wake();
    },
  };
  listeners.add(listener);
  try {
    for (;;) {
      const batch = waiting.shift();
      if (batch !== undefined) yield batch;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    listeners.delete(listener);
  }
}

function documentOf(query: string): DocumentNode {
  let document = documents.get(query);
  if (document === undefined) {
    document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
    documents.set(query, document);
  }
  return document;
}
