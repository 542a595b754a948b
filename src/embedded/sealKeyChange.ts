import type { PublishedCheckpoint } from '../audit/builder.js';
import { verifyCheckpoint } from '../audit/checkpoint.js';
import type { SignerKey } from '../audit/signedNote.js';
import type { EventStore } from '../store/port.js';
import { builderOf, type SealTask } from './sealTask.js';

/** How long other nodes may be ahead with their checkpoints before this one gives up, in milliseconds. */
const AHEAD_MS_MAX = 10_000;

/**
 * Who signs the checkpoint that covers a change of keys: the current key, and those before it down to the one that signed the last published
 * checkpoint. Whoever trusts that one learns the others from it. `keys`: newest first. One alone: nothing has changed since.
 */
export function signersSince(keys: readonly SignerKey[], published: PublishedCheckpoint | undefined): readonly SignerKey[] {
  if (published === undefined) return keys.slice(0, 2);
  const last = keys.findIndex((key) => verifyCheckpoint(published.note, [key]).kind === 'verified');
  return keys.slice(0, Math.max(last, 0) + 1);
}

/** Seals a log up to its end, and at least up to that event; undefined when other nodes were ahead all the time. Throws `AuditError`. */
export async function sealAtLeast(sequence: number, task: SealTask, store: EventStore): Promise<PublishedCheckpoint | undefined> {
  const covered = new AbortController();
  const covers = (checkpoint: PublishedCheckpoint | undefined): boolean => checkpoint !== undefined && checkpoint.size >= sequence;
  const builder = await builderOf(task, store, (checkpoint) => {
    if (covers(checkpoint)) covered.abort();
  });
  try {
    if (!covers(await builder.sealUntilHead())) await builder.follow(AbortSignal.any([covered.signal, AbortSignal.timeout(AHEAD_MS_MAX)]));
    const published = builder.published();
    return covers(published) ? published : undefined;
  } finally {
    await builder.close();
  }
}
