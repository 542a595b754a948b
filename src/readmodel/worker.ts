import { Worker } from 'node:worker_threads';
import type { Sequence } from '../kernel/identifiers.js';
import { ReadModelError } from './errors.js';
import type { FollowProgress } from './follow.js';
import type { FromFollower, ToFollower } from './workerFollower.js';

export interface WorkerFollowerStart {
  /** The module that calls `runWorkerFollower`. */
  readonly entry: URL;
  /** Given to the module as `workerData`. */
  readonly data: unknown;
  readonly execArgv?: readonly string[] | undefined;
  readonly onApplied: (sequence: Sequence) => void;
  readonly onBuilt?: ((path: string) => void) | undefined;
  readonly onProgress?: ((progress: FollowProgress) => void) | undefined;
}

export interface WorkerFollower {
  /** The log has grown. Cheap: call it after every commit. */
  headMoved(): void;
  /** Ends after the batch under way. */
  stop(): Promise<void>;
  /** Fulfilled when the worker was stopped; rejects with `ReadModelError` when it ended by itself. */
  readonly ended: Promise<void>;
}

/** Feeds the read model in a thread of its own, so that folding never delays an answer. */
export function startWorkerFollower(start: WorkerFollowerStart): WorkerFollower {
  const worker = new Worker(start.entry, {
    workerData: start.data,
    ...(start.execArgv === undefined ? {} : { execArgv: [...start.execArgv] }),
  });
  const tell = (message: ToFollower): void => worker.postMessage(message);
  const ended = outcomeOf(worker, start);
  // Who never looks at `ended` must not die of its rejection; `stop` and the owner see it.
  ended.catch(() => undefined);

  return {
    headMoved: () => tell({ kind: 'headMoved' }),
    stop() {
      tell({ kind: 'stop' });
      return ended;
    },
    ended,
  };
}

function outcomeOf(worker: Worker, start: WorkerFollowerStart): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: FromFollower) => {
      switch (message.kind) {
        case 'applied':
          return start.onApplied(message.sequence);
        case 'built':
          return start.onBuilt?.(message.path);
        case 'progress':
          return start.onProgress?.(message.progress);
        case 'stopped':
          return resolve();
        case 'failed':
          return reject(new ReadModelError(message.code ?? 'WORKER_FAILED', message.message));
      }
    });
    worker.on('error', (cause) => reject(new ReadModelError('WORKER_FAILED', 'The read model worker failed', { cause })));
    worker.on('exit', (code) => reject(new ReadModelError('WORKER_FAILED', `The read model worker ended with code ${code}`)));
  });
}
