import { existsSync } from 'node:fs';
import { openKurrentdbStore } from '../store/kurrentdb/kurrentdbStore.js';
import type { KurrentdbLog } from '../store/kurrentdb/options.js';
import { StoreError } from '../store/port.js';
import { lockDirectory } from '../store/sqlite/directoryLock.js';
import { openNatsVault, type NatsVaultOptions } from '../vault/nats/natsVault.js';
import { openDataDirectory } from './dataDirectory.js';
import type { LedgerParts } from './ledgerParts.js';
import { openTogether } from './opened.js';
import type { OutsideWorld } from './outsideWorld.js';

/** Which streams on which KurrentDB are a ledger's log. */
export type KurrentdbPlace = Pick<KurrentdbLog, 'connectionString' | 'prefix' | 'allowPlaintext' | 'timing'>;
/** Which bucket on which NATS is its vault. */
export type NatsVaultPlace = Pick<NatsVaultOptions, 'servers' | 'bucket' | 'key' | 'credentials' | 'replicas'>;

/** One of any number of nodes of a ledger. */
export interface NodePlace {
  /** Of this node alone: read model, snapshots, and what it knows of where events stand. All of it can be made anew. */
  readonly directory: string;
  readonly log: KurrentdbPlace;
  readonly vault: NatsVaultPlace;
}

export interface NodeReports {
  /** Something failed that the node goes on after. */
  readonly onTrouble?: (error: Error) => void;
  /** So many events of the log are counted. */
  readonly onCounted?: (sequence: number) => void;
}

/**
 * The parts of a node whose log and vault are shared with others. Throws DIRECTORY_IN_USE, DIRECTORY_OF_LEDGER for the directory of an
 * embedded ledger, and what log and vault throw: STORE_UNAVAILABLE and VAULT_UNAVAILABLE (retryable), VAULT_KEY_WRONG, LOG_DAMAGED, …
 */
export async function openNodeParts(place: NodePlace, environment: Pick<OutsideWorld, 'now' | 'random'>, reports: NodeReports = {}): Promise<LedgerParts> {
  return openTogether(async (opened) => {
    const directory = openDataDirectory(place.directory);
    const lock = lockDirectory(directory.path);
    opened.add({ close: () => lock.release() });
    if (existsSync(directory.logPath)) {
      const message = `${directory.path} holds a ledger of its own (ledger.db): give each node a directory for itself, and take that ledger to KurrentDB with "migrate".`;
      throw new StoreError('DIRECTORY_OF_LEDGER', message, { retryable: false });
    }
    const vault = opened.add(await openNatsVault({ ...place.vault, now: environment.now, random: environment.random }));
    const log: KurrentdbLog = { ...place.log, indexPath: directory.indexPath };
    let grown = (): void => undefined;
    const store = opened.add(await openKurrentdbStore({ ...log, onGrown: () => grown(), onTrouble: reports.onTrouble, onProgress: reports.onCounted }));
    return {
      directory,
      store,
      vault,
      log: { kind: 'kurrentdb', log },
      shared: true,
      damaged: store.damaged,
      onGrown(listener) {
        grown = listener;
      },
      close: () => opened.close(),
    };
  });
}
