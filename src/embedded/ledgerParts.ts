import { existsSync } from 'node:fs';
import { lockDirectory } from '../store/sqlite/directoryLock.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';
import { StoreError, type EventStore } from '../store/port.js';
import type { Vault } from '../vault/port.js';
import { openSqliteVault } from '../vault/sqlite/sqliteVault.js';
import { openDataDirectory, type DataDirectory } from './dataDirectory.js';
import type { LogPlace } from './logPlace.js';
import { openTogether } from './opened.js';
import type { OutsideWorld } from './outsideWorld.js';

/** What a ledger is put together from: a log and a vault, of whatever kind, and a directory of this process alone. */
export interface LedgerParts {
  /** Read model, snapshots and lock are in it; of an embedded ledger, log and vault too. */
  readonly directory: DataDirectory;
  readonly store: EventStore;
  readonly vault: Vault;
  /** For the thread that feeds the read model. Undefined: no other thread can open the log, and this one feeds it. */
  readonly log: LogPlace | undefined;
  /** Whether other nodes append to the same log. */
  readonly shared: boolean;
  /** Resolves, with the reason, when the log was found damaged. */
  readonly damaged?: Promise<Error> | undefined;
  /** Whom to tell that others have appended; of a log that nobody else appends to, there is nothing to tell. */
  onGrown?(listener: () => void): void;
  /** Gives back memory that the log has taken for a long run of appends. */
  releaseMemory?(): void;
  close(): Promise<void>;
}

/** The parts of a ledger that is in one directory, log and vault included. Throws DIRECTORY_IN_USE, DIRECTORY_OF_NODE, STORE_TOO_NEW, VAULT_FOREIGN, … */
export async function openDirectoryParts(path: string, environment: Pick<OutsideWorld, 'now' | 'random'>): Promise<LedgerParts> {
  return openTogether(async (opened) => {
    const directory = openDataDirectory(path);
    const lock = lockDirectory(directory.path);
    opened.add({ close: () => lock.release() });
    if (existsSync(directory.indexPath)) {
      const message = `${directory.path} is the directory of a node: its log is on KurrentDB (--store), and a ledger of its own needs another directory (--data).`;
      throw new StoreError('DIRECTORY_OF_NODE', message, { retryable: false });
    }
    const store = opened.add(openSqliteStore({ path: directory.logPath }));
    const vault = opened.add(openSqliteVault({ path: directory.vaultPath, now: environment.now, random: environment.random }));
    return {
      directory,
      store,
      vault,
      log: { kind: 'sqlite', path: directory.logPath },
      shared: false,
      releaseMemory: () => store.releaseMemory(),
      close: () => opened.close(),
    };
  });
}
