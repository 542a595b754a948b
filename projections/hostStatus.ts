import type { Database } from 'better-sqlite3';
import type { AnyEvent } from '../src/domain/events.js';
import { corrected } from '../src/domain/corrected.js';
import type { CorrectionRecorded } from '../src/domain/correction.js';
import type { DomainMembershipObserved, HostIdentity } from '../src/domain/host/events.js';
import {
  CLAIMED_STATES,
  foldLicence,
  isLostByLeaving,
  lastSuccessOf,
  normaliseKmsHost,
  NO_LICENCE_FACTS,
  overdueLeftMs,
  startedLicence,
  statusAt,
  statusFigures,
  type ClaimedState,
  type InstallationStatus,
  type LicenceEvent,
  type LicenceFacts,
  type StatusBasis,
  type StatusFigures,
  type Validity,
} from '../src/domain/host/licenceState.js';
import { foldLife, foldSight, isCompletion, isLifeEvent, lifeOf, type HostLife, type InstallationLife, type LifeEvent } from '../src/domain/host/life.js';
import { builtInRules } from '../src/domain/rules/builtIn.js';
import type { RuleBook } from '../src/domain/rules/ruleBook.js';
import type { ActivationMethod, EvidenceKind, LicenseStatus, ProductKeyKind } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { internerTable, openInternedTexts, openInterner, type InternedTexts, type Interner } from '../src/readmodel/interner.js';
import { keyset, PAGE_ROWS_MAX, prefixEnd, type Cursor, type Page, type PageRequest, type Seek } from '../src/readmodel/page.js';
import { rememberRows } from '../src/readmodel/rememberedRows.js';
import { openRowBuffer, type SqlValue } from '../src/readmodel/rowBuffer.js';
import { openStatementCache } from '../src/readmodel/statementCache.js';

export { INSTALLATION_STATUSES, type InstallationStatus, type StatusBasis } from '../src/domain/host/licenceState.js';
export type { HostLife, InstallationCause, InstallationLife, MethodChange, OpenHostRequest } from '../src/domain/host/life.js';

/** One product on one host, at the moment asked for. Times are epoch milliseconds, UTC. */
export interface InstallationStatusRow {
  readonly host: StreamId;
  readonly installation: number;
  /** What began and ended it; undefined for one that was only met and runs. An ended one has the status of its end. */
  readonly life: InstallationLife | undefined;
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
  /** The domain it is a member of no longer, and when that was first seen: what Active Directory activated there is so no more. */
  readonly leftDomain: LeftDomain | undefined;
  readonly isKmsHost: boolean;
  /** The CMID of the newest evidence. */
  readonly cmid: string | undefined;
  readonly kmsHost: string | undefined;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** The earliest end of a timed activation among the installations that run. */
  readonly expiresAt: number | undefined;
  readonly installations: readonly InstallationStatusRow[];
  /** Requests, retirement, merging; undefined where there was nothing of the kind. */
  readonly life: HostLife | undefined;
}

/** All given conditions hold; conditions on installations hold for one and the same installation that runs. Hosts merged into others are never listed. */
export interface HostFilter {
  /** Absent: hosts in use. `INCLUDED`: retired ones too; `ONLY`: nothing else. */
  readonly retired?: 'INCLUDED' | 'ONLY' | undefined;
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
  /** Hosts that have left a domain, or only the others. */
  readonly leftDomain?: boolean | undefined;
  /** Beginning of a name, name.domain, domain, CMID or MAC address. */
  readonly search?: string | undefined;
}

export type HostOrder = 'NAME' | 'LAST_SEEN' | 'EXPIRES';

/**
 * The moment a question is about: `now` (epoch ms) decides what time has changed, and by which figures; `asOf` is the last event known
 * then (default: all).
 */
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
  /** The host that this one is part of by now; itself, where it was not merged. */
  survivorOf(host: StreamId): StreamId;
  /** Hosts known by this name (short name, or name.domain), merged ones among them. */
  byName(name: string, moment: StatusMoment): readonly HostRow[];
  /** With `asOf` the list is a scan, bounded by ASOF_SCAN_HOSTS_MAX hosts a page: a page may then be short although `hasMore`. */
  page(filter: HostFilter, order: HostOrder, descending: boolean, request: PageRequest, moment: StatusMoment): Page<HostRow>;
  /** Hosts that pass the filter. */
  count(filter: HostFilter, now: number): number;
  /** Installations that run, by status at `now`, without those of merged hosts. */
  statusCounts(now: number): ReadonlyMap<InstallationStatus, number>;
}

/** Merges that are followed from host to host. */
const MERGES_FOLLOWED_MAX = 1_000;

/** Hosts that one page looks at in an answer `asOf`. */
export const ASOF_SCAN_HOSTS_MAX = 5_000;

/**
 * What a column `licence` holds: a JSON array with LicenceFacts in this order, texts by their number. One text is written and
 * read several times as fast as 22 columns; what lists are filtered by stands beside it.
 */
const LICENCE_LAYOUT = `state (index in ${CLAIMED_STATES.join(' ')}), sinceAt, untilAt, validity, recorded, licenseStatus, method, keyLastFive,
  keyKind, sku, product, kmsHost, evidenceKind, evidenceSequence, evidenceAt, contraryAt, provedAt, countedRequests,
  failedRequests, failureHresult, failureAt, seenAt, renewedUntilAt, renewedSeenAt`;

/** In the column that lists are filtered by, the state of an installation that has ended: it passes no filter. */
const ENDED_STATE = -1;

/** Rows between two milestones of an installation's history. */
const MILESTONE_EVENTS = 64;

/**
 * Codes of how a timed activation ends: it ends at a time that was reported, or as long after a time as a figure says. Figures may be
 * configured, so that only a question knows when.
 */
const ENDS = { REPORTED: 0, KMS: 1, ADBA: 2 } as const;

