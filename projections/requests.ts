import type { Database } from 'better-sqlite3';
import type { CorrectionRecorded } from '../src/domain/correction.js';
import type { AnyEvent } from '../src/domain/events.js';
import type { DeviceLicence, DowngradeRequested, ProductCopy } from '../src/domain/host/requestEvents.js';
import type { Parameters } from '../src/domain/messages/message.js';
import type { RuledDecision } from '../src/domain/rules/judgement.js';
import type { ActivationMethod, ActivationPurpose, LimitKind } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId, SubjectId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { keyset, PAGE_ROWS_MAX, type Page, type PageRequest } from '../src/readmodel/page.js';
import { openRowBuffer } from '../src/readmodel/rowBuffer.js';
import { openStatementCache } from '../src/readmodel/statementCache.js';

export const REQUEST_KINDS = ['ACTIVATION', 'REIMAGING', 'DOWNGRADE', 'LIMIT_INCREASE'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export const REQUEST_STATES = [
  'REQUESTED',
  'SUBMITTED',
  'GRANTED',
  'REFUSED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'LAPSED',
  'WITHDRAWN',
  'REVERTED',
  'REVERSED',
] as const;
/** Where a request stands. `GRANTED` is open for activations, reimagings and downgrades; an increase that was granted awaits its confirmation by a report. */
export type RequestState = (typeof REQUEST_STATES)[number];

export type Consumed = 'YES' | 'NO' | 'UNKNOWN';

/** Something that was asked of the ledger, with what became of it by the moment asked for. Times are epoch milliseconds, UTC. */
export interface RequestRow {
  /** Id of the request: that of its command. */
  readonly request: string;
  readonly kind: RequestKind;
  readonly state: RequestState;
  /** Where it stands: the stream of a host or key. */
  readonly stream: StreamId;
  /** Its first event. */
  readonly sequence: Sequence;
  /** The last event that changed it. */
  readonly lastSequence: Sequence;
  readonly actor: SubjectId;
  readonly requestedAt: number;
  /** When it was granted or refused. */
  readonly decidedAt?: number | undefined;
  /** When it ended: completed, failed, cancelled, … */
  readonly endedAt?: number | undefined;
  readonly host?: StreamId | undefined;
  readonly installation?: number | undefined;
  readonly endedInstallation?: number | undefined;
  readonly startedInstallation?: number | undefined;
  readonly key?: StreamId | undefined;
  readonly agreement?: string | undefined;
  readonly team?: string | undefined;
  readonly image?: string | undefined;
  readonly method?: ActivationMethod | undefined;
  readonly purpose?: ActivationPurpose | undefined;
  /** Of an activation: whether its host was known to be a virtual machine. */
  readonly virtualMachine?: boolean | undefined;
  /** What is to be activated or installed. */
  readonly product?: string | undefined;
  /** What the device is licensed for. */
  readonly licensed?: DeviceLicence | undefined;
  /** What is to be put on it. */
  readonly target?: ProductCopy | undefined;
  /** Of an image: generalised with sysprep, and the rearms left in it. */
  readonly generalised?: boolean | undefined;
  readonly rearmsLeft?: number | undefined;
  /** Of a downgrade: where the right comes from, and the SHA-256 of the evidence. */
  readonly basis?: DowngradeRequested['data']['basis'] | undefined;
  readonly evidenceSha256?: string | undefined;
  /** The activation that was reserved for it. */
  readonly activation?: string | undefined;
  /** The request that this activation serves. */
  readonly onBehalfOf?: string | undefined;
  readonly expiresAt?: number | undefined;
  /** Whether an activation was consumed; undefined where none was at stake, or it is not over. */
  readonly consumed?: Consumed | undefined;
  readonly hresult?: string | undefined;
  readonly limitKind?: LimitKind | undefined;
  readonly quantity?: number | undefined;
  readonly grantedQuantity?: number | undefined;
  readonly limit?: number | undefined;
  readonly caseNumber?: string | undefined;
  readonly refusal?: { readonly code: string; readonly parameters: Parameters; readonly rules: readonly string[] } | undefined;
  /** What was in force and what each rule said, where rules decided. */
  readonly decision?: RuledDecision | undefined;
}

/** All given conditions hold. Times are inclusive from, exclusive to. */
export interface RequestFilter {
  readonly kinds?: readonly RequestKind[] | undefined;
  readonly states?: readonly RequestState[] | undefined;
  readonly host?: StreamId | undefined;
  readonly key?: StreamId | undefined;
  readonly agreement?: string | undefined;
  readonly team?: string | undefined;
  readonly image?: string | undefined;
  readonly purpose?: ActivationPurpose | undefined;
  readonly virtualMachine?: boolean | undefined;
  readonly actor?: SubjectId | undefined;
  /** Code of the refusal. */
  readonly refusalCode?: string | undefined;
  readonly requestedFrom?: number | undefined;
  readonly requestedTo?: number | undefined;
}

export interface ReimagingReportRow {
  readonly image: string;
  readonly team: string | undefined;
  /** `YYYY-MM`, UTC, of the completion. */
  readonly month: string;
  readonly reimagings: number;
  readonly consumed: number;
  readonly notConsumed: number;
  readonly unknown: number;
}

export interface RequestsQueries {
  byId(request: string, asOf?: Sequence): RequestRow | undefined;
  /** In the order they were made (cursor `[sequence]`), or newest first. */
  page(filter: RequestFilter, descending: boolean, request: PageRequest, asOf?: Sequence): Page<RequestRow>;
  count(filter: RequestFilter, asOf?: Sequence): number;
  /** How many of each kind are in each state. */
  counts(filter: RequestFilter, asOf?: Sequence): readonly { readonly kind: RequestKind; readonly state: RequestState; readonly requests: number }[];
  /** The requests that an event changed, as they were with it. */
  changedBy(sequence: Sequence): readonly RequestRow[];
  /** Completed reimagings by image, team and month of those that pass; at most REPORT_ROWS_MAX rows, the latest months first. */
  reimagings(filter: RequestFilter, asOf?: Sequence): readonly ReimagingReportRow[];
}

/** Rows of a report. */
export const REPORT_ROWS_MAX = 5_000;

/** `until` of the version that holds now. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * Every request in every version it had: a version holds from the event that made it (`since`) until the event that made the next.
 * So a list of the past is the same question with other bounds.
 */
export const requests: Projection = {
  name: 'requests',
  version: 4,
  tables: [
    // With row ids: a row is longer than a quarter of a page, and a table without them would put half of each into a page of its own.
    `CREATE TABLE requests_version (
       id INTEGER NOT NULL, -- sequence of the request's first event
       since INTEGER NOT NULL,
       until INTEGER NOT NULL,
       request TEXT NOT NULL,
       kind TEXT NOT NULL,
       state TEXT NOT NULL,
       host TEXT,
       key TEXT,
       agreement TEXT,
       team TEXT,
       image TEXT,
       purpose TEXT,
       virtualMachine INTEGER,
       actor TEXT NOT NULL,
       requestedAt INTEGER NOT NULL,
       endedAt INTEGER,
       consumed TEXT,
       code TEXT,
       row TEXT NOT NULL, -- JSON of RequestFacts
       PRIMARY KEY (id, since)
     ) STRICT`,
    'CREATE INDEX requests_version_since ON requests_version (since)',
    'CREATE INDEX requests_version_request ON requests_version (request, since)',
    `CREATE INDEX requests_version_host ON requests_version (host, id) WHERE until = ${NEVER}`,
    `CREATE INDEX requests_version_key ON requests_version (key, id) WHERE until = ${NEVER}`,
    `CREATE INDEX requests_version_state ON requests_version (state, id) WHERE until = ${NEVER}`,
  ],
  open: openWriter,
};

/** A row, and the id of its first event, by which corrections name it. */
interface RequestFacts extends Omit<RequestRow, 'lastSequence'> {
  readonly event: string;
}

type RequestFold = AnyEvent & Pick<ProjectedEvent, 'sequence' | 'occurredMs' | 'stream' | 'actor' | 'id'>;

/** Requests kept in memory; when there are more, the memory starts again empty. */
const REQUESTS_CACHED_MAX = 50_000;
/** Versions that wait to be written. */
const VERSIONS_HELD_MAX = 4_000;

/** An event that may concern a request; most events of most ledgers do not. */
const REQUEST_EVENT = /^(?:Activation(?!Observed|Loss|Object|Method)|LimitIncrease|Reimaging|Downgrade|CorrectionRecorded)/;

/** A version as the fold knows it. */
interface Version {
  readonly facts: RequestFacts;
  readonly since: number;
  until: number;
  /** Whether the table has it. */
  stored: boolean;
}

const COLUMNS = [
  'id', 'since', 'until', 'request', 'kind', 'state', 'host', 'key', 'agreement', 'team', 'image', 'purpose', 'virtualMachine', 'actor', 'requestedAt',
  'endedAt', 'consumed', 'code', 'row',
];

function columnsOf({ facts, since, until }: Version): (string | number | null)[] {
  const { sequence, request, kind, state, host, key, agreement, team, image, purpose, virtualMachine, actor, requestedAt, endedAt, consumed, refusal } = facts;
  return [
    sequence, since, until, request, kind, state, host ?? null, key ?? null, agreement ?? null, team ?? null, image ?? null, purpose ?? null,
    virtualMachine === undefined ? null : Number(virtualMachine), actor, requestedAt, endedAt ?? null, consumed ?? null, refusal?.code ?? null, JSON.stringify(facts),
  ];
}

function openWriter(database: Database): ProjectionWriter {
  const current = database.prepare<[string], VersionRecord>(`SELECT id, since, row FROM requests_version WHERE request = ? AND until = ${NEVER}`);
  const named = database
    .prepare<[string, string], string>(`SELECT request FROM requests_version WHERE host = ? AND until = ${NEVER} AND row ->> '$.event' = ?`)
    .pluck();
  const end = database.prepare('UPDATE requests_version SET until = ? WHERE id = ? AND since = ?');
  const rows = openRowBuffer(database, { insert: 'INSERT INTO requests_version', columns: COLUMNS });
  const known = new Map<string, Version>();
  let held: Version[] = [];

  /** Most versions end within the commit that they begin in: written when it is due, they never enter the indexes of the present. */
  const flush = (): void => {
    for (const version of held) {
      rows.add(columnsOf(version));
      version.stored = true;
    }
    held = [];
    rows.flush();
  };

  const find = (request: string): Version | undefined => {
    const cached = known.get(request);
    if (cached !== undefined) return cached;
    const record = current.get(request);
    return record && { facts: JSON.parse(record.row) as RequestFacts, since: record.since, until: NEVER, stored: true };
  };

  const write = (facts: RequestFacts, sequence: number, previous: Version | undefined): void => {
    if (previous !== undefined) previous.until = sequence;
    if (previous?.stored === true) end.run(sequence, facts.sequence, previous.since);
    if (held.length >= VERSIONS_HELD_MAX || known.size >= REQUESTS_CACHED_MAX) flush();
    if (known.size >= REQUESTS_CACHED_MAX) known.clear();
    const version = { facts: withoutAbsent(facts), since: sequence, until: NEVER, stored: false };
    held.push(version);
    known.set(facts.request, version);
  };

  const change = (request: string | undefined, sequence: number, next: (facts: RequestFacts) => RequestFacts): RequestFacts | undefined => {
    const found = request === undefined ? undefined : find(request);
    if (found === undefined) return undefined;
    const facts = next(found.facts);
    write(facts, sequence, found);
    return facts;
  };

  return {
    apply(projected) {
      if (!REQUEST_EVENT.test(projected.type)) return;
      const event = projected as unknown as RequestFold;
      const asked = requestIn(event);
      if (asked !== undefined) return write(asked, event.sequence, undefined);
      if (event.type === 'CorrectionRecorded') {
        flush();
        change(named.get(event.stream, event.data.event), event.sequence, (facts) => withCorrection(facts, event.data));
        return;
      }
      const changed = change(idIn(event), event.sequence, (facts) => fold(facts, event));
      // Whether an activation was consumed is learned on the key's stream, also for the reimaging it served.
      if (event.type === 'ActivationConsumptionResolved' && changed?.onBehalfOf !== undefined) {
        change(changed.onBehalfOf, event.sequence, (facts) => ({ ...facts, consumed: changed.consumed }));
      }
    },
    flush,
  };
}

/** The request that an event makes. */
function requestIn(event: RequestFold): RequestFacts | undefined {
  const { sequence, stream, actor, occurredMs: requestedAt, id } = event;
  const made = { state: 'REQUESTED' as const, sequence, stream, actor, requestedAt, event: id };
  switch (event.type) {
    case 'ActivationRequested': {
      const { activation, host, installation, product, method, purpose, agreement, virtualMachine, onBehalfOf } = event.data;
      return { ...made, kind: 'ACTIVATION', request: activation, key: stream, host: host as StreamId, installation, product, method, purpose, agreement, virtualMachine, onBehalfOf: onBehalfOf?.request };
    }
    case 'ReimagingRequested': {
      const { request, installation, device, image, method, agreement, team, evidenceSha256 } = event.data;
      const { image: name, generalised, rearmsLeft, ...target } = image;
      return { ...made, kind: 'REIMAGING', request, host: stream, installation, licensed: device, target, image: name, generalised, rearmsLeft, product: image.product, purpose: 'REIMAGING', method, agreement, team, evidenceSha256 };
    }
    case 'DowngradeRequested': {
      const { request, installation, from, to, basis, evidenceSha256, method, agreement, team } = event.data;
      return { ...made, kind: 'DOWNGRADE', request, host: stream, installation, licensed: from, target: to, basis, evidenceSha256, product: to.product, method, agreement, team };
    }
    case 'LimitIncreaseRequested': {
      const { increase, kind: limitKind, quantity } = event.data;
      return { ...made, kind: 'LIMIT_INCREASE', request: increase, key: stream, limitKind, quantity };
    }
    default:
      return undefined;
  }
}

function idIn({ data }: RequestFold): string | undefined {
  const { request, activation, increase } = data as { readonly request?: string; readonly activation?: string; readonly increase?: string };
  return request ?? activation ?? increase;
}

/** The request after a further event of its life. */
function fold(facts: RequestFacts, event: RequestFold): RequestFacts {
  const { occurredMs: at } = event;
  switch (event.type) {
    case 'ActivationGranted':
      return { ...facts, state: 'GRANTED', decidedAt: at, expiresAt: Date.parse(event.data.expiresAt), decision: event.data.decision };
    case 'ReimagingGranted':
    case 'DowngradeGranted': {
      const { serving, decision } = event.data;
      return { ...facts, state: 'GRANTED', decidedAt: at, decision, key: serving?.key as StreamId | undefined, activation: serving?.activation };
    }
    case 'ActivationRefused':
    case 'ReimagingRefused':
    case 'DowngradeRefused': {
      const { code, parameters, decision } = event.data;
      return { ...facts, state: 'REFUSED', decidedAt: at, endedAt: at, decision, refusal: { code, parameters, rules: forbidding(decision) } };
    }
    case 'ReimagingCompleted': {
      const { endedInstallation, startedInstallation, activationConsumed: consumed } = event.data;
      return { ...facts, state: 'COMPLETED', endedAt: at, endedInstallation, startedInstallation, consumed };
    }
    case 'DowngradeCompleted': {
      const { endedInstallation, startedInstallation } = event.data;
      return { ...facts, state: 'COMPLETED', endedAt: at, endedInstallation, startedInstallation };
    }
    case 'DowngradeReverted':
      return { ...facts, state: 'REVERTED' };
    case 'ReimagingCancelled':
    case 'DowngradeCancelled':
      return { ...facts, state: 'CANCELLED', endedAt: at };
    default:
      return foldOfKey(facts, event);
  }
}

/** The same for what stands on a key's stream. */
function foldOfKey(facts: RequestFacts, event: RequestFold): RequestFacts {
  const { occurredMs: at } = event;
  switch (event.type) {
    case 'ActivationConfirmed': {
      const { installation, countsAs } = event.data;
      return { ...facts, state: 'COMPLETED', endedAt: at, installation: installation ?? facts.installation, consumed: countsAs === 'UNCERTAIN' ? 'UNKNOWN' : 'YES' };
    }
    case 'ActivationCarriedOver':
      // Only one that names the request: it is the activation that was seen after the reservation had lapsed.
      return { ...facts, state: 'COMPLETED', endedAt: at, installation: event.data.toInstallation, consumed: 'YES' };
    case 'ActivationFailed':
      return { ...facts, state: 'FAILED', endedAt: at, hresult: event.data.hresult };
    case 'ActivationReleased': {
      const { cause } = event.data;
      if (cause === 'NOT_CONSUMED') return { ...facts, state: 'COMPLETED', endedAt: at, consumed: 'NO' };
      return { ...facts, state: cause === 'LAPSED' ? 'LAPSED' : 'CANCELLED', endedAt: at };
    }
    case 'ActivationReversed':
      return { ...facts, state: 'REVERSED', consumed: undefined };
    case 'ActivationConsumptionResolved':
      return { ...facts, consumed: event.data.consumed ? 'YES' : 'NO' };
    case 'LimitIncreaseSubmitted':
      return { ...facts, state: 'SUBMITTED', caseNumber: event.data.caseNumber };
    case 'LimitIncreaseGranted':
      return { ...facts, state: 'GRANTED', decidedAt: at, grantedQuantity: event.data.quantity, limit: event.data.limit };
    case 'LimitIncreaseRefused':
      return { ...facts, state: 'REFUSED', decidedAt: at, endedAt: at };
    case 'LimitIncreaseWithdrawn':
      return { ...facts, state: 'WITHDRAWN', endedAt: at };
    case 'LimitIncreaseConfirmed':
      return { ...facts, state: 'COMPLETED', endedAt: at };
    default:
      return facts;
  }
}

function forbidding({ judgements }: RuledDecision): readonly string[] {
  return judgements.filter(({ effect, outcome }) => effect === 'REFUSE' && outcome === 'VIOLATED').map(({ rule }) => rule);
}

function withCorrection(facts: RequestFacts, { field, value }: CorrectionRecorded['data']): RequestFacts {
  const text = typeof value === 'string' ? value : undefined;
  if (field === 'team' || field === 'agreement') return { ...facts, [field]: text };
  if (field === 'image.image') return { ...facts, image: text };
  const member = /^(?:device|from)\.(\w+)$/.exec(field)?.[1];
  return member === undefined || facts.licensed === undefined ? facts : { ...facts, licensed: { ...facts.licensed, [member]: text } };
}

/** As they are read back: members that are absent would otherwise keep their places, and the text of a later version depend on who folds it. */
function withoutAbsent(facts: RequestFacts): RequestFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as unknown as RequestFacts;
}

