import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import type { Registry } from 'prom-client';
import type { LedgerServices } from '../graphql/context.js';
import type { Vault } from '../vault/port.js';
import { createApollo } from './apollo.js';
import { authenticator } from './authentication.js';
import { createErrorMask } from './errorMask.js';
import { eventStreams } from './eventStream.js';
import { createExecution } from './execution.js';
import { createHttp } from './http.js';
import type { Log } from './log.js';
import { operationPreparer } from './operation.js';
import type { ServedPart } from './parts.js';
import { readPlace } from './place.js';
import { serveSockets } from './webSocket.js';

/** Where GraphQL is served, whatever the transport. */
export const GRAPHQL_PATH = '/graphql';
/** How long requests under way may take once the server stops, in milliseconds; then their connections are cut. */
export const STOP_WAIT_MS_MAX = 10_000;

export interface ServerDependencies {
  readonly schema: GraphQLSchema;
  readonly services: LedgerServices;
  /** Asked at each request: wrap it in `rememberTokens`. */
  readonly vault: Pick<Vault, 'authenticate'>;
  readonly log: Log;
  /** What is served beside the API; the owner stops them after the server. */
  readonly parts?: readonly ServedPart[] | undefined;
  /** Served at `/metrics` to whoever has a token; not served if it is not given. */
  readonly metrics?: Registry | undefined;
}

export interface ServerOptions {
  /** Address to listen on; only this machine unless told otherwise. */
  readonly host?: string | undefined;
  /** 0 picks a free port. */
  readonly port: number;
}

export interface RunningServer {
  /** `http://127.0.0.1:4000`: GraphQL is below it, at GRAPHQL_PATH. */
  readonly address: string;
  /**
   * Closes sockets with RESUME_ELSEWHERE_CODE, ends event streams likewise, lets requests under way finish
   * (STOP_WAIT_MS_MAX at most), and returns when nothing is served any more. Idempotent.
   */
  stop(): Promise<void>;
}

/** Serves the schema over HTTP, WebSocket and event streams; each request but the page and `/healthz` needs a token. */
export async function startServer({ schema, services, vault, log, parts = [], metrics }: ServerDependencies, { host = '127.0.0.1', port }: ServerOptions): Promise<RunningServer> {
  let stopped: Promise<void> | undefined;
  const mask = createErrorMask(log, services.newId);
  const prepare = operationPreparer(schema);
  const execution = createExecution(schema, mask);
  const authenticate = authenticator(vault, services);
  const apollo = createApollo(schema, execution, mask);
  await apollo.start();
  const place = readPlace(() => services.readModel);
  const streams = eventStreams(execution, place);
  const http = createHttp({ path: GRAPHQL_PATH, apollo, authenticate, prepare, streams, place, mask, stopping: () => stopped !== undefined, parts, metrics });
  await http.ready();
  const sockets = serveSockets({ server: http.server, path: GRAPHQL_PATH, schema, authenticate, prepare, execution, place, mask });
  await http.listen({ host, port });
  const address = addressText(http.server.address(), host);
  log.info({ address }, 'serving');

  async function stop(): Promise<void> {
    await sockets.stop();
    await streams.stop();
    const cut = setTimeout(() => http.server.closeAllConnections(), STOP_WAIT_MS_MAX);
    // Fastify waits for the requests under way; Apollo Server may only stop behind them.
    await http.close();
    clearTimeout(cut);
    await apollo.stop();
    log.info({ address }, 'stopped');
  }

  return {
    address,
    stop: () => (stopped ??= stop()),
  };
}

function addressText(bound: AddressInfo | string | null, host: string): string {
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
