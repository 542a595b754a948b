export type ReadModelErrorCode =
  /** The file was built from another ledger. */
  | 'LEDGER_MISMATCH'
  /** The log does not hold, at the checkpoint, the event that the file was built from. */
  | 'LOG_MISMATCH'
  /** A projection could not fold an event; nothing of its batch was kept. */
  | 'PROJECTION_FAILED'
  /** The file is not a read model of the expected projections. */
  | 'FILE_UNUSABLE'
  /** The worker that feeds the read model has stopped by itself. */
  | 'WORKER_FAILED';

/** The read model cannot go on. It is derived: deleting its file and starting again is always allowed. */
export class ReadModelError extends Error {
  readonly code: ReadModelErrorCode;

  constructor(code: ReadModelErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ReadModelError';
    this.code = code;
  }
}