interface VersionRecord {
  readonly id: number;
  readonly since: number;
  readonly row: string;
}

/** Opens the questions on one read-model file. */
export function openRequestsQueries(database: Database): RequestsQueries {
  const lists = openStatementCache(database);
  const byId = database.prepare<[string, number], VersionRecord>(
    'SELECT id, since, row FROM requests_version WHERE request = ? AND since <= ? ORDER BY since DESC LIMIT 1',
  );
  const changed = database.prepare<[number], VersionRecord>('SELECT id, since, row FROM requests_version WHERE since = ? ORDER BY id');
  const from = (filter: RequestFilter, asOf: Sequence | undefined): Condition => all([holdingAt(asOf), ...conditionsOf(filter)]);

  return {
    byId(request, asOf) {
      const record = byId.get(request, asOf ?? NEVER);
      return record && rowOf(record);
    },

    page(filter, descending, request, asOf) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(['id'], descending, request);
      const { sql, values } = from(filter, asOf);
      const found = lists<VersionRecord>(`SELECT id, since, row FROM requests_version WHERE ${sql} AND ${seek.condition} ORDER BY ${seek.orderBy} LIMIT ?`).all(
        ...values,
        ...seek.values,
        limit + 1,
      );
      const rows = found.slice(0, limit).map((record) => ({ row: rowOf(record), cursor: [record.id] }));
      return { rows: seek.arrange(rows), hasMore: found.length > limit };
    },

    count(filter, asOf) {
      const { sql, values } = from(filter, asOf);
      return lists<{ requests: number }>(`SELECT COUNT(*) AS requests FROM requests_version WHERE ${sql}`).get(...values)?.requests ?? 0;
    },

    counts(filter, asOf) {
      const { sql, values } = from(filter, asOf);
      const counted = `SELECT kind, state, COUNT(*) AS requests FROM requests_version WHERE ${sql} GROUP BY kind, state ORDER BY kind, state`;
      return lists<{ kind: RequestKind; state: RequestState; requests: number }>(counted).all(...values);
    },

    changedBy: (sequence) => changed.all(sequence).map(rowOf),

    reimagings(filter, asOf) {
      const { sql, values } = from({ ...filter, kinds: ['REIMAGING'], states: ['COMPLETED'] }, asOf);
      const report = `SELECT image, team, strftime('%Y-%m', endedAt / 1000, 'unixepoch') AS month, COUNT(*) AS reimagings,
                             SUM(consumed IS 'YES') AS consumed, SUM(consumed IS 'NO') AS notConsumed, SUM(consumed IS 'UNKNOWN') AS unknown
                        FROM requests_version WHERE ${sql} GROUP BY image, team, month ORDER BY month DESC, image, team LIMIT ${REPORT_ROWS_MAX}`;
      return lists<ReimagingReportRow & { readonly team: string | null }>(report).all(...values).map((row) => ({ ...row, team: row.team ?? undefined }));
    },
  };
}

