import type { Database } from 'better-sqlite3';
import type { AnyEvent } from '../src/domain/events.js';
import type { ActivationRequested } from '../src/domain/productKey/activationEvents.js';
import type { ActivationMethod } from '../src/domain/vocabulary.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { keyset, PAGE_ROWS_MAX, type Page, type PageRequest } from '../src/readmodel/page.js';
import { openRowBuffer, type SqlValue } from '../src/readmodel/rowBuffer.js';

/** An activation that is reserved and has not ended yet. Times are epoch milliseconds, UTC. */
export interface ReservationRow {
  readonly activation: string;
  readonly productKey: StreamId;
  readonly host: StreamId;
  readonly installation: number | undefined;
  readonly product: string;
  readonly method: ActivationMethod;
  /** Of a proxy activation. */
  readonly installationId: string | undefined;
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** Of the grant. */
  readonly sequence: Sequence;
}

export interface ReservationFilter {
  readonly productKey?: StreamId | undefined;
  readonly host?: StreamId | undefined;
  /** Only those with an installation ID that waits for its confirmation ID. */
  readonly withInstallationId?: boolean | undefined;
}

export interface ReservationsQueries {
  /** Those whose time is up at a moment, longest first; at most `limit`. */
  lapsed(now: number, limit: number): readonly ReservationRow[];
  /** Keys with something reserved for a host. */
  keysReservedFor(host: StreamId): readonly StreamId[];
  /** In the order they were granted (cursor `[sequence]`). What is open now; there is no past of it. */
  page(filter: ReservationFilter, request: PageRequest): Page<ReservationRow>;
}

/** What is reserved at present. A request whose decision has not come yet waits in `requested`, within one append. */
export const reservations: Projection = {
  name: 'reservations',
  version: 1,
  tables: [
    `CREATE TABLE reservations_requested (
       activation TEXT PRIMARY KEY,
       facts TEXT NOT NULL
     ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE reservations_open (
       sequence INTEGER PRIMARY KEY,
       activation TEXT NOT NULL UNIQUE,
       productKey TEXT NOT NULL,
       host TEXT NOT NULL,
       installationId TEXT,
       expiresAt INTEGER NOT NULL,
       facts TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX reservations_open_expiresAt ON reservations_open (expiresAt)',
    'CREATE INDEX reservations_open_host ON reservations_open (host, productKey)',
    'CREATE INDEX reservations_open_productKey ON reservations_open (productKey, sequence)',
  ],
  open: openWriter,
};

/** What the request said, kept as JSON. */
type RequestFacts = Pick<ActivationRequested['data'], 'host' | 'installation' | 'product' | 'method' | 'installationId'> & { readonly requestedAt: number };

/** Rows that wait to be written, of each table. */
const ROWS_HELD_MAX = 4_000;

function openWriter(database: Database): ProjectionWriter {
  const request = openRowBuffer(database, { insert: 'INSERT OR REPLACE INTO reservations_requested', columns: ['activation', 'facts'] });
  const forget = database.prepare<[string], string>('DELETE FROM reservations_requested WHERE activation = ? RETURNING facts').pluck();
  const open = openRowBuffer(database, {
    insert: 'INSERT OR IGNORE INTO reservations_open',
    columns: ['sequence', 'activation', 'productKey', 'host', 'installationId', 'expiresAt', 'facts'],
  });
  const close = database.prepare('DELETE FROM reservations_open WHERE activation = ?');
  /** Requested and reserved since the last flush, by activation: a request is nearly always decided before its row is due. */
  const requested = new Map<string, string>();
  const reserved = new Map<string, readonly SqlValue[]>();

  const flush = (): void => {
    for (const row of requested) request.add(row);
    for (const row of reserved.values()) open.add(row);
    request.flush();
    open.flush();
    requested.clear();
    reserved.clear();
  };

  const takeRequest = (activation: string): string | undefined => {
    const held = requested.get(activation);
    if (held === undefined) return forget.get(activation);
    requested.delete(activation);
    return held;
  };

  return {
    apply(projected) {
      const event = projected as unknown as AnyEvent & ProjectedEvent;
      switch (event.type) {
        case 'ActivationRequested': {
          const { activation, host, installation, product, method, installationId } = event.data;
          const facts: RequestFacts = { host, installation, product, method, installationId, requestedAt: event.occurredMs };
          requested.set(activation, JSON.stringify(facts));
          break;
        }
        case 'ActivationGranted': {
          const { activation, expiresAt } = event.data;
          const facts = takeRequest(activation);
          if (facts === undefined) break;
          const { host, installationId } = JSON.parse(facts) as RequestFacts;
          reserved.set(activation, [event.sequence, activation, event.stream, host, installationId ?? null, Date.parse(expiresAt), facts]);
          break;
        }
        case 'ActivationRefused':
          takeRequest(event.data.activation);
          break;
        case 'ActivationConfirmed':
        case 'ActivationFailed':
        case 'ActivationReleased':
          if (!reserved.delete(event.data.activation)) close.run(event.data.activation);
          break;
        default:
          return;
      }
      if (requested.size >= ROWS_HELD_MAX || reserved.size >= ROWS_HELD_MAX) flush();
    },
    flush,
  };
}

/** Opens the questions on one read-model file. */
export function openReservationsQueries(database: Database): ReservationsQueries {
  const lapsed = database.prepare<[number, number], ReservationRecord>('SELECT * FROM reservations_open WHERE expiresAt <= ? ORDER BY expiresAt LIMIT ?');
  const keys = database.prepare<[string], { productKey: string }>('SELECT DISTINCT productKey FROM reservations_open WHERE host = ? ORDER BY productKey');
  return {
    lapsed: (now, limit) => lapsed.all(now, limit).map(rowOf),
    keysReservedFor: (host) => keys.all(host).map(({ productKey }) => productKey as StreamId),
    page(filter, request) {
      const limit = Math.min(Math.max(request.limit, 1), PAGE_ROWS_MAX);
      const seek = keyset(['sequence'], false, request);
      const conditions = [seek.condition];
      const values: (string | number | null)[] = [...seek.values];
      if (filter.productKey !== undefined) {
        conditions.push('productKey = ?');
        values.push(filter.productKey);
      }
      if (filter.host !== undefined) {
        conditions.push('host = ?');
        values.push(filter.host);
      }
      if (filter.withInstallationId === true) conditions.push('installationId IS NOT NULL');
      const records = database
        .prepare<unknown[], ReservationRecord>(`SELECT * FROM reservations_open WHERE ${conditions.join(' AND ')} ORDER BY ${seek.orderBy} LIMIT ?`)
        .all(...values, limit + 1);
      const rows = records.slice(0, limit).map((record) => ({ row: rowOf(record), cursor: [record.sequence] }));
      return { rows: seek.arrange(rows), hasMore: records.length > limit };
    },
  };
}

interface ReservationRecord {
  readonly sequence: number;
  readonly activation: string;
  readonly productKey: string;
  readonly expiresAt: number;
  readonly facts: string;
}

function rowOf({ sequence, activation, productKey, expiresAt, facts }: ReservationRecord): ReservationRow {
  const { host, installation, product, method, installationId, requestedAt } = JSON.parse(facts) as RequestFacts;
  return {
    activation,
    productKey: productKey as StreamId,
    host: host as StreamId,
    installation,
    product,
    method,
    installationId,
    requestedAt,
    expiresAt,
    sequence: sequence as Sequence,
  };
}
