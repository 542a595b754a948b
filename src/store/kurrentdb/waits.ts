import { setTimeout as pause } from 'node:timers/promises';

/** Rejects with `late()` when the work has not ended in time. The work goes on, and whatever it comes to then is ignored. */
export function within<Result>(milliseconds: number, work: Promise<Result>, late: () => Error): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** All that comes, unless nothing came for so long. */
export function collected<Item>(items: AsyncIterable<Item>, stallMs: number, late: () => Error): Promise<Item[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), stallMs);
    const read = async (): Promise<Item[]> => {
      const list: Item[] = [];
      for await (const item of items) {
        list.push(item);
        timer.refresh();
      }
      return list;
    };
    read().then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export interface Persistence {
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** No attempt begins after this time. */
  readonly totalMs: number;
  /** Whoever asked has the answer from elsewhere: no attempt begins any more. An abort signal would cost more than the rest of this. */
  readonly isNeedless?: (() => boolean) | undefined;
  /** What ends all attempts at once; undefined for an error after which another one may go well. */
  readonly decisive: (error: unknown) => Error | undefined;
  /** What is thrown in the end, with the last error as its cause. */
  readonly exhausted: (last: unknown) => Error;
}

/** Tries until it goes well, at growing intervals and within a bound of time. */
export async function persist<Result>(attempt: () => Promise<Result>, how: Persistence): Promise<Result> {
  const state = { isOver: false };
  const timer = setTimeout(() => {
    state.isOver = true;
  }, how.totalMs);
  try {
    for (let wait = how.backoffMs; ; wait = Math.min(2 * wait, how.backoffMsMax)) {
      try {
        return await attempt();
      } catch (error) {
        const decisive = how.decisive(error);
        if (decisive !== undefined) throw decisive;
        if (!state.isOver && how.isNeedless?.() !== true) await pause(wait);
        if (state.isOver || how.isNeedless?.() === true) throw how.exhausted(error);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
