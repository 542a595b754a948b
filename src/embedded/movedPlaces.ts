import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKurrentdbStore } from '../store/kurrentdb/kurrentdbStore.js';
import { openNatsVault } from '../vault/nats/natsVault.js';
import { existingDataDirectory } from './dataDirectory.js';
import { openDirectoryParts } from './ledgerParts.js';
import type { MovedParts } from './moveLedger.js';
import type { KurrentdbPlace, NatsVaultPlace } from './nodeParts.js';
import { openTogether } from './opened.js';
import type { OutsideWorld } from './outsideWorld.js';

/** One end of a move: a data directory with all that is in it, or a log on KurrentDB and its vault. */
export type MovedPlace =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'kurrentdb'; readonly log: KurrentdbPlace; readonly vault: NatsVaultPlace };

/**
 * Opens one end of a move. A directory is locked, so nothing else works on it meanwhile; of a log on KurrentDB the operator sees to that.
 * Throws STORE_MISSING for a source directory without a ledger, and what the parts throw.
 */
export async function openMovedPlace(
  place: MovedPlace,
  end: 'source' | 'target',
  environment: Pick<OutsideWorld, 'now' | 'random'>,
  onCounted: (sequence: number) => void,
): Promise<MovedParts & { close(): Promise<void> }> {
  if (place.kind === 'directory') {
    if (end === 'source') existingDataDirectory(place.path, 'ledger.db');
    return openDirectoryParts(place.path, environment);
  }
  return openTogether(async (opened) => {
    // What stands where in the log is counted for this move alone.
    const index = mkdtempSync(join(tmpdir(), 'activation-ledger-move-'));
    opened.add({ close: () => rmSync(index, { recursive: true, force: true }) });
    const vault = opened.add(await openNatsVault({ ...place.vault, now: environment.now, random: environment.random }));
    const store = opened.add(await openKurrentdbStore({ ...place.log, indexPath: join(index, 'kurrentdb-index.db'), onProgress: onCounted }));
    return { store, vault, close: () => opened.close() };
  });
}
