import type { Database } from 'better-sqlite3';
import type { Catalogue } from '../src/domain/catalogue/catalogue.js';
import type { ProductFamily } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { Projection } from '../src/readmodel/definition.js';
import type { Page, PageRequest } from '../src/readmodel/page.js';

/** Products that a KMS host counts together (K-1): Windows clients and servers, and Office apart; `UNKNOWN` where no catalogue names the SKU. */
export type CountClass = 'WINDOWS' | 'OFFICE' | 'UNKNOWN';

export interface KmsHostRow {
  /** Surrogate id, stable within one read-model file only. */
  readonly id: number;
  /** Lower-case short name; empty for requests whose source does not name the KMS host. */
  readonly name: string;
  readonly domain: string;
  /** The host's own stream, where the ledger knows it. */
  readonly host: StreamId | undefined;
  readonly firstContactAt: number | undefined;
  readonly lastContactAt: number | undefined;
}

/** What one KMS host counts for one class at a time. */
export interface KmsCensusRow {
  readonly countClass: CountClass;
  /** The host's own figure: the newest KmsCountObserved not later than the time asked for. */
  readonly observed: { readonly count: number; readonly occurredAt: number; readonly sequence: Sequence } | undefined;
  /** Distinct CMIDs of requests with HRESULT 0 in the 30 days before. */
  readonly uncapped: number;
  /** At most twice the largest minimum seen (K-2). */
  readonly capped: number;
  readonly thresholds: readonly { readonly family: ProductFamily; readonly required: number; readonly reached: boolean }[];
  /** CMIDs that several machines used in the 30 days before. */
  readonly duplicateCmids: number;
  /** Clients whose last counted request is more than 14 days old and still within 30. */
  readonly aboutToLapse: number;
}

export interface DuplicateCmid {
  readonly cmid: string;
  readonly hosts: readonly StreamId[];
}

export interface LapsingClient {
  readonly cmid: string;
  readonly host: StreamId;
  readonly lastContactAt: number;
  /** When the KMS host forgets it. */
  readonly forgottenAt: number;
}

/** `at` (epoch ms) is the end of the 30 days; `asOf` the last event known (default: all). */
export interface CensusMoment {
  readonly at: number;
  readonly asOf?: Sequence | undefined;
}

export interface KmsCensusQueries {
  kmsHosts(request: PageRequest, asOf?: Sequence): Page<KmsHostRow>;
  byId(id: number, asOf?: Sequence): KmsHostRow | undefined;
  /** `name`, `name.domain`, with or without port. */
  byName(name: string, asOf?: Sequence): KmsHostRow | undefined;
  census(kmsHost: number, moment: CensusMoment): readonly KmsCensusRow[];
  duplicates(kmsHost: number, countClass: CountClass, moment: CensusMoment, limit: number): readonly DuplicateCmid[];
  /** Soonest first. */
  lapsing(kmsHost: number, countClass: CountClass, moment: CensusMoment, limit: number): readonly LapsingClient[];
}

export declare const kmsCensus: Projection;
export declare function openKmsCensusQueries(database: Database, catalogue: Pick<Catalogue, 'sku'>): KmsCensusQueries;
