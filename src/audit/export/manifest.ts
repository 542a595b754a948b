import { canonicalJson } from '../../kernel/canonical.js';
import type { ExportFilter } from '../../domain/ledger/events.js';

/** The files of a bundle that it is read from. */
export const MANIFEST = 'manifest.json';
export const MANIFEST_SIGNATURE = 'manifest.dsse.json';
export const CHECKPOINT = 'checkpoint';
export const PREVIOUS_CHECKPOINT = 'checkpoint.previous';
export const EVENTS = 'events.ndjson';
export const LEAVES = 'proofs/leaves.bin';
export const RANGE_PROOF = 'proofs/range.json';
export const INCLUSION_PROOFS = 'proofs/inclusion.ndjson';
export const CONSISTENCY_PROOF = 'proofs/consistency.json';

export const MANIFEST_TYPE = 'application/vnd.activation-ledger.export-manifest+json';
export const BUNDLE_FORMAT = 'activation-ledger-audit-bundle';
export const BUNDLE_VERSION = 1;

/** What a bundle is, and what is in it. Its bytes are canonical JSON, and signed. */
export interface Manifest {
  readonly format: typeof BUNDLE_FORMAT;
  readonly version: typeof BUNDLE_VERSION;
  readonly exportId: string;
  readonly exportedAt: string;
  readonly exportedBy: { readonly subject: string; readonly name: string };
  readonly reason: string;
  readonly software: Software;
  readonly ledgerId: string;
  /** Name of the log in its checkpoints. */
  readonly origin: string;
  /** Verifier key of the log. For convenience: an auditor has it from elsewhere. */
  readonly verifierKey: string;
  /** Of the checkpoint: events in the log, and the root over them, base64. */
  readonly treeSize: number;
  readonly rootHash: string;
  /** First and last sequence exported. */
  readonly range: { readonly from: number; readonly to: number };
  /** Absent: all events of the range are here. */
  readonly filter?: ExportFilter | undefined;
  readonly events: EventFigures;
  /** The auditor's earlier checkpoint, if one was given. */
  readonly previous?: { readonly treeSize: number; readonly rootHash: string } | undefined;
  readonly views: readonly ViewEntry[];
  /** All files but the manifest and its signature, by path. */
  readonly files: readonly FileEntry[];
}

/** What made the bundle. */
export interface Software {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the file with the user's own product facts; absent: the built-in ones alone. Tables depend on them. */
  readonly catalogueSha256?: string | undefined;
  /** Digest of the rules and figures in force: statuses are computed by them. */
  readonly rules: string;
}

export interface EventFigures {
  /** Events exported (M). */
  readonly count: number;
  /** Events in the range (N): as many, unless there is a filter. */
  readonly of: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly firstRecordedAt?: string | undefined;
  readonly lastRecordedAt?: string | undefined;
}

/** A table, and what it was computed at. */
export interface ViewEntry {
  readonly name: string;
  readonly title: string;
  /** Everything up to this event counts. */
  readonly sequence: number;
  /** Root of the tree of so many events, base64. */
  readonly rootHash: string;
  /** The time that decides what time has changed: grace periods that ended, … */
  readonly at: string;
  readonly rows: number;
  readonly files: readonly string[];
}

export interface FileEntry {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export function manifestText(manifest: Manifest): string {
  return canonicalJson(manifest);
}

/** Hashes of whole subtrees (base64) that stand left and right of a range, largest that fit first. */
export interface RangeProof {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** One line for each event of a filtered export. */
export interface InclusionProofLine {
  readonly hashes: readonly string[];
  readonly sequence: number;
}

export interface ConsistencyProofFile {
  readonly from: number;
  readonly to: number;
  readonly hashes: readonly string[];
}
