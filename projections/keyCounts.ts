import type { Database } from 'better-sqlite3';
import type { AnyEvent } from '../src/domain/events.js';
import type { LicenseStateObserved } from '../src/domain/host/events.js';
import { addedTo, classChange, NO_COUNTS, usedOf, type ClassCounts } from '../src/domain/productKey/counts.js';
import type { CorrectionRecorded } from '../src/domain/correction.js';
import type { ProductKeyEvent, ProductKeyRegistered, RemainingActivationsObserved } from '../src/domain/productKey/events.js';
import { builtInRules } from '../src/domain/rules/builtIn.js';
import type { RuleBook } from '../src/domain/rules/ruleBook.js';
import type { ActivationMethod, ActivationPurpose, EvidenceKind, OveragePolicy, ProductKeyKind, ProductPool } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { internerTable, openInternedTexts, openInterner, type Interner } from '../src/readmodel/interner.js';
import { keyset, PAGE_ROWS_MAX, type Page, type PageRequest, type Seek } from '../src/readmodel/page.js';
import { rememberRows } from '../src/readmodel/rememberedRows.js';
import { openRowBuffer } from '../src/readmodel/rowBuffer.js';
import { openStatementCache } from '../src/readmodel/statementCache.js';

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
  readonly pool: ProductPool | undefined;
  readonly obtainedFrom: ObtainedFrom | undefined;
  /** What it does with a request beyond its limit. */
  readonly overage: OveragePolicy;
  /** How long a reservation counts, where the key's policy says, in hours. */
  readonly reservationHours: number | undefined;
  readonly status: KeyStatus;
  /** The key that takes its place. */
  readonly replacedBy: StreamId | undefined;
  /** KMS hosts set up with it: a slot stays taken. */
  readonly slotsTaken: number;
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

/** A key that is blocked and retired is blocked. */
export type KeyStatus = 'ACTIVE' | 'BLOCKED' | 'RETIRED';
export type ObtainedFrom = NonNullable<ProductKeyRegistered['data']['obtainedFrom']>;

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

export const KEY_ACTIVATION_STATES = [
  'REQUESTED',
  'REFUSED',
  'RESERVED',
  'CONFIRMED',
  'OBSERVED',
  'MOVED_FROM_OPENING',
  'UNCERTAIN',
  'NOT_CONSUMED',
  'FAILED',
  'CANCELLED',
  'LAPSED',
  'HOST_RETIRED',
  'REVERSED',
] as const;
/** What has become of an activation. Reserved, confirmed, observed, moved from opening and uncertain ones count. */
export type KeyActivationState = (typeof KEY_ACTIVATION_STATES)[number];

/** An activation that was asked for or seen, as the key's stream tells it. */
export interface KeyActivationRow extends RequestDetails {
  readonly host: StreamId;
  /** Undefined: not known yet. */
  readonly installation: number | undefined;
  readonly state: KeyActivationState;
  /** When it became so. */
  readonly occurredAt: number;
  /** Its first event. */
  readonly sequence: Sequence;
  /** The event that made it what it is. */
  readonly lastSequence: Sequence;
  /** Its id, where it was asked for. */
  readonly activation: string | undefined;
}

/** What is known of an activation that was asked for. */
interface RequestDetails {
  readonly product?: string | undefined;
  readonly method?: ActivationMethod | undefined;
  readonly purpose?: ActivationPurpose | undefined;
  readonly agreement?: string | undefined;
  /** Of a proxy activation. */
  readonly installationId?: string | undefined;
  /** When its reservation lapses, epoch milliseconds. */
  readonly expiresAt?: number | undefined;
  /** Code of the refusal. */
  readonly refusal?: string | undefined;
  readonly hresult?: string | undefined;
  readonly confirmedBy?: 'REQUESTER' | 'OBSERVATION' | 'LATE' | undefined;
  readonly confirmationIdStored?: boolean | undefined;
  readonly hardware?: string | undefined;
}

/** One event that changed the balance of a key, or reported on it, with the numbers after it. */
export interface BalanceChangeRow {
  readonly sequence: Sequence;
  readonly eventType: string;
  readonly occurredAt: number;
  /** What it added to each class. */
  readonly change: ClassCounts;
  /** What it added to the limit; undefined where the limit was not known before. */
  readonly raised: number | undefined;
  /** The key with the event. */
  readonly after: KeyCountsRow;
}

/** How fast a key is used. */
export interface SpendingRow {
  /** Activations spent in the time, reversals taken off. */
  readonly spent: number;
  /** First of all its activations, epoch milliseconds; undefined: none. */
  readonly firstAt: number | undefined;
}

/** What a KMS host key allows that has no limit of its own (K-4): hosts, and activations of each. */
export interface KmsKeyFigures {
  readonly slots: number;
  readonly activationsPerHost: number;
}

/** Those in force at a time (epoch ms). */
export function kmsKeyFigures({ figure }: Pick<RuleBook, 'figure'>, at: number): KmsKeyFigures {
  const on = new Date(at).toISOString();
  return { slots: figure('KMS_HOST_SLOTS', on), activationsPerHost: figure('KMS_HOST_ACTIVATIONS', on) };
}

export interface KeyCountsQueries {
  byKey(key: StreamId, asOf?: Sequence): KeyCountsRow | undefined;
  byKeys(keys: readonly StreamId[], asOf?: Sequence): readonly KeyCountsRow[];
  /** All keys with these last five characters. */
  byLastFive(lastFive: string, asOf?: Sequence): readonly KeyCountsRow[];
  /** With `asOf`, filter and order are those of today and the counts those of then; keys not yet known then are left out. */
  page(filter: KeyFilter, order: KeyOrder, descending: boolean, request: PageRequest, asOf?: Sequence): Page<KeyCountsRow>;
  count(filter: KeyFilter): number;
  /** Activations of a key, asked for or seen, newest first. */
  activations(key: StreamId, request: PageRequest, asOf?: Sequence): Page<KeyActivationRow>;
  /** Changes of a key's balance recorded after one sequence and up to another, in their order. */
  balance(key: StreamId, after: Sequence, upTo: Sequence, request: PageRequest): Page<BalanceChangeRow>;
  /** What was spent of a key between two times (epoch ms, the first excluded). */
  spending(key: StreamId, from: number, to: number, asOf?: Sequence): SpendingRow;
}

