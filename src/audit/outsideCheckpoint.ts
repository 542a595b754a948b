/** A checkpoint kept in a file outside the data directory: whoever changes the log does not change that. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { verifyCheckpoint, type TreeHead } from './checkpoint.js';
import { AuditError } from './errors.js';
import { equalHashes } from './merkle.js';
import type { VerifierKey } from './signedNote.js';
import type { PublishedCheckpoint } from './builder.js';

/** The checkpoint in a file; undefined where there is none. Throws `AuditError` CHECKPOINT_UNUSABLE unless one of the keys has signed it for this log. */
export async function readOutsideCheckpoint(path: string, keys: readonly VerifierKey[], origin: string): Promise<TreeHead | undefined> {
  const note = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (note === undefined) return undefined;
  const verdict = verifyCheckpoint(note, keys, origin);
  if (verdict.kind === 'verified') return { size: verdict.checkpoint.size, root: verdict.checkpoint.root };
  const why = {
    malformed: 'is not a signed checkpoint',
    noKnownKey: 'is signed by none of the keys of this log',
    badSignature: 'has a wrong signature',
    otherOrigin: 'is of another log',
  }[verdict.kind];
  throw new AuditError('CHECKPOINT_UNUSABLE', `${path} ${why}. Nothing can be compared with it: name the right file.`);
}

/** Throws LOG_BEHIND_HEAD or HEAD_MISMATCH unless a log of `size` events, which has `rootAt` each earlier size, continues the checkpoint. */
export async function assertContinuesCheckpoint(outside: TreeHead, size: number, rootAt: (size: number) => Promise<Uint8Array>): Promise<void> {
  if (outside.size > size) {
    throw new AuditError('LOG_BEHIND_HEAD', `The log ends at event ${size}, but the checkpoint kept outside knows ${outside.size}: events are missing at its end. Use a backup that has them.`);
  }
  if (!equalHashes(await rootAt(outside.size), outside.root)) {
    throw new AuditError('HEAD_MISMATCH', `The log has another root at event ${outside.size} than the checkpoint kept outside: its past was changed. Compare it with a backup.`);
  }
}

/** Writes each checkpoint to a file, one after the other; on disk and whole under its name, or not at all. */
export interface OutsideKeeper {
  keep(checkpoint: PublishedCheckpoint): void;
  /** Why the last one could not be written; undefined when it was. */
  fault(): Error | undefined;
  /** Waits for what is under way. */
  settled(): Promise<void>;
}

export function keepOutside(path: string): OutsideKeeper {
  let writing: Promise<void> = Promise.resolve();
  let fault: Error | undefined;
  const write = async (note: string): Promise<void> => {
    try {
      await replaceFile(path, note);
      fault = undefined;
    } catch (error) {
      fault = error instanceof Error ? error : new Error('The checkpoint could not be written', { cause: error });
    }
  };
  return {
    keep({ note }) {
      writing = writing.then(() => write(note));
    },
    fault: () => fault,
    settled: () => writing,
  };
}

async function replaceFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  const file = await open(unfinished, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}
