import type { Database } from 'better-sqlite3';
import type { ProductKeyKind } from '../src/domain/vocabulary.js';
import type { EvidenceKind } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection } from '../src/readmodel/definition.js';
import type { Page, PageRequest } from '../src/readmodel/page.js';

/** One product key and its counts (DOMAIN, counts). Times are epoch milliseconds, UTC. */
export interface KeyCountsRow {
  readonly key: StreamId;
  readonly lastFive: string;
  readonly fingerprint: string | undefined;
  readonly kind: ProductKeyKind;
  readonly product: string | undefined;
  readonly agreement: string | undefined;
  /** False: only seen in observations. */
  readonly registered: boolean;
  readonly firstSequence: Sequence;
  readonly lastSequence: Sequence;
  /** Each activation is in exactly one class; `used` is their sum. */
  readonly opening: number;
  readonly confirmed: number;
  readonly reserved: number;
  readonly observed: number;
  readonly uncertain: number;
  readonly used: number;
  /** Undefined: not known; then `remaining` is not known either. */
  readonly allowed: number | undefined;
  /** allowed − used; negative in an overrun. */
  readonly remaining: number | undefined;
  /** What Microsoft reported last. */
  readonly reported: { readonly remaining: number; readonly occurredAt: number; readonly evidence: EvidenceKind; readonly sequence: Sequence } | undefined;
  /** (allowed − reported) − (used − reserved), with what had happened by the time of the report. */
  readonly unexplained: number | undefined;
  /** Installations last observed licensed with this key; undefined in an answer for `validAt`. */
  readonly active: number | undefined;
  /** Installations observed licensed with a key of the same last five that cannot be told from others: counted nowhere. */
  readonly unattributed: number | undefined;
  /** The error code last reported with the key, such as 0xC004C020. */
  readonly errorCode: string | undefined;
}

export interface KeyFilter {
  readonly kind?: readonly ProductKeyKind[] | undefined;
  readonly agreement?: string | undefined;
  readonly product?: string | undefined;
  readonly lastFive?: string | undefined;
  readonly registered?: boolean | undefined;
  /** Keys whose remaining activations are known and fewer than this. */
  readonly remainingBelow?: number | undefined;
}

export type KeyOrder = 'LAST_FIVE' | 'PRODUCT' | 'REMAINING';

/** An activation that counts, as the key's stream tells it. */
export interface KeyActivationRow {
  readonly host: StreamId;
  readonly installation: number;
  readonly countsAs: 'OBSERVED' | 'MOVED_FROM_OPENING' | 'UNCERTAIN';
  readonly occurredAt: number;
  readonly sequence: Sequence;
}

export interface KeyCountsQueries {
  byKey(key: StreamId, asOf?: Sequence): KeyCountsRow | undefined;
  byKeys(keys: readonly StreamId[], asOf?: Sequence): readonly KeyCountsRow[];
  /** All keys with these last five characters. */
  byLastFive(lastFive: string, asOf?: Sequence): readonly KeyCountsRow[];
  /** With `asOf`, filter and order are those of today and the counts those of then; keys not yet known then are left out. */
  page(filter: KeyFilter, order: KeyOrder, descending: boolean, request: PageRequest, asOf?: Sequence): Page<KeyCountsRow>;
  count(filter: KeyFilter): number;
  /** Activations of a key, newest sequence first. */
  activations(key: StreamId, request: PageRequest, asOf?: Sequence): Page<KeyActivationRow>;
}

export declare const keyCounts: Projection;
export declare function openKeyCountsQueries(database: Database): KeyCountsQueries;

/** The counts by folding the key's own events that had happened by `validAt` (epoch ms); without `active`. */
export declare function keyCountsAt(events: readonly ProjectedEvent[], validAt: number): KeyCountsRow | undefined;