/** Counts per product key, and how many installations are licensed with it. */
export const keyCounts: Projection = {
  name: 'keyCounts',
  version: 4,
  tables: [
    internerTable('keyCounts_text'),
    // `facts` is the JSON of KeyFacts; the columns beside it are what lists are filtered and ordered by. What remains is not among
    // them: of a KMS host key it depends on figures that may be configured.
    `CREATE TABLE keyCounts_key (
       id INTEGER PRIMARY KEY,
       stream TEXT NOT NULL UNIQUE,
       firstSequence INTEGER NOT NULL,
       lastFive TEXT NOT NULL,
       kind TEXT NOT NULL,
       product TEXT NOT NULL,
       agreement TEXT,
       registered INTEGER NOT NULL,
       allowed INTEGER,
       slots INTEGER,
       activationsPerHost INTEGER,
       used INTEGER NOT NULL,
       facts TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX keyCounts_key_lastFive ON keyCounts_key (lastFive, id)',
    'CREATE INDEX keyCounts_key_product ON keyCounts_key (product, id)',
    `CREATE TABLE keyCounts_keyHistory (
       key INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       facts TEXT NOT NULL,
       PRIMARY KEY (key, sequence)
     ) STRICT, WITHOUT ROWID`,
    // An activation is named by its first event; each later event of it adds a row.
    `CREATE TABLE keyCounts_activation (
       key INTEGER NOT NULL,
       first INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       activation TEXT,
       host INTEGER NOT NULL,
       installation INTEGER,
       state TEXT NOT NULL,
       occurredAt INTEGER NOT NULL,
       details TEXT,
       PRIMARY KEY (key, first, sequence)
     ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX keyCounts_activation_place ON keyCounts_activation (key, host, installation)',
    'CREATE INDEX keyCounts_activation_name ON keyCounts_activation (key, activation) WHERE activation IS NOT NULL',
    // `spent`: confirmed, observed and uncertain together.
    `CREATE TABLE keyCounts_change (
       key INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       type TEXT NOT NULL,
       occurredAt INTEGER NOT NULL,
       spent INTEGER NOT NULL,
       PRIMARY KEY (key, sequence)
     ) STRICT, WITHOUT ROWID`,
    // A key as observations on hosts name it: the last five characters, and the fingerprint where the whole key was seen.
    `CREATE TABLE keyCounts_mention (
       id INTEGER PRIMARY KEY,
       lastFive TEXT NOT NULL,
       fingerprint TEXT NOT NULL,
       active INTEGER NOT NULL,
       UNIQUE (lastFive, fingerprint)
     ) STRICT`,
    `CREATE TABLE keyCounts_mentionHistory (
       mention INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       active INTEGER NOT NULL,
       PRIMARY KEY (mention, sequence)
     ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE keyCounts_installation (
       host INTEGER NOT NULL,
       installation INTEGER NOT NULL,
       mention INTEGER NOT NULL,
       licensed INTEGER NOT NULL,
       evidenceAt INTEGER NOT NULL,
       PRIMARY KEY (host, installation)
     ) STRICT, WITHOUT ROWID`,
  ],
  open: openWriter,
};

/** What a key's own events say of it. Plain JSON: it is stored as such. */
interface KeyFacts {
  readonly lastFive: string;
  readonly fingerprint?: string | undefined;
  readonly kind: ProductKeyKind;
  readonly product?: string | undefined;
  readonly agreement?: string | undefined;
  readonly registered: boolean;
  readonly allowed?: number | undefined;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Date of the opening balance, epoch ms. */
  readonly openingAsOf?: number | undefined;
  readonly counts: ClassCounts;
  readonly reported?: ReportFacts | undefined;
  readonly errorCode?: string | undefined;
  readonly pool?: ProductPool | undefined;
  readonly obtainedFrom?: ObtainedFrom | undefined;
  readonly overage?: OveragePolicy | undefined;
  readonly reservationHours?: number | undefined;
  readonly blocked?: true | undefined;
  readonly retired?: true | undefined;
  readonly replacedBy?: string | undefined;
  readonly slots?: number | undefined;
  readonly activationsPerHost?: number | undefined;
  readonly slotsTaken?: number | undefined;
}

type ReportFacts = NonNullable<KeyCountsRow['reported']> & {
  /** Id of the event, by which it may be corrected. */
  readonly event: string;
  /** What the limit was raised by after it. */
  readonly raisedSince: number;
};

type KeyFold = AnyEvent & Pick<ProjectedEvent, 'id' | 'stream' | 'sequence' | 'occurredMs'>;

/** The key's facts after one of its events, in log order. Older reports do not replace newer ones. */
function foldKey(facts: KeyFacts | undefined, event: KeyFold): KeyFacts {
  const known: KeyFacts = facts ?? {
    lastFive: '',
    kind: 'UNKNOWN',
    registered: false,
    firstSequence: event.sequence,
    lastSequence: event.sequence,
    counts: NO_COUNTS,
  };
  const counts = addedTo(known.counts, classChange(event as ProductKeyEvent));
  return foldFacts({ ...known, lastSequence: event.sequence, counts }, event);
}

function foldFacts(facts: KeyFacts, event: KeyFold): KeyFacts {
  switch (event.type) {
    case 'ProductKeyObserved': {
      const { lastFive, fingerprint, kind, product } = event.data;
      const known = { fingerprint: facts.fingerprint ?? fingerprint, kind: facts.kind === 'UNKNOWN' ? kind : facts.kind };
      return { ...facts, ...known, lastFive, product: facts.product ?? product };
    }
    case 'ProductKeyRegistered':
      return foldRegistration(facts, event.data);
    case 'RemainingActivationsObserved':
      return foldReport(facts, event.data, event);
    case 'LimitRevised':
    case 'LimitIncreaseGranted':
      return foldLimit(facts, event);
    case 'KmsHostConfigured':
      return { ...facts, slotsTaken: event.data.slot };
    case 'ProductKeyPolicyChanged': {
      const { overage = facts.overage, reservationHours = facts.reservationHours } = event.data;
      return { ...facts, overage, reservationHours };
    }
    case 'ProductKeyBlocked':
      return { ...facts, blocked: true, errorCode: event.data.errorCode ?? facts.errorCode };
    case 'ProductKeyRetired':
      return { ...facts, retired: true };
    case 'ProductKeyReplaced':
      return { ...facts, replacedBy: event.data.replacement };
    case 'CorrectionRecorded':
      return foldCorrection(facts, event.data);
    default:
      return facts;
  }
}

function foldRegistration(facts: KeyFacts, data: ProductKeyRegistered['data']): KeyFacts {
  const { lastFive, kind, product, pool, obtainedFrom, overage, reservationHours } = data;
  return {
    ...facts,
    lastFive,
    fingerprint: data.fingerprint ?? facts.fingerprint,
    kind,
    product,
    agreement: data.agreement ?? facts.agreement,
    registered: true,
    allowed: data.allowed ?? facts.allowed,
    // What the ledger had observed of it before is counted as observed, and stays so.
    openingAsOf: data.opening === undefined ? facts.openingAsOf : Date.parse(data.opening.asOf),
    pool,
    obtainedFrom,
    overage,
    reservationHours,
  };
}

function foldReport(facts: KeyFacts, data: RemainingActivationsObserved['data'], event: KeyFold): KeyFacts {
  if (facts.reported !== undefined && event.occurredMs < facts.reported.occurredAt) return facts;
  const { remaining, evidence, errorCode } = data;
  const { occurredMs: occurredAt, sequence, id } = event;
  return { ...facts, reported: { remaining, occurredAt, evidence, sequence, event: id, raisedSince: 0 }, errorCode };
}

function foldLimit(facts: KeyFacts, event: Extract<KeyFold, { type: 'LimitRevised' | 'LimitIncreaseGranted' }>): KeyFacts {
  const { kind, limit } = event.data;
  if (kind === 'KMS_HOST_SLOTS') return { ...facts, slots: limit };
  if (kind === 'KMS_REACTIVATIONS') return { ...facts, activationsPerHost: limit };
  const { reported, allowed } = facts;
  if (reported === undefined || allowed === undefined || event.occurredMs <= reported.occurredAt) return { ...facts, allowed: limit };
  return { ...facts, allowed: limit, reported: { ...reported, raisedSince: reported.raisedSince + limit - allowed } };
}

function foldCorrection(facts: KeyFacts, { event, eventType, field, value }: CorrectionRecorded['data']): KeyFacts {
  if (eventType === 'ProductKeyRegistered') return { ...facts, [field]: value };
  if (facts.reported?.event !== event || field !== 'remaining' || typeof value !== 'number') return facts;
  return { ...facts, reported: { ...facts.reported, remaining: value } };
}

/** A KMS host key allows so many hosts, each so many times, unless a limit of its own is known (K-4). */
function allowedOf({ kind, allowed, slots, activationsPerHost }: KeyFacts, figures: () => KmsKeyFigures): number | undefined {
  if (allowed !== undefined || kind !== 'KMS_HOST') return allowed;
  return (slots ?? figures().slots) * (activationsPerHost ?? figures().activationsPerHost);
}

/** Whether an event left the limit as it was. */
function hasSameLimit(facts: KeyFacts, before: KeyFacts | undefined): boolean {
  const ofHosts = facts.kind === 'KMS_HOST';
  if (facts.allowed !== before?.allowed || ofHosts !== (before?.kind === 'KMS_HOST')) return false;
  return !ofHosts || (facts.slots === before?.slots && facts.activationsPerHost === before?.activationsPerHost);
}

function remainingOf(facts: KeyFacts, figures: () => KmsKeyFigures): number | undefined {
  const allowed = allowedOf(facts, figures);
  return allowed === undefined ? undefined : allowed - usedOf(facts.counts);
}

/** `remainingOf` as SQL over `keyCounts_key`; an unknown limit stands behind every known number. */
function remainingSql({ slots, activationsPerHost }: KmsKeyFigures): string {
  const ofHosts = `CASE kind WHEN 'KMS_HOST' THEN COALESCE(slots, ${slots}) * COALESCE(activationsPerHost, ${activationsPerHost}) END`;
  return `COALESCE(COALESCE(allowed, ${ofHosts}) - used, ${REMAINING_UNKNOWN})`;
}

function statusOf({ blocked, retired }: KeyFacts): KeyStatus {
  if (blocked) return 'BLOCKED';
  return retired ? 'RETIRED' : 'ACTIVE';
}

/** What of `used` was spent and is neither reserved nor of the opening balance. */
function spentOf({ confirmed, observed, uncertain }: Partial<ClassCounts>): number {
  return (confirmed ?? 0) + (observed ?? 0) + (uncertain ?? 0);
}

/**
 * What the report shows as spent and the ledger did not know of at its time. `spentByReport`: what was spent by then; an opening
 * balance of a later date says nothing of it.
 */
function unexplainedOf(facts: KeyFacts, figures: () => KmsKeyFigures, spentByReport: () => number): number | undefined {
  const { reported, openingAsOf, counts } = facts;
  const allowed = allowedOf(facts, figures);
  if (reported === undefined || allowed === undefined) return undefined;
  const opening = openingAsOf === undefined || openingAsOf <= reported.occurredAt ? counts.opening : 0;
  return allowed - reported.raisedSince - reported.remaining - (opening + spentByReport());
}

/** A key as it was read and parsed. */
interface ParsedKey {
  readonly id: number;
  readonly stream: StreamId;
  readonly facts: KeyFacts;
  readonly licensed: Licensed;
}

/**
 * A row that finds out what is unexplained when it is asked for: that takes a look at every activation of the key. A class,
 * since an object literal with a getter takes twenty times as long to make.
 */
class LazyKeyRow implements KeyCountsRow {
  readonly key: StreamId;
  readonly lastFive: string;
  readonly fingerprint: string | undefined;
  readonly kind: ProductKeyKind;
  readonly product: string | undefined;
  readonly agreement: string | undefined;
  readonly registered: boolean;
  readonly firstSequence: Sequence;
  readonly lastSequence: Sequence;
  readonly opening: number;
  readonly confirmed: number;
  readonly reserved: number;
  readonly observed: number;
  readonly uncertain: number;
  readonly used: number;
  readonly allowed: number | undefined;
  readonly remaining: number | undefined;
  readonly reported: KeyCountsRow['reported'];
  readonly active: number | undefined;
  readonly unattributed: number | undefined;
  readonly errorCode: string | undefined;
  readonly pool: ProductPool | undefined;
  readonly obtainedFrom: ObtainedFrom | undefined;
  readonly overage: OveragePolicy;
  readonly reservationHours: number | undefined;
  readonly status: KeyStatus;
  readonly replacedBy: StreamId | undefined;
  readonly slotsTaken: number;
  readonly #facts: KeyFacts;
  readonly #figures: () => KmsKeyFigures;
  readonly #spentByReport: () => number;

  constructor(key: StreamId, facts: KeyFacts, { active, unattributed }: Licensed, figures: () => KmsKeyFigures, spentByReport: () => number) {
    const { opening, confirmed, reserved, observed, uncertain } = facts.counts;
    const { reported } = facts;
    this.key = key;
    this.lastFive = facts.lastFive;
    this.fingerprint = facts.fingerprint;
    this.kind = facts.kind;
    this.product = facts.product;
    this.agreement = facts.agreement;
    this.registered = facts.registered;
    this.firstSequence = facts.firstSequence as Sequence;
    this.lastSequence = facts.lastSequence as Sequence;
    this.opening = opening;
    this.confirmed = confirmed;
    this.reserved = reserved;
    this.observed = observed;
    this.uncertain = uncertain;
    this.used = usedOf(facts.counts);
    this.allowed = allowedOf(facts, figures);
    this.remaining = this.allowed === undefined ? undefined : this.allowed - this.used;
    this.reported =
      reported && { remaining: reported.remaining, occurredAt: reported.occurredAt, evidence: reported.evidence, sequence: reported.sequence };
    this.active = active;
    this.unattributed = unattributed;
    this.errorCode = facts.errorCode;
    this.pool = facts.pool;
    this.obtainedFrom = facts.obtainedFrom;
    this.overage = facts.overage ?? 'REFUSE';
    this.reservationHours = facts.reservationHours;
    this.status = statusOf(facts);
    this.replacedBy = facts.replacedBy as StreamId | undefined;
    this.slotsTaken = facts.slotsTaken ?? 0;
    this.#facts = facts;
    this.#figures = figures;
    this.#spentByReport = spentByReport;
  }

  get unexplained(): number | undefined {
    return unexplainedOf(this.#facts, this.#figures, this.#spentByReport);
  }
}

interface Licensed {
  readonly active: number | undefined;
  readonly unattributed: number | undefined;
}

/**
 * The counts by folding the key's own events that had happened by `validAt` (epoch ms); without `active`. What a correction says
 * holds for the past too.
 */
export function keyCountsAt(events: readonly ProjectedEvent[], validAt: number, rules: Pick<RuleBook, 'figure'> = builtInRules): KeyCountsRow | undefined {
  const happened = corrected(events)
    .filter((event) => event.occurredMs <= validAt)
    .sort((a, b) => a.occurredMs - b.occurredMs || a.sequence - b.sequence);
  const [first] = happened;
  if (first === undefined) return undefined;
  let folded: KeyFacts | undefined;
  for (const event of happened) folded = foldKey(folded, event as unknown as KeyFold);
  if (folded === undefined) return undefined;
  // An activation may have been confirmed for a time before it was asked for: then it was spent, and never reserved.
  const facts = { ...folded, counts: { ...folded.counts, reserved: Math.max(folded.counts.reserved, 0) } };
  const reportedAt = facts.reported?.occurredAt ?? Number.NEGATIVE_INFINITY;
  let spent = 0;
  for (const event of happened) if (event.occurredMs <= reportedAt) spent += spentOf(classChange(event as unknown as ProductKeyEvent));
  return new LazyKeyRow(first.stream, facts, { active: undefined, unattributed: undefined }, () => kmsKeyFigures(rules, validAt), () => spent);
}

/** The events with what corrections say in the place of what they said. */
function corrected(events: readonly ProjectedEvent[]): readonly ProjectedEvent[] {
  const corrections = new Map<string, Record<string, unknown>>();
  for (const each of events) {
    const event = each as unknown as KeyFold;
    if (event.type === 'CorrectionRecorded') corrections.set(event.data.event, { ...corrections.get(event.data.event), [event.data.field]: event.data.value });
  }
  return corrections.size === 0 ? events : events.map((event) => ({ ...event, data: { ...event.data, ...corrections.get(event.id) } }));
}

interface KeyEntry {
  readonly id: number;
  readonly facts: KeyFacts;
}

/** Keys and mentions kept in memory while folding; when there are more, the memory starts again empty. */
const CACHED_MAX = 20_000;
/** `remaining` of a key whose limit is unknown: behind every known number. */
const REMAINING_UNKNOWN = Number.MAX_SAFE_INTEGER;

function openWriter(database: Database): ProjectionWriter {
  const texts = openInterner(database, 'keyCounts_text');
  const licensed = openLicensedFold(database);
  const select = database.prepare<[string], { id: number; facts: string }>('SELECT id, facts FROM keyCounts_key WHERE stream = ?');
  const insert = database.prepare(
    `INSERT INTO keyCounts_key (stream, firstSequence, lastFive, kind, product, agreement, registered, allowed, slots, activationsPerHost, used, facts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    'UPDATE keyCounts_key SET lastFive = ?, kind = ?, product = ?, agreement = ?, registered = ?, allowed = ?, slots = ?, activationsPerHost = ?, used = ?, facts = ? WHERE id = ?',
  );
  const history = openRowBuffer(database, { insert: 'INSERT INTO keyCounts_keyHistory', columns: ['key', 'sequence', 'facts'] });
  const activations = openActivationFold(database);
  const changes = openRowBuffer(database, { insert: 'INSERT INTO keyCounts_change', columns: ['key', 'sequence', 'type', 'occurredAt', 'spent'] });
  const keys = new Map<string, KeyEntry>();
  const changed = new Map<string, KeyEntry>();

  const find = (stream: string): KeyEntry | undefined => {
    const known = keys.get(stream);
    if (known !== undefined) return known;
    const record = select.get(stream);
    return record === undefined ? undefined : { id: record.id, facts: JSON.parse(record.facts) as KeyFacts };
  };

  const begin = (stream: string, facts: KeyFacts): number =>
    Number(insert.run(stream, facts.firstSequence, ...columnsOf(facts)).lastInsertRowid);

  return {
    apply(projected) {
      const event = projected as unknown as KeyFold;
      if (event.type === 'LicenseStateObserved') licensed.observe(texts.id(projected.stream), event.data, event);
      if (!projected.stream.startsWith('productKey-')) {
        endLicences(licensed, event, texts);
        return;
      }
      const known = find(projected.stream);
      const facts = foldKey(known?.facts, event);
      const entry = { id: known?.id ?? begin(projected.stream, facts), facts };
      keys.set(projected.stream, entry);
      changed.set(projected.stream, entry);
      history.add([entry.id, event.sequence, JSON.stringify(facts)]);
      activations.fold(entry.id, event, (text) => texts.id(text));
      const change = classChange(event as ProductKeyEvent);
      if (Object.keys(change).length === 0 && hasSameLimit(facts, known?.facts) && event.type !== 'RemainingActivationsObserved') return;
      changes.add([entry.id, event.sequence, event.type, event.occurredMs, spentOf(change)]);
    },

    flush() {
      texts.flush();
      for (const rows of [history, activations, changes]) rows.flush();
      for (const { id, facts } of changed.values()) update.run(...columnsOf(facts), id);
      changed.clear();
      if (keys.size > CACHED_MAX) keys.clear();
    },
  };
}

function columnsOf(facts: KeyFacts): readonly (string | number | null)[] {
  return [
    facts.lastFive,
    facts.kind,
    facts.product ?? '',
    facts.agreement ?? null,
    Number(facts.registered),
    facts.allowed ?? null,
    facts.slots ?? null,
    facts.activationsPerHost ?? null,
    usedOf(facts.counts),
    JSON.stringify(facts),
  ];
}

type Version = Omit<ActivationRecord, 'sequence'>;

/** Activations remembered beside their rows while folding; when there are more, the memory starts again empty. */
const RECENT_MAX = 10_000;

/** Keeps what becomes of each activation: a row for each event that changes it, under the sequence of its first. */
function openActivationFold(database: Database) {
  const rows = openRowBuffer(database, {
    insert: 'INSERT INTO keyCounts_activation',
    columns: ['key', 'first', 'sequence', 'activation', 'host', 'installation', 'state', 'occurredAt', 'details'],
  });
  const newestOf = (condition: string, order: string) =>
    `SELECT ${VERSION} FROM keyCounts_activation a WHERE key = ? AND ${condition} AND sequence = ${newestVersion('TRUE')} ORDER BY ${order}`;
  const selectByName = database.prepare<[number, string], Version>(newestOf('activation = ?', 'first DESC LIMIT 1'));
  const selectByPlace = database.prepare<[number, number, number], Version>(newestOf('host = ? AND installation = ?', 'first DESC'));

  /** The newest version of activations that were asked for lately: most change soon after, and are not looked up for it. */
  const recent = new Map<string, Version>();

  const byName = (key: number, activation: string): Version | undefined => {
    const known = recent.get(`${key} ${activation}`);
    if (known !== undefined) return known;
    rows.flush();
    return selectByName.get(key, activation);
  };
  const byPlace = (key: number, host: number, installation: number): readonly Version[] => {
    rows.flush();
    return selectByPlace.all(key, host, installation);
  };

  const fold = (key: number, event: KeyFold, textId: (text: string) => number): void => {
    const write = (version: Version, more: Partial<Version> = {}): void => {
      const written: Version = { ...version, ...more, occurredAt: event.occurredMs };
      const { first, activation, host, installation, state, details } = written;
      rows.add([key, first, event.sequence, activation, host, installation, state, event.occurredMs, details]);
      if (activation === null) return;
      if (recent.size >= RECENT_MAX) recent.clear();
      recent.set(`${key} ${activation}`, written);
    };
    const change = (name: string, state: KeyActivationState, more: RequestDetails = {}, installation?: number): void => {
      const known = byName(key, name);
      if (known === undefined) return;
      const details = JSON.stringify({ ...(JSON.parse(known.details ?? '{}') as RequestDetails), ...more });
      write(known, { state, details, installation: installation ?? known.installation });
    };
    const named = ({ activation, host, installation }: ActivationNamed, states: readonly KeyActivationState[]): Version | undefined => {
      if (activation !== undefined) return byName(key, activation);
      if (host === undefined || installation === undefined) return undefined;
      return byPlace(key, textId(host), installation).find(({ state }) => states.includes(state));
    };
    /** `seenAs`: the newest that was seen without having been asked for is this activation. */
    const carry = (host: number, from: number, to: number, seenAs?: string): void => {
      if (from === to) return;
      const counted = byPlace(key, host, from).filter(({ state }) => COUNTED_STATES.includes(state));
      const seen = counted.find(({ activation }) => activation === null);
      for (const version of counted) write(version, { installation: to, activation: version === seen ? (seenAs ?? null) : version.activation });
    };

    switch (event.type) {
      case 'ActivationRequested': {
        const { activation, host, installation = null, product, method, purpose, agreement, installationId } = event.data;
        const details = JSON.stringify({ product, method, purpose, agreement, installationId });
        return write({ first: event.sequence, activation, host: textId(host), installation, state: 'REQUESTED', occurredAt: event.occurredMs, details });
      }
      case 'ActivationGranted':
        return change(event.data.activation, 'RESERVED', { expiresAt: Date.parse(event.data.expiresAt) });
      case 'ActivationRefused':
        return change(event.data.activation, 'REFUSED', { refusal: event.data.code });
      case 'ActivationConfirmed': {
        const { activation, countsAs, confirmedBy, confirmationIdStored, hardware, installation } = event.data;
        return change(activation, countsAs, { confirmedBy, confirmationIdStored, hardware }, installation);
      }
      case 'ActivationFailed':
        return change(event.data.activation, 'FAILED', { hresult: event.data.hresult });
      case 'ActivationReleased': {
        const { activation, cause, carriedOver } = event.data;
        const host = carriedOver && byName(key, activation)?.host;
        change(activation, cause);
        return host === undefined || carriedOver === undefined ? undefined : carry(host, carriedOver.fromInstallation, carriedOver.toInstallation);
      }
      case 'ActivationCarriedOver': {
        const { host, fromInstallation, toInstallation, activation } = event.data;
        return carry(textId(host), fromInstallation, toInstallation, activation);
      }
      case 'ActivationObserved': {
        const { host, installation, countsAs, activation, method } = event.data;
        const known = countsAs === 'ALREADY_COUNTED' && activation !== undefined ? byName(key, activation) : undefined;
        if (known !== undefined) return write(known, { installation });
        if (countsAs === 'ALREADY_COUNTED') return;
        const details = method === undefined ? null : JSON.stringify({ method });
        return write({ first: event.sequence, activation: null, host: textId(host), installation, state: countsAs, occurredAt: event.occurredMs, details });
      }
      case 'ActivationReversed': {
        const { countedAs } = event.data;
        const found = named(event.data, countedAs === 'OBSERVED' ? ['OBSERVED', 'MOVED_FROM_OPENING'] : [countedAs]);
        return found && write(found, { state: 'REVERSED' });
      }
      case 'ActivationConsumptionResolved': {
        const { consumed, activation } = event.data;
        const found = named(event.data, ['UNCERTAIN']);
        const state = activation === undefined ? 'OBSERVED' : 'CONFIRMED';
        return found && write(found, { state: consumed ? state : 'NOT_CONSUMED' });
      }
      default:
    }
  };

  return { fold, flush: () => rows.flush() };
}

interface ActivationNamed {
  readonly activation?: string | undefined;
  readonly host?: string | undefined;
  readonly installation?: number | undefined;
}

const COUNTED_STATES: readonly KeyActivationState[] = ['CONFIRMED', 'OBSERVED', 'MOVED_FROM_OPENING', 'UNCERTAIN'];

/** The columns of an activation as one of its events left it. */
const VERSION = 'first, activation, host, installation, state, occurredAt, details';

/** The last event of the activation of row `a` under a condition. */
function newestVersion(condition: string): string {
  return `(SELECT MAX(v.sequence) FROM keyCounts_activation v WHERE v.key = a.key AND v.first = a.first AND ${condition})`;
}

/**
 * Counts, per mention of a key, the installations whose newest evidence says licensed. A status that nobody understood, and
 * evidence older than the newest, change nothing; evidence without a key speaks of the key known.
 */
function openLicensedFold(database: Database) {
  const findMention = database.prepare<[string, string], number>('SELECT id FROM keyCounts_mention WHERE lastFive = ? AND fingerprint = ?').pluck();
  const insertMention = database.prepare('INSERT INTO keyCounts_mention (lastFive, fingerprint, active) VALUES (?, ?, 0)');
  const change = database.prepare<[number, number], number>('UPDATE keyCounts_mention SET active = active + ? WHERE id = ? RETURNING active').pluck();
  const recordActive = database.prepare('INSERT OR REPLACE INTO keyCounts_mentionHistory (mention, sequence, active) VALUES (?, ?, ?)');
  const select = database.prepare<[number, number], InstallationRecord>(
    'SELECT mention, licensed, evidenceAt FROM keyCounts_installation WHERE host = ? AND installation = ?',
  );
  const licensedOn = database.prepare<[number], { readonly installation: number; readonly mention: number }>(
    'SELECT installation, mention FROM keyCounts_installation WHERE host = ? AND licensed = 1',
  );
  const write = database.prepare(
    'INSERT OR REPLACE INTO keyCounts_installation (host, installation, mention, licensed, evidenceAt) VALUES (?, ?, ?, ?, ?)',
  );

  const mentionOf = (data: LicenseStateObserved['data']): number | undefined => {
    if (data.keyLastFive === undefined) return undefined;
    const fingerprint = data.keyFingerprint ?? '';
    return findMention.get(data.keyLastFive, fingerprint) ?? Number(insertMention.run(data.keyLastFive, fingerprint).lastInsertRowid);
  };
  const move = (mention: number, by: number, sequence: number): void => {
    recordActive.run(mention, sequence, change.get(by, mention));
  };

  const end = (host: number, installation: number, { sequence, occurredMs }: Moment): void => {
    const known = select.get(host, installation);
    if (known === undefined || occurredMs < known.evidenceAt) return;
    if (known.licensed === 1) move(known.mention, -1, sequence);
    write.run(host, installation, known.mention, 0, occurredMs);
  };

  return {
    /** An observation of a licence. */
    observe(host: number, data: LicenseStateObserved['data'], { sequence, occurredMs }: Moment): void {
      const known = select.get(host, data.installation);
      const mention = mentionOf(data) ?? known?.mention;
      if (mention === undefined || data.status === 'UNKNOWN' || (known !== undefined && occurredMs < known.evidenceAt)) return;
      const licensed = data.status === 'LICENSED';
      if (known?.mention !== mention || (known.licensed === 1) !== licensed) {
        if (known?.licensed === 1) move(known.mention, -1, sequence);
        if (licensed) move(mention, 1, sequence);
      }
      write.run(host, data.installation, mention, Number(licensed), occurredMs);
    },
    /** The installation is licensed with its key no longer. */
    end,
    endAll(host: number, moment: Moment): void {
      for (const { installation } of licensedOn.all(host)) end(host, installation, moment);
    },
    /** Of an absorbed host what its survivor has with the same key as well. */
    endDoubles(absorbed: number, survivor: number, moment: Moment): void {
      const kept = new Set(licensedOn.all(survivor).map(({ mention }) => mention));
      for (const { installation, mention } of licensedOn.all(absorbed)) if (kept.has(mention)) end(absorbed, installation, moment);
    },
  };
}

type Moment = Pick<ProjectedEvent, 'sequence' | 'occurredMs'>;

interface InstallationRecord {
  readonly mention: number;
  readonly licensed: number;
  readonly evidenceAt: number;
}

type LicensedFold = ReturnType<typeof openLicensedFold>;

/** Retirement, reimaging, downgrade, a change of method and a merge lower what is active, never what is used (DOMAIN, counts). */
function endLicences(licensed: LicensedFold, event: KeyFold, texts: Pick<Interner, 'id'>): void {
  switch (event.type) {
    case 'HostRetired':
      return licensed.endAll(texts.id(event.stream), event);
    case 'ReimagingCompleted':
    case 'DowngradeCompleted':
    case 'DowngradeReverted': {
      const { endedInstallation } = event.data;
      return endedInstallation === undefined ? undefined : licensed.end(texts.id(event.stream), endedInstallation, event);
    }
    case 'ActivationMethodChanged':
      return licensed.end(texts.id(event.stream), event.data.installation, event);
    case 'HostsMerged':
      return event.data.role === 'ABSORBED' ? licensed.endDoubles(texts.id(event.stream), texts.id(event.data.survivor), event) : undefined;
    default:
  }
}

/**
 * Opens the questions on one read-model file. `figures`: those in force at present, or when an event (`asOf`) was the last one known;
 * by default those that come with the ledger.
 */
export function openKeyCountsQueries(database: Database, figures: (asOf?: Sequence) => KmsKeyFigures = () => kmsKeyFigures(builtInRules, 0)): KeyCountsQueries {
  const texts = openInternedTexts(database, 'keyCounts_text');
  const read = prepareQueries(database);
  const lists = openStatementCache(database);

  /** By the last event of `facts`: the answer stays of one moment although this is a second statement. */
  const spentBy = (key: number, { reported, lastSequence }: KeyFacts): number =>
    reported === undefined ? 0 : (read.spent.get(key, lastSequence, Number.MIN_SAFE_INTEGER, reported.occurredAt)?.spent ?? 0);

  const parsed = ({ id, stream, facts: text, keysOfLastFive, mentions }: KeyRecord): ParsedKey => {
    const facts = JSON.parse(text) as KeyFacts;
    return { id, stream, facts, licensed: licensedWith(facts, keysOfLastFive, mentions) };
  };
  // Made anew for each question, since the figures in force change with time.
  const rowFrom = ({ id, stream, facts, licensed }: ParsedKey, asOf: Sequence | undefined): KeyCountsRow =>
    new LazyKeyRow(stream, facts, licensed, () => figures(asOf), () => spentBy(id, facts));
  const rowOf = (record: KeyRecord, asOf: Sequence | undefined): KeyCountsRow => rowFrom(parsed(record), asOf);

  /** The record as it was. */
  const past = (record: KeyRecord, asOf: number): KeyRecord | undefined => {
    const facts = read.factsAsOf.get(record.id, asOf);
    if (facts === undefined) return undefined;
    const keysOfLastFive = read.keysOfLastFive.get(record.lastFive, asOf) ?? 0;
    return { ...record, facts, keysOfLastFive, mentions: read.mentionsAsOf.all(asOf, record.lastFive) };
  };

  const rowsOf = (parts: readonly KeyPart[], asOf: Sequence | undefined): readonly KeyCountsRow[] =>
    keyRecords(parts)
      .map((record) => (asOf === undefined ? record : past(record, asOf)))
      .flatMap((record) => (record === undefined ? [] : rowOf(record, asOf)));

  const remembered = rememberRows(database, (key): ParsedKey | undefined => {
    const [record] = keyRecords(read.byStream.all(key));
    return record && parsed(record);
  });
  const presentRow = (key: StreamId): KeyCountsRow | undefined => {
    const found = remembered(key);
    return found && rowFrom(found, undefined);
  };

  return {
    byKey: (key, asOf) => (asOf === undefined ? presentRow(key) : rowsOf(read.byStream.all(key), asOf)[0]),
    byKeys: (keys, asOf) => rowsOf(read.byStreams.all(JSON.stringify(keys)), asOf),
    byLastFive: (lastFive, asOf) => rowsOf(read.byLastFive.all(lastFive), asOf),

    page(filter, order, descending, request, asOf) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const present = figures();
      const seek = keyset([order === 'REMAINING' ? remainingSql(present) : ORDER_COLUMNS[order], 'k.id'], descending, request);
      const condition = conditionOf(filter, present);
      const records = keyRecords(
        lists<KeyPart>(pageOf(condition.sql, seek))
          .raw()
          .all(asOf ?? EVERY_SEQUENCE, ...condition.values, ...seek.values, limit + 1),
      );
      const rows = records.slice(0, limit).flatMap((record) => {
        const known = asOf === undefined ? record : past(record, asOf);
        return known === undefined ? [] : { row: rowOf(known, asOf), cursor: [placeOf(record, order, present), record.id] };
      });
      return { rows: seek.arrange(rows), hasMore: records.length > limit };
    },

    count(filter) {
      const condition = conditionOf(filter, figures());
      return lists<number>(`SELECT COUNT(*) FROM keyCounts_key WHERE ${condition.sql}`).pluck().get(...condition.values) ?? 0;
    },

    activations(key, request, asOf = EVERY_SEQUENCE) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(['first'], true, request);
      const records = lists<ActivationRecord>(
        `SELECT sequence, ${VERSION} FROM keyCounts_activation a
          WHERE key = (SELECT id FROM keyCounts_key WHERE stream = ?) AND sequence = ${newestVersion('v.sequence <= ?')} AND ${seek.condition}
          ORDER BY ${seek.orderBy} LIMIT ?`,
      ).all(key, asOf, ...seek.values, limit + 1);
      const rows = records.slice(0, limit).map((record) => ({ row: activationRow(record, (id) => texts.text(id)), cursor: [record.first] }));
      return { rows: seek.arrange(rows), hasMore: records.length > limit };
    },

    balance(key, after, upTo, request) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(['sequence'], false, request);
      const records = lists<ChangeRecord>(
        `SELECT c.key, c.sequence, c.type, c.occurredAt, h.facts,
                (SELECT p.facts FROM keyCounts_keyHistory p WHERE p.key = c.key AND p.sequence < c.sequence ORDER BY p.sequence DESC LIMIT 1) AS factsBefore
           FROM (SELECT * FROM keyCounts_change
                  WHERE key = (SELECT id FROM keyCounts_key WHERE stream = ?) AND sequence > ? AND sequence <= ? AND ${seek.condition}
                  ORDER BY ${seek.orderBy} LIMIT ?) c
           JOIN keyCounts_keyHistory h ON h.key = c.key AND h.sequence = c.sequence ORDER BY ${seek.orderBy.replaceAll('sequence', 'c.sequence')}`,
      ).all(key, after, upTo, ...seek.values, limit + 1);
      const rows = records.slice(0, limit).map((record) => ({ row: changeRow(key, record), cursor: [record.sequence] }));
      return { rows: seek.arrange(rows), hasMore: records.length > limit };
    },

    spending(key, from, to, asOf = EVERY_SEQUENCE) {
      const found = read.idOfStream.get(key);
      const row = found === undefined ? undefined : read.spent.get(found, asOf, from, to);
      return { spent: row?.spent ?? 0, firstAt: (found === undefined ? undefined : read.firstSpent.get(found, asOf)) ?? undefined };
    },
  };

  function changeRow(key: StreamId, record: ChangeRecord): BalanceChangeRow {
    const facts = JSON.parse(record.facts) as KeyFacts;
    const before = record.factsBefore === null ? undefined : (JSON.parse(record.factsBefore) as KeyFacts);
    const { sequence, type, occurredAt } = record;
    const figuresThen = (): KmsKeyFigures => figures(sequence);
    const after = new LazyKeyRow(key, facts, { active: undefined, unattributed: undefined }, figuresThen, () => spentBy(record.key, facts));
    const was = before && allowedOf(before, figuresThen);
    const raised = was === undefined || after.allowed === undefined ? undefined : after.allowed - was;
    return { sequence, eventType: type, occurredAt, change: difference(facts.counts, before?.counts ?? NO_COUNTS), raised, after };
  }
}

interface ChangeRecord {
  readonly key: number;
  readonly sequence: Sequence;
  readonly type: string;
  readonly occurredAt: number;
  readonly facts: string;
  readonly factsBefore: string | null;
}

function difference(counts: ClassCounts, before: ClassCounts): ClassCounts {
  return {
    opening: counts.opening - before.opening,
    confirmed: counts.confirmed - before.confirmed,
    reserved: counts.reserved - before.reserved,
    observed: counts.observed - before.observed,
    uncertain: counts.uncertain - before.uncertain,
  };
}

function activationRow(record: ActivationRecord, text: (id: number) => string): KeyActivationRow {
  const { first, sequence, activation, host, installation, state, occurredAt, details } = record;
  return {
    ...(details === null ? {} : (JSON.parse(details) as RequestDetails)),
    host: text(host) as StreamId,
    installation: installation ?? undefined,
    state,
    occurredAt,
    sequence: first as Sequence,
    lastSequence: sequence,
    activation: activation ?? undefined,
  };
}

const EVERY_SEQUENCE = Number.MAX_SAFE_INTEGER as Sequence;

const ORDER_COLUMNS = { LAST_FIVE: 'k.lastFive', PRODUCT: 'k.product' } as const satisfies Partial<Record<KeyOrder, string>>;

/** The value by which a list is ordered. */
function placeOf({ lastFive, product, facts }: KeyRecord, order: KeyOrder, figures: KmsKeyFigures): string | number {
  if (order === 'REMAINING') return remainingOf(JSON.parse(facts) as KeyFacts, () => figures) ?? REMAINING_UNKNOWN;
  return order === 'PRODUCT' ? product : lastFive;
}

/** A key as its row stands, and what observations on hosts say of keys with its last five characters. */
interface KeyRecord {
  readonly id: number;
  readonly stream: StreamId;
  readonly lastFive: string;
  readonly product: string;
  readonly facts: string;
  readonly keysOfLastFive: number;
  readonly mentions: Mention[];
}

/** Installations licensed with a key as observations name it; the fingerprint is empty where only the last five were seen. */
interface Mention {
  readonly fingerprint: string;
  readonly active: number;
}

/** A key with one of its mentions; a key without any comes once, with nulls. Read as an array: objects take twice as long. */
type KeyPart = readonly [...key: KeyColumns, fingerprint: string | null, active: number | null];
type KeyColumns = readonly [
  id: number, stream: StreamId, lastFive: string, product: string, facts: string, keysOfLastFive: number,
];

const KEY_PART = `k.id, k.stream, k.lastFive, k.product, k.facts,
  (SELECT COUNT(*) FROM keyCounts_key same WHERE same.lastFive = k.lastFive), m.fingerprint, m.active`;
// One statement for keys and mentions, so that an answer is of one moment and a page costs no statement per key.
const KEY_PARTS = 'keyCounts_key k LEFT JOIN keyCounts_mention m ON m.lastFive = k.lastFive';

/** Parts of one key follow each other. */
function keyRecords(parts: readonly KeyPart[]): readonly KeyRecord[] {
  const records: KeyRecord[] = [];
  let last: KeyRecord | undefined;
  for (const [id, stream, lastFive, product, facts, keysOfLastFive, fingerprint, active] of parts) {
    if (last?.id !== id) {
      last = { id, stream, lastFive, product, facts, keysOfLastFive, mentions: [] };
      records.push(last);
    }
    if (fingerprint !== null && active !== null) last.mentions.push({ fingerprint, active });
  }
  return records;
}

/** A page of keys: first found by what orders and filters them, then read with their mentions. */
function pageOf(condition: string, seek: Seek): string {
  return `SELECT ${KEY_PART}
            FROM (SELECT id AS found FROM keyCounts_key k WHERE firstSequence <= ? AND ${condition} AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?)
            CROSS JOIN ${KEY_PARTS} WHERE k.id = found ORDER BY ${seek.orderBy}`;
}

function licensedWith(facts: KeyFacts, keysOfLastFive: number, mentions: readonly Mention[]): Licensed {
  const alone = keysOfLastFive <= 1;
  let active = 0;
  let unattributed = 0;
  for (const mention of mentions) {
    if (mention.fingerprint === '' ? alone : mention.fingerprint === facts.fingerprint) active += mention.active;
    else if (mention.fingerprint === '') unattributed += mention.active;
    else if (alone && facts.fingerprint === undefined) active += mention.active;
  }
  return { active, unattributed };
}

/** An activation as one of its events left it. */
interface ActivationRecord {
  readonly first: number;
  readonly sequence: Sequence;
  readonly activation: string | null;
  readonly host: number;
  readonly installation: number | null;
  readonly state: KeyActivationState;
  readonly occurredAt: number;
  readonly details: string | null;
}

/**
 * A key found by its stream. Apart from the join: SQLite plans a join anew, which takes longer than running it, whenever a
 * parameter changes that its plan may depend on.
 */
function idOf(stream: string): string {
  return `k.id = (SELECT id FROM keyCounts_key WHERE stream = ${stream})`;
}

function prepareQueries(database: Database) {
  return {
    byStream: database.prepare<[string], KeyPart>(`SELECT ${KEY_PART} FROM ${KEY_PARTS} WHERE ${idOf('?')}`).raw(),
    byStreams: database
      .prepare<[string], KeyPart>(
        `SELECT ${KEY_PART} FROM json_each((SELECT ?)) wanted CROSS JOIN ${KEY_PARTS} WHERE ${idOf('wanted.value')} ORDER BY wanted.key`,
      )
      .raw(),
    byLastFive: database.prepare<[string], KeyPart>(`SELECT ${KEY_PART} FROM ${KEY_PARTS} WHERE k.lastFive = (SELECT ?) ORDER BY k.id`).raw(),
    keysOfLastFive: database
      .prepare<[string, number], number>('SELECT COUNT(*) FROM keyCounts_key WHERE lastFive = ? AND firstSequence <= ?')
      .pluck(),
    factsAsOf: database
      .prepare<[number, number], string>('SELECT facts FROM keyCounts_keyHistory WHERE key = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1')
      .pluck(),
    spent: database.prepare<[number, number, number, number], { spent: number | null }>(
      'SELECT SUM(spent) AS spent FROM keyCounts_change WHERE key = ? AND sequence <= ? AND occurredAt > ? AND occurredAt <= ?',
    ),
    firstSpent: database
      .prepare<[number, number], number | null>('SELECT MIN(occurredAt) FROM keyCounts_change WHERE key = ? AND sequence <= ? AND spent > 0')
      .pluck(),
    idOfStream: database.prepare<[string], number>('SELECT id FROM keyCounts_key WHERE stream = ?').pluck(),
    mentionsAsOf: database.prepare<[number, string], Mention>(
      `SELECT fingerprint, COALESCE((SELECT h.active FROM keyCounts_mentionHistory h
                                      WHERE h.mention = m.id AND h.sequence <= ? ORDER BY h.sequence DESC LIMIT 1), 0) AS active
         FROM keyCounts_mention m WHERE lastFive = ?`,
    ),
  };
}

/** Conditions on the key as it is now. */
function conditionOf(filter: KeyFilter, figures: KmsKeyFigures): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const conditions = ['TRUE'];
  const values: (string | number)[] = [];
  const add = (sql: string, ...bound: readonly (string | number)[]): void => {
    conditions.push(sql);
    values.push(...bound);
  };
  if (filter.kind !== undefined) add(`kind IN (${filter.kind.map(() => '?').join(', ')})`, ...filter.kind);
  if (filter.agreement !== undefined) add('agreement = ?', filter.agreement);
  if (filter.product !== undefined) add('product = ?', filter.product);
  if (filter.lastFive !== undefined) add('lastFive = ?', filter.lastFive);
  if (filter.registered !== undefined) add('registered = ?', Number(filter.registered));
  if (filter.remainingBelow !== undefined) add(`${remainingSql(figures)} < ?`, Math.min(filter.remainingBelow, REMAINING_UNKNOWN));
  return { sql: conditions.join(' AND '), values };
}
