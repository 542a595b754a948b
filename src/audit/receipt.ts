import { fromBase64, toBase64 } from './base64.js';
import { parseCount, verifyCheckpoint, type Checkpoint, type CheckpointVerdict } from './checkpoint.js';
import { HASH_BYTES, leafHash } from './merkle.js';
import { PROOF_HASHES_MAX, verifyInclusion } from './proofs.js';
import type { VerifierKey } from './signedNote.js';

/** Proof that an entry is in the log, to be checked without the log: https://c2sp.org/tlog-proof. */
export interface Receipt {
  /** From 0: the event's sequence less one. */
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
  /** Opaque, and vouched for by nobody. */
  readonly extra?: Uint8Array | undefined;
}

export type ReceiptVerdict =
  | { readonly kind: 'verified'; readonly index: number; readonly checkpoint: Checkpoint; readonly by: readonly VerifierKey[] }
  /** The checkpoint is genuine, but the entry is not where the receipt puts it. */
  | { readonly kind: 'notIncluded'; readonly index: number; readonly checkpoint: Checkpoint }
  | Exclude<CheckpointVerdict, { readonly kind: 'verified' }>;

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';

/** The receipt as text, to be kept as a file `….tlog-proof`. */
export function receiptText({ index, hashes, checkpoint, extra }: Receipt): string {
  const extraLines = extra === undefined ? [] : [`extra ${toBase64(extra)}`];
  return [FIRST_LINE, ...extraLines, `index ${index}`, ...hashes.map(toBase64), '', checkpoint].join('\n');
}

/** Undefined for a text that is not a receipt. The checkpoint in it is not looked at. */
export function parseReceipt(text: string): Receipt | undefined {
  const blank = text.indexOf('\n\n');
  if (blank === -1) return undefined;
  const [first, ...rest] = text.slice(0, blank).split('\n');
  const extraText = rest[0]?.startsWith('extra ') === true ? rest.shift()?.slice('extra '.length) : undefined;
  const [indexLine = '', ...hashLines] = rest;
  const index = indexLine.startsWith('index ') ? parseCount(indexLine.slice('index '.length)) : undefined;
  const extra = extraText === undefined ? undefined : fromBase64(extraText);
  const hashes = hashLines.map(fromBase64).filter((hash) => hash?.length === HASH_BYTES);
  if (first !== FIRST_LINE || index === undefined || (extraText !== undefined && extra === undefined)) return undefined;
  if (hashes.length !== hashLines.length || hashes.length > PROOF_HASHES_MAX) return undefined;
  return { index, hashes: hashes.filter((hash) => hash !== undefined), checkpoint: text.slice(blank + 2), ...(extra === undefined ? {} : { extra }) };
}

/** Checks a receipt of an entry (its canonical bytes) with the keys, and the origin, that the reader has from elsewhere. */
export function verifyReceipt(text: string, entry: Uint8Array | string, keys: readonly VerifierKey[], origin?: string): ReceiptVerdict {
  const receipt = parseReceipt(text);
  if (receipt === undefined) return { kind: 'malformed' };
  const verdict = verifyCheckpoint(receipt.checkpoint, keys, origin);
  if (verdict.kind !== 'verified') return verdict;
  const { checkpoint, by } = verdict;
  const { index, hashes } = receipt;
  const included = verifyInclusion(leafHash(entry), index, checkpoint.size, hashes, checkpoint.root);
  return included ? { kind: 'verified', index, checkpoint, by } : { kind: 'notIncluded', index, checkpoint };
}
