import { createSourceEventStream, GraphQLError, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { LedgerContext } from '../graphql/context.js';
import type { ErrorMask } from './errorMask.js';
import type { PreparedOperation } from './operation.js';

export interface Execution {
  /** Runs a query or mutation. Never rejects: what went wrong is in `errors`, masked where it was not meant for the client. */
  execute(operation: PreparedOperation, context: LedgerContext): Promise<ExecutionResult>;
  /**
   * Opens a subscription. Its iterator rejects with a masked `GraphQLError` when the source fails, and `return()` reaches
   * the source at once even while `next()` waits.
   */
  subscribe(operation: PreparedOperation, context: LedgerContext): Promise<ExecutionResult | ResultStream>;
}

export type ResultStream = AsyncGenerator<ExecutionResult, void, void>;

/** Compiled execution for all transports. */
export function createExecution(schema: GraphQLSchema, mask: ErrorMask): Execution {
  return {
    async execute({ compiled, variables }, context) {
      try {
        return mask.result(await compiled.query(undefined, context, variables), context.language);
      } catch (error) {
        return { errors: [mask.error(error, context.language)] };
      }
    },

    async subscribe({ document, node, compiled, variables }, context) {
      try {
        const source = await createSourceEventStream({
          schema,
          document,
          contextValue: context,
          variableValues: variables,
          operationName: node.name?.value,
        });
        if (!isAsyncIterable(source)) return mask.result(source, context.language);
        return resultsOf(source[Symbol.asyncIterator](), (payload) => compiled.query(payload, context, variables), { mask, language: context.language });
      } catch (error) {
        return { errors: [mask.error(error, context.language)] };
      }
    },
  };
}

// Written by hand: `return()` of an async generator waits until the pending `next()` settles, so that an idle subscriber
// who leaves would keep its place in the log open.
function resultsOf(
  source: AsyncIterator<unknown>,
  execute: (payload: unknown) => ExecutionResult | Promise<ExecutionResult>,
  { mask, language }: { readonly mask: ErrorMask; readonly language: LedgerContext['language'] },
): ResultStream {
  const end = async (): Promise<IteratorResult<ExecutionResult, void>> => {
    await source.return?.();
    return { done: true, value: undefined };
  };
  return {
    async next() {
      try {
        const { done, value } = await source.next();
        return done === true ? { done: true, value: undefined } : { done: false, value: mask.result(await execute(value), language) };
      } catch (error) {
        await source.return?.();
        throw mask.error(error, language);
      }
    },
    return: end,
    async throw(error: unknown) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

function isAsyncIterable(value: AsyncIterable<unknown> | ExecutionResult): value is AsyncIterable<unknown> {
  return Symbol.asyncIterator in value;
}

/** The stream or request ends because the token is not valid (any more). */
export function unauthenticatedError(): GraphQLError {
  return new GraphQLError('A valid access token is needed: "Authorization: Bearer <token>".', { extensions: { code: 'UNAUTHENTICATED' } });
}
