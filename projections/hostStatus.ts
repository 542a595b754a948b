import type { Database } from 'better-sqlite3';
import type { ActivationMethod, EvidenceKind, LicenseStatus, ProductKeyKind } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { Projection, ProjectedEvent } from '../src/readmodel/definition.js';
import type { Page, PageRequest } from '../src/readmodel/page.js';

export const INSTALLATION_STATUSES = [
  'UNKNOWN',
  'PERMANENT',
  'ACTIVE_UNTIL',
  'RENEWAL_OVERDUE',
  'GRACE',
  'NOTIFICATION',
  'UNLICENSED',
  'NOT_REQUIRED',
] as const;
/** State of an installation at a point in time. */
export type InstallationStatus = (typeof INSTALLATION_STATUSES)[number];

/** `OBSERVED`: a host or tool reported it; `RECORDED`: somebody entered it; `DERIVED`: the rules make it of older evidence and the time passed. */
export type StatusBasis = 'OBSERVED' | 'RECORDED' | 'DERIVED';

/** One product on one host, at the moment asked for. Times are epoch milliseconds, UTC. */
export interface InstallationStatusRow {
  readonly host: StreamId;
  readonly installation: number;
  readonly status: InstallationStatus;
  readonly basis: StatusBasis;
  /** Since when, as far as the evidence shows; undefined for a status that nothing supports. */
  readonly sinceAt: number | undefined;
  /** When the present status ends by itself; undefined: it does not, or nobody knows. */
  readonly untilAt: number | undefined;
  /** `REPORTED`: the evidence gave the end; `RULE`: computed by K-3, A-1 or G-2. */
  readonly untilBasis: 'REPORTED' | 'RULE' | undefined;
  /** The licence status last reported, whatever became of it since. */
  readonly licenseStatus: LicenseStatus;
  readonly method: ActivationMethod | undefined;
  readonly keyLastFive: string | undefined;
  readonly keyKind: ProductKeyKind | undefined;
  readonly skuId: string | undefined;
  readonly productName: string | undefined;
  /** KMS host last used, normalised: lower case, without port. */
  readonly kmsHost: string | undefined;
  /** What the status rests on: the newest evidence by the time it happened. */
  readonly evidence: { readonly kind: EvidenceKind; readonly sequence: Sequence; readonly occurredAt: number } | undefined;
  /** Last proved success of a KMS or Active Directory-based activation or renewal. */
  readonly lastSuccessAt: number | undefined;
  /** Requests that a KMS host counted (HRESULT 0): not the same as activated. */
  readonly countedRequests: number;
  readonly failedRequests: number;
  readonly lastFailure: { readonly hresult: string; readonly occurredAt: number } | undefined;
}

export interface HostIdentityRow {
  readonly kind: 'NAME' | 'CMID' | 'MAC' | 'VAMT_ID';
  /** For a name: `name` or `name.domain`, lower case. */
  readonly value: string;
  /** As it was written; the value itself for the other kinds. */
  readonly raw: string;
  /** The event that showed it first. */
  readonly sequence: Sequence;
}

/** A host and its installations, at the moment asked for. Times are epoch milliseconds, UTC. */
export interface HostRow {
  readonly host: StreamId;
  /** Normalised short name and DNS domain (empty when unknown) of the first name the ledger met. */
  readonly name: string;
  readonly domain: string;
  readonly rawName: string;
  readonly operatingSystem: string | undefined;
  readonly virtualMachine: boolean | undefined;
  readonly networkName: string | undefined;
  readonly networkType: 'DOMAIN' | 'WORKGROUP' | 'UNKNOWN' | undefined;
  readonly isKmsHost: boolean;
  /** The CMID of the newest evidence. */
  readonly cmid: string | undefined;
  readonly kmsHost: string | undefined;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** The earliest end of a timed activation among the installations. */
  readonly expiresAt: number | undefined;
  readonly installations: readonly InstallationStatusRow[];
}

/** All given conditions hold; conditions on installations hold for one and the same installation. */
export interface HostFilter {
  readonly status?: readonly InstallationStatus[] | undefined;
  /** A SKU id, or a product name as reported. */
  readonly product?: string | undefined;
  readonly keyLastFive?: string | undefined;
  readonly method?: readonly ActivationMethod[] | undefined;
  /** DNS domain, exactly (lower case). */
  readonly domain?: string | undefined;
  /** A timed activation ends before this time (epoch ms). */
  readonly lapsesBefore?: number | undefined;
  /** No event of the host happened at or after this time (epoch ms). */
  readonly notSeenSince?: number | undefined;
  /** Beginning of a name, name.domain, domain, CMID or MAC address. */
  readonly search?: string | undefined;
}

export type HostOrder = 'NAME' | 'LAST_SEEN' | 'EXPIRES';

/** The moment a question is about: `now` (epoch ms) decides what time has changed; `asOf` is the last event known then (default: all). */
export interface StatusMoment {
  readonly now: number;
  readonly asOf?: Sequence | undefined;
}

export interface HostStatusQueries {
  byHost(host: StreamId, moment: StatusMoment): HostRow | undefined;
  /** In the order of the arguments; unknown hosts are absent. */
  byHosts(hosts: readonly StreamId[], moment: StatusMoment): readonly HostRow[];
  installation(host: StreamId, installation: number, moment: StatusMoment): InstallationStatusRow | undefined;
  /** Every name, CMID and hardware address the host was met with, in the order of their first event. */
  identities(host: StreamId, asOf?: Sequence): readonly HostIdentityRow[];
  /** Hosts known by this name (short name, or name.domain). */
  byName(name: string, moment: StatusMoment): readonly HostRow[];
  /** With `asOf` the list is a scan, bounded by ASOF_SCAN_HOSTS_MAX hosts a page: a page may then be short although `hasMore`. */
  page(filter: HostFilter, order: HostOrder, descending: boolean, request: PageRequest, moment: StatusMoment): Page<HostRow>;
  /** Hosts that pass the filter. */
  count(filter: HostFilter, now: number): number;
  /** Installations by status at `now`. */
  statusCounts(now: number): ReadonlyMap<InstallationStatus, number>;
}

export declare const hostStatus: Projection;
export declare function openHostStatusQueries(database: Database): HostStatusQueries;

/** What is known of one host by folding its own events, for `validAt`: those that had happened by then, in the order they happened. */
export declare function hostAt(events: readonly ProjectedEvent[], validAt: number): HostRow | undefined;
