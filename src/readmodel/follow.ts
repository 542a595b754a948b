import { setImmediate as nextTurn } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { parseEnvelope, type EventEnvelope, type StoredEvent } from '../kernel/envelope.js';
import type { Bookmark, Sequence } from '../kernel/identifiers.js';
import type { EventStore } from '../store/port.js';
import type { Projection, ProjectedEvent } from './definition.js';
import { ReadModelError } from './errors.js';
import { sha256 } from './fingerprint.js';
import { openEventReader, type Upcast } from './readEvent.js';
import { readCheckpoint, type Checkpoint } from './readModelFile.js';

/** What a follower needs of a store. */
export type FollowedStore = Pick<EventStore, 'readAll' | 'subscribe' | 'head' | 'bookmarkAt'>;

export interface FollowerOptions {
  readonly store: FollowedStore;
  /** The file, opened for writing by this follower alone. */
  readonly database: Database.Database;
  readonly projections: readonly Projection[];
  readonly upcast: Upcast;
  /** Most events read at once. Default FOLLOW_BATCH_EVENTS. */
  readonly batchEvents?: number | undefined;
  /** Events after which a commit is due although more are waiting. Default FOLLOW_TRANSACTION_EVENTS. */
  readonly transactionEvents?: number | undefined;
  /** Called after each commit. */
  readonly onApplied?: ((sequence: Sequence) => void) | undefined;
}

export interface Follower {
  /** Folds what there is and then whatever comes, until `signal` aborts. */
  follow(signal: AbortSignal): Promise<void>;
  /** Folds up to the end of the log, and answers with the last sequence folded. */
  applyUntilHead(options?: ApplyOptions): Promise<Sequence>;
  sequence(): Sequence;
}

export interface ApplyOptions {
  readonly onProgress?: ((progress: FollowProgress) => void) | undefined;
  /** Stops earlier, between batches, when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

export interface FollowProgress {
  readonly applied: Sequence;
  /** The end of the log when it was last looked at. */
  readonly head: Sequence;
}

/** So few that the texts of a batch are garbage before they are moved to where garbage is expensive to find. */
export const FOLLOW_BATCH_EVENTS = 1_000;
/**
 * Large, because while it catches up a projection writes the rows that many events change only once per transaction; small
 * enough that a crash costs a few seconds of folding, and that the pages of one transaction fit the memory of an import. At the end of the log every batch is committed at once.
 */
export const FOLLOW_TRANSACTION_EVENTS = 50_000;

/**
 * Feeds projections from the log: rows and checkpoint move in one transaction, so a follower that dies resumes where its last
 * commit was and nothing is folded twice. A follower that has thrown holds stale caches: make a new one.
 * Throws LEDGER_MISMATCH or LOG_MISMATCH when the file was not built from this log.
 */
export async function openFollower(options: FollowerOptions): Promise<Follower> {
  const checkpoint = readCheckpoint(options.database);
  await assertBuiltFromThisLog(checkpoint, options.store, options.database.name);
  const batchEvents = options.batchEvents ?? FOLLOW_BATCH_EVENTS;
  const batches = openBatches(options, checkpoint);

  const foldAndCommit = async (events: readonly StoredEvent[]): Promise<Sequence> => {
    batches.fold(events);
    const { sequence: head } = await options.store.head();
    const isBehind = head > batches.folded().sequence;
    if (!isBehind || batches.uncommitted() >= (options.transactionEvents ?? FOLLOW_TRANSACTION_EVENTS)) commit();
    return head;
  };
  const commit = (): void => {
    if (batches.uncommitted() === 0) return;
    batches.commit();
    options.onApplied?.(batches.folded().sequence);
  };

  return {
    sequence: () => batches.committed().sequence,

    async follow(signal) {
      for await (const events of options.store.subscribe(batches.folded(), { limit: batchEvents, signal })) {
        await foldAndCommit(events);
        if (signal.aborted) break;
      }
      commit();
    },

    async applyUntilHead({ onProgress, signal } = {}) {
      for (;;) {
        // Reads answer at once; without a turn of the event loop between them, nobody would come to abort.
        if (signal !== undefined) await nextTurn();
        if (signal?.aborted === true) break;
        const events = await options.store.readAll(batches.folded(), batchEvents);
        if (events.length === 0) break;
        const head = await foldAndCommit(events);
        onProgress?.({ applied: batches.folded().sequence, head });
      }
      commit();
      return batches.committed().sequence;
    },
  };
}

