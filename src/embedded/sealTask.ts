import { openTreeBuilder, type BuilderOptions, type PublishedCheckpoint, type TreeBuilder } from '../audit/builder.js';
import { headInFile, headInStream, type CheckpointHead } from '../audit/head.js';
import { signerKeyOf } from '../audit/signedNote.js';
import { openTileFiles, type TileFiles } from '../audit/tileFiles.js';
import type { LogPlace } from './logPlace.js';

/** What it takes to build and sign the tree of a log; can be handed to a thread. */
export interface SealTask {
  /** Undefined: no other thread can open it, and it is no other node's either. */
  readonly log: LogPlace | undefined;
  /** Where the tiles are. */
  readonly directory: string;
  readonly origin: string;
  /** Private keys that sign: the current one, and for once the one before it. */
  readonly seeds: readonly Uint8Array[];
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

/** The builder of a task on a log; closed when it is not needed any more. */
export async function builderOf(task: SealTask, log: BuilderOptions['log'], onSealed?: BuilderOptions['onSealed']): Promise<TreeBuilder & { close(): Promise<void> }> {
  const { directory, origin, seeds } = task;
  const files = openTileFiles(directory);
  const kept = await openHead(task, files);
  try {
    const signers = seeds.map((seed) => signerKeyOf(origin, seed));
    return { ...(await openTreeBuilder({ log, files, head: kept.head, origin, signers, onSealed })), close: () => kept.close() };
  } catch (error) {
    await kept.close();
    throw error;
  }
}

/** Nodes that share a log agree in a stream beside it; alone, the head is a file under the lock of the directory. */
async function openHead({ log, origin }: SealTask, files: TileFiles): Promise<{ readonly head: CheckpointHead; close(): Promise<void> }> {
  if (log?.kind !== 'kurrentdb') {
    const file = { read: () => files.readText(HEAD_FILE), replace: (content: string) => files.replace(HEAD_FILE, content) };
    return { head: headInFile(file, origin), close: async () => undefined };
  }
  // Loaded where it is used: KurrentDB's client costs an embedded ledger time and memory for nothing.
  const { openKurrentdbHeadStream } = await import('../store/kurrentdb/headStream.js');
  const stream = openKurrentdbHeadStream(log.log);
  return { head: headInStream(stream, origin), close: () => stream.close() };
}
