import { existsSync, renameSync } from 'node:fs';
import type { Projection } from './definition.js';
import { openFollower, type FollowedStore, type FollowProgress } from './follow.js';
import type { Upcast } from './readEvent.js';
import { closeBuilt, openForBuilding, readModelPath, removeFile, unfinishedPath } from './readModelFile.js';

export interface BuildOptions {
  readonly store: FollowedStore;
  readonly directory: string;
  readonly projections: readonly Projection[];
  readonly upcast: Upcast;
  readonly batchEvents?: number | undefined;
  readonly onProgress?: ((progress: FollowProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Far more than a follower folds before it commits: there is nothing to keep from a crash, and the rows of an object are written once each time. */
const BUILD_TRANSACTION_EVENTS = 1_000_000;

/**
 * Builds today's file up to the end of the log under another name, then gives it its own in one step: who finds the
 * name finds it complete. What an interrupted build left is thrown away. Answers undefined when `signal` ended it early.
 */
export async function buildReadModel(options: BuildOptions): Promise<string | undefined> {
  const path = readModelPath(options.directory, options.projections);
  if (existsSync(path)) return path;
  const building = unfinishedPath(path);
  removeFile(building);
  const { store, projections, upcast, batchEvents, onProgress, signal } = options;
  const database = openForBuilding(building, projections);
  try {
    const follower = await openFollower({ store, upcast, batchEvents, database, projections, transactionEvents: BUILD_TRANSACTION_EVENTS });
    await follower.applyUntilHead({ onProgress, signal });
    if (signal?.aborted === true) return undefined;
    closeBuilt(database);
    renameSync(building, path);
    return path;
  } finally {
    database.close();
    removeFile(building);
  }
}
