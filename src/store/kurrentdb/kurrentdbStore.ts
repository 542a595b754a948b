import { StoreError } from '../port.js';
import type { KurrentdbLog, KurrentdbReader, KurrentdbStore, KurrentdbStoreOptions } from './options.js';

/**
 * Opens a ledger's log on KurrentDB (EventStoreDB 23.10 and later), one process of any number that do so.
 *
 * Its events are those of all streams whose names begin with the prefix, in the server's order; `sequence` is their place in that order, counted
 * by each node for itself. What it counted it keeps in the index file, so that a restart counts only what is new. Resolves when the log is
 * counted to its end. Only one store may have an index file open for writing; readers in other threads (`openKurrentdbReader`) may share it.
 *
 * Rejects with `StoreError` INVALID_ARGUMENT (connection string or prefix), STORE_UNAVAILABLE (retryable), ACCESS_DENIED, LOG_DAMAGED.
 */
export function openKurrentdbStore(_options: KurrentdbStoreOptions): Promise<KurrentdbStore> {
  return Promise.reject(new StoreError('STORE_UNAVAILABLE', 'there is no connection to KurrentDB yet', { retryable: false }));
}

/** Opens the log of a store that this process has open already, for another thread. It has a connection of its own and reads the store's index. */
export function openKurrentdbReader(_options: KurrentdbLog): KurrentdbReader {
  throw new StoreError('STORE_UNAVAILABLE', 'there is no connection to KurrentDB yet', { retryable: false });
}
