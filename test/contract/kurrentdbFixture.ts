import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKurrentdbStore } from '../../src/store/kurrentdb/kurrentdbStore.js';
import type { KurrentdbStore, KurrentdbStoreOptions } from '../../src/store/kurrentdb/options.js';
import type { EventStore } from '../../src/store/port.js';
import type { StoreFixture } from './eventStore.js';

/** Stores on one KurrentDB, each with a prefix and an index file of its own. */
export interface KurrentdbFixture extends Required<StoreFixture> {
  cleanUp(): void;
}

/** Enough for many round trips to a server on this machine or near it. */
const TURNS_MAX = 2_000_000;
/** Small events that are under 1 MiB together, the server's default limit. */
const APPEND_EVENTS_MAX = 1_800;

/** `run` is what the prefixes of this run begin with: lower-case letters and digits. */
export function kurrentdbFixture(connectionString: () => string, run: string): KurrentdbFixture {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-kurrentdb-'));
  const logs = new WeakMap<EventStore, Pick<KurrentdbStoreOptions, 'prefix' | 'indexPath'>>();
  let made = 0;

  const next = (): string => {
    made += 1;
    return `${run}${made}`;
  };
  const open = async (log: Pick<KurrentdbStoreOptions, 'prefix' | 'indexPath'>): Promise<KurrentdbStore> => {
    const store = await openKurrentdbStore({ ...log, connectionString: connectionString(), allowPlaintext: true });
    logs.set(store, log);
    return store;
  };
  const logOf = (store: EventStore): Pick<KurrentdbStoreOptions, 'prefix' | 'indexPath'> => {
    const log = logs.get(store);
    if (log === undefined) throw new Error('this store was not opened here');
    return log;
  };

  return {
    turnsMax: TURNS_MAX,
    appendEventsMax: APPEND_EVENTS_MAX,
    open: () => {
      const name = next();
      return open({ prefix: `${name}.`, indexPath: join(directory, `${name}.db`) });
    },
    async reopen(store) {
      await store.close();
      return open(logOf(store));
    },
    openAfterCrash(store) {
      // The log is the server's; what the node leaves is its index, with whatever part of the write-ahead log reached the disk.
      const { prefix, indexPath } = logOf(store);
      const copy = join(directory, `${next()}.db`);
      for (const suffix of ['', '-wal']) if (existsSync(`${indexPath}${suffix}`)) copyFileSync(`${indexPath}${suffix}`, `${copy}${suffix}`);
      return () => open({ prefix, indexPath: copy });
    },
    cleanUp: () => rmSync(directory, { recursive: true, force: true }),
  };
}
