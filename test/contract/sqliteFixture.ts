import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../src/store/port.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import type { StoreFixture } from './eventStore.js';

/** SQLite stores in a directory of their own, removed by `cleanUp`. */
export interface SqliteFixture extends Required<Pick<StoreFixture, 'open' | 'reopen' | 'openAfterCrash'>> {
  cleanUp(): void;
}

export function sqliteFixture(): SqliteFixture {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-contract-'));
  const paths = new WeakMap<EventStore, string>();
  let files = 0;

  const newPath = (): string => {
    files += 1;
    return join(directory, `${files}.db`);
  };
  const openAt = (path: string): Promise<EventStore> => {
    const store = openSqliteStore({ path });
    paths.set(store, path);
    return Promise.resolve(store);
  };
  const pathOf = (store: EventStore): string => paths.get(store) ?? '';

  return {
    open: () => openAt(newPath()),
    async reopen(store) {
      await store.close();
      return openAt(pathOf(store));
    },
    openAfterCrash(store) {
      // What a killed process leaves: the file and its write-ahead log. The index of the latter is made anew.
      const copy = newPath();
      for (const suffix of ['', '-wal']) {
        if (existsSync(`${pathOf(store)}${suffix}`)) copyFileSync(`${pathOf(store)}${suffix}`, `${copy}${suffix}`);
      }
      return () => openAt(copy);
    },
    cleanUp: () => rmSync(directory, { recursive: true, force: true }),
  };
}
