import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StoredEvent } from '../kernel/envelope.js';
import type { Bookmark } from '../kernel/identifiers.js';
import type { SubscribeOptions } from './port.js';

/** Calls that readers parked at the end of the log have left, to be made once at the next news. */
export type WakeUps = Set<() => void>;

/** What a subscription needs of a store in this process. */
export interface TailedLog {
  /**
   * Events after the bookmark, at most `limit`; empty at the end of the log. Events may have to be waited for, but that there are none is
   * said at once: no commit may come between the look and the wait for news.
   */
  read(after: Bookmark, limit: number): readonly StoredEvent[] | Promise<readonly StoredEvent[]>;
  readonly wakeUps: WakeUps;
  isClosed(): boolean;
}

/** Wakes every parked reader: after a commit, and when the store closes. */
export function wakeAll(wakeUps: WakeUps): void {
  // A reader that finds nothing parks itself again, so the set is emptied first.
  const calls = [...wakeUps];
  wakeUps.clear();
  for (const call of calls) call();
}

/**
 * Reads a log from a bookmark on: history, then live.
 *
 * There is no seam between the two: each batch is a read after the last event looked at, and a reader that finds
 * nothing parks in the same turn of the event loop, so no commit can come between the look and the wait.
 *
 * Written by hand because `return()` of an async generator parked at an `await` runs only when that await settles:
 * an idle subscriber that leaves would never be released.
 */
export function subscribeToLog(log: TailedLog, after: Bookmark, { limit, signal, passes }: SubscribeOptions): AsyncIterableIterator<readonly StoredEvent[]> {
  let bookmark = after;
  let ended = signal.aborted;
  /** Whether the last batch was waited for: the event loop has turned since the one before. */
  let waited = false;
  let release: (() => void) | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const isOver = (): boolean => ended || log.isClosed();

  const end = (): void => {
    ended = true;
    signal.removeEventListener('abort', end);
    release?.();
  };
  signal.addEventListener('abort', end, { once: true });

  const passBy = (events: readonly StoredEvent[]): void => {
    const last = events.at(-1);
    if (last !== undefined) bookmark = { position: last.position, sequence: last.sequence };
  };

  /** What the subscriber must look at itself; undefined where nothing up to the end of the log passes. */
  const newsFor = (): Answer | undefined => {
    for (let looked = 0; ; ) {
      const answer = log.read(bookmark, limit);
      if (answer instanceof Promise) return answer;
      if (answer.length === 0) return undefined;
      looked += answer.length;
      // A great many at once are no news but history, which the subscriber goes through in turns of the event loop.
      if (looked >= limit || answer.some(passes ?? anyEvent)) return answer;
      passBy(answer);
    }
  };

  /** Waits for a read that the subscriber must look at. */
  const park = (): Promise<Answer> =>
    new Promise((resolve, reject) => {
      release = (): void => {
        log.wakeUps.delete(wake);
        release = undefined;
        resolve([]);
      };
      // Most news concern few of many subscribers: the others are passed by here, at the cost of the filter alone.
      const wake = (): void => {
        try {
          const answer = isOver() ? [] : newsFor();
          if (answer === undefined) {
            log.wakeUps.add(wake);
            return;
          }
          release = undefined;
          resolve(answer);
        } catch (error) {
          release = undefined;
          reject(error);
        }
      };
      log.wakeUps.add(wake);
    });

  /** What a read comes to; who leaves does not wait for it. */
  const arrival = (read: Promise<readonly StoredEvent[]>): Promise<readonly StoredEvent[]> =>
    new Promise((resolve, reject) => {
      release = (): void => resolve([]);
      read
        .then(resolve, (error: unknown) => (isOver() ? resolve([]) : reject(error)))
        .finally(() => {
          release = undefined;
        });
    });

  const step = async (): Promise<IteratorResult<readonly StoredEvent[]>> => {
    // Reads answer at once; without a turn of the event loop between them a long history would keep everything else waiting.
    if (!waited) await nextTurn();
    waited = false;
    let answer: Answer = isOver() ? [] : log.read(bookmark, limit);
    while (!isOver()) {
      const read = answer instanceof Promise ? await arrival(answer) : answer;
      if (isOver()) break;
      passBy(read);
      const passing = passes === undefined ? read : read.filter(passes);
      if (passing.length > 0) return { done: false, value: passing };
      waited = read.length === 0;
      if (waited) {
        answer = await park();
      } else {
        await nextTurn();
        answer = isOver() ? [] : log.read(bookmark, limit);
      }
    }
    end();
    return { done: true, value: undefined };
  };

  return {
    next() {
      // Calls of `next` that overlap are answered in turn, each with its own batch.
      const result = queue.then(step);
      queue = result.catch(end);
      return result;
    },
    return() {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

type Answer = readonly StoredEvent[] | Promise<readonly StoredEvent[]>;

function anyEvent(): boolean {
  return true;
}
