/** The thread that checks the log of a served ledger, now and then. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkSlowly, type CheckTask, type FromChecker } from './checkTask.js';

const port = parentPort;
if (port === null) throw new Error('This module is the entry of a thread.');
const tell = (message: FromChecker): void => port.postMessage(message);
try {
  tell({ kind: 'checked', outcome: await checkSlowly(workerData as CheckTask) });
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