interface Batches {
  /** Folds into the open transaction, or into a new one; rolls back what is uncommitted when it throws. */
  fold(events: readonly StoredEvent[]): void;
  commit(): void;
  folded(): Bookmark;
  committed(): Bookmark;
  /** Events folded and not committed. */
  uncommitted(): number;
}

function openBatches(options: FollowerOptions, start: Checkpoint): Batches {
  const { database } = options;
  const writers = options.projections.map((projection) => ({ name: projection.name, ...projection.open(database) }));
  const moveCheckpoint = database.prepare(
    'UPDATE readmodel_checkpoint SET sequence = ?, position = ?, ledgerId = ?, eventHash = ? WHERE id = 1',
  );
  const recordClock = database.prepare('INSERT INTO readmodel_clock (recordedAt, sequence) VALUES (?, ?)');
  const begin = database.prepare('BEGIN IMMEDIATE');
  const end = database.prepare('COMMIT');
  const read = openEventReader(options.upcast);
  let folded = start.bookmark;
  let committed = start.bookmark;
  let lastText: StoredEvent['text'] | undefined;
  let ledgerId = start.ledgerId;
  let clock = database.prepare<[], number | null>('SELECT MAX(recordedAt) FROM readmodel_clock').pluck().get() ?? Number.NEGATIVE_INFINITY;

  const foldOne = (stored: StoredEvent): void => {
    if (stored.sequence !== folded.sequence + 1) {
      throw new ReadModelError('LOG_MISMATCH', `The log delivered event ${stored.sequence} after ${folded.sequence}`);
    }
    const event = read(stored);
    if (event.recordedMs > clock) {
      clock = event.recordedMs;
      recordClock.run(clock, event.sequence);
    }
    if (event.type === 'LedgerOpened') ledgerId = ledgerIdOf(event);
    for (const writer of writers) fold(writer, event);
    folded = { sequence: stored.sequence, position: stored.position };
    lastText = stored.text;
  };

  /** What was folded since the last commit is lost with the transaction, and so are the projections' caches. */
  const orRollBack = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };

  return {
    folded: () => folded,
    committed: () => committed,
    uncommitted: () => folded.sequence - committed.sequence,

    fold(events) {
      orRollBack(() => {
        if (!database.inTransaction) begin.run();
        for (const event of events) foldOne(event);
      });
    },

    commit() {
      orRollBack(() => {
        for (const writer of writers) writer.flush();
        moveCheckpoint.run(folded.sequence, folded.position.toString(), ledgerId ?? null, lastText === undefined ? null : sha256(lastText));
        end.run();
      });
      committed = folded;
    },
  };
}

function fold(writer: { readonly name: string; apply(event: ProjectedEvent): void }, event: ProjectedEvent): void {
  try {
    writer.apply(event);
  } catch (cause) {
    throw new ReadModelError('PROJECTION_FAILED', `Projection ${writer.name} failed at event ${event.sequence} (${event.type})`, { cause });
  }
}

async function assertBuiltFromThisLog(checkpoint: Checkpoint, store: FollowedStore, file: string): Promise<void> {
  const { sequence } = checkpoint.bookmark;
  if (sequence === 0) return;
  const first = await eventAt(store, 1);
  const ledgerId = first === undefined ? undefined : ledgerIdOf(parseEnvelope(first.text));
  if (ledgerId !== checkpoint.ledgerId) {
    throw new ReadModelError(
      'LEDGER_MISMATCH',
      `${file} was built from ledger ${checkpoint.ledgerId ?? 'without an id'}, but the log is ledger ${ledgerId ?? 'without an id'}. Use the right data directory, or delete the file: it is rebuilt from the log.`,
    );
  }
  const last = await eventAt(store, sequence);
  if (last === undefined || sha256(last.text) !== checkpoint.eventHash) {
    throw new ReadModelError(
      'LOG_MISMATCH',
      `${file} was built up to event ${sequence}, and the log ${last === undefined ? 'ends before it' : 'holds another event there'}. If the log was restored from a backup, delete the file: it is rebuilt from the log.`,
    );
  }
}

async function eventAt(store: FollowedStore, sequence: number): Promise<StoredEvent | undefined> {
  const { sequence: head } = await store.head();
  if (head < sequence) return undefined;
  const [event] = await store.readAll(await store.bookmarkAt(sequence - 1), 1);
  return event;
}

function ledgerIdOf(event: EventEnvelope): string | undefined {
  const { ledgerId } = event.data as { readonly ledgerId?: unknown };
  return typeof ledgerId === 'string' ? ledgerId : undefined;
}
