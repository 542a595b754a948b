import type { Database } from 'better-sqlite3';
import type { AgreementRegistered, EntitlementRecorded } from '../src/domain/agreement/events.js';
import { normaliseLicenceId } from '../src/domain/agreement/licenceId.js';
import { keysFromOf } from '../src/domain/rules/productKeyRules.js';
import type { AnyEvent, EventOf } from '../src/domain/events.js';
import { affiliatesOf, affiliationOf, type Organisations } from '../src/domain/ledger/organisations.js';
import { normaliseProductText } from '../src/domain/productText.js';
import type { Affiliation, ProductPool, Programme } from '../src/domain/vocabulary.js';
import { derivedStreamId } from '../src/kernel/eventIds.js';
import { LEDGER_STREAM, type Sequence, type StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { keyset, PAGE_ROWS_MAX, type Page, type PageRequest } from '../src/readmodel/page.js';
import { openRecentAnswers } from '../src/readmodel/recentAnswers.js';
import { openStatementCache } from '../src/readmodel/statementCache.js';

type AgreementTerms = AgreementRegistered['data'];

/** A licence ID and what is known of it. Dates are `YYYY-MM-DD`. */
export interface AgreementRow extends AgreementTerms {
  readonly agreement: StreamId;
  readonly endedOn: string | undefined;
  /** The event that made it what it is here. */
  readonly sequence: Sequence;
}

type EntitlementTerms = EntitlementRecorded['data'];

/** What was bought, as it stands after amendments and corrections. */
export interface EntitlementRow extends EntitlementTerms {
  readonly agreement: StreamId;
  /** The event that made it what it is here. */
  readonly sequence: Sequence;
}

export interface OrganisationRow {
  readonly organisation: string;
  readonly name: string;
  readonly parent: string | undefined;
  /** The event that made it what it is here. */
  readonly sequence: Sequence;
}

export interface AgreementFilter {
  readonly programme?: readonly Programme[] | undefined;
  /** Held by one of these organisations. */
  readonly organisations?: readonly string[] | undefined;
  readonly ended?: boolean | undefined;
  /** Part of the licence ID or of the organisation's name. */
  readonly search?: string | undefined;
}

export interface OrganisationFilter {
  /** Belonging to this one. */
  readonly parent?: string | undefined;
  /** Part of the name. */
  readonly search?: string | undefined;
}

/** Licences of one product that an agreement has in force. */
export interface OwnedLicences {
  readonly agreement: StreamId;
  /** The product as it is compared, and as it is written. */
  readonly productKey: string;
  readonly product: string;
  readonly quantity: number;
}

/** `asOf`: as the ledger knew it with that event; without it, as it knows it now. */
export interface AgreementsQueries {
  byStream(agreement: StreamId, asOf?: Sequence): AgreementRow | undefined;
  /** However the licence ID is spaced and cased. */
  byLicenceId(licenceId: string, asOf?: Sequence): AgreementRow | undefined;
  /** Every agreement, unordered: for figures over all of them. The list is shared: do not change it. */
  all(asOf?: Sequence): readonly AgreementRow[];
  /** By licence ID. */
  page(filter: AgreementFilter, descending: boolean, request: PageRequest, asOf?: Sequence): Page<AgreementRow>;
  count(filter: AgreementFilter, asOf?: Sequence): number;
  /** What was bought under an agreement, in the order it was recorded. */
  entitlements(agreement: StreamId, request: PageRequest, asOf?: Sequence): Page<EntitlementRow>;
  entitlement(agreement: StreamId, entitlement: string, asOf?: Sequence): EntitlementRow | undefined;
  /** Each state an entitlement was in, newest first. */
  entitlementHistory(agreement: StreamId, entitlement: string, request: PageRequest, asOf?: Sequence): Page<EntitlementRow>;
  /** What is owned on a day, `YYYY-MM-DD`, by agreement and product. The list is shared: do not change it. */
  owned(day: string, asOf?: Sequence): readonly OwnedLicences[];
  /** The entitlements behind it, largest first. */
  entitlementsInForce(agreement: StreamId, productKey: string, day: string, limit: number, asOf?: Sequence): readonly EntitlementRow[];
  organisation(organisation: string, asOf?: Sequence): OrganisationRow | undefined;
  /** By name. */
  organisations(filter: OrganisationFilter, descending: boolean, request: PageRequest, asOf?: Sequence): Page<OrganisationRow>;
  tree(asOf?: Sequence): Organisations;
  /** The organisation and all that belong with it to the same one in the end. */
  affiliates(organisation: string, asOf?: Sequence): readonly string[];
  /** How the holders of two licence IDs stand to each other. */
  affiliation(licenceId: string, other: string, asOf?: Sequence): Affiliation;
  /** Units of a product in force on a day under a licence ID; undefined where the ledger does not know that agreement. */
  unitsOwned(licenceId: string, product: string, day: string, asOf?: Sequence): number | undefined;
}

/** `until` of a row that still holds, and the moment of a question about the present. */
const EVER = Number.MAX_SAFE_INTEGER;
const PRESENT = EVER - 1;

/**
 * Agreements, entitlements and organisations. Each row is one state of its object: true for the events `since` (included) to
 * `until` (excluded), so that the present and the past are one question.
 */
export const agreements: Projection = {
  name: 'agreements',
  version: 1,
  tables: [
    'CREATE TABLE agreements_stream (id INTEGER PRIMARY KEY, stream TEXT NOT NULL UNIQUE) STRICT',
    `CREATE TABLE agreements_agreement (
       agreement INTEGER NOT NULL,
       since INTEGER NOT NULL,
       until INTEGER NOT NULL,
       licenceId TEXT NOT NULL,
       search TEXT NOT NULL,
       programme TEXT NOT NULL,
       priceLevel TEXT,
       organisation TEXT NOT NULL,
       startsOn TEXT,
       endsOn TEXT,
       endedOn TEXT,
       keysFrom TEXT NOT NULL,
       PRIMARY KEY (agreement, since)
     ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX agreements_agreement_licenceId ON agreements_agreement (licenceId, agreement)',
    `CREATE TABLE agreements_entitlement (
       agreement INTEGER NOT NULL,
       entitlement TEXT NOT NULL,
       recorded INTEGER NOT NULL, -- sequence of its first event
       since INTEGER NOT NULL,
       until INTEGER NOT NULL,
       product TEXT NOT NULL,
       productKey TEXT NOT NULL,
       quantity INTEGER NOT NULL,
       partNumber TEXT,
       pool TEXT,
       fromDate TEXT NOT NULL,
       untilDate TEXT,
       PRIMARY KEY (agreement, recorded, since)
     ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX agreements_entitlement_id ON agreements_entitlement (agreement, entitlement, since)',
    // Holds all that the sum of what is owned asks for, in the order it is grouped by.
    'CREATE INDEX agreements_entitlement_product ON agreements_entitlement (agreement, productKey, until, since, fromDate, untilDate, quantity, product)',
    // The events themselves: a correction folds those of its agreement again.
    `CREATE TABLE agreements_event (
       agreement INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       id TEXT NOT NULL,
       type TEXT NOT NULL,
       data TEXT NOT NULL,
       PRIMARY KEY (agreement, sequence)
     ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX agreements_event_sequence ON agreements_event (sequence)',
    `CREATE TABLE agreements_organisation (
       organisation TEXT NOT NULL,
       since INTEGER NOT NULL,
       until INTEGER NOT NULL,
       name TEXT NOT NULL,
       search TEXT NOT NULL,
       parent TEXT,
       registration TEXT NOT NULL, -- id of its first event
       PRIMARY KEY (organisation, since)
     ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX agreements_organisation_name ON agreements_organisation (name, organisation)',
    'CREATE INDEX agreements_organisation_registration ON agreements_organisation (registration, since)',
  ],
  open: openWriter,
};

type AgreementFacts = Omit<AgreementRow, 'agreement' | 'sequence'>;
interface EntitlementFacts extends EntitlementTerms {
  readonly recorded: number;
}

/** What an agreement's events come to. */
interface Folded {
  agreement: AgreementFacts | undefined;
  readonly entitlements: Map<string, EntitlementFacts>;
}

interface KeptEvent {
  readonly sequence: number;
  readonly id: string;
  readonly type: string;
  readonly data: object;
}

function foldEvent(folded: Folded, kept: KeptEvent): void {
  const event = kept as unknown as AnyEvent & KeptEvent;
  const { entitlements } = folded;
  switch (event.type) {
    case 'AgreementRegistered':
      folded.agreement = { ...event.data, endedOn: undefined };
      break;
    case 'AgreementEnded':
      if (folded.agreement !== undefined) folded.agreement = { ...folded.agreement, endedOn: event.data.endedOn };
      break;
    case 'EntitlementRecorded':
      entitlements.set(event.data.entitlement, { ...event.data, recorded: event.sequence });
      break;
    case 'EntitlementAmended': {
      const { entitlement, quantity, until } = event.data;
      const known = entitlements.get(entitlement);
      if (known !== undefined) entitlements.set(entitlement, { ...known, quantity: quantity ?? known.quantity, until: until ?? known.until });
      break;
    }
    default:
  }
}

/** The events with what later ones said of them; where keys are had follows from the programme. */
function corrected(events: readonly KeptEvent[]): readonly KeptEvent[] {
  const corrections = events.filter(({ type }) => type === 'CorrectionRecorded').map(({ data }) => data as EventOf<'CorrectionRecorded'>['data']);
  return events.map((event) => {
    let { data } = event;
    for (const { event: id, field, value } of corrections) {
      if (id !== event.id) continue;
      data = { ...data, [field]: value };
      if (field === 'programme') data = { ...data, keysFrom: keysFromOf(value as Programme) };
    }
    return { ...event, data };
  });
}

function openWriter(database: Database): ProjectionWriter {
  const foldOrganisation = openOrganisationFold(database);
  const selectId = database.prepare<[string], number>('SELECT id FROM agreements_stream WHERE stream = ?').pluck();
  const insertId = database.prepare('INSERT INTO agreements_stream (stream) VALUES (?)');
  const keep = database.prepare('INSERT INTO agreements_event (agreement, sequence, id, type, data) VALUES (?, ?, ?, ?, ?)');
  const kept = database.prepare<[number], { sequence: number; id: string; type: string; data: string }>(
    'SELECT sequence, id, type, data FROM agreements_event WHERE agreement = ? ORDER BY sequence',
  );
  const tables = openStateTables(database);

  /** The state that one event can change, before it. */
  const touchedBy = (agreement: number, event: KeptEvent): Folded => {
    const { entitlement } = event.data as { readonly entitlement?: string };
    const known = entitlement === undefined ? undefined : tables.entitlement(agreement, entitlement);
    return { agreement: tables.agreement(agreement), entitlements: new Map(known === undefined ? [] : [[known.entitlement, known]]) };
  };

  return {
    apply(projected) {
      if (projected.stream === LEDGER_STREAM) return foldOrganisation(projected);
      if (!projected.stream.startsWith('agreement-')) return;
      const { stream, sequence, id, type, data } = projected;
      const agreement = selectId.get(stream) ?? Number(insertId.run(stream).lastInsertRowid);
      keep.run(agreement, sequence, id, type, JSON.stringify(data));
      if (type === 'CorrectionRecorded') {
        const events = kept.all(agreement).map((event) => ({ ...event, data: JSON.parse(event.data) as object }));
        const folded: Folded = { agreement: undefined, entitlements: new Map() };
        for (const event of corrected(events)) foldEvent(folded, event);
        tables.write(agreement, sequence, folded);
        return;
      }
      const folded = touchedBy(agreement, projected);
      foldEvent(folded, projected);
      tables.write(agreement, sequence, folded);
    },
    flush() {
      // Agreements change rarely: their rows are written at once.
    },
  };
}

/** Reads and writes the states of agreements and entitlements; one that has not changed is not written again. */
function openStateTables(database: Database) {
  const selectAgreement = database.prepare<[number], AgreementRecord>(
    `SELECT agreement, since, licenceId, programme, priceLevel, organisation, startsOn, endsOn, endedOn, keysFrom
       FROM agreements_agreement WHERE agreement = ? AND until = ${EVER}`,
  );
  const endAgreement = database.prepare(`UPDATE agreements_agreement SET until = ? WHERE agreement = ? AND until = ${EVER}`);
  const insertAgreement = database.prepare(
    `INSERT INTO agreements_agreement (agreement, since, until, licenceId, search, programme, priceLevel, organisation, startsOn, endsOn, endedOn, keysFrom)
     VALUES (?, ?, ${EVER}, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const selectEntitlement = database.prepare<[number, string], EntitlementRecord>(
    `SELECT * FROM agreements_entitlement WHERE agreement = ? AND entitlement = ? AND until = ${EVER}`,
  );
  const endEntitlement = database.prepare(`UPDATE agreements_entitlement SET until = ? WHERE agreement = ? AND recorded = ? AND until = ${EVER}`);
  const insertEntitlement = database.prepare(
    `INSERT INTO agreements_entitlement
       (agreement, entitlement, recorded, since, until, product, productKey, quantity, partNumber, pool, fromDate, untilDate)
     VALUES (?, ?, ?, ?, ${EVER}, ?, ?, ?, ?, ?, ?, ?)`,
  );

  const agreementFacts = (id: number): AgreementFacts | undefined => {
    const record = selectAgreement.get(id);
    return record && factsOfAgreement(record);
  };
  const entitlementFacts = (agreement: number, entitlement: string): EntitlementFacts | undefined => {
    const record = selectEntitlement.get(agreement, entitlement);
    return record && { ...factsOfEntitlement(record), recorded: record.recorded };
  };

  return {
    agreement: agreementFacts,
    entitlement: entitlementFacts,
    write(id: number, sequence: number, { agreement, entitlements }: Folded): void {
      if (agreement !== undefined && !isSame(agreement, agreementFacts(id))) {
        const { licenceId, programme, priceLevel, organisation, startsOn, endsOn, endedOn, keysFrom } = agreement;
        endAgreement.run(sequence, id);
        const rest = [priceLevel ?? null, organisation, startsOn ?? null, endsOn ?? null, endedOn ?? null, keysFrom];
        insertAgreement.run(id, sequence, licenceId, licenceId.toLowerCase(), programme, ...rest);
      }
      for (const facts of entitlements.values()) {
        if (isSame(facts, entitlementFacts(id, facts.entitlement))) continue;
        const { entitlement, recorded, product, quantity, partNumber, pool, from, until } = facts;
        endEntitlement.run(sequence, id, recorded);
        const rest = [quantity, partNumber ?? null, pool ?? null, from, until ?? null];
        insertEntitlement.run(id, entitlement, recorded, sequence, product, normaliseProductText(product), ...rest);
      }
    },
  };
}

/** Whether two flat objects say the same, whatever the order of their members. */
function isSame(one: object, other: object | undefined): boolean {
  if (other === undefined) return false;
  const [values, others] = [one, other].map((each) => new Map(Object.entries(each as Record<string, unknown>)));
  return [...(values?.keys() ?? []), ...(others?.keys() ?? [])].every((name) => values?.get(name) === others?.get(name));
}

function openOrganisationFold(database: Database) {
  const select = database.prepare<[string], OrganisationRecord>(`SELECT * FROM agreements_organisation WHERE organisation = ? AND until = ${EVER}`);
  const selectRegistered = database.prepare<[string], OrganisationRecord>(`SELECT * FROM agreements_organisation WHERE registration = ? AND until = ${EVER}`);
  const end = database.prepare(`UPDATE agreements_organisation SET until = ? WHERE organisation = ? AND until = ${EVER}`);
  const insert = database.prepare(
    `INSERT INTO agreements_organisation (organisation, since, until, name, search, parent, registration) VALUES (?, ?, ${EVER}, ?, ?, ?, ?)`,
  );
  const write = (sequence: number, { organisation, name, parent, registration }: Omit<OrganisationRecord, 'since'>): void => {
    end.run(sequence, organisation);
    insert.run(organisation, sequence, name, name.toLowerCase(), parent, registration);
  };

  return (projected: ProjectedEvent): void => {
    const event = projected as unknown as AnyEvent & Pick<ProjectedEvent, 'sequence' | 'id'>;
    if (event.type === 'OrganisationRegistered') {
      const { organisation, name, parent } = event.data;
      write(event.sequence, { organisation, name, parent: parent ?? null, registration: event.id });
    }
    if (event.type === 'OrganisationMoved') {
      const known = select.get(event.data.organisation);
      if (known !== undefined) write(event.sequence, { ...known, parent: event.data.parent ?? null });
    }
    if (event.type === 'CorrectionRecorded' && event.data.field === 'name') {
      const known = selectRegistered.get(event.data.event);
      if (known !== undefined) write(event.sequence, { ...known, name: String(event.data.value) });
    }
  };
}

interface AgreementRecord {
  readonly agreement: number;
  readonly since: number;
  readonly licenceId: string;
  readonly programme: Programme;
  readonly priceLevel: NonNullable<AgreementRow['priceLevel']> | null;
  readonly organisation: string;
  readonly startsOn: string | null;
  readonly endsOn: string | null;
  readonly endedOn: string | null;
  readonly keysFrom: AgreementRow['keysFrom'];
}

function factsOfAgreement(record: AgreementRecord): AgreementFacts {
  const { licenceId, programme, priceLevel, organisation, startsOn, endsOn, endedOn, keysFrom } = record;
  return {
    licenceId,
    programme,
    priceLevel: priceLevel ?? undefined,
    organisation,
    startsOn: startsOn ?? undefined,
    endsOn: endsOn ?? undefined,
    endedOn: endedOn ?? undefined,
    keysFrom,
  };
}

interface EntitlementRecord {
  readonly entitlement: string;
  readonly recorded: number;
  readonly since: number;
  readonly product: string;
  readonly quantity: number;
  readonly partNumber: string | null;
  readonly pool: ProductPool | null;
  readonly fromDate: string;
  readonly untilDate: string | null;
}

function factsOfEntitlement(record: EntitlementRecord): EntitlementTerms {
  const { entitlement, product, quantity, partNumber, pool, fromDate, untilDate } = record;
  return { entitlement, product, quantity, partNumber: partNumber ?? undefined, pool: pool ?? undefined, from: fromDate, until: untilDate ?? undefined };
}

interface OrganisationRecord {
  readonly organisation: string;
  readonly since: number;
  readonly name: string;
  readonly parent: string | null;
  readonly registration: string;
}

/** Opens the questions on one read-model file. */
export function openAgreementsQueries(database: Database): AgreementsQueries {
  const read = prepareQueries(database);
  const lists = openStatementCache(database);
  const agreementRow = (record: AgreementRecord & { readonly stream: StreamId }): AgreementRow => ({
    ...factsOfAgreement(record),
    agreement: record.stream,
    sequence: record.since as Sequence,
  });
  const entitlementRow = (agreement: StreamId) => (record: EntitlementRecord): EntitlementRow => ({
    ...factsOfEntitlement(record),
    agreement,
    sequence: record.since as Sequence,
  });
  /** The last event of an agreement by then: what holds with it holds until the next. */
  const lastChange = (asOf: number = PRESENT): number => read.lastChange.get(asOf) ?? 0;
  const all = openRecentAnswers((sequence: number) => read.all.all(sequence, sequence).map(agreementRow));
  const owned = openRecentAnswers((day: string, sequence: number) => read.owned.all(sequence, sequence, day, day));
  const byStream = (agreement: StreamId, asOf = PRESENT as Sequence): AgreementRow | undefined => {
    const record = read.byStream.get(asOf, asOf, agreement);
    return record && agreementRow(record);
  };
  const byLicenceId = (licenceId: string, asOf?: Sequence): AgreementRow | undefined =>
    byStream(derivedStreamId('agreement', 'licenceId', normaliseLicenceId(licenceId)), asOf);
  const tree = (asOf: number = PRESENT): Organisations =>
    Object.fromEntries(read.tree.all(asOf, asOf).map(({ organisation, parent }) => [organisation, { parent: parent ?? undefined }]));

  /** The part of the tree above some organisations: requests ask for it, and most of the tree is not on the way. */
  const branches = (from: readonly (string | undefined)[], asOf: number = PRESENT): Organisations => {
    const found: Record<string, { readonly parent: string | undefined }> = {};
    for (let next of from) {
      while (next !== undefined && !Object.hasOwn(found, next)) {
        const record = read.organisation.get(next, asOf, asOf);
        if (record === undefined) break;
        found[next] = { parent: record.parent ?? undefined };
        next = found[next]?.parent;
      }
    }
    return found;
  };

  return {
    byStream,
    byLicenceId,
    all: (asOf) => all(lastChange(asOf)),

    page(filter, descending, request, asOf = PRESENT as Sequence) {
      const seek = keyset(['licenceId', 'agreement'], descending, request);
      const condition = conditionOf(filter, asOf);
      const sql = `${AGREEMENTS} AND ${condition.sql} AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?`;
      const records = lists<AgreementRecord & { stream: StreamId }>(sql).all(asOf, asOf, ...condition.values, ...seek.values, rowsOf(request) + 1);
      return pageOf(request, seek, records, agreementRow, ({ licenceId, agreement }) => [licenceId, agreement]);
    },
    count(filter, asOf = PRESENT as Sequence) {
      const condition = conditionOf(filter, asOf);
      return lists<number>(`SELECT COUNT(*) FROM (${AGREEMENTS} AND ${condition.sql})`).pluck().get(asOf, asOf, ...condition.values) ?? 0;
    },

    entitlements(agreement, request, asOf = PRESENT as Sequence) {
      const seek = keyset(['recorded'], false, request);
      const sql = `${ENTITLEMENTS} AND since <= ? AND until > ? AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?`;
      const records = lists<EntitlementRecord>(sql).all(agreement, asOf, asOf, ...seek.values, rowsOf(request) + 1);
      return pageOf(request, seek, records, entitlementRow(agreement), ({ recorded }) => [recorded]);
    },
    entitlement(agreement, entitlement, asOf = PRESENT as Sequence) {
      const record = read.entitlement.get(agreement, entitlement, asOf, asOf);
      return record && entitlementRow(agreement)(record);
    },
    entitlementHistory(agreement, entitlement, request, asOf = PRESENT as Sequence) {
      const seek = keyset(['since'], true, request);
      const sql = `${ENTITLEMENTS} AND entitlement = ? AND since <= ? AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?`;
      const records = lists<EntitlementRecord>(sql).all(agreement, entitlement, asOf, ...seek.values, rowsOf(request) + 1);
      return pageOf(request, seek, records, entitlementRow(agreement), ({ since }) => [since]);
    },

    owned: (day, asOf) => owned(day, lastChange(asOf)),
    entitlementsInForce: (agreement, productKey, day, limit, asOf = PRESENT as Sequence) =>
      read.inForce.all(agreement, productKey, asOf, asOf, day, day, limit).map(entitlementRow(agreement)),

    organisation(organisation, asOf = PRESENT as Sequence) {
      const record = read.organisation.get(organisation, asOf, asOf);
      return record && organisationRow(record);
    },
    organisations(filter, descending, request, asOf = PRESENT as Sequence) {
      const seek = keyset(['name', 'organisation'], descending, request);
      const conditions = ['since <= ? AND until > ?', seek.condition];
      const values: (string | number | null)[] = [asOf, asOf, ...seek.values];
      if (filter.parent !== undefined) {
        conditions.push('parent = ?');
        values.push(filter.parent);
      }
      if (filter.search !== undefined) {
        conditions.push('instr(search, ?) > 0');
        values.push(filter.search.toLowerCase());
      }
      const sql = `SELECT * FROM agreements_organisation WHERE ${conditions.join(' AND ')} ORDER BY ${seek.orderBy} LIMIT ?`;
      const records = lists<OrganisationRecord>(sql).all(...values, rowsOf(request) + 1);
      return pageOf(request, seek, records, organisationRow, ({ name, organisation }) => [name, organisation]);
    },
    tree,
    affiliates: (organisation, asOf) => affiliatesOf(tree(asOf), organisation),
    affiliation(licenceId, other, asOf) {
      const holders = [licenceId, other].map((each) => byLicenceId(each, asOf)?.organisation);
      return affiliationOf(branches(holders, asOf), holders[0], holders[1]);
    },
    unitsOwned(licenceId, product, day, asOf = PRESENT as Sequence) {
      const agreement = byLicenceId(licenceId, asOf)?.agreement;
      return agreement === undefined ? undefined : (read.units.get(agreement, normaliseProductText(product), asOf, asOf, day, day) ?? 0);
    },
  };
}

function organisationRow({ organisation, name, parent, since }: OrganisationRecord): OrganisationRow {
  return { organisation, name, parent: parent ?? undefined, sequence: since as Sequence };
}

const AGREEMENTS = `SELECT a.*, s.stream FROM agreements_agreement a JOIN agreements_stream s ON s.id = a.agreement WHERE a.since <= ? AND a.until > ?`;
const ENTITLEMENTS = 'SELECT * FROM agreements_entitlement WHERE agreement = (SELECT id FROM agreements_stream WHERE stream = ?)';
/** On a day, both ends included. */
const IN_FORCE = 'fromDate <= ? AND (untilDate IS NULL OR untilDate >= ?)';

function prepareQueries(database: Database) {
  return {
    byStream: database.prepare<[number, number, string], AgreementRecord & { stream: StreamId }>(`${AGREEMENTS} AND s.stream = ?`),
    lastChange: database.prepare<[number], number | null>('SELECT MAX(sequence) FROM agreements_event WHERE sequence <= ?').pluck(),
    all: database.prepare<[number, number], AgreementRecord & { stream: StreamId }>(AGREEMENTS),
    entitlement: database.prepare<[string, string, number, number], EntitlementRecord>(`${ENTITLEMENTS} AND entitlement = ? AND since <= ? AND until > ?`),
    owned: database.prepare<[number, number, string, string], OwnedLicences>(
      `SELECT s.stream AS agreement, productKey, product, quantity
         FROM (SELECT agreement AS id, productKey, MIN(product) AS product, SUM(quantity) AS quantity
                 FROM agreements_entitlement INDEXED BY agreements_entitlement_product
                WHERE since <= ? AND until > ? AND ${IN_FORCE} GROUP BY agreement, productKey)
         JOIN agreements_stream s USING (id)`,
    ),
    inForce: database.prepare<[string, string, number, number, string, string, number], EntitlementRecord>(
      `${ENTITLEMENTS} AND productKey = ? AND since <= ? AND until > ? AND ${IN_FORCE} ORDER BY quantity DESC, recorded LIMIT ?`,
    ),
    units: database
      .prepare<[string, string, number, number, string, string], number | null>(
        `SELECT SUM(quantity) FROM (${ENTITLEMENTS} AND productKey = ? AND since <= ? AND until > ? AND ${IN_FORCE})`,
      )
      .pluck(),
    organisation: database.prepare<[string, number, number], OrganisationRecord>(
      'SELECT * FROM agreements_organisation WHERE organisation = ? AND since <= ? AND until > ?',
    ),
    tree: database.prepare<[number, number], OrganisationRecord>('SELECT * FROM agreements_organisation WHERE since <= ? AND until > ?'),
  };
}

function conditionOf(filter: AgreementFilter, asOf: number): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const conditions = ['TRUE'];
  const values: (string | number)[] = [];
  const add = (sql: string, ...bound: readonly (string | number)[]): void => {
    conditions.push(sql);
    values.push(...bound);
  };
  if (filter.programme !== undefined) add('programme IN (SELECT value FROM json_each(?))', JSON.stringify(filter.programme));
  if (filter.organisations !== undefined) add('organisation IN (SELECT value FROM json_each(?))', JSON.stringify(filter.organisations));
  if (filter.ended !== undefined) add(`endedOn IS ${filter.ended ? 'NOT NULL' : 'NULL'}`);
  if (filter.search !== undefined) {
    const part = filter.search.toLowerCase();
    const named = 'SELECT o.organisation FROM agreements_organisation o WHERE o.since <= ? AND o.until > ? AND instr(o.search, ?) > 0';
    add(`(instr(a.search, ?) > 0 OR organisation IN (${named}))`, part, asOf, asOf, part);
  }
  return { sql: conditions.join(' AND '), values };
}

function rowsOf({ limit }: PageRequest): number {
  return Math.min(Math.max(limit, 1), PAGE_ROWS_MAX);
}

/** A page of records of which one more than wanted was read. */
function pageOf<Found, Row>(
  request: PageRequest,
  seek: { arrange<Each>(rows: readonly Each[]): readonly Each[] },
  records: readonly Found[],
  rowOf: (record: Found) => Row,
  cursorOf: (record: Found) => readonly (string | number | null)[],
): Page<Row> {
  const rows = records.slice(0, rowsOf(request)).map((record) => ({ row: rowOf(record), cursor: cursorOf(record) }));
  return { rows: seek.arrange(rows), hasMore: records.length > rowsOf(request) };
}
