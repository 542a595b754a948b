import type { ExportFormat } from '../domain/vocabulary.js';
import type { CommandId, Sequence, SubjectId } from '../kernel/identifiers.js';
import type { RefusedOutcome } from './port.js';

/** Exports that a server makes and keeps for a while. */
export interface ExportJobs {
  /** Begins one. The same command id again answers with the same job while it is kept. */
  request(order: ExportRequest): Promise<RequestedExport>;
  /** A job of this actor, while it is kept; undefined for anybody else's. */
  find(id: string, actor: SubjectId): ExportJob | undefined;
  /** Stops one that is under way; false where it is over. */
  cancel(id: string, actor: SubjectId): boolean;
  /** A link for whoever holds it, for EXPORT_LINK_MS_MAX: made anew at each call. Undefined while there is nothing to fetch. */
  link(id: string, actor: SubjectId): ExportLink | undefined;
  /** The file behind a link; undefined for a wrong or expired one. */
  open(id: string, expires: string, signature: string): ExportFile | undefined;
}

/** What is exported: hosts by name, product keys by their last five characters, agreements by licence ID, or any of them by stream. */
export interface ExportRequest {
  readonly exportId: CommandId;
  readonly actor: SubjectId;
  readonly format: ExportFormat;
  readonly reason: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** ISO 8601, UTC. */
  readonly recordedFrom?: string | undefined;
  readonly recordedTo?: string | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly agreements?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  /** The auditor's earlier checkpoint, a signed note. */
  readonly since?: string | undefined;
  /** What the tables of a bundle are written as. */
  readonly views?: readonly ('csv' | 'xlsx' | 'parquet')[] | undefined;
}

export type RequestedExport = RefusedOutcome | { readonly kind: 'accepted'; readonly job: ExportJob };

export type ExportState = 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

export interface ExportJob {
  readonly id: string;
  readonly state: ExportState;
  readonly format: ExportFormat;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  /** Events read, of those that are to be read. */
  readonly done: number;
  readonly total: number;
  /** Why it failed. */
  readonly failure?: { readonly code: string; readonly message: string } | undefined;
  readonly completed?: {
    readonly fromSequence: number;
    readonly toSequence: number;
    readonly events: number;
    readonly bytes: number;
    readonly digest: string;
    /** Of the event that recorded it. */
    readonly sequence: Sequence;
    /** When the file is removed, epoch milliseconds. */
    readonly keptUntil: number;
  } | undefined;
}

export interface ExportLink {
  /** Below the server's address. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface ExportFile {
  readonly path: string;
  /** Name to save it under. */
  readonly name: string;
  readonly bytes: number;
}

/** How long a link is good, in milliseconds. */
export const EXPORT_LINK_MS_MAX = 900_000;
/** Where links lead. */
export const EXPORTS_PATH = '/exports';
