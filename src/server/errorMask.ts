import { GraphQLError, type ExecutionResult } from 'graphql';
import { ClientError } from '../graphql/clientError.js';
import type { LedgerContext } from '../graphql/context.js';
import { DEFAULT_LANGUAGE } from '../graphql/language.js';
import { StoreError } from '../store/port.js';
import { VaultError } from '../vault/port.js';
import type { Log } from './log.js';

/** Lets through what was said to the client on purpose, and hides the rest behind an id that is in the log. */
export interface ErrorMask {
  /** `language`: of the messages that are told in several. */
  result(result: ExecutionResult, language?: Language): ExecutionResult;
  error(error: unknown, language?: Language): GraphQLError;
}

type Language = LedgerContext['language'];

/** The code of a masked error; its `errorId` finds the log line. */
export const INTERNAL_ERROR_CODE = 'INTERNAL_SERVER_ERROR';

export function createErrorMask(log: Log, newId: () => string): ErrorMask {
  const maskOne = (error: unknown, language: Language = DEFAULT_LANGUAGE): GraphQLError => {
    if (error instanceof GraphQLError && isForClient(error)) return withCode(inLanguage(error, language));
    const place = error instanceof GraphQLError && error.path !== undefined ? { path: error.path } : {};
    const cause = causeOf(error);
    if (mayPass(cause)) {
      log.warn({ err: cause }, 'a part of the ledger does not answer');
      const told = new ClientError('PART_NOT_ANSWERING', {}, { code: cause.code, retryable: true });
      return new GraphQLError(told.messageIn(language), { ...place, extensions: told.extensions });
    }
    const errorId = newId();
    log.error({ err: cause, errorId, ...(error instanceof GraphQLError ? { path: error.path } : {}) }, 'unexpected error');
    const told = new ClientError('UNEXPECTED', { errorId }, { code: INTERNAL_ERROR_CODE, errorId });
    return new GraphQLError(told.messageIn(language), { ...place, extensions: told.extensions });
  };
  return {
    result: (result, language) => (result.errors === undefined || result.errors.length === 0 ? result : { ...result, errors: result.errors.map((error) => maskOne(error, language)) }),
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

/** A resolver's error, which execution has wrapped to tell its place, in a language. */
function inLanguage(error: GraphQLError, language: Language): GraphQLError {
  const told = error instanceof ClientError ? error : error.originalError;
  if (!(told instanceof ClientError) || language === DEFAULT_LANGUAGE) return error;
  return new GraphQLError(told.messageIn(language), { ...(error.path === undefined ? {} : { path: error.path }), extensions: told.extensions });
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
