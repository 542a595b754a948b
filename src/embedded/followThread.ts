/** The thread that feeds the read model of a served ledger, with a connection of its own to the log. */
import { parentPort, workerData } from 'node:worker_threads';
import { upcast } from '../domain/upcast.js';
import { runWorkerFollower } from '../readmodel/workerFollower.js';
import { openLogToFollow } from './logPlace.js';
import { PROJECTIONS, type FollowTask } from './projections.js';

const { log, directory } = workerData as FollowTask;
if (parentPort === null) throw new Error('This module is the entry of a thread.');
await runWorkerFollower({
  port: parentPort,
  openStore: () => openLogToFollow(log),
  directory,
  projections: PROJECTIONS,
  upcast,
});
