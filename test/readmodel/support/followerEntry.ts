import { parentPort, workerData } from 'node:worker_threads';
import type { Projection } from '../../../src/readmodel/definition.js';
import { runWorkerFollower } from '../../../src/readmodel/workerFollower.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqliteStore.js';
import { hostStatus } from '../../../projections/hostStatus.js';
import { timeline } from '../../../projections/timeline.js';

/** The worker of the tests: two projections on a log in the directory it is given. */
const { directory, log } = workerData as { readonly directory: string; readonly log: string };
const projections: readonly Projection[] = [hostStatus, timeline];
if (parentPort === null) throw new Error('This module is the entry of a worker');
await runWorkerFollower({
  port: parentPort,
  openStore: () => openSqliteStore({ path: log, readOnly: true }),
  directory,
  projections,
  upcast: (event) => event,
});
