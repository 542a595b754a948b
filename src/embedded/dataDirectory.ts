import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StoreError } from '../store/port.js';

/** The one directory an embedded ledger keeps everything in, and a node what is its own. */
export interface DataDirectory {
  readonly path: string;
  /** The log: the truth. */
  readonly logPath: string;
  /** What is secret or erasable; not derived. */
  readonly vaultPath: string;
  /** Directory of the Merkle log: tiles, checkpoint and the last signed head. The tiles are derived from the log, the head is not. */
  readonly treePath: string;
  /** Disposable. */
  readonly snapshotsPath: string;
  /** Of a node whose log is on KurrentDB: what stands where in it. Disposable. */
  readonly indexPath: string;
  /** Held while a process works on the directory. */
  readonly lockPath: string;
}

const INDEX_FILE = 'kurrentdb-index.db';

/** Makes the directory if it is not there; nobody but its owner may look into it. */
export function openDataDirectory(directory: string): DataDirectory {
  const path = resolve(directory);
  if (existsSync(path) && !statSync(path).isDirectory()) {
    throw new StoreError('NOT_A_DIRECTORY', `${path} is a file; a ledger keeps its data in a directory.`, { retryable: false });
  }
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  return {
    path,
    logPath: join(path, 'ledger.db'),
    vaultPath: join(path, 'vault.db'),
    treePath: join(path, 'log'),
    snapshotsPath: join(path, 'snapshots.db'),
    indexPath: join(path, INDEX_FILE),
    lockPath: join(path, 'ledger.lock'),
  };
}

/** The directory, if it holds what is asked for already. Throws `StoreError` STORE_MISSING or DIRECTORY_OF_NODE, and makes nothing. */
export function existingDataDirectory(directory: string, file: 'ledger.db' | 'vault.db'): DataDirectory {
  if (!existsSync(join(directory, file))) {
    if (isDirectoryOfNode(directory)) {
      const message = `${resolve(directory)} is the directory of a node, whose log and vault are elsewhere: speak to the node (--url), or say where they are (--store, --vault) if the verb takes that.`;
      throw new StoreError('DIRECTORY_OF_NODE', message, { retryable: false });
    }
    const message = `${resolve(directory)} holds no ledger (there is no ${file} in it); "serve" or "import" begins one, --data names another directory.`;
    throw new StoreError('STORE_MISSING', message, { retryable: false });
  }
  return openDataDirectory(directory);
}

/** Whether it is what a node has of its own. */
export function isDirectoryOfNode(directory: string): boolean {
  return existsSync(join(directory, INDEX_FILE));
}
