import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { GraphQLError, OperationTypeNode, type ExecutionResult } from 'graphql';
import type { LedgerContext } from '../graphql/context.js';
import { RESUME_ELSEWHERE_CODE, RESUME_ELSEWHERE_REASON } from './closeCodes.js';
import type { Execution, ResultStream } from './execution.js';
import type { PreparedOperation } from './operation.js';
import { SEQUENCE_HEADER, type ReadPlace } from './place.js';

/** How often a comment shows that an idle stream is alive, in milliseconds. */
export const KEEP_ALIVE_MS = 12_000;

export interface EventStreams {
  readonly open: number;
  /** Executes the operation and writes its results to the response until they end, the client leaves, or the server stops. */
  serve(response: ServerResponse, operation: PreparedOperation, context: LedgerContext): Promise<void>;
  /** Ends every stream so that its client resumes elsewhere. */
  stop(): Promise<void>;
}

/**
 * Server-sent events, the distinct-connections mode of the GraphQL over SSE protocol: `next` events, then `complete`.
 * Written here and not taken from graphql-sse, whose handler reads a subscription as fast as it comes and keeps without
 * bound what a slow client has not taken; here the next result is asked for when the last one has left the process.
 */
export function eventStreams(execution: Execution, place: ReadPlace): EventStreams {
  const running = new Map<Delivery, Promise<void>>();
  return {
    get open() {
      return running.size;
    },

    serve(response, operation, context) {
      const delivery: Delivery = { response, results: undefined, stopping: false };
      const done = deliver(delivery, execution, place, operation, context).finally(() => running.delete(delivery));
      running.set(delivery, done);
      return done;
    },

    async stop() {
      for (const delivery of running.keys()) {
        delivery.stopping = true;
        await delivery.results?.return();
        // A client that takes nothing does not hold up the stop.
        if (delivery.response.writableNeedDrain) delivery.response.destroy();
      }
      await Promise.allSettled(running.values());
    },
  };
}

interface Delivery {
  readonly response: ServerResponse;
  results: ResultStream | undefined;
  stopping: boolean;
}

async function deliver(delivery: Delivery, execution: Execution, place: ReadPlace, operation: PreparedOperation, context: LedgerContext): Promise<void> {
  const { response } = delivery;
  const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', connection: 'keep-alive', [SEQUENCE_HEADER]: place.text() };
  response.writeHead(200, headers);
  response.flushHeaders();
  const alive = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS);
  const leave = (): void => void delivery.results?.return();
  response.once('close', leave);
  try {
    if (operation.node.operation === OperationTypeNode.SUBSCRIPTION) await deliverAll(delivery, await execution.subscribe(operation, context));
    else await write(response, next(place.told(await execution.execute(operation, context))));
    response.end(delivery.stopping ? `: ${RESUME_ELSEWHERE_CODE} ${RESUME_ELSEWHERE_REASON}\n\n` : 'event: complete\ndata:\n\n');
  } finally {
    clearInterval(alive);
    response.off('close', leave);
  }
}

async function deliverAll(delivery: Delivery, results: ExecutionResult | ResultStream): Promise<void> {
  const { response } = delivery;
  if (!(Symbol.asyncIterator in results)) return write(response, next(results));
  delivery.results = results;
  // The client or the server may have gone while the subscription was opened.
  if (response.destroyed || delivery.stopping) await results.return();
  try {
    for await (const result of results) {
      if (delivery.stopping) return;
      await write(response, next(result));
    }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    await write(response, next({ errors: [error] }));
  }
}

function next(result: ExecutionResult): string {
  return `event: next\ndata: ${JSON.stringify(result)}\n\n`;
}

/** Resolves when the client's connection takes more, or is gone. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  const settled = new AbortController();
  await Promise.race([once(response, 'drain', settled), once(response, 'close', settled)]).finally(() => settled.abort());
}
