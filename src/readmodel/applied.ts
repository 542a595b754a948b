import type { Sequence } from '../kernel/identifiers.js';

/** How far the read model is, for those who want to read what they wrote. */
export interface AppliedSequence {
  current(): Sequence;
  /** True once the event is folded; false if it is not within the time, or when tracking ends. */
  waitUntilApplied(sequence: Sequence, timeoutMs: number): Promise<boolean>;
  /** The follower has committed up to here. */
  advance(sequence: Sequence): void;
  /** Answers everybody who waits with false. */
  close(): void;
}

/** Most callers that wait at once; further ones are told false at once, and read a little later instead. */
export const APPLIED_WAITERS_MAX = 10_000;

export function trackApplied(start: Sequence): AppliedSequence {
  let current = start;
  let closed = false;
  const waiters = new Set<Waiter>();

  const settle = (waiter: Waiter, reached: boolean): void => {
    clearTimeout(waiter.timer);
    waiters.delete(waiter);
    waiter.resolve(reached);
  };

  return {
    current: () => current,

    waitUntilApplied(sequence, timeoutMs) {
      if (current >= sequence) return Promise.resolve(true);
      if (closed || waiters.size >= APPLIED_WAITERS_MAX) return Promise.resolve(false);
      return new Promise((resolve) => {
        const waiter: Waiter = { sequence, resolve, timer: setTimeout(() => settle(waiter, false), timeoutMs) };
        waiters.add(waiter);
      });
    },

    advance(sequence) {
      if (sequence > current) current = sequence;
      for (const waiter of waiters) if (current >= waiter.sequence) settle(waiter, true);
    },

    close() {
      closed = true;
      for (const waiter of waiters) settle(waiter, false);
    },
  };
}

interface Waiter {
  readonly sequence: Sequence;
  readonly resolve: (reached: boolean) => void;
  readonly timer: NodeJS.Timeout;
}
