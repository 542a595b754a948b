import type { Database } from 'better-sqlite3';
import { normaliseLicenceId } from '../src/domain/agreement/licenceId.js';
import type { AnyEvent, EventOf } from '../src/domain/events.js';
import { normaliseProductText } from '../src/domain/productText.js';
import type { ProductKeyKind } from '../src/domain/vocabulary.js';
import { derivedStreamId } from '../src/kernel/eventIds.js';
import type { Sequence, StreamId } from '../src/kernel/identifiers.js';
import type { ProjectedEvent, Projection, ProjectionWriter } from '../src/readmodel/definition.js';
import { PAGE_ROWS_MAX } from '../src/readmodel/page.js';
import { openRecentAnswers } from '../src/readmodel/recentAnswers.js';
import { openRowBuffer } from '../src/readmodel/rowBuffer.js';

/** A key of volume licensing, and what it belongs to. */
export interface VolumeKey {
  readonly key: StreamId;
  readonly kind: ProductKeyKind;
  readonly lastFive: string;
  /** Product as it was named; undefined where nobody named one. */
  readonly product: string | undefined;
  /** Agreement it was issued under, and its licence ID as it was written. */
  readonly agreement: StreamId | undefined;
  readonly licenceId: string | undefined;
}

/** Activations that consume licences of one product under one agreement (R-8: the key may be another agreement's). */
export interface ConsumedLicences {
  readonly cell: number;
  /** Undefined: neither the request nor the key names one. */
  readonly agreement: StreamId | undefined;
  readonly licenceId: string | undefined;
  /** The product as it is compared, and as it is written. */
  readonly productKey: string;
  readonly product: string;
  readonly reserved: number;
  readonly confirmed: number;
}

/** Activations of one key among them. */
export interface ConsumingKey {
  readonly key: StreamId;
  readonly activations: number;
  /** The last event that made one of them what it is. */
  readonly sequence: Sequence;
}

/** `asOf`: as the ledger knew it with that event; without it, as it knows it now. */
export interface LicenceUseQueries {
  /** Every volume key: those of the kinds that volume agreements are given, and whatever names an agreement. The list is shared: do not change it. */
  keys(asOf?: Sequence): readonly VolumeKey[];
  consumed(asOf?: Sequence): readonly ConsumedLicences[];
  /** The keys behind one row of `consumed`, most activations first. */
  consumingKeys(cell: number, limit: number, asOf?: Sequence): readonly ConsumingKey[];
}

/** `until` of a row that still holds, and the moment of a question about the present. */
const EVER = Number.MAX_SAFE_INTEGER;
const PRESENT = EVER - 1;

