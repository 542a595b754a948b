import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BuildAside, PartTask } from '../readmodel/build.js';
import { PROJECTIONS_APART } from './projections.js';

/** What the thread is given. */
export interface AsideTask extends PartTask {
  readonly logPath: string;
}

/** Fewer are folded before a thread has started. */
const EVENTS_MIN = 20_000;

/** Nearly all that folding makes is short-lived: a larger young generation is no faster. */
const MEMORY_LIMITS = { maxYoungGenerationSizeMb: 32 };

/** Shares the build of a read model with a thread that reads the log by itself. For the built program alone. */
export function buildAside(logPath: string): BuildAside {
  return {
    projections: PROJECTIONS_APART.map(({ name }) => name),
    eventsMin: EVENTS_MIN,
    async build(task, signal) {
      const data: AsideTask = { ...task, logPath };
      const worker = new Worker(new URL('./buildThread.js', import.meta.url), { workerData: data, resourceLimits: MEMORY_LIMITS });
      const end = (): void => void worker.terminate();
      signal.addEventListener('abort', end, { once: true });
      try {
        // Rejects with what the thread throws.
        const [code] = (await once(worker, 'exit')) as [number];
        if (code !== 0) throw new Error(`The thread that builds ${task.path} ended with code ${code}.`);
      } finally {
        signal.removeEventListener('abort', end);
      }
    },
  };
}
