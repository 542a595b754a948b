import { storeClosed } from '../faults.js';

/** What calls pass through, so that closing can refuse new ones and wait for those that are under way. */
export interface Gate {
  /** Rejects with STORE_CLOSED once closed, and with the failure where there is one. */
  readonly pass: <Result>(work: () => Result | Promise<Result>) => Promise<Result>;
  readonly isClosed: () => boolean;
  /** Refuses from now on, and resolves when what is under way has ended. */
  readonly close: () => Promise<void>;
}

export function openGate(failure: () => Error | undefined): Gate {
  let underWay = 0;
  let isClosed = false;
  let onEmpty: (() => void)[] = [];

  const leave = (): void => {
    underWay -= 1;
    if (underWay > 0) return;
    const waiting = onEmpty;
    onEmpty = [];
    for (const call of waiting) call();
  };

  return {
    isClosed: () => isClosed,
    async pass(work) {
      if (isClosed) throw storeClosed();
      const failed = failure();
      if (failed !== undefined) throw failed;
      underWay += 1;
      try {
        return await work();
      } finally {
        leave();
      }
    },
    close() {
      isClosed = true;
      return underWay === 0 ? Promise.resolve() : new Promise((resolve) => onEmpty.push(resolve));
    },
  };
}
