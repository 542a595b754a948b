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
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  const checked = async <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    if (isClosed) throw storeClosed();
    const failed = failure();
    if (failed !== undefined) throw failed;
    return await work();
  };

  return {
    isClosed: () => isClosed,
    pass(work) {
      const result = checked(work);
      const ended = result.then(forget, forget);
      function forget(): void {
        underWay.delete(ended);
      }
      underWay.add(ended);
      return result;
    },
    async close() {
      isClosed = true;
      await Promise.all(underWay);
    },
  };
}