/** Which key serves which product and agreement, and whose licences activations consume. Counts of keys are not kept here. */
export const licenceUse: Projection = {
  name: 'licenceUse',
  version: 2,
  tables: [
    // One row for each state of a key: true for the events `since` (included) to `until` (excluded).
    `CREATE TABLE licenceUse_key (
       stream TEXT NOT NULL,
       since INTEGER NOT NULL,
       until INTEGER NOT NULL,
       kind TEXT NOT NULL,
       lastFive TEXT NOT NULL,
       product TEXT,
       agreement TEXT,
       licenceId TEXT,
       PRIMARY KEY (stream, since)
     ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX licenceUse_key_since ON licenceUse_key (since)',
    `CREATE TABLE licenceUse_cell (
       id INTEGER PRIMARY KEY,
       agreement TEXT NOT NULL,
       licenceId TEXT,
       productKey TEXT NOT NULL,
       product TEXT NOT NULL,
       UNIQUE (agreement, productKey)
     ) STRICT`,
    `CREATE TABLE licenceUse_cellHistory (
       cell INTEGER NOT NULL,
       sequence INTEGER NOT NULL,
       reserved INTEGER NOT NULL,
       confirmed INTEGER NOT NULL,
       PRIMARY KEY (cell, sequence)
     ) STRICT, WITHOUT ROWID`,
    // One row for each state of an activation.
    `CREATE TABLE licenceUse_activation (
       cell INTEGER NOT NULL,
       since INTEGER NOT NULL,
       until INTEGER NOT NULL,
       activation TEXT NOT NULL,
       stream TEXT NOT NULL,
       state TEXT NOT NULL,
       PRIMARY KEY (cell, since)
     ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX licenceUse_activation_id ON licenceUse_activation (activation, until)',
  ],
  open: openWriter,
};

/** `ENDED`: it consumes nothing any more; a late confirmation may still come. */
type ActivationState = 'REQUESTED' | 'RESERVED' | 'CONFIRMED' | 'ENDED';

type KeyEvent = AnyEvent & Pick<ProjectedEvent, 'sequence' | 'stream'>;
type KeyFacts = Omit<KeyRecord, 'stream' | 'since'>;

const VOLUME_KINDS: ReadonlySet<ProductKeyKind> = new Set(['MAK', 'KMS_HOST', 'KMS_CLIENT']);

function openWriter(database: Database): ProjectionWriter {
  const keys = openKeyFold(database);
  const activations = openActivationFold(database);
  return {
    apply(projected) {
      if (!projected.stream.startsWith('productKey-')) return;
      const event = projected as unknown as KeyEvent;
      switch (event.type) {
        case 'ProductKeyObserved':
        case 'ProductKeyRegistered':
        case 'CorrectionRecorded':
          return keys.fold(event);
        case 'ActivationRequested':
          return activations.begin(event, event.data.agreement ?? keys.licenceIdOf(event.stream));
        case 'ActivationGranted':
          return activations.move(event.data.activation, 'RESERVED', event.sequence);
        case 'ActivationConfirmed':
          return activations.move(event.data.activation, 'CONFIRMED', event.sequence);
        case 'ActivationCarriedOver':
          return event.data.activation === undefined ? undefined : activations.move(event.data.activation, 'CONFIRMED', event.sequence);
        case 'ActivationRefused':
        case 'ActivationFailed':
        case 'ActivationReleased':
          return activations.move(event.data.activation, 'ENDED', event.sequence);
        case 'ActivationReversed':
          return activations.move(event.data.activation, 'ENDED', event.sequence);
        case 'ActivationConsumptionResolved':
          return activations.move(event.data.activation, event.data.consumed ? 'CONFIRMED' : 'ENDED', event.sequence);
        default:
      }
    },
    flush: () => activations.flush(),
  };
}

/** Keys, cells and activations kept in memory while folding; when there are more, the memory starts again empty. */
const CACHED_MAX = 20_000;

function openKeyFold(database: Database) {
  const licenceIds = new Map<string, string | undefined>();
  const select = database.prepare<[string], KeyRecord>(`SELECT * FROM licenceUse_key WHERE stream = ? AND until = ${EVER}`);
  const end = database.prepare(`UPDATE licenceUse_key SET until = ? WHERE stream = ? AND until = ${EVER}`);
  const insert = database.prepare(
    `INSERT INTO licenceUse_key (stream, since, until, kind, lastFive, product, agreement, licenceId) VALUES (?, ?, ${EVER}, ?, ?, ?, ?, ?)`,
  );
  return {
    fold(event: KeyEvent): void {
      const known = select.get(event.stream);
      const facts = foldKey(known, event);
      if (facts === undefined || (!VOLUME_KINDS.has(facts.kind) && facts.agreement === null)) return;
      const { kind, lastFive, product, agreement, licenceId } = facts;
      if (known !== undefined) end.run(event.sequence, event.stream);
      insert.run(event.stream, event.sequence, kind, lastFive, product, agreement, licenceId);
      licenceIds.delete(event.stream);
    },
    licenceIdOf(stream: string): string | undefined {
      if (licenceIds.has(stream)) return licenceIds.get(stream);
      if (licenceIds.size >= CACHED_MAX) licenceIds.clear();
      const licenceId = select.get(stream)?.licenceId ?? undefined;
      licenceIds.set(stream, licenceId);
      return licenceId;
    },
  };
}

function foldKey(known: KeyFacts | undefined, event: KeyEvent): KeyFacts | undefined {
  if (event.type === 'ProductKeyRegistered') {
    const { kind, lastFive, product, agreement } = event.data;
    return { kind, lastFive, product, ...(agreement === undefined ? { agreement: known?.agreement ?? null, licenceId: known?.licenceId ?? null } : issuedUnder(agreement)) };
  }
  if (event.type === 'ProductKeyObserved') {
    const { kind, lastFive, product } = event.data;
    if (known === undefined) return { kind, lastFive, product: product ?? null, agreement: null, licenceId: null };
    return { ...known, kind: known.kind === 'UNKNOWN' ? kind : known.kind, product: known.product ?? product ?? null };
  }
  if (event.type !== 'CorrectionRecorded' || event.data.eventType !== 'ProductKeyRegistered' || known === undefined) return undefined;
  const { field, value } = event.data;
  if (field === 'product' && typeof value === 'string') return { ...known, product: value };
  if (field === 'agreement') return { ...known, ...(typeof value === 'string' ? issuedUnder(value) : { agreement: null, licenceId: null }) };
  return undefined;
}

function issuedUnder(licenceId: string): { readonly agreement: StreamId; readonly licenceId: string } {
  return { agreement: derivedStreamId('agreement', 'licenceId', normaliseLicenceId(licenceId)), licenceId };
}

/** States that wait to be written. */
const STATES_HELD_MAX = 4_000;

interface CellCounts {
  readonly reserved: number;
  readonly confirmed: number;
}

/** A state of an activation as the fold knows it. */
interface HeldState {
  readonly cell: number;
  readonly since: number;
  readonly stream: string;
  readonly state: ActivationState;
  until: number;
  /** Whether the table has it. */
  stored: boolean;
}

/** Moves activations between states, and counts them by whose licence they consume. */
function openActivationFold(database: Database) {
  const selectCell = database.prepare<[string, string], number>('SELECT id FROM licenceUse_cell WHERE agreement = ? AND productKey = ?').pluck();
  const insertCell = database.prepare('INSERT INTO licenceUse_cell (agreement, licenceId, productKey, product) VALUES (?, ?, ?, ?)');
  const selectCounts = database.prepare<[number], CellCounts>(
    'SELECT reserved, confirmed FROM licenceUse_cellHistory WHERE cell = ? ORDER BY sequence DESC LIMIT 1',
  );
  const countRows = openRowBuffer(database, { insert: 'INSERT INTO licenceUse_cellHistory', columns: ['cell', 'sequence', 'reserved', 'confirmed'] });
  const stateRows = openRowBuffer(database, { insert: 'INSERT INTO licenceUse_activation', columns: ['cell', 'since', 'until', 'activation', 'stream', 'state'] });
  const select = database.prepare<[string], { cell: number; since: number; stream: string; state: ActivationState }>(
    `SELECT cell, since, stream, state FROM licenceUse_activation WHERE activation = ? AND until = ${EVER}`,
  );
  const end = database.prepare('UPDATE licenceUse_activation SET until = ? WHERE cell = ? AND since = ?');
  const counts = new Map<number, CellCounts>();
  const cells = new Map<string, number>();
  const known = new Map<string, HeldState>();
  let held: (readonly [activation: string, state: HeldState])[] = [];

  /** Most states end within the commit that they begin in: written when it is due, they are written once. */
  const flush = (): void => {
    for (const [activation, state] of held) {
      stateRows.add([state.cell, state.since, state.until, activation, state.stream, state.state]);
      state.stored = true;
    }
    held = [];
    stateRows.flush();
    countRows.flush();
    for (const cache of [counts, cells, known]) if (cache.size > CACHED_MAX) cache.clear();
  };

  const find = (activation: string): HeldState | undefined => {
    const cached = known.get(activation);
    if (cached !== undefined) return cached;
    const record = select.get(activation);
    return record && { ...record, until: EVER, stored: true };
  };

  const write = (activation: string, state: Omit<HeldState, 'until' | 'stored'>): void => {
    const begun = { ...state, until: EVER, stored: false };
    held.push([activation, begun]);
    known.set(activation, begun);
    if (held.length >= STATES_HELD_MAX) flush();
  };

  const cellOf = (licenceId: string | undefined, product: string): number => {
    const name = JSON.stringify([licenceId, product]);
    const cached = cells.get(name);
    if (cached !== undefined) return cached;
    const agreement = licenceId === undefined ? '' : issuedUnder(licenceId).agreement;
    const productKey = normaliseProductText(product);
    const cell = selectCell.get(agreement, productKey) ?? Number(insertCell.run(agreement, licenceId ?? null, productKey, product).lastInsertRowid);
    cells.set(name, cell);
    return cell;
  };

  const count = (cell: number, from: ActivationState, to: ActivationState, sequence: number): void => {
    const before = counts.get(cell) ?? selectCounts.get(cell) ?? { reserved: 0, confirmed: 0 };
    const by = (state: ActivationState): number => Number(to === state) - Number(from === state);
    const after = { reserved: before.reserved + by('RESERVED'), confirmed: before.confirmed + by('CONFIRMED') };
    if (after.reserved === before.reserved && after.confirmed === before.confirmed) return;
    counts.set(cell, after);
    countRows.add([cell, sequence, after.reserved, after.confirmed]);
  };

  return {
    begin({ data, sequence, stream }: EventOf<'ActivationRequested'> & Pick<ProjectedEvent, 'sequence' | 'stream'>, licenceId: string | undefined): void {
      write(data.activation, { cell: cellOf(licenceId, data.product), since: sequence, stream, state: 'REQUESTED' });
    },
    /** One that was only observed has no id, and consumes no licence that anybody named. */
    move(activation: string | undefined, state: ActivationState, sequence: number): void {
      const before = activation === undefined ? undefined : find(activation);
      if (activation === undefined || before === undefined || before.state === state) return;
      before.until = sequence;
      if (before.stored) end.run(sequence, before.cell, before.since);
      write(activation, { cell: before.cell, since: sequence, stream: before.stream, state });
      count(before.cell, before.state, state, sequence);
    },
    flush,
  };
}

interface KeyRecord {
  readonly stream: StreamId;
  readonly kind: ProductKeyKind;
  readonly lastFive: string;
  readonly product: string | null;
  readonly agreement: StreamId | null;
  readonly licenceId: string | null;
}

type CellRecord = Omit<ConsumedLicences, 'agreement' | 'licenceId'> & { readonly agreement: StreamId | ''; readonly licenceId: string | null };

/** Opens the questions on one read-model file. */
export function openLicenceUseQueries(database: Database): LicenceUseQueries {
  const keys = database.prepare<[number, number], KeyRecord>('SELECT * FROM licenceUse_key WHERE since <= ? AND until > ?');
  const consumed = database.prepare<[number], CellRecord>(
    `SELECT c.id AS cell, c.agreement, c.licenceId, c.productKey, c.product, h.reserved, h.confirmed
       FROM licenceUse_cell c CROSS JOIN licenceUse_cellHistory h
      WHERE h.cell = c.id AND h.sequence = (SELECT sequence FROM licenceUse_cellHistory WHERE cell = c.id AND sequence <= ? ORDER BY sequence DESC LIMIT 1)
        AND (h.reserved > 0 OR h.confirmed > 0)`,
  );
  const consuming = database.prepare<[number, number, number, number], ConsumingKey>(
    `SELECT stream AS key, COUNT(*) AS activations, MAX(since) AS sequence FROM licenceUse_activation
      WHERE cell = ? AND since <= ? AND until > ? AND state IN ('RESERVED', 'CONFIRMED')
      GROUP BY stream ORDER BY activations DESC, stream LIMIT ?`,
  );
  // What holds with the last state that began holds until the next begins.
  const lastChange = database.prepare<[number], number | null>('SELECT MAX(since) FROM licenceUse_key WHERE since <= ?').pluck();
  const keysAt = openRecentAnswers((sequence: number) =>
    keys.all(sequence, sequence).map(({ stream, kind, lastFive, product, agreement, licenceId }) => ({
      key: stream,
      kind,
      lastFive,
      product: product ?? undefined,
      agreement: agreement ?? undefined,
      licenceId: licenceId ?? undefined,
    })),
  );
  return {
    keys: (asOf = PRESENT as Sequence) => keysAt(lastChange.get(asOf) ?? 0),
    consumed: (asOf = PRESENT as Sequence) =>
      consumed.all(asOf).map((record) => ({
        ...record,
        agreement: record.agreement === '' ? undefined : record.agreement,
        licenceId: record.licenceId ?? undefined,
      })),
    consumingKeys: (cell, limit, asOf = PRESENT as Sequence) => consuming.all(cell, asOf, asOf, Math.min(Math.max(limit, 1), PAGE_ROWS_MAX)),
  };
}
