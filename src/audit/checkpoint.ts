import { fromBase64, toBase64 } from './base64.js';
import { HASH_BYTES } from './merkle.js';
import { signNote, verifyNote, type NoteVerdict, type SignerKey, type VerifierKey } from './signedNote.js';

/** A head of the log. Checkpoints: https://c2sp.org/tlog-checkpoint. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

export interface Checkpoint extends TreeHead {
  /** Names the log. */
  readonly origin: string;
}

export type CheckpointVerdict =
  | { readonly kind: 'verified'; readonly checkpoint: Checkpoint; readonly by: readonly VerifierKey[] }
  /** Signed by a known key, but by another log or for another use. */
  | { readonly kind: 'otherOrigin'; readonly origin: string }
  | Exclude<NoteVerdict, { readonly kind: 'verified' }>;

/** The text that is signed: origin, size and root on a line each. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Undefined for a text that is not a checkpoint's. Extension lines are passed over. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n');
  // The text ends in a newline, so the last part is empty, and no other is.
  if (rest.at(-1) !== '' || rest.slice(0, -1).includes('')) return undefined;
  const size = parseCount(sizeText);
  const root = fromBase64(rootText);
  if (origin === '' || size === undefined || root?.length !== HASH_BYTES) return undefined;
  return { origin, size, root };
}

export function signCheckpoint(checkpoint: Checkpoint, signers: readonly SignerKey[]): string {
  return signNote(checkpointText(checkpoint), signers);
}

/** Verifies a signed checkpoint; with an `origin`, only one of that log is believed. */
export function verifyCheckpoint(note: string, keys: readonly VerifierKey[], origin?: string): CheckpointVerdict {
  const verdict = verifyNote(note, keys);
  if (verdict.kind !== 'verified') return verdict;
  const checkpoint = parseCheckpointText(verdict.text);
  if (checkpoint === undefined) return { kind: 'malformed' };
  if (origin !== undefined && checkpoint.origin !== origin) return { kind: 'otherOrigin', origin: checkpoint.origin };
  return { kind: 'verified', checkpoint, by: verdict.by };
}

/** A decimal number without leading zeroes that a JavaScript number holds exactly. */
export function parseCount(text: string): number | undefined {
  const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : undefined;
  return value === undefined || !Number.isSafeInteger(value) ? undefined : value;
}
