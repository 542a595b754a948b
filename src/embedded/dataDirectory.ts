import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The one directory a ledger keeps everything in. */
export interface DataDirectory {
  readonly path: string;
  /** The log: the truth. */
  readonly logPath: string;
  /** What is secret or erasable; not derived. */
  readonly vaultPath: string;
  /** Disposable. */
  readonly snapshotsPath: string;
  /** Held while a process works on the directory. */
  readonly lockPath: string;
}

/** Makes the directory if it is not there; nobody but its owner may look into it. */
export function openDataDirectory(directory: string): DataDirectory {
  const path = resolve(directory);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
  return {
    path,
    logPath: join(path, 'ledger.db'),
    vaultPath: join(path, 'vault.db'),
    snapshotsPath: join(path, 'snapshots.db'),
    lockPath: join(path, 'ledger.lock'),
  };
}
