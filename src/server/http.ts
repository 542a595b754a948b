import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { ApolloServer } from '@apollo/server';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { OperationTypeNode, type GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Registry } from 'prom-client';
import type { LedgerContext } from '../graphql/context.js';
import type { HttpContext } from './apollo.js';
import type { Authenticate } from './authentication.js';
import type { ErrorMask } from './errorMask.js';
import type { EventStreams } from './eventStream.js';
import { unauthenticatedError } from './execution.js';
import { graphiqlAssets, PAGE_SECURITY_POLICY } from './graphiql.js';
import { EVENT_STREAMS_MAX, HTTP_BODY_BYTES_MAX, limitError } from './limits.js';
import { METRICS_PATH } from './metrics.js';
import { requestError, type OperationRequest, type PreparedOperation, type PrepareOperation } from './operation.js';
import { healthOf, type ServedPart } from './parts.js';
import { AT_LEAST_HEADER, SEQUENCE_HEADER, type ReadPlace } from './place.js';

interface HttpParts {
  readonly path: string;
  readonly apollo: ApolloServer<HttpContext>;
  readonly authenticate: Authenticate;
  readonly prepare: PrepareOperation;
  readonly streams: EventStreams;
  readonly place: ReadPlace;
  readonly mask: ErrorMask;
  readonly stopping: () => boolean;
  readonly parts: readonly ServedPart[];
  /** Served at METRICS_PATH, if there is one. */
  readonly metrics: Registry | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the token is known to be valid. */
    ledgerContext: LedgerContext | undefined;
    /** Set once the operation may be executed. */
    operation: PreparedOperation | undefined;
  }
}

/** The HTTP routes: GraphQL by GET and POST, event streams and the GraphiQL page on the same path, `/healthz`, metrics, and what the parts serve. */
export function createHttp(parts: HttpParts): FastifyInstance {
  const { path, apollo, streams, mask, stopping, metrics } = parts;
  const app = fastify({ bodyLimit: HTTP_BODY_BYTES_MAX, forceCloseConnections: 'idle', return503OnClosing: true });
  app.decorateRequest('ledgerContext', undefined);
  app.decorateRequest('operation', undefined);

  const requireToken = authenticating(parts);

  app.get('/healthz', async (_request, reply) => {
    const { code, body } = healthOf(parts.parts, stopping());
    return reply.code(code).send(body);
  });
  if (metrics !== undefined) {
    app.get(METRICS_PATH, { onRequest: requireToken }, async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.metrics()));
  }
  for (const part of parts.parts) part.routes?.(app, { requireToken });
  servePage(app, path);

  const executeByApollo = fastifyApolloHandler(apollo, { context: async (request) => contextOf(request) });
  app.route({
    method: ['GET', 'POST'],
    url: path,
    // Before the body is read: a stranger's body is not worth its memory.
    onRequest: requireToken,
    preHandler: preparing(parts),
    onSend: tellingPlace(parts),
    async handler(request, reply) {
      if (!wantsEventStream(request)) return executeByApollo.call(app, request, reply);
      if (streams.open >= EVENT_STREAMS_MAX) return reject(reply, 503, [limitError(`At most ${EVENT_STREAMS_MAX} event streams at a time.`)]);
      const context = contextOf(request);
      reply.hijack();
      await streams.serve(reply.raw, context.operation, context);
    },
  });

  app.setNotFoundHandler((_request, reply) => reject(reply, 404, [requestError(`There is nothing here; the API is at ${path}.`)]));
  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    if (status === 413) return reject(reply, status, [limitError(`The request body is larger than ${HTTP_BODY_BYTES_MAX} bytes; import larger files on the command line.`)]);
    if (status < 500 && error instanceof Error) return reject(reply, status, [requestError(error.message)]);
    const masked = mask.error(error);
    return reject(reply, masked.extensions['retryable'] === true ? 503 : status, [masked]);
  });
  return app;
}

