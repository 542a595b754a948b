import type { Database } from 'better-sqlite3';
import type { AnyEvent } from '../src/domain/events.js';
import type { LicenseStateObserved } from '../src/domain/host/events.js';
import type { ActivationObserved, ProductKeyRegistered, RemainingActivationsObserved } from '../src/domain/productKey/events.js';
import type { EvidenceKind, ProductKeyKind } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { internerTable, openInternedTexts, openInterner } from '../src/readmodel/interner.js';
import { keyset, PAGE_ROWS_MAX, type Page, type PageRequest, type Seek } from '../src/readmodel/page.js';
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

/** Counts per product key, and how many installations are licensed with it. */
export const keyCounts: Projection = {
  name: 'keyCounts',
  version: 1,
  tables: [
    internerTable('keyCounts_text'),
    // `facts` is the JSON of KeyFacts; the columns beside it are what lists are filtered and ordered by.
    `CREATE TABLE keyCounts_key (
       id INTEGER PRIMARY KEY,
       stream TEXT NOT NULL UNIQUE,
       firstSequence INTEGER NOT NULL,
       lastFive TEXT NOT NULL,
       kind TEXT NOT NULL,
       product TEXT NOT NULL,
       agreement TEXT,
       registered INTEGER NOT NULL,
       remaining INTEGER NOT NULL,
       facts TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX keyCounts_key_lastFive ON keyCounts_key (lastFive, id)',
    'CREATE INDEX keyCounts_key_product ON keyCounts_key (product, id)',
    'CREATE INDEX keyCounts_key_remaining ON keyCounts_key (remaining, id)',
    `CREATE TABLE keyCounts_keyHistory (
       key INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       facts TEXT NOT NULL,
       PRIMARY KEY (key, sequence)
     ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE keyCounts_activation (
       key INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       host INTEGER NOT NULL,
       installation INTEGER NOT NULL,
       countsAs TEXT NOT NULL,
       occurredAt INTEGER NOT NULL,
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
  readonly openingCount: number;
  /** Date of the opening balance, epoch ms. */
  readonly openingAsOf?: number | undefined;
  readonly counts: ActivationCounts;
  readonly reported?: KeyCountsRow['reported'];
  readonly errorCode?: string | undefined;
}

/** Activations by the class they were recorded in. */
type ActivationCounts = Readonly<Record<KeyActivationRow['countsAs'], number>>;

const NO_ACTIVATIONS: ActivationCounts = { OBSERVED: 0, MOVED_FROM_OPENING: 0, UNCERTAIN: 0 };

type KeyFold = AnyEvent & Pick<ProjectedEvent, 'sequence' | 'occurredMs'>;

/** The key's facts after one of its events, in log order. Older reports do not replace newer ones. */
function foldKey(facts: KeyFacts | undefined, event: KeyFold): KeyFacts {
  const known: KeyFacts = facts ?? {
    lastFive: '',
    kind: 'UNKNOWN',
    registered: false,
    firstSequence: event.sequence,
    lastSequence: event.sequence,
    openingCount: 0,
    counts: NO_ACTIVATIONS,
  };
  const next = { ...known, lastSequence: event.sequence };
  if (event.type === 'ProductKeyObserved') {
    const { lastFive, fingerprint, kind, product } = event.data;
    return {
      ...next,
      lastFive,
      fingerprint: known.fingerprint ?? fingerprint,
      kind: known.kind === 'UNKNOWN' ? kind : known.kind,
      product: known.product ?? product,
    };
  }
  if (event.type === 'ProductKeyRegistered') return foldRegistration(next, event.data);
  if (event.type === 'RemainingActivationsObserved') return foldReport(next, event.data, event);
  return event.type === 'ActivationObserved' ? { ...next, counts: counted(next.counts, event.data) } : next;
}

function foldRegistration(facts: KeyFacts, data: ProductKeyRegistered['data']): KeyFacts {
  return {
    ...facts,
    lastFive: data.lastFive,
    fingerprint: data.fingerprint ?? facts.fingerprint,
    kind: data.kind,
    product: data.product,
    agreement: data.agreement ?? facts.agreement,
    registered: true,
    allowed: data.allowed ?? facts.allowed,
    // What the ledger had observed of it before is counted as observed, and stays so.
    openingCount: data.opening === undefined ? facts.openingCount : data.opening.count - data.opening.alreadyObserved,
    openingAsOf: data.opening === undefined ? facts.openingAsOf : Date.parse(data.opening.asOf),
  };
}

function foldReport(facts: KeyFacts, data: RemainingActivationsObserved['data'], event: KeyFold): KeyFacts {
  if (facts.reported !== undefined && event.occurredMs < facts.reported.occurredAt) return facts;
  return {
    ...facts,
    reported: { remaining: data.remaining, occurredAt: event.occurredMs, evidence: data.evidence, sequence: event.sequence },
    errorCode: data.errorCode,
  };
}

function counted(counts: ActivationCounts, data: ActivationObserved['data']): ActivationCounts {
  return data.countsAs === 'ALREADY_COUNTED' ? counts : { ...counts, [data.countsAs]: counts[data.countsAs] + 1 };
}

/** The classes of DOMAIN's equation. Nothing reserves or confirms yet: both are part of it and stay 0. */
function classesOf({ openingCount, counts }: KeyFacts) {
  const opening = openingCount - counts.MOVED_FROM_OPENING;
  const observed = counts.OBSERVED + counts.MOVED_FROM_OPENING;
  const uncertain = counts.UNCERTAIN;
  return { opening, confirmed: 0, reserved: 0, observed, uncertain, used: opening + observed + uncertain };
}

function remainingOf(facts: KeyFacts): number | undefined {
  return facts.allowed === undefined ? undefined : facts.allowed - classesOf(facts).used;
}

/**
 * What was spent by the time of a report, as far as the ledger knows: an opening balance of that time or before includes the
 * activations moved out of it; of a later balance only those count that are known to have happened.
 */
function unexplainedOf(facts: KeyFacts, spentByReport: () => ActivationCounts): number | undefined {
  const { reported, allowed, openingAsOf, openingCount } = facts;
  if (reported === undefined || allowed === undefined) return undefined;
  const openingKnown = openingAsOf === undefined || openingAsOf <= reported.occurredAt;
  const spent = spentByReport();
  const before = openingKnown ? openingCount : spent.MOVED_FROM_OPENING;
  return allowed - reported.remaining - (before + spent.OBSERVED + spent.UNCERTAIN);
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
  readonly #facts: KeyFacts;
  readonly #spentByReport: () => ActivationCounts;

  constructor(key: StreamId, facts: KeyFacts, { active, unattributed }: Licensed, spentByReport: () => ActivationCounts) {
    const { opening, confirmed, reserved, observed, uncertain, used } = classesOf(facts);
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
    this.used = used;
    this.allowed = facts.allowed;
    this.remaining = facts.allowed === undefined ? undefined : facts.allowed - used;
    this.reported = facts.reported;
    this.active = active;
    this.unattributed = unattributed;
    this.errorCode = facts.errorCode;
    this.#facts = facts;
    this.#spentByReport = spentByReport;
  }

  get unexplained(): number | undefined {
    return unexplainedOf(this.#facts, this.#spentByReport);
  }
}

interface Licensed {
  readonly active: number | undefined;
  readonly unattributed: number | undefined;
}

/** The counts by folding the key's own events that had happened by `validAt` (epoch ms); without `active`. */
export function keyCountsAt(events: readonly ProjectedEvent[], validAt: number): KeyCountsRow | undefined {
  const happened = events.filter((event) => event.occurredMs <= validAt).sort((a, b) => a.occurredMs - b.occurredMs || a.sequence - b.sequence);
  const [first] = happened;
  if (first === undefined) return undefined;
  let facts: KeyFacts | undefined;
  for (const event of happened) facts = foldKey(facts, event as unknown as KeyFold);
  if (facts === undefined) return undefined;
  const reportedAt = facts.reported?.occurredAt ?? Number.NEGATIVE_INFINITY;
  let spent = NO_ACTIVATIONS;
  for (const each of happened) {
    const event = each as unknown as KeyFold;
    if (event.type === 'ActivationObserved' && event.occurredMs <= reportedAt) spent = counted(spent, event.data);
  }
  return new LazyKeyRow(first.stream, facts, { active: undefined, unattributed: undefined }, () => spent);
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
  const foldLicensed = openLicensedFold(database);
  const select = database.prepare<[string], { id: number; facts: string }>('SELECT id, facts FROM keyCounts_key WHERE stream = ?');
  const insert = database.prepare(
    `INSERT INTO keyCounts_key (stream, firstSequence, lastFive, kind, product, agreement, registered, remaining, facts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    'UPDATE keyCounts_key SET lastFive = ?, kind = ?, product = ?, agreement = ?, registered = ?, remaining = ?, facts = ? WHERE id = ?',
  );
  const insertHistory = database.prepare('INSERT INTO keyCounts_keyHistory (key, sequence, facts) VALUES (?, ?, ?)');
  const insertActivation = database.prepare(
    'INSERT INTO keyCounts_activation (key, sequence, host, installation, countsAs, occurredAt) VALUES (?, ?, ?, ?, ?, ?)',
  );
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
      if (event.type === 'LicenseStateObserved') foldLicensed(texts.id(projected.stream), event.data, event);
      if (!projected.stream.startsWith('productKey-')) return;
      const known = find(projected.stream);
      const facts = foldKey(known?.facts, event);
      const entry = { id: known?.id ?? begin(projected.stream, facts), facts };
      keys.set(projected.stream, entry);
      changed.set(projected.stream, entry);
      insertHistory.run(entry.id, event.sequence, JSON.stringify(facts));
      if (event.type === 'ActivationObserved') {
        const { host, installation, countsAs } = event.data;
        insertActivation.run(entry.id, event.sequence, texts.id(host), installation, countsAs, event.occurredMs);
      }
    },

    flush() {
      texts.flush();
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
    remainingOf(facts) ?? REMAINING_UNKNOWN,
    JSON.stringify(facts),
  ];
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

  return (host: number, data: LicenseStateObserved['data'], { sequence, occurredMs }: Pick<ProjectedEvent, 'sequence' | 'occurredMs'>): void => {
    const known = select.get(host, data.installation);
    const mention = mentionOf(data) ?? known?.mention;
    if (mention === undefined || data.status === 'UNKNOWN' || (known !== undefined && occurredMs < known.evidenceAt)) return;
    const licensed = data.status === 'LICENSED';
    if (known?.mention !== mention || (known.licensed === 1) !== licensed) {
      if (known?.licensed === 1) move(known.mention, -1, sequence);
      if (licensed) move(mention, 1, sequence);
    }
    write.run(host, data.installation, mention, Number(licensed), occurredMs);
  };
}

interface InstallationRecord {
  readonly mention: number;
  readonly licensed: number;
  readonly evidenceAt: number;
}

/** Opens the questions on one read-model file. */
export function openKeyCountsQueries(database: Database): KeyCountsQueries {
  const texts = openInternedTexts(database, 'keyCounts_text');
  const read = prepareQueries(database);
  const lists = openStatementCache(database);

  /** By the last event of `facts`: the answer stays of one moment although this is a second statement. */
  const spentBy = (key: number, { reported, lastSequence }: KeyFacts): ActivationCounts =>
    reported === undefined
      ? NO_ACTIVATIONS
      : { ...NO_ACTIVATIONS, ...Object.fromEntries(read.spent.all(key, lastSequence, reported.occurredAt).map((row) => [row.countsAs, row.activations])) };

  const rowOf = ({ id, stream, facts: text, keysOfLastFive, mentions }: KeyRecord): KeyCountsRow => {
    const facts = JSON.parse(text) as KeyFacts;
    return new LazyKeyRow(stream, facts, licensedWith(facts, keysOfLastFive, mentions), () => spentBy(id, facts));
  };

  /** The record as it was. */
  const past = (record: KeyRecord, asOf: number): KeyRecord | undefined => {
    const facts = read.factsAsOf.get(record.id, asOf);
    if (facts === undefined) return undefined;
    const keysOfLastFive = read.keysOfLastFive.get(record.lastFive, asOf) ?? 0;
    return { ...record, facts, keysOfLastFive, mentions: read.mentionsAsOf.all(asOf, record.lastFive) };
  };

  const rowsOf = (parts: readonly KeyPart[], asOf: number | undefined): readonly KeyCountsRow[] =>
    keyRecords(parts)
      .map((record) => (asOf === undefined ? record : past(record, asOf)))
      .flatMap((record) => (record === undefined ? [] : rowOf(record)));

  return {
    byKey: (key, asOf) => rowsOf(read.byStream.all(key), asOf)[0],
    byKeys: (keys, asOf) => rowsOf(read.byStreams.all(JSON.stringify(keys)), asOf),
    byLastFive: (lastFive, asOf) => rowsOf(read.byLastFive.all(lastFive), asOf),

    page(filter, order, descending, request, asOf) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(ORDER_COLUMNS[order].map((column) => `k.${column}`), descending, request);
      const condition = conditionOf(filter);
      const records = keyRecords(
        lists<KeyPart>(pageOf(condition.sql, seek))
          .raw()
          .all(asOf ?? EVERY_SEQUENCE, ...condition.values, ...seek.values, limit + 1),
      );
      const rows = records.slice(0, limit).flatMap((record) => {
        const known = asOf === undefined ? record : past(record, asOf);
        return known === undefined ? [] : { row: rowOf(known), cursor: ORDER_COLUMNS[order].map((column) => record[column]) };
      });
      return { rows: seek.arrange(rows), hasMore: records.length > limit };
    },

    count(filter) {
      const condition = conditionOf(filter);
      return lists<number>(`SELECT COUNT(*) FROM keyCounts_key WHERE ${condition.sql}`).pluck().get(...condition.values) ?? 0;
    },

    activations(key, request, asOf = EVERY_SEQUENCE) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(['sequence'], true, request);
      const records = lists<ActivationRecord>(
        `SELECT host, installation, countsAs, occurredAt, sequence FROM keyCounts_activation
          WHERE key = (SELECT id FROM keyCounts_key WHERE stream = ?) AND sequence <= ? AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?`,
      ).all(key, asOf, ...seek.values, limit + 1);
      const rows = records
        .slice(0, limit)
        .map((each) => ({ row: { ...each, host: texts.text(each.host) as StreamId }, cursor: [each.sequence] }));
      return { rows: seek.arrange(rows), hasMore: records.length > limit };
    },
  };
}

const EVERY_SEQUENCE = Number.MAX_SAFE_INTEGER as Sequence;

const ORDER_COLUMNS = {
  LAST_FIVE: ['lastFive', 'id'],
  PRODUCT: ['product', 'id'],
  REMAINING: ['remaining', 'id'],
} as const satisfies Record<KeyOrder, readonly (keyof KeyRecord)[]>;

/** A key as its row stands, and what observations on hosts say of keys with its last five characters. */
interface KeyRecord {
  readonly id: number;
  readonly stream: StreamId;
  readonly lastFive: string;
  readonly product: string;
  readonly remaining: number;
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
  id: number, stream: StreamId, lastFive: string, product: string, remaining: number, facts: string, keysOfLastFive: number,
];

const KEY_PART = `k.id, k.stream, k.lastFive, k.product, k.remaining, k.facts,
  (SELECT COUNT(*) FROM keyCounts_key same WHERE same.lastFive = k.lastFive), m.fingerprint, m.active`;
// One statement for keys and mentions, so that an answer is of one moment and a page costs no statement per key.
const KEY_PARTS = 'keyCounts_key k LEFT JOIN keyCounts_mention m ON m.lastFive = k.lastFive';

/** Parts of one key follow each other. */
function keyRecords(parts: readonly KeyPart[]): readonly KeyRecord[] {
  const records: KeyRecord[] = [];
  let last: KeyRecord | undefined;
  for (const [id, stream, lastFive, product, remaining, facts, keysOfLastFive, fingerprint, active] of parts) {
    if (last?.id !== id) {
      last = { id, stream, lastFive, product, remaining, facts, keysOfLastFive, mentions: [] };
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

type ActivationRecord = Omit<KeyActivationRow, 'host'> & { readonly host: number };

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
    spent: database.prepare<[number, number, number], { countsAs: string; activations: number }>(
      `SELECT countsAs, COUNT(*) AS activations FROM keyCounts_activation
        WHERE key = ? AND sequence <= ? AND occurredAt <= ? GROUP BY countsAs`,
    ),
    mentionsAsOf: database.prepare<[number, string], Mention>(
      `SELECT fingerprint, COALESCE((SELECT h.active FROM keyCounts_mentionHistory h
                                      WHERE h.mention = m.id AND h.sequence <= ? ORDER BY h.sequence DESC LIMIT 1), 0) AS active
         FROM keyCounts_mention m WHERE lastFive = ?`,
    ),
  };
}

/** Conditions on the key as it is now. */
function conditionOf(filter: KeyFilter): { readonly sql: string; readonly values: readonly (string | number)[] } {
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
  if (filter.remainingBelow !== undefined) add('remaining < ?', Math.min(filter.remainingBelow, REMAINING_UNKNOWN));
  return { sql: conditions.join(' AND '), values };
}