/** The end of a host without a timed activation: behind every real time, so that one expression orders all. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** Status per host and installation, with the history of both. */
export const hostStatus: Projection = {
  name: 'hostStatus',
  version: 4,
  tables: [
    internerTable('hostStatus_text'),
    // `facts` is the JSON of HostFacts: read whole, never searched.
    `CREATE TABLE hostStatus_host (
       id INTEGER PRIMARY KEY,
       stream TEXT NOT NULL UNIQUE,
       name TEXT NOT NULL,
       domain TEXT NOT NULL,
       facts TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX hostStatus_host_name ON hostStatus_host (name, domain, id)',
    // What nearly every event changes, in rows so small that reading all of them to sort them is cheaper than two indexes.
    `CREATE TABLE hostStatus_times (
       host INTEGER PRIMARY KEY,
       lastSeenAt INTEGER NOT NULL,
       /* The earliest of its timed activations: the end that is reported, and from when on a figure counts. */
       endsAt INTEGER NOT NULL,
       kmsFrom INTEGER NOT NULL,
       adbaFrom INTEGER NOT NULL
     ) STRICT`,
    // The few that lists leave out.
    `CREATE TABLE hostStatus_outOfUse (
       host INTEGER PRIMARY KEY,
       merged INTEGER NOT NULL
     ) STRICT`,
    `CREATE TABLE hostStatus_hostHistory (
       host INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       facts TEXT NOT NULL,
       PRIMARY KEY (host, sequence)
     ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE hostStatus_identity (
       host INTEGER NOT NULL,
       kind TEXT NOT NULL,
       value TEXT NOT NULL,
       raw TEXT NOT NULL,
       sequence INTEGER NOT NULL,
       PRIMARY KEY (host, kind, value)
     ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX hostStatus_identity_value ON hostStatus_identity (value)',
    `CREATE TABLE hostStatus_installation (
       host INTEGER NOT NULL,
       installation INTEGER NOT NULL,
       lastSequence INTEGER NOT NULL,
       events INTEGER NOT NULL,
       state INTEGER NOT NULL, /* ${ENDED_STATE}: it has ended */
       ends INTEGER NOT NULL, /* ${JSON.stringify(ENDS)} */
       endsFrom INTEGER, /* when it ends, or from when on a figure counts */
       method INTEGER,
       keyLastFive TEXT,
       sku INTEGER,
       product INTEGER,
       licence TEXT NOT NULL, /* ${LICENCE_LAYOUT} */
       PRIMARY KEY (host, installation)
     ) STRICT, WITHOUT ROWID`,
    // Kept in log order, so that writing only ever appends: each row names the one before it of the same installation.
    `CREATE TABLE hostStatus_installationHistory (
       sequence INTEGER PRIMARY KEY,
       previous INTEGER,
       licence TEXT NOT NULL
     ) STRICT`,
    // Every MILESTONE_EVENTS-th row of a history: a look-up starts at one and goes back fewer steps than that.
    `CREATE TABLE hostStatus_milestone (
       host INTEGER NOT NULL,
       installation INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       PRIMARY KEY (host, installation, sequence)
     ) STRICT, WITHOUT ROWID`,
  ],
  open: openWriter,
};

/** Epoch milliseconds. */
export interface LeftDomain {
  readonly name: string | undefined;
  readonly at: number;
}

/** What is known of a host besides its installations. Plain JSON: it is stored as such. */
interface HostFacts {
  readonly name: string;
  readonly domain: string;
  readonly rawName: string;
  readonly operatingSystem?: string | undefined;
  readonly virtualMachine?: boolean | undefined;
  readonly networkName?: string | undefined;
  readonly networkType?: HostRow['networkType'];
  readonly leftDomain?: LeftDomain | undefined;
  readonly isKmsHost: boolean;
  readonly cmid?: string | undefined;
  readonly kmsHost?: string | undefined;
  readonly firstSeenAt: number;
  /** The latest time of the host's events that belong to no installation. */
  readonly ownSeenAt: number;
  readonly life?: HostLife | undefined;
}

/** A host as the fold knows it. */
interface HostState {
  readonly facts: HostFacts;
  readonly installations: ReadonlyMap<number, LicenceFacts>;
}

type HostFold = AnyEvent & Pick<ProjectedEvent, 'sequence' | 'occurredMs'>;

const LICENCE_EVENT_TYPES: ReadonlySet<string> = new Set([
  'LicenseStateObserved',
  'KmsRequestObserved',
  'KmsAttemptObserved',
  'KmsResponseObserved',
]);

/** The host's own facts after an event; `installations`: those it has. */
function foldHost(facts: HostFacts | undefined, event: HostFold, lastSeenAt: number, installations: ReadonlyMap<number, unknown>): HostFacts {
  if (facts !== undefined && !isEvidence(event)) return foldStatement(facts, event, installations.keys());
  const known = facts ?? { name: '', domain: '', rawName: '', isKmsHost: false, firstSeenAt: event.occurredMs, ownSeenAt: event.occurredMs };
  const firstSeenAt = Math.min(known.firstSeenAt, event.occurredMs);
  const next = firstSeenAt === known.firstSeenAt ? known : { ...known, firstSeenAt };
  if (!isLicenceEvent(event)) return foldOwn(seenItself(next, event), event);
  const used = foldUse(next, event, event.occurredMs >= lastSeenAt);
  const { installation } = event.data;
  if (installation === undefined) return seenItself(used, event);
  return used.life === undefined ? used : seenOf(used, used.life, event, installations);
}

/** What somebody stated of the host: no evidence that it was seen. */
function foldStatement(facts: HostFacts, event: HostFold, installations: Iterable<number>): HostFacts {
  if (isLifeEvent(event)) return { ...facts, life: foldLife(facts.life, event, installations) };
  return event.type === 'CorrectionRecorded' ? withCorrection(facts, event.data) : facts;
}

function isEvidence(event: HostFold): boolean {
  return isLicenceEvent(event) || !(isLifeEvent(event) || event.type === 'CorrectionRecorded');
}

/** A corrected word of the registration, unless something newer has taken its place. */
function withCorrection(facts: HostFacts, { eventType, field, was, value }: CorrectionRecorded['data']): HostFacts {
  if (eventType !== 'HostRegistered') return facts;
  if (field === 'operatingSystem' && facts.operatingSystem === was) return { ...facts, operatingSystem: typeof value === 'string' ? value : undefined };
  if (field === 'virtualMachine' && facts.virtualMachine === was) return { ...facts, virtualMachine: typeof value === 'boolean' ? value : undefined };
  return facts;
}

function seenOf(facts: HostFacts, life: HostLife, event: HostFold & LicenceEvent, installations: ReadonlyMap<number, unknown>): HostFacts {
  const { installation } = event.data;
  if (installation === undefined) return facts;
  const applicationId = event.type === 'LicenseStateObserved' ? event.data.applicationId : undefined;
  const next = foldSight(life, { installation, applicationId, isFirst: !installations.has(installation) }, event);
  return next === life ? facts : { ...facts, life: next };
}

function seenItself(facts: HostFacts, { occurredMs }: HostFold): HostFacts {
  return occurredMs > facts.ownSeenAt ? { ...facts, ownSeenAt: occurredMs } : facts;
}

/** CMID and KMS host move with the newest evidence. The same object comes back when nothing changes: then no row is written. */
function foldUse(facts: HostFacts, event: HostFold, newest: boolean): HostFacts {
  if (event.type !== 'KmsRequestObserved' && event.type !== 'KmsAttemptObserved') return facts;
  const { cmid } = event.data;
  const kmsHost = event.data.kmsHost === undefined ? undefined : normaliseKmsHost(event.data.kmsHost);
  const nextCmid = newest ? (cmid ?? facts.cmid) : (facts.cmid ?? cmid);
  const nextKmsHost = newest ? (kmsHost ?? facts.kmsHost) : (facts.kmsHost ?? kmsHost);
  return nextCmid === facts.cmid && nextKmsHost === facts.kmsHost ? facts : { ...facts, cmid: nextCmid, kmsHost: nextKmsHost };
}

function foldOwn(facts: HostFacts, event: HostFold): HostFacts {
  if (event.type === 'HostRegistered') {
    return {
      ...named(facts, event.data.identities),
      operatingSystem: event.data.operatingSystem ?? facts.operatingSystem,
      virtualMachine: event.data.virtualMachine ?? facts.virtualMachine,
    };
  }
  if (event.type === 'HostIdentityObserved') return named(facts, event.data.identities);
  if (event.type === 'DomainMembershipObserved') return withMembership(facts, event.data, event.occurredMs);
  return event.type === 'KmsCountObserved' || event.type === 'KmsPublicationObserved' ? { ...facts, isKmsHost: true } : facts;
}

/** The first name stays the host's name; a domain learned later completes it. */
function named(facts: HostFacts, identities: readonly HostIdentity[]): HostFacts {
  let next = facts;
  for (const identity of identities) {
    if (identity.kind === 'NAME') {
      if (next.name === '') next = { ...next, name: identity.name, domain: identity.domain, rawName: identity.raw };
      else if (next.domain === '' && identity.name === next.name) next = { ...next, domain: identity.domain };
    } else if (identity.kind === 'CMID' && next.cmid === undefined) {
      next = { ...next, cmid: identity.value };
    }
  }
  return next;
}

function withMembership(facts: HostFacts, data: DomainMembershipObserved['data'], at: number): HostFacts {
  return {
    ...facts,
    leftDomain: leftBy(facts, data, at),
    networkName: data.networkName ?? facts.networkName,
    networkType: data.networkType === 'UNKNOWN' ? (facts.networkType ?? 'UNKNOWN') : data.networkType,
    operatingSystem: data.osEdition ?? facts.operatingSystem,
    isKmsHost: data.isKmsHost ?? facts.isKmsHost,
  };
}

/** A member that is seen in a workgroup, or in another domain, has left its own; one that is seen in it again has not. */
function leftBy({ networkType, networkName, leftDomain }: HostFacts, data: DomainMembershipObserved['data'], at: number): LeftDomain | undefined {
  if (data.networkType === 'UNKNOWN') return leftDomain;
  const same = (name: string | undefined): boolean => name === undefined || data.networkName === undefined || name.toLowerCase() === data.networkName.toLowerCase();
  if (data.networkType === 'DOMAIN' && leftDomain !== undefined && leftDomain.name !== undefined && same(leftDomain.name)) return undefined;
  const leaves = networkType === 'DOMAIN' && (data.networkType === 'WORKGROUP' || !same(networkName));
  return leaves ? { name: networkName, at } : leftDomain;
}

function isLicenceEvent(event: HostFold): event is HostFold & LicenceEvent {
  return LICENCE_EVENT_TYPES.has(event.type);
}

interface HostEntry {
  readonly id: number;
  readonly stream: string;
  facts: HostFacts;
  lastSeenAt: number;
  readonly installations: Map<number, InstallationEntry>;
  /** Whether the tables have rows of it. */
  stored: boolean;
  /** The JSON of its facts to write, or undefined when it stands in the table. */
  pending: string | undefined;
}

interface InstallationEntry {
  facts: LicenceFacts;
  /** The newest row of its history, and how many there are. */
  lastSequence: number;
  events: number;
  /** Whether the table has a row of it. */
  stored: boolean;
  /** Its encoded licence and the JSON of that to write, or undefined when it stands in the table. */
  pending: EncodedLicence | undefined;
}

interface EncodedLicence {
  readonly row: readonly SqlValue[];
  readonly text: string;
}

/** Hosts kept in memory; when there are more, the memory starts again empty after a flush. */
const HOSTS_CACHED_MAX = 100_000;

function openWriter(database: Database): ProjectionWriter {
  const statements = prepareWriter(database);
  const texts = openInterner(database, 'hostStatus_text');
  const load = openLoader(database);
  const hosts = new Map<string, HostEntry>();
  const touched = new Set<HostEntry>();
  let nextId = (database.prepare<[], number | null>('SELECT MAX(id) FROM hostStatus_host').pluck().get() ?? 0) + 1;
  // While every host of the tables is in memory, one that is not is new: a build from nothing looks up none.
  let remembersAll = nextId === 1;

  const find = (stream: string): HostEntry | undefined => {
    const known = hosts.get(stream);
    if (known !== undefined || remembersAll) return known;
    const loaded = load(stream);
    if (loaded !== undefined) hosts.set(stream, loaded);
    return loaded;
  };

  const meet = (event: HostFold, stream: string): HostEntry => {
    const entry: HostEntry = {
      id: nextId,
      stream,
      facts: foldHost(undefined, event, event.occurredMs, new Map()),
      lastSeenAt: event.occurredMs,
      installations: new Map(),
      stored: false,
      pending: undefined,
    };
    nextId += 1;
    hosts.set(stream, entry);
    return entry;
  };

  const recordFacts = (entry: HostEntry, sequence: number): void => {
    entry.pending = JSON.stringify(entry.facts);
    statements.hostHistory.add([entry.id, sequence, entry.pending]);
  };

  const recordIdentities = (host: number, event: HostFold, knownCmid: string | undefined): void => {
    for (const [kind, value, raw] of identitiesIn(event, knownCmid)) {
      statements.identities.add([host, kind, value, raw, event.sequence]);
    }
  };

  /** The licence of an installation after an event. */
  const record = (entry: HostEntry, number: number, facts: LicenceFacts, sequence: number): void => {
    const known = entry.installations.get(number);
    const row = encodeLicence(facts, texts);
    const pending = { row, text: JSON.stringify(row) };
    statements.history.add([sequence, known?.lastSequence ?? null, pending.text]);
    if (known === undefined) {
      entry.installations.set(number, { facts, lastSequence: sequence, events: 1, stored: false, pending });
      return;
    }
    known.facts = facts;
    known.lastSequence = sequence;
    known.events += 1;
    known.pending = pending;
    if (known.events % MILESTONE_EVENTS === 0) statements.milestones.add([entry.id, number, sequence]);
  };

  /** Only what lists are filtered by: the licence is as it was. */
  const rewrite = (entry: HostEntry, number: number): void => {
    const known = entry.installations.get(number);
    if (known === undefined) return;
    const row = encodeLicence(known.facts, texts);
    known.pending = { row, text: JSON.stringify(row) };
  };

  const foldInstallation = (entry: HostEntry, event: HostFold & LicenceEvent): void => {
    const number = event.data.installation;
    if (number === undefined) return;
    record(entry, number, foldLicence(entry.installations.get(number)?.facts ?? NO_LICENCE_FACTS, event, event), event.sequence);
  };

  const rewriteAll = (entry: HostEntry): void => {
    for (const number of entry.installations.keys()) rewrite(entry, number);
  };

  /** What a statement changes in the rows of installations. Their times are in the host's facts. */
  const foldLifeOf = (entry: HostEntry, event: HostFold & LifeEvent, before: HostLife | undefined): void => {
    if (isCompletion(event)) {
      const { request, startedInstallation, endedInstallation } = event.data;
      const open = before?.openRequests.find((each) => each.request === request);
      record(entry, startedInstallation, startedLicence(open?.method, open?.lastFive), event.sequence);
      if (endedInstallation !== undefined) rewrite(entry, endedInstallation);
    } else if (event.type === 'ActivationMethodChanged') {
      const { installation, to } = event.data;
      record(entry, installation, { ...(entry.installations.get(installation)?.facts ?? NO_LICENCE_FACTS), method: to }, event.sequence);
    } else if (event.type === 'HostRetired') {
      rewriteAll(entry);
      statements.leaveOut.run(entry.id, 0);
    } else if (event.type === 'HostsMerged' && event.data.role === 'ABSORBED') {
      statements.leaveOut.run(entry.id, 1);
    }
  };

  return {
    apply(projected) {
      if (!projected.stream.startsWith('host-')) return;
      const event = projected as unknown as HostFold;
      const found = find(projected.stream);
      const entry = found ?? meet(event, projected.stream);
      touched.add(entry);
      const before = entry.facts;
      if (found !== undefined) entry.facts = foldHost(before, event, entry.lastSeenAt, entry.installations);
      // Compared with the CMID before the event: only a change is worth a statement.
      recordIdentities(entry.id, event, found === undefined ? undefined : before.cmid);
      if (found === undefined || entry.facts !== before) recordFacts(entry, event.sequence);
      if (isLicenceEvent(event)) foldInstallation(entry, event);
      else if (isLifeEvent(event)) foldLifeOf(entry, event, before.life);
      if (entry.facts.leftDomain !== before.leftDomain) rewriteAll(entry);
      if (event.occurredMs > entry.lastSeenAt && isEvidence(event)) entry.lastSeenAt = event.occurredMs;
    },

    flush() {
      texts.flush();
      for (const rows of [statements.hostHistory, statements.identities, statements.history, statements.milestones]) rows.flush();
      for (const entry of [...touched].sort((a, b) => a.id - b.id)) writeHost(statements, entry);
      for (const rows of [statements.newHosts, statements.newTimes, statements.newInstallations]) rows.flush();
      touched.clear();
      if (hosts.size > HOSTS_CACHED_MAX) {
        hosts.clear();
        remembersAll = false;
      }
    },
  };
}

/** Identities that an event shows, without the CMID that is known. */
function identitiesIn(event: HostFold, knownCmid: string | undefined): readonly (readonly [kind: string, value: string, raw: string])[] {
  if (event.type === 'HostRegistered' || event.type === 'HostIdentityObserved') return event.data.identities.map(identityRow);
  if (event.type !== 'KmsRequestObserved' && event.type !== 'KmsAttemptObserved') return [];
  const { cmid } = event.data;
  return cmid === undefined || cmid === knownCmid ? [] : [['CMID', cmid, cmid]];
}

function identityRow(identity: HostIdentity): readonly [kind: string, value: string, raw: string] {
  if (identity.kind !== 'NAME') return [identity.kind, identity.value, identity.value];
  return ['NAME', fullName(identity.name, identity.domain), identity.raw];
}

function fullName(name: string, domain: string): string {
  return domain === '' ? name : `${name}.${domain}`;
}

function writeHost(statements: WriterStatements, entry: HostEntry): void {
  const { id, stream, facts, lastSeenAt, pending } = entry;
  const ends = endsOf(entry.installations, (installation) => installation.facts, facts);
  if (entry.stored) {
    if (pending !== undefined) statements.updateHost.run(facts.name, facts.domain, pending, id);
    statements.updateTimes.run(lastSeenAt, ...ends, id);
  } else {
    statements.newHosts.add([id, stream, facts.name, facts.domain, pending ?? JSON.stringify(facts)]);
    statements.newTimes.add([id, lastSeenAt, ...ends]);
  }
  entry.stored = true;
  entry.pending = undefined;
  for (const [number, installation] of entry.installations) {
    if (installation.pending === undefined) continue;
    const { lastSequence, events } = installation;
    const { row, text } = installation.pending;
    const columns = filterColumns(row, installation.facts, stateOf(installation.facts, number, facts));
    if (installation.stored) statements.updateInstallation.run(lastSequence, events, ...columns, text, id, number);
    else statements.newInstallations.add([id, number, lastSequence, events, ...columns, text]);
    installation.pending = undefined;
    installation.stored = true;
  }
}

/** In the order of ENDS. */
type Ends = readonly [endsAt: number, kmsFrom: number, adbaFrom: number];

/** The earliest of each kind among the timed activations that run. */
function endsOf<Entry>(installations: ReadonlyMap<number, Entry>, factsOf: (entry: Entry) => LicenceFacts, host: HostFacts): Ends {
  const earliest: [number, number, number] = [NEVER_MS, NEVER_MS, NEVER_MS];
  for (const [number, entry] of installations) {
    const facts = factsOf(entry);
    if (stateOf(facts, number, host) !== CLAIMED_STATES.indexOf('TIMED')) continue;
    const kind = ENDS[facts.validity ?? 'REPORTED'];
    earliest[kind] = Math.min(earliest[kind], endsFrom(facts) ?? NEVER_MS);
  }
  return earliest;
}

/** When it ends, or from when on a figure counts. */
function endsFrom({ validity, evidenceAt, untilAt }: LicenceFacts): number | undefined {
  return validity === undefined ? untilAt : evidenceAt;
}

function expiryOf([endsAt, kmsFrom, adbaFrom]: Ends, { validityMs }: StatusFigures): number | undefined {
  const earliest = Math.min(endsAt, kmsFrom + validityMs.KMS, adbaFrom + validityMs.ADBA);
  return earliest >= NEVER_MS ? undefined : earliest;
}

/** The state that lists are filtered by: of what has ended none, and none of the directory's where the host has left it. */
function stateOf(facts: LicenceFacts, number: number, { life, leftDomain }: HostFacts): number {
  if (hasEnded(life, number)) return ENDED_STATE;
  return CLAIMED_STATES.indexOf(leftDomain !== undefined && isLostByLeaving(facts, leftDomain.at) ? 'UNLICENSED' : facts.state);
}

function hasEnded(life: HostLife | undefined, number: number): boolean {
  return life !== undefined && lifeOf(life, number)?.ended !== undefined;
}

type WriterStatements = ReturnType<typeof prepareWriter>;

function prepareWriter(database: Database) {
  return {
    leaveOut: database.prepare('INSERT OR REPLACE INTO hostStatus_outOfUse (host, merged) VALUES (?, ?)'),
    newHosts: openRowBuffer(database, { insert: 'INSERT INTO hostStatus_host', columns: ['id', 'stream', 'name', 'domain', 'facts'] }),
    updateHost: database.prepare('UPDATE hostStatus_host SET name = ?, domain = ?, facts = ? WHERE id = ?'),
    // An update of a row of the same size is written over it in place; a replacement would be a deletion and an insertion.
    newTimes: openRowBuffer(database, { insert: 'INSERT INTO hostStatus_times', columns: ['host', 'lastSeenAt', 'endsAt', 'kmsFrom', 'adbaFrom'] }),
    updateTimes: database.prepare('UPDATE hostStatus_times SET lastSeenAt = ?, endsAt = ?, kmsFrom = ?, adbaFrom = ? WHERE host = ?'),
    hostHistory: openRowBuffer(database, { insert: 'INSERT INTO hostStatus_hostHistory', columns: ['host', 'sequence', 'facts'] }),
    identities: openRowBuffer(database, { insert: 'INSERT OR IGNORE INTO hostStatus_identity', columns: ['host', 'kind', 'value', 'raw', 'sequence'] }),
    newInstallations: openRowBuffer(database, {
      insert: 'INSERT INTO hostStatus_installation',
      columns: ['host', 'installation', 'lastSequence', 'events', 'state', 'ends', 'endsFrom', 'method', 'keyLastFive', 'sku', 'product', 'licence'],
    }),
    updateInstallation: database.prepare(
      `UPDATE hostStatus_installation
          SET lastSequence = ?, events = ?, state = ?, ends = ?, endsFrom = ?, method = ?, keyLastFive = ?, sku = ?, product = ?, licence = ?
        WHERE host = ? AND installation = ?`,
    ),
    history: openRowBuffer(database, { insert: 'INSERT INTO hostStatus_installationHistory', columns: ['sequence', 'previous', 'licence'] }),
    milestones: openRowBuffer(database, { insert: 'INSERT INTO hostStatus_milestone', columns: ['host', 'installation', 'sequence'] }),
  };
}

function openLoader(database: Database): (stream: string) => HostEntry | undefined {
  const texts = openInternedTexts(database, 'hostStatus_text');
  const selectHost = database.prepare<[string], { id: number; facts: string; lastSeenAt: number }>(
    'SELECT id, facts, (SELECT lastSeenAt FROM hostStatus_times WHERE host = id) AS lastSeenAt FROM hostStatus_host WHERE stream = ?',
  );
  const selectInstallations = database.prepare<[number], InstallationRecord>(
    'SELECT installation, lastSequence, events, licence FROM hostStatus_installation WHERE host = ?',
  );
  return (stream) => {
    const record = selectHost.get(stream);
    if (record === undefined) return undefined;
    const installations = new Map<number, InstallationEntry>();
    for (const { installation, lastSequence, events, licence } of selectInstallations.all(record.id)) {
      installations.set(installation, { facts: decodeLicence(licence, texts), lastSequence, events, stored: true, pending: undefined });
    }
    const { id, lastSeenAt } = record;
    return { id, stream, facts: JSON.parse(record.facts) as HostFacts, lastSeenAt, installations, stored: true, pending: undefined };
  };
}

/** A host as it stands, with its encoded licences. */
interface HostRecord {
  readonly id: number;
  readonly stream: StreamId;
  readonly facts: string;
  readonly lastSeenAt: number;
  readonly ends: Ends;
  readonly licences: (readonly [installation: number, licence: string])[];
}

/** A host with one of its installations; a host without any comes once, with nulls. Read as an array: objects take twice as long. */
type HostPart = readonly [
  id: number, stream: StreamId, facts: string, lastSeenAt: number, ...ends: Ends, installation: number | null, licence: string | null,
];

const HOST_PART = 'h.id, h.stream, facts, lastSeenAt, endsAt, kmsFrom, adbaFrom, installation, licence';
// One statement for hosts and installations, so that an answer is of one moment and a page costs no statement per host.
const HOST_PARTS = `hostStatus_host h CROSS JOIN hostStatus_times t ON t.host = h.id LEFT JOIN hostStatus_installation i ON i.host = h.id`;

/** Parts of one host follow each other. */
function hostRecords(parts: readonly HostPart[]): readonly HostRecord[] {
  const records: HostRecord[] = [];
  let last: HostRecord | undefined;
  for (const [id, stream, facts, lastSeenAt, endsAt, kmsFrom, adbaFrom, installation, licence] of parts) {
    if (last?.id !== id) {
      last = { id, stream, facts, lastSeenAt, ends: [endsAt, kmsFrom, adbaFrom], licences: [] };
      records.push(last);
    }
    if (installation !== null && licence !== null) last.licences.push([installation, licence]);
  }
  return records;
}

/** A host found for a page. What stands in other tables is read when it is asked for. */
type FoundHost = readonly [id: number, stream: StreamId, facts: string, place: number | null];

/** When the first timed activation of a host `t` ends. */
function expirySql({ validityMs }: StatusFigures): string {
  return `min(endsAt, kmsFrom + ${validityMs.KMS}, adbaFrom + ${validityMs.ADBA}, ${NEVER_MS})`;
}

/** `place` is the time that a list is ordered by. */
function pageOf(order: HostOrder, listed: string, condition: Condition, seek: Seek, figures: StatusFigures): string {
  if (order === 'NAME') {
    return `SELECT h.id, h.stream, h.facts, NULL FROM hostStatus_host h WHERE h.id ${listed} AND ${condition.sql} AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?`;
  }
  const [place] = ORDER_COLUMNS[order];
  const meets = condition === EVERYTHING ? condition.sql : `EXISTS (SELECT 1 FROM hostStatus_host h WHERE h.id = t.host AND (${condition.sql}))`;
  const where = `t.host ${listed} AND ${meets}`;
  const times = order === 'EXPIRES' ? `(SELECT host, ${expirySql(figures)} AS expiresAt FROM hostStatus_times)` : 'hostStatus_times';
  // Sorted by their small rows alone, which takes a few milliseconds for 50,000 hosts, and only then joined.
  const found = `SELECT t.host, ${place} FROM ${times} t WHERE ${where} AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?`;
  return `SELECT h.id, h.stream, h.facts, ${place} FROM (${found}) t CROSS JOIN hostStatus_host h ON h.id = t.host ORDER BY ${seek.orderBy}`;
}

/** What a host's other rows tell. */
interface HostRest {
  readonly lastSeenAt: number;
  readonly expiresAt: number | undefined;
  installations(facts: HostFacts): HostRow['installations'];
}

/** The time that a status is asked for, and the figures in force then. */
interface Clock {
  readonly now: number;
  readonly figures: StatusFigures;
}

/** The licences are decoded once, when they are first asked for. */
function restOf({ stream, lastSeenAt, ends, licences }: Omit<HostRecord, 'facts'>, texts: InternedTexts): (clock: Clock) => HostRest {
  let decoded: readonly (readonly [installation: number, licence: LicenceFacts])[] | undefined;
  return (clock) => ({
    lastSeenAt,
    expiresAt: expiryOf(ends, clock.figures),
    installations(facts) {
      decoded ??= licences.map(([installation, licence]) => [installation, decodeLicence(licence, texts)] as const);
      return decoded.map(([installation, licence]) => installationRow(stream, installation, licence, clock, facts));
    },
  });
}

/** A host as it stands: what was read and parsed once answers for any present moment. */
interface PresentHost {
  readonly facts: HostFacts;
  readonly restAt: (clock: Clock) => HostRest;
}

interface InstallationRecord {
  readonly installation: number;
  readonly lastSequence: number;
  readonly events: number;
  readonly licence: string;
}

/** What lists are filtered by: state, how and when it ends, and of the encoded licence method, keyLastFive, sku and product. */
function filterColumns(row: readonly SqlValue[], facts: LicenceFacts, state: number): SqlValue[] {
  return [state, ENDS[facts.validity ?? 'REPORTED'], endsFrom(facts) ?? null, ...[6, 7, 9, 10].map((index) => row[index] ?? null)];
}

/** LICENCE_LAYOUT. */
function encodeLicence(facts: LicenceFacts, texts: Interner): SqlValue[] {
  const word = (text: string | undefined): number | null => (text === undefined ? null : texts.id(text));
  return [
    CLAIMED_STATES.indexOf(facts.state),
    facts.sinceAt ?? null,
    facts.untilAt ?? null,
    facts.validity === undefined ? null : ENDS[facts.validity],
    Number(facts.recorded),
    texts.id(facts.licenseStatus),
    word(facts.method),
    facts.keyLastFive ?? null,
    word(facts.keyKind),
    word(facts.skuId),
    word(facts.productName),
    word(facts.kmsHost),
    word(facts.evidenceKind),
    facts.evidenceSequence ?? null,
    facts.evidenceAt ?? null,
    facts.contraryAt ?? null,
    facts.provedAt ?? null,
    facts.countedRequests,
    facts.failedRequests,
    word(facts.failureHresult),
    facts.failureAt ?? null,
    facts.seenAt,
    facts.renewedUntilAt ?? null,
    facts.renewedSeenAt ?? null,
  ];
}

/** By their codes. */
const VALIDITIES: readonly (Validity | undefined)[] = [undefined, 'KMS', 'ADBA'];

/** The reverse of `encodeLicence`; the casts trust what that function wrote. */
function decodeLicence(licence: string, texts: InternedTexts): LicenceFacts {
  const row = JSON.parse(licence) as readonly SqlValue[];
  const number = (column: number): number | undefined => (row[column] ?? undefined) as number | undefined;
  const word = (column: number): string | undefined => {
    const id = row[column];
    return typeof id === 'number' ? texts.text(id) : undefined;
  };
  return {
    state: CLAIMED_STATES[number(0) ?? 0] ?? 'UNKNOWN',
    sinceAt: number(1),
    untilAt: number(2),
    validity: VALIDITIES[number(3) ?? ENDS.REPORTED],
    recorded: row[4] === 1,
    licenseStatus: (word(5) ?? 'UNKNOWN') as LicenseStatus,
    method: word(6) as ActivationMethod | undefined,
    keyLastFive: (row[7] ?? undefined) as string | undefined,
    keyKind: word(8) as ProductKeyKind | undefined,
    skuId: word(9),
    productName: word(10),
    kmsHost: word(11),
    evidenceKind: word(12) as EvidenceKind | undefined,
    evidenceSequence: number(13),
    evidenceAt: number(14),
    contraryAt: number(15),
    provedAt: number(16),
    countedRequests: number(17) ?? 0,
    failedRequests: number(18) ?? 0,
    failureHresult: word(19),
    failureAt: number(20),
    seenAt: number(21) ?? 0,
    renewedUntilAt: number(22),
    renewedSeenAt: number(23),
  };
}

/** What is known of one host by folding its own events, for `validAt`: those that had happened by then, in the order they happened. */
export function hostAt(events: readonly ProjectedEvent[], validAt: number, rules: Figures = builtInRules): HostRow | undefined {
  const happened = corrected(events).filter((event) => event.occurredMs <= validAt && event.type !== 'CorrectionRecorded').sort((a, b) => a.occurredMs - b.occurredMs || a.sequence - b.sequence);
  const [first] = happened;
  if (first === undefined) return undefined;
  let facts: HostFacts | undefined;
  let lastSeenAt = first.occurredMs;
  const installations = new Map<number, LicenceFacts>();
  for (const each of happened) {
    const event = each as unknown as HostFold;
    const life = facts?.life;
    facts = foldHost(facts, event, lastSeenAt, installations);
    if (isEvidence(event)) lastSeenAt = event.occurredMs;
    foldLicenceAt(installations, event, life);
  }
  return facts === undefined ? undefined : hostRow(first.stream, { facts, installations }, clockAt(validAt, rules));
}

function foldLicenceAt(installations: Map<number, LicenceFacts>, event: HostFold, life: HostLife | undefined): void {
  if (isLicenceEvent(event)) {
    const { installation } = event.data;
    if (installation !== undefined) installations.set(installation, foldLicence(installations.get(installation) ?? NO_LICENCE_FACTS, event, event));
  } else if (isLifeEvent(event) && isCompletion(event)) {
    const open = life?.openRequests.find(({ request }) => request === event.data.request);
    installations.set(event.data.startedInstallation, startedLicence(open?.method, open?.lastFive));
  } else if (event.type === 'ActivationMethodChanged') {
    const { installation, to } = event.data;
    installations.set(installation, { ...(installations.get(installation) ?? NO_LICENCE_FACTS), method: to });
  }
}

function clockAt(now: number, rules: Figures): Clock {
  return { now, figures: statusFigures(rules, now) };
}

function hostRow(host: StreamId, { facts, installations }: HostState, clock: Clock): HostRow {
  return new LazyHostRow(host, facts, () => ({
    lastSeenAt: Math.max(facts.ownSeenAt, ...[...installations.values()].map((licence) => licence.seenAt)),
    expiresAt: expiryOf(endsOf(installations, (licence) => licence, facts), clock.figures),
    installations: () => [...installations].map(([installation, licence]) => installationRow(host, installation, licence, clock, facts)),
  }));
}

/**
 * A row that reads and makes what stands in other tables when it is asked for: most questions about many hosts do not. A class,
 * since an object literal with a getter takes twenty times as long to make, as long as reading the host.
 */
class LazyHostRow implements HostRow {
  readonly host: StreamId;
  readonly name: string;
  readonly domain: string;
  readonly rawName: string;
  readonly operatingSystem: string | undefined;
  readonly virtualMachine: boolean | undefined;
  readonly networkName: string | undefined;
  readonly networkType: HostRow['networkType'];
  readonly leftDomain: LeftDomain | undefined;
  readonly isKmsHost: boolean;
  readonly cmid: string | undefined;
  readonly kmsHost: string | undefined;
  readonly firstSeenAt: number;
  readonly life: HostLife | undefined;
  readonly #facts: HostFacts;
  readonly #read: () => HostRest;
  #rest: HostRest | undefined;
  #installations: HostRow['installations'] | undefined;

  constructor(host: StreamId, facts: HostFacts, read: () => HostRest) {
    this.host = host;
    this.name = facts.name;
    this.domain = facts.domain;
    this.rawName = facts.rawName;
    this.operatingSystem = facts.operatingSystem;
    this.virtualMachine = facts.virtualMachine;
    this.networkName = facts.networkName;
    this.networkType = facts.networkType;
    this.leftDomain = facts.leftDomain;
    this.isKmsHost = facts.isKmsHost;
    this.cmid = facts.cmid;
    this.kmsHost = facts.kmsHost;
    this.firstSeenAt = facts.firstSeenAt;
    this.life = facts.life;
    this.#facts = facts;
    this.#read = read;
  }

  get lastSeenAt(): number {
    return this.#known().lastSeenAt;
  }

  get expiresAt(): number | undefined {
    return this.#known().expiresAt;
  }

  get installations(): HostRow['installations'] {
    return (this.#installations ??= this.#known().installations(this.#facts));
  }

  #known(): HostRest {
    return (this.#rest ??= this.#read());
  }
}

function installationRow(host: StreamId, installation: number, facts: LicenceFacts, { now, figures }: Clock, hostFacts: HostFacts): InstallationStatusRow {
  const life = lifeOf(hostFacts.life, installation);
  const { status, basis, sinceAt, untilAt, untilBasis } = statusAt(facts, Math.min(now, life?.ended?.at ?? now), figures, hostFacts.leftDomain?.at);
  return {
    host,
    installation,
    life,
    status,
    basis,
    sinceAt,
    untilAt,
    untilBasis,
    licenseStatus: facts.licenseStatus,
    method: facts.method,
    keyLastFive: facts.keyLastFive,
    keyKind: facts.keyKind,
    skuId: facts.skuId,
    productName: facts.productName,
    kmsHost: facts.kmsHost,
    evidence:
      facts.evidenceKind === undefined || facts.evidenceSequence === undefined || facts.evidenceAt === undefined
        ? undefined
        : { kind: facts.evidenceKind, sequence: facts.evidenceSequence as Sequence, occurredAt: facts.evidenceAt },
    lastSuccessAt: lastSuccessOf(facts, figures),
    countedRequests: facts.countedRequests,
    failedRequests: facts.failedRequests,
    lastFailure:
      facts.failureHresult === undefined || facts.failureAt === undefined
        ? undefined
        : { hresult: facts.failureHresult, occurredAt: facts.failureAt },
  };
}

type Figures = Pick<RuleBook, 'figure'>;

/**
 * Opens the questions on one read-model file; they answer what is committed at the moment they are asked, by the figures of `rules`
 * (default: built in) in force at the time they ask for.
 */
export function openHostStatusQueries(database: Database, rules: Figures = builtInRules): HostStatusQueries {
  const texts = openInternedTexts(database, 'hostStatus_text');
  const read = openReader(database, texts);
  const lists = openStatementCache(database);

  const pastRow = (id: number, stream: StreamId, asOf: number, clock: Clock): HostRow | undefined => {
    const state = read.asOf(id, asOf);
    return state === undefined ? undefined : hostRow(stream, state, clock);
  };
  const rowsOf = (parts: readonly HostPart[], { now, asOf }: StatusMoment): readonly HostRow[] => {
    const clock = clockAt(now, rules);
    return hostRecords(parts).flatMap(
      (record) =>
        (asOf === undefined
          ? new LazyHostRow(record.stream, JSON.parse(record.facts) as HostFacts, () => restOf(record, texts)(clock))
          : pastRow(record.id, record.stream, asOf, clock)) ?? [],
    );
  };
  const present = rememberRows(database, (host): PresentHost | undefined => {
    const [record] = hostRecords(read.byStream.all(host));
    return record && { facts: JSON.parse(record.facts) as HostFacts, restAt: restOf(record, texts) };
  });
  const byHost = (host: StreamId, moment: StatusMoment): HostRow | undefined => {
    if (moment.asOf !== undefined) return rowsOf(read.byStream.all(host), moment)[0];
    const found = present(host);
    return found && new LazyHostRow(host, found.facts, () => found.restAt(clockAt(moment.now, rules)));
  };
  const listed = (filter: HostFilter): string => LISTED[read.leftOut.get() === 1 ? (filter.retired ?? 'EXCLUDED') : filter.retired === 'ONLY' ? 'ONLY' : 'ALL'];

  /** What the other rows of a page's hosts tell: read at once for all of them, when the first is asked. */
  const restsOf = (found: readonly FoundHost[], clock: Clock): ((id: number) => HostRest) => {
    let rests: ReadonlyMap<number, HostRest> | undefined;
    return (id) => {
      rests ??= new Map(hostRecords(read.byIds.all(JSON.stringify(found.map(([each]) => each)))).map((record) => [record.id, restOf(record, texts)(clock)]));
      const rest = rests.get(id);
      if (rest === undefined) throw new Error(`Host ${id} has no times`);
      return rest;
    };
  };

  return {
    byHost,
    byHosts: (hosts, moment) => rowsOf(read.byStreams.all(JSON.stringify(hosts)), moment),
    installation: (host, installation, moment) => byHost(host, moment)?.installations.find((row) => row.installation === installation),
    identities: (host, asOf) => read.identities.all(host, asOf ?? NEVER_MS),

    survivorOf(host) {
      const followed = new Set<StreamId>();
      for (let survivor = host; followed.size < MERGES_FOLLOWED_MAX; ) {
        followed.add(survivor);
        const next = (read.mergedInto.get(survivor) ?? undefined) as StreamId | undefined;
        if (next === undefined) return survivor;
        // Merges of three hosts at once, on three nodes, can make a circle: the least of it stands for all.
        if (followed.has(next)) return leastOfCircle(followed, next);
        survivor = next;
      }
      throw new Error(`${host} is part of another host over more than ${MERGES_FOLLOWED_MAX} merges`);
    },

    byName: (name, moment) => rowsOf(read.byName.all(name.toLowerCase(), name.toLowerCase()), moment),

    page(filter, order, descending, request, moment) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(ORDER_COLUMNS[order], descending, request);
      const clock = clockAt(moment.now, rules);
      const select = (which: string, condition: Condition, most: number): readonly FoundHost[] =>
        lists<FoundHost>(pageOf(order, which, condition, seek, clock.figures)).raw().all(...condition.values, ...seek.values, most);
      if (moment.asOf === undefined) {
        const found = select(listed(filter), conditionOf(filter, clock), limit + 1);
        const rest = restsOf(found, clock);
        const rows = found.slice(0, limit).map(([id, stream, text, place]) => {
          const facts = JSON.parse(text) as HostFacts;
          return { row: new LazyHostRow(stream, facts, () => rest(id)), cursor: cursorOf(id, facts, place) };
        });
        return { rows: seek.arrange(rows), hasMore: found.length > limit };
      }
      const found = select(LISTED.ALL, EVERYTHING, ASOF_SCAN_HOSTS_MAX + 1);
      const rows: PagedHost[] = [];
      for (const [id, stream, text, place] of found.slice(0, ASOF_SCAN_HOSTS_MAX)) {
        const row = pastRow(id, stream, moment.asOf, clock);
        if (row === undefined || !passes(row, filter, moment.now)) continue;
        if (rows.length === limit) return { rows: seek.arrange(rows), hasMore: true };
        rows.push({ row, cursor: cursorOf(id, JSON.parse(text) as HostFacts, place) });
      }
      return { rows: seek.arrange(rows), hasMore: found.length > ASOF_SCAN_HOSTS_MAX };
    },

    count(filter, now) {
      const condition = conditionOf(filter, clockAt(now, rules));
      return lists<{ hosts: number }>(`SELECT COUNT(*) AS hosts FROM hostStatus_host h WHERE h.id ${listed(filter)} AND ${condition.sql}`).get(...condition.values)?.hosts ?? 0;
    },

    statusCounts(now) {
      const counts = new Map<InstallationStatus, number>();
      const { figures } = clockAt(now, rules);
      for (const row of read.states.iterate()) {
        const state = CLAIMED_STATES[row.state] ?? 'UNKNOWN';
        const at = row.endsFrom ?? undefined;
        const validity = VALIDITIES[row.ends];
        const { status } = statusAt({ state, sinceAt: undefined, untilAt: at, validity, evidenceAt: at, recorded: false }, now, figures);
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
      return counts;
    },
  };
}

/** The circle begins where it was entered; what led to it is no part of it. */
function leastOfCircle(followed: ReadonlySet<StreamId>, entered: StreamId): StreamId {
  const path = [...followed];
  return path.slice(path.indexOf(entered)).reduce((least, each) => (each < least ? each : least), entered);
}

type PagedHost = Page<HostRow>['rows'][number];

/** Which hosts a list is of: what follows the host's number in a condition. `ALL`, where none is left out, costs nothing. */
const LISTED = {
  ALL: 'IS NOT NULL',
  EXCLUDED: 'NOT IN (SELECT host FROM hostStatus_outOfUse)',
  INCLUDED: 'NOT IN (SELECT host FROM hostStatus_outOfUse WHERE merged = 1)',
  ONLY: 'IN (SELECT host FROM hostStatus_outOfUse WHERE merged = 0)',
} as const;

const ORDER_COLUMNS = {
  NAME: ['h.name', 'h.domain', 'h.id'],
  LAST_SEEN: ['t.lastSeenAt', 't.host'],
  EXPIRES: ['t.expiresAt', 't.host'],
} as const satisfies Readonly<Record<HostOrder, readonly string[]>>;

/** The values of ORDER_COLUMNS. */
function cursorOf(id: number, facts: HostFacts, place: number | null): Cursor {
  return place === null ? [facts.name, facts.domain, id] : [place, id];
}

/**
 * A host found by its stream. Apart from the join: SQLite plans a join anew, which takes longer than running it, whenever a
 * parameter changes that its plan may depend on.
 */
function idOf(stream: string): string {
  return `h.id = (SELECT id FROM hostStatus_host WHERE stream = ${stream})`;
}

function openReader(database: Database, texts: InternedTexts) {
  const factsAsOf = database
    .prepare<[number, number], string>(
      'SELECT facts FROM hostStatus_hostHistory WHERE host = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1',
    )
    .pluck();
  const heads = database.prepare<[number], { installation: number; lastSequence: number }>(
    'SELECT installation, lastSequence FROM hostStatus_installation WHERE host = ? ORDER BY installation',
  );
  const milestoneAfter = database
    .prepare<[number, number, number], number>(
      'SELECT sequence FROM hostStatus_milestone WHERE host = ? AND installation = ? AND sequence >= ? ORDER BY sequence LIMIT 1',
    )
    .pluck();
  const previous = database.prepare<[number], number | null>('SELECT previous FROM hostStatus_installationHistory WHERE sequence = ?').pluck();
  const licence = database.prepare<[number], string>('SELECT licence FROM hostStatus_installationHistory WHERE sequence = ?').pluck();

  /** The newest row of a history that is not later than `asOf`: from the nearest later milestone back. */
  const licenceAsOf = (id: number, installation: number, lastSequence: number, asOf: number): string | undefined => {
    let at: number | undefined = milestoneAfter.get(id, installation, asOf) ?? lastSequence;
    while (at !== undefined && at > asOf) at = previous.get(at) ?? undefined;
    return at === undefined ? undefined : licence.get(at);
  };

  return {
    byStream: database.prepare<[string], HostPart>(`SELECT ${HOST_PART} FROM ${HOST_PARTS} WHERE ${idOf('?')} ORDER BY installation`).raw(),
    byStreams: database
      .prepare<[string], HostPart>(
        `SELECT ${HOST_PART} FROM json_each((SELECT ?)) wanted CROSS JOIN ${HOST_PARTS} WHERE ${idOf('wanted.value')} ORDER BY wanted.key, installation`,
      )
      .raw(),
    byIds: database
      .prepare<[string], HostPart>(`SELECT ${HOST_PART} FROM json_each((SELECT ?)) wanted CROSS JOIN ${HOST_PARTS} WHERE h.id = wanted.value ORDER BY wanted.key, installation`)
      .raw(),
    byName: database
      .prepare<[string, string], HostPart>(
        `SELECT ${HOST_PART} FROM ${HOST_PARTS}
          WHERE h.id IN (SELECT id FROM hostStatus_host WHERE name = ? UNION SELECT host FROM hostStatus_identity WHERE value = ? AND kind = 'NAME')
          ORDER BY h.id, installation`,
      )
      .raw(),
    identities: database.prepare<[string, number], HostIdentityRow>(
      `SELECT kind, value, raw, sequence FROM hostStatus_identity
        WHERE host = (SELECT id FROM hostStatus_host WHERE stream = ?) AND sequence <= ? ORDER BY sequence, kind, value`,
    ),
    states: database.prepare<[], { state: number; ends: number; endsFrom: number | null }>(
      `SELECT state, ends, endsFrom FROM hostStatus_installation WHERE state <> ${ENDED_STATE} AND host ${LISTED.INCLUDED}`,
    ),
    leftOut: database.prepare<[], number>('SELECT EXISTS (SELECT 1 FROM hostStatus_outOfUse)').pluck(),
    mergedInto: database.prepare<[string], string | null>(`SELECT facts ->> '$.life.mergedInto' FROM hostStatus_host WHERE stream = ?`).pluck(),

    asOf(id: number, sequence: number): HostState | undefined {
      const facts = factsAsOf.get(id, sequence);
      if (facts === undefined) return undefined;
      const licences = new Map<number, LicenceFacts>();
      for (const { installation, lastSequence } of heads.all(id)) {
        const known = licenceAsOf(id, installation, lastSequence, sequence);
        if (known !== undefined) licences.set(installation, decodeLicence(known, texts));
      }
      return { facts: JSON.parse(facts) as HostFacts, installations: licences };
    },
  };
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

const EVERYTHING: Condition = { sql: 'TRUE', values: [] };

/** The filter as SQL over hostStatus_host `h`; `passes` is the same in memory. */
function conditionOf(filter: HostFilter, clock: Clock): Condition {
  const ofInstallation = all([
    anyOf(filter.status?.map((status) => statusCondition(status, clock))),
    anyOf(filter.product === undefined ? undefined : [textCondition('i.sku', filter.product.toLowerCase()), textCondition('i.product', filter.product)]),
    filter.keyLastFive === undefined ? EVERYTHING : { sql: 'i.keyLastFive = ?', values: [filter.keyLastFive] },
    anyOf(filter.method?.map((method) => textCondition('i.method', method))),
    filter.lapsesBefore === undefined
      ? EVERYTHING
      : { sql: `i.state = ${stateCode('TIMED')} AND ${endSql(clock.figures)} > ? AND ${endSql(clock.figures)} < ?`, values: [clock.now, filter.lapsesBefore] },
  ]);
  return all([
    filter.domain === undefined ? EVERYTHING : { sql: 'h.domain = ?', values: [filter.domain] },
    filter.leftDomain === undefined ? EVERYTHING : { sql: `(h.facts ->> '$.leftDomain') IS ${filter.leftDomain ? 'NOT ' : ''}NULL`, values: [] },
    filter.notSeenSince === undefined ? EVERYTHING : { sql: '(SELECT lastSeenAt FROM hostStatus_times WHERE host = h.id) < ?', values: [filter.notSeenSince] },
    filter.search === undefined ? EVERYTHING : searchCondition(filter.search.toLowerCase()),
    ofInstallation.values.length === 0 && ofInstallation.sql === EVERYTHING.sql
      ? EVERYTHING
      : {
          sql: `EXISTS (SELECT 1 FROM hostStatus_installation i WHERE i.host = h.id AND i.state <> ${ENDED_STATE} AND ${ofInstallation.sql})`,
          values: ofInstallation.values,
        },
  ]);
}

function all(conditions: readonly Condition[]): Condition {
  const real = conditions.filter((condition) => condition !== EVERYTHING);
  if (real.length === 0) return EVERYTHING;
  return { sql: real.map((condition) => `(${condition.sql})`).join(' AND '), values: real.flatMap((condition) => condition.values) };
}

/** Undefined: no condition. An empty list: nothing passes. */
function anyOf(conditions: readonly Condition[] | undefined): Condition {
  if (conditions === undefined) return EVERYTHING;
  if (conditions.length === 0) return { sql: 'FALSE', values: [] };
  return { sql: conditions.map((condition) => `(${condition.sql})`).join(' OR '), values: conditions.flatMap((condition) => condition.values) };
}

function textCondition(column: string, text: string): Condition {
  return { sql: `${column} = (SELECT id FROM hostStatus_text WHERE text = ?)`, values: [text] };
}

function searchCondition(beginning: string): Condition {
  const range = [beginning, prefixEnd(beginning)];
  return {
    sql: `h.id IN (SELECT host FROM hostStatus_identity WHERE value >= ? AND value < ?) OR (h.domain >= ? AND h.domain < ?)`,
    values: [...range, ...range],
  };
}

function stateCode(state: ClaimedState): number {
  return CLAIMED_STATES.indexOf(state);
}

/** `endOf` as SQL over one installation `i`. */
function endSql({ validityMs }: StatusFigures): string {
  return `(i.endsFrom + CASE i.ends WHEN ${ENDS.KMS} THEN ${validityMs.KMS} WHEN ${ENDS.ADBA} THEN ${validityMs.ADBA} ELSE 0 END)`;
}

/** `statusAt` as SQL over one installation `i`. */
function statusCondition(status: InstallationStatus, { now, figures }: Clock): Condition {
  const timed = `i.state = ${stateCode('TIMED')}`;
  const grace = `i.state = ${stateCode('GRACE')}`;
  const end = endSql(figures);
  const overdueFrom = `(? + CASE i.ends WHEN ${ENDS.ADBA} THEN ${overdueLeftMs('ADBA', figures)} ELSE ${overdueLeftMs('KMS', figures)} END)`;
  switch (status) {
    case 'ACTIVE_UNTIL':
      return { sql: `${timed} AND (i.endsFrom IS NULL OR ${end} > ${overdueFrom})`, values: [now] };
    case 'RENEWAL_OVERDUE':
      return { sql: `${timed} AND ${end} > ? AND ${end} <= ${overdueFrom}`, values: [now, now] };
    case 'GRACE':
      return {
        sql: `(${timed} AND ${end} <= ? AND ${end} > ?) OR (${grace} AND (i.endsFrom IS NULL OR i.endsFrom > ?))`,
        values: [now, now - figures.graceMs, now],
      };
    case 'NOTIFICATION':
      return {
        sql: `i.state = ${stateCode('NOTIFICATION')} OR (${timed} AND ${end} <= ?) OR (${grace} AND i.endsFrom <= ?)`,
        values: [now - figures.graceMs, now],
      };
    case 'UNKNOWN':
    case 'PERMANENT':
    case 'UNLICENSED':
    case 'NOT_REQUIRED':
      return { sql: `i.state = ${stateCode(status)}`, values: [] };
  }
}

/** The filter in memory, for rows of the past; `conditionOf` is the same in SQL. */
function passes(row: HostRow, filter: HostFilter, now: number): boolean {
  if (!isListed(row, filter.retired)) return false;
  if (filter.domain !== undefined && row.domain !== filter.domain) return false;
  if (filter.leftDomain !== undefined && (row.leftDomain !== undefined) !== filter.leftDomain) return false;
  if (filter.notSeenSince !== undefined && row.lastSeenAt >= filter.notSeenSince) return false;
  if (filter.search !== undefined && !searchable(row).some((text) => text.startsWith(filter.search?.toLowerCase() ?? ''))) return false;
  if (!asksForInstallation(filter)) return true;
  return row.installations.some((installation) => installation.life?.ended === undefined && installationPasses(installation, filter, now));
}

/** LISTED in memory. */
function isListed({ life }: HostRow, retired: HostFilter['retired']): boolean {
  if (life?.mergedInto !== undefined) return false;
  return retired === 'INCLUDED' || (life?.retired !== undefined) === (retired === 'ONLY');
}

function searchable(row: HostRow): readonly string[] {
  return [fullName(row.name, row.domain), row.domain, row.cmid ?? ''];
}

function asksForInstallation(filter: HostFilter): boolean {
  const { status, product, keyLastFive, method, lapsesBefore } = filter;
  return [status, product, keyLastFive, method, lapsesBefore].some((condition) => condition !== undefined);
}

function installationPasses(row: InstallationStatusRow, filter: HostFilter, now: number): boolean {
  if (filter.status !== undefined && !filter.status.includes(row.status)) return false;
  if (filter.product !== undefined && row.skuId !== filter.product.toLowerCase() && row.productName !== filter.product) return false;
  if (filter.keyLastFive !== undefined && row.keyLastFive !== filter.keyLastFive) return false;
  if (filter.method !== undefined && (row.method === undefined || !filter.method.includes(row.method))) return false;
  if (filter.lapsesBefore === undefined) return true;
  const timed = row.status === 'ACTIVE_UNTIL' || row.status === 'RENEWAL_OVERDUE';
  return timed && row.untilAt !== undefined && row.untilAt > now && row.untilAt < filter.lapsesBefore;
}
