/** The thread that feeds the read model of a served ledger, with a connection of its own to the log. */
import { parentPort, workerData } from 'node:worker_threads';
import { upcast } from '../domain/upcast.js';
import { runWorkerFollower } from '../readmodel/workerFollower.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';
import { PROJECTIONS, type FollowTask } from './projections.js';

const { logPath, directory } = workerData as FollowTask;
if (parentPort === null) throw new Error('This module is the entry of a thread.');
await runWorkerFollower({
  port: parentPort,
  openStore: () => openSqliteStore({ path: logPath, readOnly: true }),
  directory,
  projections: PROJECTIONS,
  upcast,
});
