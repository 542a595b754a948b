export type AuditErrorCode =
  /** The tiles were built from another ledger, or under another name. */
  | 'TREE_OF_ANOTHER_LEDGER'
  /** The tiles do not lead to the published root, or the log holds another event where they end. */
  | 'TREE_MISMATCH'
  /** The log has another root at a size that was signed already. */
  | 'HEAD_MISMATCH'
  /** The log ends before a size that was signed already. */
  | 'LOG_BEHIND_HEAD'
  /** A checkpoint that was to be compared with is none of this log. */
  | 'CHECKPOINT_UNUSABLE'
  /** A tile is missing or has another size than it should. */
  | 'TILE_UNUSABLE'
  /** Other nodes moved the head each time this one tried to. */
  | 'HEAD_CONTENDED'
  /** The thread that builds the tree has stopped by itself. */
  | 'THREAD_FAILED';

/** The Merkle log cannot go on, and signs nothing more until somebody has looked. */
export class AuditError extends Error {
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AuditError';
    this.code = code;
  }
}
