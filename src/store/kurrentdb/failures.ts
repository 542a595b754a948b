import { convertToCommandError, ErrorType, isCommandError } from '@kurrent/kurrentdb-client';
import { StoreError } from '../port.js';

/** The log holds what it cannot hold if only ledgers append to it and nothing is taken away. */
export function logDamaged(what: string): StoreError {
  const message = `the log is damaged: ${what}. Nothing is numbered after it, since other nodes might number otherwise; see docs/kurrentdb.md.`;
  return new StoreError('LOG_DAMAGED', message, { retryable: false });
}

/** KurrentDB did not answer, or not as it should, for as long as it was tried. */
export function storeUnavailable(what: string, cause?: unknown): StoreError {
  const reason = cause instanceof Error && cause.message !== '' ? `: ${cause.message}` : '';
  return new StoreError('STORE_UNAVAILABLE', `KurrentDB is not available (${what}${reason})`, { retryable: true, cause });
}

/** An append is larger than the server takes. */
export function appendTooLarge(bytes: number | undefined, most: number): StoreError {
  const size = bytes === undefined ? 'an append' : `an append of ${bytes} bytes`;
  return new StoreError('APPEND_TOO_LARGE', `${size} is larger than the ${most} bytes that KurrentDB takes at once`, { retryable: false });
}

/** What the client throws, raw gRPC errors among it, as one of its own errors. */
export function commandErrorOf(error: unknown): unknown {
  return error instanceof Error ? convertToCommandError(error) : error;
}

/** The error of a call for which trying again is of no use; undefined where it may be. */
export function decisiveError(error: unknown, appendBytesMax: number): StoreError | undefined {
  if (error instanceof StoreError) return error;
  if (!(error instanceof Error) || !isCommandError(error)) return undefined;
  switch (error.type) {
    case ErrorType.ACCESS_DENIED:
      return new StoreError('ACCESS_DENIED', 'KurrentDB refuses this user: see docs/kurrentdb.md for the permissions it needs', { retryable: false, cause: error });
    case ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED:
      return appendTooLarge(undefined, error.maxAppendSize ?? appendBytesMax);
    case ErrorType.STREAM_DELETED:
    case ErrorType.STREAM_TOMBSTONED:
      return logDamaged('a stream was deleted');
    default:
      return undefined;
  }
}
