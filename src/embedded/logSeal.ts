import type { SignerKey, VerifierKey } from '../audit/signedNote.js';

/** What makes the log evidence: its newest checkpoint and the keys that sign. */
export interface LogSeal {
  /** A signed note that covers the event with this sequence. Rejects where none is published in time. */
  readonly checkpointOver: (sequence: number) => Promise<string>;
  readonly signer: SignerKey;
  /** Keys that signed before. */
  readonly formerKeys: readonly VerifierKey[];
}
