/** The thread that builds the Merkle log of a ledger, with a connection of its own to the log. */
import { parentPort, workerData } from 'node:worker_threads';
import { openLogToFollow } from './logPlace.js';
import { builderOf, type FromSealer, type SealTask, type ToSealer } from './sealTask.js';

/** It reads the log once, in order: a large cache would only fill memory. */
const PAGE_CACHE_KIB = 2_048;

const port = parentPort;
if (port === null) throw new Error('This module is the entry of a thread.');
const task = workerData as SealTask;
const tell = (message: FromSealer): void => port.postMessage(message);
const stop = new AbortController();
if (task.log === undefined) throw new Error('A log that no other thread can open.');
const store = await openLogToFollow(task.log, PAGE_CACHE_KIB);
port.on('message', (message: ToSealer) => {
  if (message.kind === 'stop') stop.abort();
  else store.notify();
});
try {
  const builder = await builderOf(task, store, (checkpoint) => tell({ kind: 'sealed', checkpoint }));
  try {
    await builder.follow(stop.signal);
  } finally {
    await builder.close();
  }
  tell({ kind: 'stopped' });
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  tell({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
} finally {
  await store.close();
  port.close();
}
