import { ExportError } from '../audit/export/bundle.js';
import { signerKeyOf, type SignerKey, type VerifierKey } from '../audit/signedNote.js';
import type { Sequence } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { logOrigin } from '../audit/origin.js';

/** What makes the log evidence: its newest checkpoint and the keys that sign. */
export interface LogSeal {
  /** A signed note that covers the event with this sequence. Rejects with `ExportError` NOT_SEALED where none is published in time. */
  readonly checkpointOver: (sequence: number) => Promise<string>;
  readonly signer: SignerKey;
  /** Keys that signed before. */
  readonly formerKeys: readonly VerifierKey[];
}

/** How long an export waits for the checkpoint that covers it, in milliseconds: a log that was never sealed is hashed from its beginning. */
const SEAL_WAIT_MS_MAX = 600_000;

/** The seal of an open ledger. Throws `ExportError` NOT_SEALED for one that was opened without. */
export async function logSealOf({ merkleLog, vault, ledgerId }: EmbeddedLedger): Promise<LogSeal> {
  const origin = logOrigin(ledgerId);
  const [signer, ...formerKeys] = (await vault.signingKeys()).map(({ seed }) => signerKeyOf(origin, seed));
  if (merkleLog === undefined || signer === undefined) throw new ExportError('NOT_SEALED', 'This ledger was opened without its Merkle log.');
  return {
    signer,
    formerKeys,
    async checkpointOver(sequence) {
      const published = merkleLog.checkpoint();
      if (published !== undefined && published.sequence >= sequence) return published.note;
      merkleLog.headMoved();
      const isSealed = await Promise.race([merkleLog.waitUntilSealed(sequence as Sequence, SEAL_WAIT_MS_MAX), merkleLog.failed]);
      if (isSealed instanceof Error) throw isSealed;
      const checkpoint = merkleLog.checkpoint();
      if (!isSealed || checkpoint === undefined) throw new ExportError('NOT_SEALED', `No checkpoint covers event ${sequence} yet.`);
      return checkpoint.note;
    },
  };
}
