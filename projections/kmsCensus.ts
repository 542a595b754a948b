import type { Database } from 'better-sqlite3';
import type { Catalogue } from '../src/domain/catalogue/catalogue.js';
import type { AnyEvent } from '../src/domain/events.js';
import type { HostIdentity } from '../src/domain/host/events.js';
import { normaliseKmsHost } from '../src/domain/host/licenceState.js';
import { builtInRules } from '../src/domain/rules/builtIn.js';
import { DAY_MS } from '../src/domain/rules/figures.js';
import { cappedCount, COUNTED_WITH, kmsThreshold } from '../src/domain/rules/kmsFacts.js';
import type { RuleBook } from '../src/domain/rules/ruleBook.js';
import type { ProductFamily } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { internerTable, openInternedTexts, openInterner } from '../src/readmodel/interner.js';
import { keyset, PAGE_ROWS_MAX, type Page, type PageRequest } from '../src/readmodel/page.js';
import { openRowBuffer } from '../src/readmodel/rowBuffer.js';

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
  /** Machines that used several CMIDs in the 30 days before: reimaged, or rearmed, and counted once for each (K-2). */
  readonly countedTwice: number;
  /** Clients whose activation, 180 days after their last counted request, ends within the next 30 days. */
  readonly aboutToLapse: number;
}

export interface DuplicateCmid {
  readonly cmid: string;
  readonly hosts: readonly StreamId[];
}

export interface CountedTwice {
  readonly host: StreamId;
  readonly cmids: readonly string[];
}

export interface LapsingClient {
  readonly cmid: string;
  readonly host: StreamId;
  readonly lastContactAt: number;
  /** 180 days after the last counted request (K-3). */
  readonly lapsesAt: number;
}

/**
 * `at` (epoch ms) is the end of the 30 days; `asOf` the last event known (default: all). The figures are those of `rules` (default: built
 * in) in force at that time.
 */
export interface CensusMoment {
  readonly at: number;
  readonly asOf?: Sequence | undefined;
  readonly rules?: Pick<RuleBook, 'figure'> | undefined;
}

export interface KmsCensusQueries {
  kmsHosts(request: PageRequest, asOf?: Sequence): Page<KmsHostRow>;
  byId(id: number, asOf?: Sequence): KmsHostRow | undefined;
  /** `name`, `name.domain`, with or without port. */
  byName(name: string, asOf?: Sequence): KmsHostRow | undefined;
  census(kmsHost: number, moment: CensusMoment): readonly KmsCensusRow[];
  duplicates(kmsHost: number, countClass: CountClass, moment: CensusMoment, limit: number): readonly DuplicateCmid[];
  /** Machines that count more than once, by their stream. */
  countedTwice(kmsHost: number, countClass: CountClass, moment: CensusMoment, limit: number): readonly CountedTwice[];
  /** Soonest first. */
  lapsing(kmsHost: number, countClass: CountClass, moment: CensusMoment, limit: number): readonly LapsingClient[];
}

/**
 * Contacts of KMS clients, one row each in the order of their KMS host's time: the counts of any window and of any past
 * knowledge are a range of it. Which class a SKU belongs to is asked of the catalogue when a question is answered.
 */
