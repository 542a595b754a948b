import { AuditError } from './errors.js';
import { checkpointText, parseCheckpointText, type TreeHead } from './checkpoint.js';
import { equalHashes } from './merkle.js';

/**
 * The last head that may have been signed, kept for good *before* the signature is made: whoever finds a head here signs this one or a later
 * one, so no two different heads of one size are ever signed, by no node and after no crash.
 */
export interface CheckpointHead {
  /** Whether other nodes move it too: then it may be ahead of what this one has seen of the log. */
  readonly isShared: boolean;
  read(): Promise<TreeHead | undefined>;
  /** Moves it in one step, durably. False when it is not, or no more, at `from`; then nothing has changed. */
  advance(from: TreeHead | undefined, to: TreeHead): Promise<boolean>;
}

export function isSameHead(one: TreeHead | undefined, other: TreeHead | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.size === other.size && equalHashes(one.root, other.root);
}

/** A file that is read whole, and replaced whole: on disk before `replace` returns. */
export interface HeadFile {
  read(): Promise<string | undefined>;
  replace(content: string): Promise<void>;
}

/** The head of a log that one process writes: compare and swap within it, under the lock of the data directory. Holds the text of a checkpoint. */
export function headInFile(file: HeadFile, origin: string): CheckpointHead {
  let turn: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<TreeHead | undefined> => {
    const text = await file.read();
    if (text === undefined) return undefined;
    const head = parseCheckpointText(text);
    if (head === undefined) throw new AuditError('HEAD_MISMATCH', 'The file with the last signed head is damaged. Without it a second head of the same size could be signed: restore it, or the checkpoint kept outside, from a backup.');
    if (head.origin !== origin) throw new AuditError('TREE_OF_ANOTHER_LEDGER', `The last signed head is of ${head.origin}, not of ${origin}.`);
    return { size: head.size, root: head.root };
  };
  return {
    isShared: false,
    read,
    advance(from, to) {
      const moved = turn.then(async () => {
        if (!isSameHead(await read(), from)) return false;
        await file.replace(checkpointText({ origin, ...to }));
        return true;
      });
      turn = moved.catch(() => undefined);
      return moved;
    },
  };
}

/** A stream of a store that several nodes write to, outside the ledger's own streams: each head an event. */
export interface HeadStream<Revision> {
  /** The last event; undefined for a stream without any. */
  last(): Promise<{ readonly revision: Revision; readonly text: string } | undefined>;
  /** Appends if the last event still is the one of this revision (`undefined`: none). False when it is not. */
  append(expected: Revision | undefined, text: string): Promise<boolean>;
}

/** The head that several nodes agree on: the store's expected revision is the compare and swap. */
export function headInStream<Revision>(stream: HeadStream<Revision>, origin: string): CheckpointHead {
  const lastHead = async (): Promise<{ readonly revision: Revision; readonly head: TreeHead } | undefined> => {
    const last = await stream.last();
    if (last === undefined) return undefined;
    const head = parseCheckpointText(last.text);
    if (head?.origin !== origin) throw new AuditError('TREE_OF_ANOTHER_LEDGER', `The stream of signed heads holds one that is not of ${origin}.`);
    return { revision: last.revision, head: { size: head.size, root: head.root } };
  };
  return {
    isShared: true,
    read: async () => (await lastHead())?.head,
    async advance(from, to) {
      const last = await lastHead();
      return isSameHead(last?.head, from) && stream.append(last?.revision, checkpointText({ origin, ...to }));
    },
  };
}