/** The filter in memory; `conditionsOf` is the same in SQL. */
export function requestPasses(row: RequestRow, filter: RequestFilter): boolean {
  const { kinds, states, host, key, agreement, team, image, purpose, virtualMachine, actor, refusalCode, requestedFrom, requestedTo } = filter;
  const equal: readonly (readonly [wanted: unknown, found: unknown])[] = [
    [host, row.host],
    [key, row.key],
    [agreement, row.agreement],
    [team, row.team],
    [image, row.image],
    [purpose, row.purpose],
    [virtualMachine, row.virtualMachine],
    [actor, row.actor],
    [refusalCode, row.refusal?.code],
  ];
  return (
    (kinds?.includes(row.kind) ?? true) &&
    (states?.includes(row.state) ?? true) &&
    equal.every(([wanted, found]) => wanted === undefined || wanted === found) &&
    (requestedFrom === undefined || row.requestedAt >= requestedFrom) &&
    (requestedTo === undefined || row.requestedAt < requestedTo)
  );
}

function rowOf({ since, row }: VersionRecord): RequestRow {
  const { event: _event, ...facts } = JSON.parse(row) as RequestFacts;
  return { ...facts, lastSequence: since as Sequence };
}

interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** The versions that held then. The present is asked for literally, so that its indexes are taken. */
function holdingAt(asOf: Sequence | undefined): Condition {
  return asOf === undefined ? { sql: `until = ${NEVER}`, values: [] } : { sql: 'since <= ? AND until > ?', values: [asOf, asOf] };
}

