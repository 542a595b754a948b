import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, type ExecutionArgs, type GraphQLSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { LedgerContext } from '../graphql/context.js';
import type { Authenticate } from './authentication.js';
import { RESUME_ELSEWHERE_CODE, RESUME_ELSEWHERE_REASON, UNAUTHENTICATED_CODE } from './closeCodes.js';
import type { ErrorMask } from './errorMask.js';
import { unauthenticatedError, type Execution } from './execution.js';
import { SOCKET_MESSAGE_BYTES_MAX, SOCKET_OPERATIONS_MAX, SOCKETS_MAX } from './limits.js';
import type { PreparedOperation, PrepareOperation } from './operation.js';
import { AT_LEAST_HEADER, type ReadPlace } from './place.js';

/** How long a connection may take to send its token, in milliseconds. */
export const CONNECTION_INIT_MS_MAX = 10_000;
/** How long clients may take to answer the close frame, in milliseconds. */
const CLOSE_ANSWER_MS_MAX = 1_000;

export interface SocketTransport {
  /** Closes every connection with RESUME_ELSEWHERE_CODE and takes no more. */
  stop(): Promise<void>;
}

interface SocketParts {
  readonly server: Server;
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly authenticate: Authenticate;
  readonly prepare: PrepareOperation;
  readonly execution: Execution;
  readonly place: ReadPlace;
  readonly mask: ErrorMask;
}

interface OperationArgs extends ExecutionArgs {
  readonly operation: PreparedOperation;
  readonly contextValue: LedgerContext;
}

/** Queries, mutations and subscriptions over WebSocket (protocol graphql-transport-ws), on the same path as HTTP. */
export function serveSockets({ server, path, schema, authenticate, prepare, execution, place, mask }: SocketParts): SocketTransport {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: SOCKET_MESSAGE_BYTES_MAX });
  useServer<ConnectionParameters>(
    {
      connectionInitWaitTimeout: CONNECTION_INIT_MS_MAX,
      async onConnect({ connectionParams, extra }) {
        const context = await authenticate(bearerOf(connectionParams), undefined).catch((error: unknown) => mask.error(error));
        if (context instanceof GraphQLError) {
          // Not the client's fault, and it may be over soon or be otherwise on another node.
          extra.socket.close(RESUME_ELSEWHERE_CODE, RESUME_ELSEWHERE_REASON);
          return false;
        }
        if (context !== undefined) return true;
        extra.socket.close(UNAUTHENTICATED_CODE, 'Unauthenticated');
        return false;
      },
      async onSubscribe({ connectionParams, subscriptions, extra }, _id, payload): Promise<OperationArgs | readonly GraphQLError[]> {
        // Asked again, so that a revoked token opens nothing on a connection it still has.
        const contextValue = await authenticate(bearerOf(connectionParams), languageWish(connectionParams, extra.request)).catch((error: unknown) => mask.error(error));
        if (contextValue instanceof GraphQLError) return [contextValue];
        if (contextValue === undefined) return [unauthenticatedError()];
        if (Object.keys(subscriptions).length > SOCKET_OPERATIONS_MAX) return [tooManyOperations()];
        const prepared = prepare(payload);
        if (prepared.kind === 'rejected') return prepared.errors;
        const asked = atLeast(connectionParams);
        const refusal = asked === undefined ? undefined : await place.reach(asked);
        if (refusal !== undefined) return [refusal];
        const { operation } = prepared;
        return { schema, document: operation.document, operationName: operation.node.name?.value, operation, contextValue };
      },
      execute: (args) => withOperation(args, async (operation, context) => place.told(await execution.execute(operation, context))),
      subscribe: (args) => withOperation(args, (operation, context) => execution.subscribe(operation, context)),
    },
    sockets,
  );
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (new URL(request.url ?? '/', 'http://server').pathname !== path) return refuse(socket, '404 Not Found');
    if (sockets.clients.size >= SOCKETS_MAX) return refuse(socket, '503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  };
  server.on('upgrade', upgrade);
  return {
    async stop() {
      server.off('upgrade', upgrade);
      await Promise.all([...sockets.clients].map(closeForResumption));
      await new Promise((closed) => sockets.close(closed));
    },
  };
}

function closeForResumption(client: WebSocket): Promise<void> {
  return new Promise((closed) => {
    const giveUp = setTimeout(() => client.terminate(), CLOSE_ANSWER_MS_MAX);
    client.once('close', () => {
      clearTimeout(giveUp);
      closed();
    });
    client.close(RESUME_ELSEWHERE_CODE, RESUME_ELSEWHERE_REASON);
  });
}

// graphql-ws hands back what onSubscribe gave it.
function withOperation<Result>(args: ExecutionArgs, run: (operation: PreparedOperation, context: LedgerContext) => Result): Result {
  const { operation, contextValue } = args as OperationArgs;
  return run(operation, contextValue);
}

interface ConnectionParameters extends Record<string, unknown> {
  readonly authorization?: unknown;
  readonly Authorization?: unknown;
  readonly 'accept-language'?: unknown;
  readonly 'Accept-Language'?: unknown;
  readonly [AT_LEAST_HEADER]?: unknown;
  readonly 'Ledger-At-Least'?: unknown;
}

function bearerOf(parameters: ConnectionParameters | undefined): unknown {
  return parameters?.authorization ?? parameters?.Authorization;
}

/** Asked of each operation of a connection, and fulfilled for good once it is. */
function atLeast(parameters: ConnectionParameters | undefined): unknown {
  return parameters?.[AT_LEAST_HEADER] ?? parameters?.['Ledger-At-Least'];
}

/** A browser cannot set headers of a WebSocket: what its page asks for comes as a parameter, before what the browser itself sends. */
function languageWish(parameters: ConnectionParameters | undefined, request: IncomingMessage): unknown {
  return parameters?.['accept-language'] ?? parameters?.['Accept-Language'] ?? request.headers['accept-language'];
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function tooManyOperations(): GraphQLError {
  return new GraphQLError(`At most ${SOCKET_OPERATIONS_MAX} operations at a time on one connection.`, { extensions: { code: 'LIMIT_EXCEEDED' } });
}
