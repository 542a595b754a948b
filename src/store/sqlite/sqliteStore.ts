import Database from 'better-sqlite3';
import { START, type Bookmark, type Position, type Sequence } from '../../kernel/identifiers.js';
import type { StoredEvent } from '../../kernel/envelope.js';
import { checkAppend, checkAppends, checkBookmark, checkIds, checkLimit, checkReadStream, checkSequence, checkStream } from '../arguments.js';
import { sequenceUnknown, storeClosed } from '../faults.js';
import { StoreError, type EventStore } from '../port.js';
import { subscribeToLog, wakeAll, type WakeUps } from '../subscription.js';
import { openDatabaseFile } from './databaseFile.js';
import { openGroupCommit } from './groupCommit.js';
import { openLogReader } from './logReader.js';
import { openLogWriter } from './logWriter.js';
import { LOG_SCHEMA } from './schema.js';
import { openSharedReads } from './sharedReads.js';
import { WAL_BYTES_MAX, openWalKeeper } from './walKeeper.js';

export interface SqliteStoreOptions {
  /** The file of the log; made (mode 0600) if it is not there. */
  readonly path: string;
  /** Refuses appends and never writes to the file. */
  readonly readOnly?: boolean;
  /** `FULL` keeps the promise that acknowledged means on disk. `OFF` exists only to show that the crash tests notice. */
  readonly synchronous?: 'FULL' | 'OFF';
  /** Memory for pages of the file. Default PAGE_CACHE_KIB. */
  readonly pageCacheKib?: number | undefined;
}

export interface SqliteStore extends EventStore {
  /**
   * Wakes subscriptions parked at the end of the log. Commits of this store do so by themselves; a store that only reads
   * must be told when another connection has committed.
   */
  notify(): void;
  /** Gives back the memory of the page cache; it fills again with use. For when a long run of appends is over. */
  releaseMemory(): void;
}

/** Memory for pages of the file; with less, the indexes of a million events thrash. */
export const PAGE_CACHE_KIB = 65_536;

/**
 * Opens the log in a SQLite file. Throws `StoreError`: STORE_MISSING, FOREIGN_FILE, STORE_TOO_NEW, STORE_TOO_OLD.
 * Only one process may write to it (`directoryLock.ts`); any number of connections may read.
 */
export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const readOnly = options.readOnly ?? false;
  const database = openDatabaseFile({ path: options.path, schema: LOG_SCHEMA, readOnly });
  database.pragma(`synchronous = ${options.synchronous ?? 'FULL'}`);
  database.pragma(`cache_size = -${options.pageCacheKib ?? PAGE_CACHE_KIB}`);
  // Mapped pages would count as memory of the process, and a failing disk would end it without an error to report.
  database.pragma('mmap_size = 0');
  const reader = openLogReader(database);
  const wakeUps: WakeUps = new Set();
  const shared = openSharedReads((sequence, limit) => reader.after(sequence, limit), { others: readOnly });
  const wakeSubscribers = (): void => shared.news(() => wakeAll(wakeUps));
  const wal = openWalKeeper(database, options.path, WAL_BYTES_MAX);
  const group = openGroupCommit(
    openLogWriter(database, reader),
    () => {
      wakeSubscribers();
      wal.afterCommit();
    },
    asStoreError,
  );
  let closing: Promise<void> | undefined;

  const whileOpen = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    if (closing !== undefined) throw storeClosed();
    try {
      return await work();
    } catch (error) {
      throw asStoreError(error);
    }
  };

  const checkWritable = (): void => {
    if (readOnly) throw new StoreError('STORE_READ_ONLY', `${options.path} was opened for reading only`, { retryable: false });
  };

  const close = async (): Promise<void> => {
    await group.drained();
    wakeAll(wakeUps);
    database.close();
  };

  const read = (after: Bookmark, limit: number): readonly StoredEvent[] => reader.after(after.sequence, limit);

  return {
    kind: 'sqlite',
    append: (stream, expected, events) =>
      whileOpen(async () => {
        checkAppend(stream, expected, events);
        checkWritable();
        const [outcome] = await group.append([{ stream, expected, events }]);
        if (outcome === undefined) throw new Error('an append came to nothing');
        if (outcome.kind === 'failed') throw outcome.error;
        return outcome;
      }),
    appendAll: (appends) =>
      whileOpen(() => {
        checkAppends(appends);
        checkWritable();
        return group.append(appends);
      }),
    readStream: (stream, from, limit) =>
      whileOpen(() => {
        checkReadStream(stream, from, limit);
        return reader.stream(stream, from, limit);
      }),
    readStreamBackwards: (stream, limit) =>
      whileOpen(() => {
        checkStream(stream);
        checkLimit(limit);
        return reader.streamBackwards(stream, limit);
      }),
    readAll: (after, limit) =>
      whileOpen(() => {
        checkBookmark(after);
        checkLimit(limit);
        return read(after, limit);
      }),
    subscribe(after, subscription) {
      checkBookmark(after);
      checkLimit(subscription.limit);
      if (closing !== undefined) throw storeClosed();
      return subscribeToLog({ read: shared.read, wakeUps, isClosed: () => closing !== undefined }, after, subscription);
    },
    findByIds: (ids) =>
      whileOpen(() => {
        checkIds(ids);
        return reader.byIds(ids);
      }),
    head: () => whileOpen(() => bookmark(reader.last())),
    bookmarkAt: (sequence) =>
      whileOpen(() => {
        checkSequence(sequence);
        const last = reader.last();
        if (sequence > last) throw sequenceUnknown(sequence, last);
        return bookmark(sequence);
      }),
    notify: wakeSubscribers,
    releaseMemory: () => void database.pragma('shrink_memory'),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** In this store the position is the sequence. */
function bookmark(sequence: number): Bookmark {
  return sequence === 0 ? START : { position: BigInt(sequence) as Position, sequence: sequence as Sequence };
}

/** What SQLite says when the file is busy or the disk is full may go well later; the rest needs someone to look. */
function asStoreError(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const retryable = error.code.startsWith('SQLITE_BUSY') || error.code === 'SQLITE_FULL';
  return new StoreError('STORE_FAILED', `the ledger's file could not be used (${error.code}): ${error.message}`, { retryable, cause: error });
}