export const kmsCensus: Projection = {
  name: 'kmsCensus',
  version: 1,
  tables: [
    internerTable('kmsCensus_text'),
    `CREATE TABLE kmsCensus_kmsHost (
       id INTEGER PRIMARY KEY,
       name TEXT NOT NULL,
       domain TEXT NOT NULL,
       firstSequence INTEGER NOT NULL,
       UNIQUE (name, domain)
     ) STRICT`,
    // Names of all hosts, so that a counter that a host reports of itself finds the KMS host that its clients name.
    `CREATE TABLE kmsCensus_name (
       stream INTEGER PRIMARY KEY,
       name TEXT NOT NULL,
       domain TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX kmsCensus_name_name ON kmsCensus_name (name, domain)',
    `CREATE TABLE kmsCensus_contact (
       kmsHost INTEGER NOT NULL,
       occurredAt INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       sku INTEGER NOT NULL,
       cmid INTEGER NOT NULL,
       machine INTEGER NOT NULL,
       required INTEGER NOT NULL,
       PRIMARY KEY (kmsHost, occurredAt, sequence)
     ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE kmsCensus_count (
       kmsHost INTEGER NOT NULL,
       occurredAt INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       sku INTEGER,
       current INTEGER NOT NULL,
       PRIMARY KEY (kmsHost, occurredAt, sequence)
     ) STRICT, WITHOUT ROWID`,
  ],
  open: openWriter,
};

const HRESULT_COUNTED = '0x00000000';

type Contact = readonly [kmsHost: number, occurredAt: number, sequence: number, sku: number, cmid: number, machine: number, required: number];

function openWriter(database: Database): ProjectionWriter {
  const texts = openInterner(database, 'kmsCensus_text');
  const kmsHostOf = openKmsHosts(database);
  // Sorted as the table is: logs are often exported newest first, and rows written backwards leave its pages half empty.
  const contacts = openRowBuffer<Contact>(database, {
    insert: 'INSERT INTO kmsCensus_contact',
    columns: ['kmsHost', 'occurredAt', 'sequence', 'sku', 'cmid', 'machine', 'required'],
    compare: (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2],
  });
  const insertCount = database.prepare('INSERT INTO kmsCensus_count (kmsHost, occurredAt, sequence, sku, current) VALUES (?, ?, ?, ?, ?)');
  const names = openRowBuffer(database, {
    insert: 'INSERT INTO kmsCensus_name',
    columns: ['stream', 'name', 'domain'],
    onConflict: `ON CONFLICT (stream) DO UPDATE SET domain = excluded.domain WHERE domain = '' AND name = excluded.name`,
  });
  const nameOf = database.prepare<[number], { name: string; domain: string }>('SELECT name, domain FROM kmsCensus_name WHERE stream = ?');

  const name = (stream: string, identities: readonly HostIdentity[]): void => {
    const identity = identities.find((each) => each.kind === 'NAME');
    if (identity !== undefined) names.add([texts.id(stream), identity.name, identity.domain]);
  };

  return {
    apply(projected) {
      const event = projected as unknown as AnyEvent & ProjectedEvent;
      if (event.type === 'HostRegistered' || event.type === 'HostIdentityObserved') name(event.stream, event.data.identities);
      if (event.type === 'KmsRequestObserved' && event.data.hresult === HRESULT_COUNTED) {
        const { kmsHost = '', skuId, cmid, requiredCount } = event.data;
        const host = kmsHostOf(kmsHost, event.sequence);
        contacts.add([host, event.occurredMs, event.sequence, texts.id(skuId), texts.id(cmid), texts.id(event.stream), requiredCount]);
      }
      if (event.type === 'KmsCountObserved') {
        names.flush();
        const own = nameOf.get(texts.id(event.stream));
        if (own === undefined) return;
        const sku = event.data.skuId === undefined ? null : texts.id(event.data.skuId);
        insertCount.run(kmsHostOf(fullName(own), event.sequence), event.occurredMs, event.sequence, sku, event.data.currentCount);
      }
    },

    flush() {
      texts.flush();
      names.flush();
      contacts.flush();
    },
  };
}

/** KMS host names remembered at once. */
const KMS_HOSTS_CACHED_MAX = 10_000;

/**
 * The number of a KMS host by any of its names. A name without a domain is the one host of that name, if there is only one; a
 * domain learned later completes it.
 */
function openKmsHosts(database: Database): (text: string, sequence: number) => number {
  const exact = database.prepare<[string, string], number>('SELECT id FROM kmsCensus_kmsHost WHERE name = ? AND domain = ?').pluck();
  const sameName = database.prepare<[string], { id: number; domain: string }>('SELECT id, domain FROM kmsCensus_kmsHost WHERE name = ? ORDER BY id LIMIT 2');
  const complete = database.prepare('UPDATE kmsCensus_kmsHost SET domain = ? WHERE id = ?');
  const insert = database.prepare('INSERT INTO kmsCensus_kmsHost (name, domain, firstSequence) VALUES (?, ?, ?)');
  const known = new Map<string, number>();

  const resolve = (text: string, sequence: number): number => {
    const { name, domain } = splitName(text);
    const found = exact.get(name, domain);
    const [only, another] = sameName.all(name);
    if (domain === '' && only !== undefined && another === undefined) return only.id;
    if (found !== undefined) return found;
    if (only !== undefined && another === undefined && only.domain === '' && name !== '') {
      complete.run(domain, only.id);
      return only.id;
    }
    // Another host of the same name changes what the bare name means.
    known.clear();
    return Number(insert.run(name, domain, sequence).lastInsertRowid);
  };

  return (text, sequence) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const id = resolve(text, sequence);
    if (known.size >= KMS_HOSTS_CACHED_MAX) known.clear();
    known.set(text, id);
    return id;
  };
}

function splitName(text: string): { readonly name: string; readonly domain: string } {
  const full = normaliseKmsHost(text);
  const dot = full.indexOf('.');
  // An address is a name by itself.
  if (dot === -1 || /^[\d.]+$/.test(full)) return { name: full, domain: '' };
  return { name: full.slice(0, dot), domain: full.slice(dot + 1) };
}

function fullName({ name, domain }: { readonly name: string; readonly domain: string }): string {
  return domain === '' ? name : `${name}.${domain}`;
}

/** Opens the questions on one read-model file. */
export function openKmsCensusQueries(database: Database, catalogue: Pick<Catalogue, 'sku'>): KmsCensusQueries {
  const texts = openInternedTexts(database, 'kmsCensus_text');
  const read = prepareQueries(database);
  const countClassOf = (sku: number): CountClass => classOf(catalogue.sku(texts.text(sku))?.family ?? 'UNKNOWN');

  const kmsHostRow = (record: KmsHostRecord, asOf: number): KmsHostRow => {
    const stream = read.stream.get(record.name, record.domain);
    return {
      id: record.id,
      name: record.name,
      domain: record.domain,
      host: stream === undefined ? undefined : (texts.text(stream) as StreamId),
      firstContactAt: read.firstContact.get(record.id, asOf),
      lastContactAt: read.lastContact.get(record.id, asOf),
    };
  };

  /** Contacts of the window, one row per SKU, CMID and machine with the latest time. */
  const clientsIn = (kmsHost: number, from: number, { at, asOf }: CensusMoment): readonly ClientRecord[] =>
    read.clients.all(kmsHost, from, at, asOf ?? EVERY_SEQUENCE);

  const lapsingIn = (kmsHost: number, moment: CensusMoment): readonly ClientRecord[] => {
    const from = moment.at - validityMs(moment);
    return clientsIn(kmsHost, from, moment).filter((client) => client.lastAt <= from + LAPSE_WARNING_MS);
  };

  return {
    kmsHosts(request, asOf = EVERY_SEQUENCE as Sequence) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(['name', 'domain', 'id'], false, request);
      const records = database
        .prepare<unknown[], KmsHostRecord>(
          `SELECT id, name, domain FROM kmsCensus_kmsHost WHERE firstSequence <= ? AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?`,
        )
        .all(asOf, ...seek.values, limit + 1);
      const rows = records
        .slice(0, limit)
        .map((record) => ({ row: kmsHostRow(record, asOf), cursor: [record.name, record.domain, record.id] }));
      return { rows: seek.arrange(rows), hasMore: records.length > limit };
    },

    byId(id, asOf = EVERY_SEQUENCE as Sequence) {
      const record = read.byId.get(id, asOf);
      return record === undefined ? undefined : kmsHostRow(record, asOf);
    },

    byName(text, asOf = EVERY_SEQUENCE as Sequence) {
      const { name, domain } = splitName(text);
      const records = read.byName.all(name, asOf);
      const record = records.find((each) => each.domain === domain) ?? (domain === '' && records.length === 1 ? records[0] : undefined);
      return record === undefined ? undefined : kmsHostRow(record, asOf);
    },

    census(kmsHost, moment) {
      const inWindow = byClass(clientsIn(kmsHost, moment.at - windowMs(moment), moment), countClassOf);
      const lapsing = byClass(lapsingIn(kmsHost, moment), countClassOf);
      const observed = newestCounts(read.counts.all(kmsHost, moment.at, moment.asOf ?? EVERY_SEQUENCE), countClassOf);
      return COUNT_CLASSES.flatMap((countClass) => {
        const clients = inWindow.get(countClass) ?? [];
        const aboutToLapse = clientCount(lapsing.get(countClass) ?? []);
        const own = observed.get(countClass);
        return clients.length === 0 && aboutToLapse === 0 && own === undefined ? [] : [censusRow(countClass, clients, own, aboutToLapse, moment)];
      });
    },

    duplicates(kmsHost, countClass, moment, limit) {
      const clients = byClass(clientsIn(kmsHost, moment.at - windowMs(moment), moment), countClassOf).get(countClass) ?? [];
      return [...machinesByCmid(clients)]
        .filter(([, machines]) => machines.size > 1)
        .map(([cmid, machines]) => ({
          cmid: texts.text(cmid),
          hosts: [...machines].map((machine) => texts.text(machine) as StreamId).toSorted(),
        }))
        .toSorted((a, b) => (a.cmid < b.cmid ? -1 : 1))
        .slice(0, Math.min(limit, PAGE_ROWS_MAX));
    },

    countedTwice(kmsHost, countClass, moment, limit) {
      const clients = byClass(clientsIn(kmsHost, moment.at - windowMs(moment), moment), countClassOf).get(countClass) ?? [];
      return [...cmidsByMachine(clients)]
        .filter(([, cmids]) => cmids.size > 1)
        .map(([machine, cmids]) => ({ host: texts.text(machine) as StreamId, cmids: [...cmids].map((cmid) => texts.text(cmid)).toSorted() }))
        .toSorted((a, b) => (a.host < b.host ? -1 : 1))
        .slice(0, Math.min(limit, PAGE_ROWS_MAX));
    },

    lapsing(kmsHost, countClass, moment, limit) {
      const clients = byClass(lapsingIn(kmsHost, moment), countClassOf).get(countClass) ?? [];
      const validity = validityMs(moment);
      return clients
        .toSorted((a, b) => a.lastAt - b.lastAt || a.machine - b.machine || a.cmid - b.cmid)
        .slice(0, Math.min(limit, PAGE_ROWS_MAX))
        .map((client) => ({
          cmid: texts.text(client.cmid),
          host: texts.text(client.machine) as StreamId,
          lastContactAt: client.lastAt,
          lapsesAt: client.lastAt + validity,
        }));
    },
  };
}

const EVERY_SEQUENCE = Number.MAX_SAFE_INTEGER;
/** How long before its end an activation counts as about to lapse: our choice, four missed renewals. */
const LAPSE_WARNING_MS = 30 * 86_400_000;

const COUNT_CLASSES: readonly CountClass[] = ['WINDOWS', 'OFFICE', 'UNKNOWN'];

function figureAt({ at, rules = builtInRules }: CensusMoment, id: Parameters<RuleBook['figure']>[0]): number {
  return rules.figure(id, new Date(at).toISOString());
}

/** How long a KMS host remembers a client (K-2). */
function windowMs(moment: CensusMoment): number {
  return figureAt(moment, 'KMS_COUNT_WINDOW') * DAY_MS;
}

/** How long a KMS activation is valid (K-3). */
function validityMs(moment: CensusMoment): number {
  return figureAt(moment, 'KMS_VALIDITY') * DAY_MS;
}

const FAMILIES = ['WINDOWS_CLIENT', 'WINDOWS_SERVER', 'OFFICE'] as const;

/** What each class of products needs that is counted so (K-1). */
function thresholdsOf(countClass: CountClass, moment: CensusMoment): readonly { readonly family: ProductFamily; readonly required: number }[] {
  return FAMILIES.filter((family) => COUNTED_WITH[family] === countClass).flatMap((family) => {
    const required = kmsThreshold(family, (id) => figureAt(moment, id));
    return required === undefined ? [] : [{ family, required }];
  });
}

interface KmsHostRecord {
  readonly id: number;
  readonly name: string;
  readonly domain: string;
}

interface ClientRecord {
  readonly sku: number;
  readonly cmid: number;
  readonly machine: number;
  readonly lastAt: number;
  readonly required: number;
}

interface CountRecord {
  readonly sku: number | null;
  readonly current: number;
  readonly occurredAt: number;
  readonly sequence: number;
}

function prepareQueries(database: Database) {
  return {
    byId: database.prepare<[number, number], KmsHostRecord>('SELECT id, name, domain FROM kmsCensus_kmsHost WHERE id = ? AND firstSequence <= ?'),
    byName: database.prepare<[string, number], KmsHostRecord>(
      'SELECT id, name, domain FROM kmsCensus_kmsHost WHERE name = ? AND firstSequence <= ? ORDER BY domain',
    ),
    stream: database
      .prepare<[string, string], number>('SELECT stream FROM kmsCensus_name WHERE name = ? AND domain = ? ORDER BY stream LIMIT 1')
      .pluck(),
    firstContact: database
      .prepare<[number, number], number>(
        'SELECT occurredAt FROM kmsCensus_contact WHERE kmsHost = ? AND sequence <= ? ORDER BY occurredAt LIMIT 1',
      )
      .pluck(),
    lastContact: database
      .prepare<[number, number], number>(
        'SELECT occurredAt FROM kmsCensus_contact WHERE kmsHost = ? AND sequence <= ? ORDER BY occurredAt DESC LIMIT 1',
      )
      .pluck(),
    clients: database.prepare<[number, number, number, number], ClientRecord>(
      `SELECT sku, cmid, machine, MAX(occurredAt) AS lastAt, MAX(required) AS required FROM kmsCensus_contact
        WHERE kmsHost = ? AND occurredAt > ? AND occurredAt <= ? AND sequence <= ?
        GROUP BY sku, cmid, machine`,
    ),
    counts: database.prepare<[number, number, number], CountRecord>(
      `SELECT sku, current, occurredAt, sequence FROM kmsCensus_count
        WHERE kmsHost = ? AND occurredAt <= ? AND sequence <= ? ORDER BY occurredAt, sequence`,
    ),
  };
}

function classOf(family: ProductFamily): CountClass {
  if (family === 'WINDOWS_CLIENT' || family === 'WINDOWS_SERVER') return 'WINDOWS';
  return family === 'OFFICE' ? 'OFFICE' : 'UNKNOWN';
}

/** Clients by class, one row per CMID and machine: a machine with two SKUs of a class is one client. */
function byClass(clients: readonly ClientRecord[], countClassOf: (sku: number) => CountClass): ReadonlyMap<CountClass, readonly ClientRecord[]> {
  const classes = new Map<CountClass, Map<string, ClientRecord>>();
  const classOfSku = new Map<number, CountClass>();
  for (const client of clients) {
    const countClass = classOfSku.get(client.sku) ?? countClassOf(client.sku);
    classOfSku.set(client.sku, countClass);
    const known = classes.get(countClass) ?? new Map<string, ClientRecord>();
    classes.set(countClass, known);
    const identity = `${client.cmid} ${client.machine}`;
    const other = known.get(identity);
    known.set(identity, other === undefined ? client : newest(client, other));
  }
  return new Map([...classes].map(([countClass, known]) => [countClass, [...known.values()]]));
}

function newest(a: ClientRecord, b: ClientRecord): ClientRecord {
  return { ...a, lastAt: Math.max(a.lastAt, b.lastAt), required: Math.max(a.required, b.required) };
}

function machinesByCmid(clients: readonly ClientRecord[]): ReadonlyMap<number, ReadonlySet<number>> {
  return grouped(clients, ({ cmid, machine }) => [cmid, machine]);
}

function cmidsByMachine(clients: readonly ClientRecord[]): ReadonlyMap<number, ReadonlySet<number>> {
  return grouped(clients, ({ cmid, machine }) => [machine, cmid]);
}

function grouped(clients: readonly ClientRecord[], pairOf: (client: ClientRecord) => readonly [key: number, value: number]): ReadonlyMap<number, ReadonlySet<number>> {
  const groups = new Map<number, Set<number>>();
  for (const client of clients) {
    const [key, value] = pairOf(client);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, new Set([value]));
    else known.add(value);
  }
  return groups;
}

function clientCount(clients: readonly ClientRecord[]): number {
  return new Set(clients.map((client) => client.cmid)).size;
}

/** The newest own figure per class; one without a SKU speaks of Windows, which the service reports by default. */
function newestCounts(counts: readonly CountRecord[], countClassOf: (sku: number) => CountClass): ReadonlyMap<CountClass, CountRecord> {
  return new Map(counts.map((count) => [count.sku === null ? 'WINDOWS' : countClassOf(count.sku), count]));
}

function censusRow(countClass: CountClass, clients: readonly ClientRecord[], own: CountRecord | undefined, aboutToLapse: number, moment: CensusMoment): KmsCensusRow {
  const machines = machinesByCmid(clients);
  const uncapped = machines.size;
  const largestMinimum = clients.reduce((largest, client) => Math.max(largest, client.required), 0);
  const capped = cappedCount(uncapped, largestMinimum);
  return {
    countClass,
    observed: own === undefined ? undefined : { count: own.current, occurredAt: own.occurredAt, sequence: own.sequence as Sequence },
    uncapped,
    capped,
    thresholds: thresholdsOf(countClass, moment).map((threshold) => ({ ...threshold, reached: capped >= threshold.required })),
    duplicateCmids: [...machines.values()].filter((each) => each.size > 1).length,
    countedTwice: [...cmidsByMachine(clients).values()].filter((each) => each.size > 1).length,
    aboutToLapse,
  };
}