function servePage(app: FastifyInstance, path: string): void {
  const asset = graphiqlAssets(path);
  app.get<{ Params: { name: string } }>(`${path}/page/:name`, async (request, reply) => {
    const found = await asset(request.params.name);
    return found === undefined ? reply.callNotFound() : sendAsset(reply, found);
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' || request.routeOptions.url !== path || !prefersPage(request)) return;
    const page = await asset('index.html');
    if (page !== undefined) await sendAsset(reply, page);
  });
}

function sendAsset(reply: FastifyReply, { contentType, gzipped }: { readonly contentType: string; readonly gzipped: Buffer }): FastifyReply {
  return reply
    .header('content-type', contentType)
    .header('content-encoding', 'gzip')
    .header('content-security-policy', PAGE_SECURITY_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .send(gzipped);
}

function authenticating({ authenticate }: HttpParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    request.ledgerContext = await authenticate(request.headers.authorization, request.headers['accept-language']);
    if (request.ledgerContext !== undefined) return undefined;
    return reject(reply.header('www-authenticate', 'Bearer realm="activation-ledger"'), 401, [unauthenticatedError()]);
  };
}

function preparing({ prepare, place }: HttpParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const preparation = prepare(operationRequest(request));
    if (preparation.kind === 'rejected') return reject(reply, 400, preparation.errors);
    request.operation = preparation.operation;
    if (request.method === 'GET' && preparation.operation.node.operation === OperationTypeNode.MUTATION) {
      return reject(reply.header('allow', 'POST'), 405, [requestError('Mutations are sent by POST.')]);
    }
    if (preparation.operation.node.operation === OperationTypeNode.SUBSCRIPTION && !wantsEventStream(request)) {
      return reject(reply, 406, [requestError('Subscriptions need a WebSocket (graphql-transport-ws) or "Accept: text/event-stream".')]);
    }
    const asked = request.headers[AT_LEAST_HEADER];
    return asked === undefined ? undefined : awaitPlace(asked, place, reply);
  };
}

/** Seconds after which a request that came too early may be sent again. */
const STALE_RETRY_SECONDS = 1;

/** Lets a request wait that asks for an event which queries do not see yet. */
async function awaitPlace(asked: unknown, place: ReadPlace, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const refusal = await place.reach(asked);
  if (refusal === undefined) return undefined;
  if (refusal.extensions['code'] !== 'STALE_READ') return reject(reply, 400, [refusal]);
  return reject(reply.header('retry-after', STALE_RETRY_SECONDS), 503, [refusal]);
}

/** Tells in each response, to whoever has a token, the last event that queries see: looked up when the answer is there, so not before what it shows. */
function tellingPlace({ place }: HttpParts) {
  return (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: null, payload: unknown) => void): void => {
    if (request.ledgerContext !== undefined) reply.header(SEQUENCE_HEADER, place.text());
    done(null, payload);
  };
}

function operationRequest(request: FastifyRequest): OperationRequest {
  if (request.method === 'POST') return isRecord(request.body) ? request.body : {};
  const { query, operationName, variables } = isRecord(request.query) ? request.query : {};
  return { query, operationName, variables: typeof variables === 'string' ? parseJson(variables) : variables };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not an object: said where the request is looked at.
    return text;
  }
}

function contextOf({ ledgerContext, operation }: FastifyRequest): HttpContext {
  if (ledgerContext === undefined || operation === undefined) throw new Error('The request was neither authenticated nor prepared.');
  return { ...ledgerContext, operation };
}

function wantsEventStream({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/event-stream') ?? false;
}

/** A browser that opens the page or a link to a document in it (`?query=`): it cannot send a token, which everything else has to. */
function prefersPage({ headers }: FastifyRequest): boolean {
  return (headers.accept?.includes('text/html') ?? false) && headers.authorization === undefined;
}

function reject(reply: FastifyReply, status: number, errors: readonly GraphQLError[]): FastifyReply {
  const formatted: readonly GraphQLFormattedError[] = errors.map((error) => error.toJSON());
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send({ errors: formatted });
}

function statusOf(error: unknown): number {
  const status: unknown = isRecord(error) ? error['statusCode'] : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
