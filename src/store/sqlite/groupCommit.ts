import type { AppendResult } from '../port.js';
import type { AppendOutcome, AppendRequest, LogWriter } from './logWriter.js';

/** Collects the appends of all streams and commits what arrived in one turn of the event loop together. */
export interface GroupCommit {
  append(request: AppendRequest): Promise<AppendResult>;
  /** Settles when everything handed in so far is committed or failed. */
  drained(): Promise<void>;
}

/** Most events in one transaction, unless a single append has more: bounds the WAL and how long others wait. */
export const GROUP_EVENTS_MAX = 4_096;

interface Waiting extends AppendRequest {
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One sync of the disk for many appends. A promise is settled only after its transaction is committed.
 * `onCommitted` is called after each commit, before the promises settle.
 */
export function openGroupCommit(writer: LogWriter, onCommitted: () => void, translate: (error: unknown) => unknown): GroupCommit {
  let waiting: Waiting[] = [];
  let scheduled = false;
  let onDrained: (() => void)[] = [];

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(commitNext);
  };

  const commitNext = (): void => {
    scheduled = false;
    const count = groupSize(waiting);
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    if (waiting.length > 0) schedule();
    settle(group);
    if (waiting.length === 0) {
      const calls = onDrained;
      onDrained = [];
      for (const call of calls) call();
    }
  };

  const settle = (group: readonly Waiting[]): void => {
    let outcomes: readonly AppendOutcome[];
    try {
      outcomes = writer.commit(group);
    } catch (error) {
      const failure = translate(error);
      for (const request of group) request.reject(failure);
      return;
    }
    onCommitted();
    for (const [index, request] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome?.kind === 'done') request.resolve(outcome.result);
      else request.reject(outcome?.error);
    }
  };

  return {
    append: ({ stream, expected, events }) =>
      new Promise((resolve, reject) => {
        waiting.push({ stream, expected, events, resolve, reject });
        schedule();
      }),
    drained: () =>
      new Promise((resolve) => {
        if (waiting.length === 0) resolve();
        else onDrained.push(resolve);
      }),
  };
}

/** How many of the waiting requests go into the next transaction: at least one. */
function groupSize(waiting: readonly Waiting[]): number {
  let events = 0;
  for (const [index, request] of waiting.entries()) {
    events += request.events.length;
    if (events > GROUP_EVENTS_MAX) return Math.max(1, index);
  }
  return waiting.length;
}
