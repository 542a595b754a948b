import { GraphQLError, type ExecutionResult } from 'graphql';
import { StoreError } from '../store/port.js';
import { VaultError } from '../vault/port.js';
import type { Log } from './log.js';

/** Lets through what was said to the client on purpose, and hides the rest behind an id that is in the log. */
export interface ErrorMask {
  result(result: ExecutionResult): ExecutionResult;
  error(error: unknown): GraphQLError;
}

/** The code of a masked error; its `errorId` finds the log line. */
export const INTERNAL_ERROR_CODE = 'INTERNAL_SERVER_ERROR';

export function createErrorMask(log: Log, newId: () => string): ErrorMask {
  const maskOne = (error: unknown): GraphQLError => {
    if (error instanceof GraphQLError && isForClient(error)) return withCode(error);
    const cause = causeOf(error);
    if (mayPass(cause)) {
      log.warn({ err: cause }, 'a part of the ledger does not answer');
      return new GraphQLError('A part of the ledger does not answer now; the same request may succeed later.', {
        ...(error instanceof GraphQLError && error.path !== undefined ? { path: error.path } : {}),
        extensions: { code: cause.code, retryable: true },
      });
    }
    const errorId = newId();
    log.error({ err: cause, errorId, ...(error instanceof GraphQLError ? { path: error.path } : {}) }, 'unexpected error');
    return new GraphQLError(`Something went wrong here. The log knows it as ${errorId}.`, {
      ...(error instanceof GraphQLError && error.path !== undefined ? { path: error.path } : {}),
      extensions: { code: INTERNAL_ERROR_CODE, errorId },
    });
  };
  return {
    result: (result) => (result.errors === undefined || result.errors.length === 0 ? result : { ...result, errors: result.errors.map(maskOne) }),
    error: maskOne,
  };
}

/**
 * A `GraphQLError` thrown by a resolver was meant for the client; so is one without a path, which comes from the request
 * (variables that do not fit). One with a path that nobody threw is a broken promise of ours: a null or an enum value
 * that the schema does not allow.
 */
function isForClient(error: GraphQLError): boolean {
  if (error.originalError === undefined || error.originalError === null) return error.path === undefined;
  return error.originalError instanceof GraphQLError;
}

// Rebuilt without locations: they say nothing to whoever sent the document, and compiled execution does not keep them.
function withCode(error: GraphQLError): GraphQLError {
  if (typeof error.extensions['code'] === 'string') return error;
  return new GraphQLError(error.message, {
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: { ...error.extensions, code: 'BAD_USER_INPUT' },
  });
}

/** Log or vault are away, or too busy: nobody's fault, and gone by itself. */
function mayPass(cause: unknown): cause is StoreError | VaultError {
  return (cause instanceof StoreError || cause instanceof VaultError) && cause.retryable;
}

function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error;
}
