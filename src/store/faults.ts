import { StoreError } from './port.js';

/** The store was asked for something after `close`. */
export function storeClosed(): StoreError {
  return new StoreError('STORE_CLOSED', 'the event store is closed', { retryable: false });
}

/** A cursor points beyond the end of the log: written elsewhere, or not yet seen here. */
export function sequenceUnknown(sequence: number, head: number): StoreError {
  return new StoreError('SEQUENCE_UNKNOWN', `the log ends at sequence ${head}, before ${sequence}`, { retryable: true });
}
