import type { Append, AppendOutcome } from '../port.js';
import type { LogWriter } from './logWriter.js';

/** Collects the appends of all streams and commits what arrived in one turn of the event loop together. */
export interface GroupCommit {
  /** Resolves when all of them are committed or have failed. Never rejects: a store that fails is the outcome of each append it was to write. */
  append(appends: readonly Append[]): Promise<readonly AppendOutcome[]>;
  /** Settles when everything handed in so far is committed or failed. */
  drained(): Promise<void>;
}

/** Most events in one transaction, unless a single append has more: bounds the WAL and how long others wait. */
export const GROUP_EVENTS_MAX = 4_096;

/** Appends that were handed in together: answered with one promise, whatever transactions they go into. */
interface Call {
  readonly count: number;
  /** Of those that were written so far. */
  readonly outcomes: AppendOutcome[];
  readonly resolve: (outcomes: readonly AppendOutcome[]) => void;
}

interface Waiting {
  readonly append: Append;
  readonly call: Call;
}

/**
 * One sync of the disk for many appends. A promise is settled only after its transactions are committed.
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
    settle(group, commit(group));
    if (waiting.length === 0) {
      const calls = onDrained;
      onDrained = [];
      for (const call of calls) call();
    }
  };

  const commit = (group: readonly Waiting[]): readonly AppendOutcome[] => {
    try {
      const outcomes = writer.commit(group.map(({ append }) => append));
      onCommitted();
      return outcomes;
    } catch (error) {
      const failed = { kind: 'failed' as const, error: translate(error) };
      return group.map(() => failed);
    }
  };

  return {
    append: (appends) =>
      new Promise((resolve) => {
        const call: Call = { count: appends.length, outcomes: [], resolve };
        if (appends.length === 0) resolve([]);
        for (const append of appends) waiting.push({ append, call });
        if (waiting.length > 0) schedule();
      }),
    drained: () =>
      new Promise((resolve) => {
        if (waiting.length === 0) resolve();
        else onDrained.push(resolve);
      }),
  };
}

function settle(group: readonly Waiting[], outcomes: readonly AppendOutcome[]): void {
  for (let place = 0; place < group.length; place += 1) {
    const { call } = group[place] as Waiting;
    // Appends are written in the order they came, so those of a call come back in theirs.
    call.outcomes.push(outcomes[place] as AppendOutcome);
    if (call.outcomes.length === call.count) call.resolve(call.outcomes);
  }
}

/** How many of the waiting appends go into the next transaction: at least one. */
function groupSize(waiting: readonly Waiting[]): number {
  let events = 0;
  let count = 0;
  for (const { append } of waiting) {
    events += append.events.length;
    if (events > GROUP_EVENTS_MAX) return Math.max(1, count);
    count += 1;
  }
  return count;
}
