/** The thread that shares the build of a read model, with a connection of its own to the log. */
import { workerData } from 'node:worker_threads';
import { upcast } from '../domain/upcast.js';
import { foldPart } from '../readmodel/build.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';
import type { AsideTask } from './buildAside.js';
import { PROJECTIONS_APART } from './projections.js';

const { logPath, ...task } = workerData as AsideTask;
const store = openSqliteStore({ path: logPath, readOnly: true });
try {
  await foldPart({ store, projections: PROJECTIONS_APART, upcast }, task);
} finally {
  await store.close();
}
