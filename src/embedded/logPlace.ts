import type { TailedStore } from '../readmodel/workerFollower.js';
import type { KurrentdbLog } from '../store/kurrentdb/options.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';

/** Where a log is: enough for another thread to open it for itself. */
export type LogPlace =
  /** In the file at this path. */
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'kurrentdb'; readonly log: KurrentdbLog };

/** Opens a log to be read beside the connection that writes to it. `pageCacheKib`: memory for pages of its file, if another than usual. */
export async function openLogToFollow(place: LogPlace, pageCacheKib?: number): Promise<TailedStore> {
  if (place.kind === 'sqlite') return openSqliteStore({ path: place.path, readOnly: true, ...(pageCacheKib === undefined ? {} : { pageCacheKib }) });
  // Loaded where it is used: KurrentDB's client costs an embedded ledger time and memory for nothing.
  const { openKurrentdbReader } = await import('../store/kurrentdb/kurrentdbStore.js');
  return openKurrentdbReader(place.log);
}
