import type { TailedStore } from '../readmodel/workerFollower.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';

/** Where a log is: enough for another thread to open it for itself. */
export type LogPlace = {
  readonly kind: 'sqlite';
  /** Of the log's file. */
  readonly path: string;
};

/** Opens a log to be read beside the one that writes to it. `pageCacheKib`: memory for its pages, if another than usual. */
export async function openLogToFollow(place: LogPlace, pageCacheKib?: number): Promise<TailedStore> {
  return openSqliteStore({ path: place.path, readOnly: true, ...(pageCacheKib === undefined ? {} : { pageCacheKib }) });
}