/** `requestPasses` is the same in memory. */
function conditionsOf(filter: RequestFilter): readonly Condition[] {
  const { kinds, states, host, key, agreement, team, image, purpose, virtualMachine, actor, refusalCode, requestedFrom, requestedTo } = filter;
  return [
    ...oneOf('kind', kinds),
    ...oneOf('state', states),
    ...compared('host = ?', host),
    ...compared('key = ?', key),
    ...compared('agreement = ?', agreement),
    ...compared('team = ?', team),
    ...compared('image = ?', image),
    ...compared('purpose = ?', purpose),
    ...compared('virtualMachine = ?', virtualMachine === undefined ? undefined : Number(virtualMachine)),
    ...compared('actor = ?', actor),
    ...compared('code = ?', refusalCode),
    ...compared('requestedAt >= ?', requestedFrom),
    ...compared('requestedAt < ?', requestedTo),
  ];
}

/** An empty list: nothing passes. */
function oneOf(column: string, words: readonly string[] | undefined): readonly Condition[] {
  return words === undefined ? [] : [{ sql: `${column} IN (${words.map(() => '?').join(', ')})`, values: words }];
}

function compared(sql: string, value: string | number | undefined): readonly Condition[] {
  return value === undefined ? [] : [{ sql, values: [value] }];
}

function all(conditions: readonly Condition[]): Condition {
  return { sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '), values: conditions.flatMap(({ values }) => values) };
}
