import { verifyCheckpoint, type Checkpoint } from './checkpoint.js';
import { equalHashes } from './merkle.js';
import { consistencyProof, verifyConsistency } from './proofs.js';
import type { VerifierKey } from './signedNote.js';
import { hashesOfTile, subtreesFromTiles, tilePath, type Tile } from './tiles.js';

/** What a log shows of itself; undefined for what it does not have. Rejects when there is no answer. */
export interface WitnessedLog {
  checkpoint(): Promise<string | undefined>;
  tile(path: string): Promise<Uint8Array | undefined>;
}

export type WitnessVerdict =
  /** The log continues what was seen; `note` is the checkpoint to keep from now on. */
  | { readonly kind: 'consistent'; readonly size: number; readonly from: number; readonly note: string }
  /** Two histories: another root at one size, or no proof that the larger tree begins with the smaller one. */
  | { readonly kind: 'fork'; readonly size: number; readonly seen: number }
  /** An older checkpoint is shown again, and the log still has what came after it. */
  | { readonly kind: 'rollback'; readonly size: number; readonly seen: number }
  /** The log is shorter than it was, and has no more what was seen. */
  | { readonly kind: 'truncation'; readonly size: number; readonly seen: number }
  | { readonly kind: 'unverified'; readonly reason: string };

/**
 * Compares what a log shows with the checkpoint that was kept (`seen`; undefined the first time). The keys and the kept checkpoint are the
 * reader's own: nothing that the log says about either is believed.
 */
export async function witness(log: WitnessedLog, keys: readonly VerifierKey[], seen: string | undefined): Promise<WitnessVerdict> {
  const note = await log.checkpoint();
  if (note === undefined) return seen === undefined ? unverified('The log has published no checkpoint yet.') : truncated(0, checkpointOf(seen, keys));
  const verdict = verifyCheckpoint(note, keys);
  if (verdict.kind !== 'verified') return unverified(`The checkpoint of the log: ${verdict.kind}.`);
  const current = verdict.checkpoint;
  if (seen === undefined) return { kind: 'consistent', size: current.size, from: 0, note };
  const kept = checkpointOf(seen, keys);
  if (kept === undefined) return unverified('The checkpoint that was kept is not signed by any of the keys.');
  if (kept.origin !== current.origin) return unverified(`The checkpoint is of ${current.origin}, the one kept of ${kept.origin}.`);
  const places = { size: current.size, seen: kept.size };
  if (current.size === kept.size) return equalHashes(current.root, kept.root) ? { kind: 'consistent', size: current.size, from: kept.size, note } : { kind: 'fork', ...places };
  if (current.size > kept.size) {
    const continues = await isBeginning(log, kept, current);
    if (continues === undefined) return unverified('The log does not show the tiles of its checkpoint.');
    return continues ? { kind: 'consistent', size: current.size, from: kept.size, note } : { kind: 'fork', ...places };
  }
  const continued = await isBeginning(log, current, kept);
  if (continued === undefined) return { kind: 'truncation', ...places };
  return { kind: continued ? 'rollback' : 'fork', ...places };
}

/** Undefined when the log does not show the tiles it takes to tell. */
async function isBeginning(log: WitnessedLog, small: Checkpoint, large: Checkpoint): Promise<boolean | undefined> {
  const missing = new Error('a tile is not shown');
  const read = async (tile: Tile): Promise<Uint8Array> => {
    const bytes = await log.tile(tilePath(tile));
    if (bytes === undefined) throw missing;
    // Thrown here, not where it is used: a tile of another length is none.
    hashesOfTile(bytes, tile.width);
    return bytes;
  };
  try {
    return verifyConsistency(small, large, await consistencyProof(small.size, large.size, subtreesFromTiles(large.size, read)));
  } catch (error) {
    if (error === missing || error instanceof RangeError) return undefined;
    throw error;
  }
}

function checkpointOf(note: string, keys: readonly VerifierKey[]): Checkpoint | undefined {
  const verdict = verifyCheckpoint(note, keys);
  return verdict.kind === 'verified' ? verdict.checkpoint : undefined;
}

function truncated(size: number, kept: Checkpoint | undefined): WitnessVerdict {
  return kept === undefined ? unverified('The checkpoint that was kept is not signed by any of the keys.') : { kind: 'truncation', size, seen: kept.size };
}

function unverified(reason: string): WitnessVerdict {
  return { kind: 'unverified', reason };
}
