import { signerKeyOf } from '../audit/signedNote.js';
import { headInFile } from '../audit/head.js';
import { openTreeBuilder, type BuilderOptions, type PublishedCheckpoint, type TreeBuilder } from '../audit/builder.js';
import type { LogPlace } from './logPlace.js';
import { openTileFiles } from '../audit/tileFiles.js';

/** What it takes to build and sign the tree of a log. */
export interface SealWork {
  /** Where the tiles are. */
  readonly directory: string;
  readonly origin: string;
  /** Private keys that sign: the current one. */
  readonly seeds: readonly Uint8Array[];
}

/** The same for a thread, which opens the log for itself. */
export interface SealTask extends SealWork {
  readonly log: LogPlace;
}

/** From the main thread to the one that seals. */
export type ToSealer = { readonly kind: 'headMoved' } | { readonly kind: 'stop' };

/** And back. */
export type FromSealer =
  | { readonly kind: 'sealed'; readonly checkpoint: PublishedCheckpoint }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string }
  | { readonly kind: 'stopped' };

/** The last head that may have been signed, in the directory of the tiles. */
export const HEAD_FILE = 'head';

export function builderOf(task: SealWork, log: BuilderOptions['log'], onSealed?: BuilderOptions['onSealed']): Promise<TreeBuilder> {
  const { directory, origin, seeds } = task;
  const files = openTileFiles(directory);
  const headFile = { read: () => files.readText(HEAD_FILE), replace: (content: string) => files.replace(HEAD_FILE, content) };
  const signers = seeds.map((seed) => signerKeyOf(origin, seed));
  return openTreeBuilder({ log, files, head: headInFile(headFile, origin), origin, signers, onSealed });
}
