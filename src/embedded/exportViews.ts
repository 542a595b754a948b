/** The tables that people look at: each from the read model of one moment, in an order that follows from the events alone. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KeyCountsRow } from '../../projections/keyCounts.js';
import type { RequestRow } from '../../projections/requests.js';
import { TABLE_BATCH_ROWS, type Table, type TableCell, type TableColumn, type TableRow } from '../audit/export/table.js';
import type { Catalogue } from '../domain/catalogue/catalogue.js';
import { consumed, lazyCounts, ofKeys, owned, positionGroups, type PositionFigure } from '../graphql/licencePosition/position.js';
import type { Sequence, StreamId, SubjectId } from '../kernel/identifiers.js';
import { PAGE_ROWS_MAX, type Cursor, type Page, type PageRequest } from '../readmodel/page.js';
import type { Vault } from '../vault/port.js';
import type { Queries } from './readModel.js';

export interface ViewSources {
  /** Of a read model that nobody writes to meanwhile, folded up to `sequence`. */
  readonly queries: Queries;
  readonly sequence: Sequence;
  /** Decides what time has changed, epoch milliseconds. */
  readonly now: number;
  readonly catalogue: Catalogue;
  readonly vault: Pick<Vault, 'nameOf'>;
}

/** Activations, key counts over time, host status, requests and decisions, licence position. */
export function exportViews(sources: ViewSources): readonly Table[] {
  return [activations(sources), keyCounts(sources), hostStatus(sources), requests(sources), licencePosition(sources)];
}

function activations({ queries, sequence }: ViewSources): Table {
  const columns: readonly TableColumn[] = [
    { name: 'productKey', kind: 'text', meaning: 'Stream of the product key.' },
    { name: 'lastFive', kind: 'text', meaning: 'Its last five characters.' },
    { name: 'product', kind: 'text', meaning: 'What was activated, or what the key is for.' },
    { name: 'host', kind: 'text', meaning: 'Stream of the host.' },
    { name: 'hostName', kind: 'text', meaning: 'Name of the host, as it was first met.' },
    { name: 'installation', kind: 'integer', meaning: 'Number of the installation on that host.' },
    { name: 'activation', kind: 'text', meaning: 'Id of the activation, where it was asked for.' },
    { name: 'state', kind: 'text', meaning: 'What has become of it; RESERVED, CONFIRMED, OBSERVED, MOVED_FROM_OPENING and UNCERTAIN count.' },
    { name: 'stateSince', kind: 'instant', meaning: 'When it became so.' },
    { name: 'method', kind: 'text', meaning: 'How it was activated.' },
    { name: 'purpose', kind: 'text', meaning: 'What it was asked for.' },
    { name: 'licenceId', kind: 'text', meaning: 'Licence ID of the agreement that was named.' },
    { name: 'expiresAt', kind: 'instant', meaning: 'When its reservation lapses.' },
    { name: 'refusal', kind: 'text', meaning: 'Code of the refusal.' },
    { name: 'hresult', kind: 'text', meaning: 'Error code of an attempt that failed.' },
    { name: 'confirmedBy', kind: 'text', meaning: 'Who or what confirmed it.' },
    { name: 'firstSequence', kind: 'integer', meaning: 'Its first event.' },
    { name: 'lastSequence', kind: 'integer', meaning: 'The event that made it what it is.' },
  ];
  const hostName = hostNames(queries);
  async function* rows(): AsyncGenerator<TableRow> {
    for await (const key of allKeys(queries)) {
      for await (const row of allRows((page) => queries.productKeys.activations(key.key, page, sequence))) {
        yield [
          key.key, key.lastFive, row.product ?? key.product, row.host, hostName(row.host), row.installation, row.activation, row.state, row.occurredAt,
          row.method, row.purpose, row.agreement, row.expiresAt, row.refusal, row.hresult, row.confirmedBy, row.sequence, row.lastSequence,
        ];
      }
    }
  }
  return { name: 'activations', title: 'Activations', columns, rows: inBatches(rows) };
}

function keyCounts({ queries, sequence }: ViewSources): Table {
  const columns: readonly TableColumn[] = [
    { name: 'productKey', kind: 'text', meaning: 'Stream of the product key.' },
    { name: 'lastFive', kind: 'text', meaning: 'Its last five characters.' },
    { name: 'kind', kind: 'text', meaning: 'MAK, KMS host key, …' },
    { name: 'product', kind: 'text', meaning: 'What it is for.' },
    { name: 'sequence', kind: 'integer', meaning: 'The event that changed its balance, or reported on it.' },
    { name: 'occurredAt', kind: 'instant', meaning: 'When that happened.' },
    { name: 'eventType', kind: 'text', meaning: 'What happened.' },
    { name: 'allowed', kind: 'integer', meaning: 'Activations that the key may spend, after the event.' },
    { name: 'used', kind: 'integer', meaning: 'Activations spent: the sum of the next five.' },
    { name: 'opening', kind: 'integer', meaning: 'Spent before the ledger was begun.' },
    { name: 'confirmed', kind: 'integer', meaning: 'Granted and confirmed.' },
    { name: 'reserved', kind: 'integer', meaning: 'Granted, and not confirmed yet.' },
    { name: 'observed', kind: 'integer', meaning: 'Seen without having been asked for.' },
    { name: 'uncertain', kind: 'integer', meaning: 'Spent or not: nobody knows.' },
    { name: 'remaining', kind: 'integer', meaning: 'Allowed less used.' },
    { name: 'reported', kind: 'integer', meaning: 'What Microsoft reported last to remain.' },
  ];
  async function* rows(): AsyncGenerator<TableRow> {
    for await (const key of allKeys(queries)) {
      for await (const row of allRows((page) => queries.productKeys.balance(key.key, 0 as Sequence, sequence, page))) {
        const { allowed, used, opening, confirmed, reserved, observed, uncertain, remaining, reported } = row.after;
        yield [
          key.key, key.lastFive, key.kind, key.product, row.sequence, row.occurredAt, row.eventType,
          allowed, used, opening, confirmed, reserved, observed, uncertain, remaining, reported?.remaining,
        ];
      }
    }
  }
  return { name: 'key-counts', title: 'Key counts over time', columns, rows: inBatches(rows) };
}

function hostStatus({ queries, now }: ViewSources): Table {
  const columns: readonly TableColumn[] = [
    { name: 'host', kind: 'text', meaning: 'Stream of the host.' },
    { name: 'name', kind: 'text', meaning: 'Short name.' },
    { name: 'domain', kind: 'text', meaning: 'DNS domain.' },
    { name: 'operatingSystem', kind: 'text', meaning: 'As it was reported.' },
    { name: 'virtualMachine', kind: 'boolean', meaning: 'Whether it is a virtual machine.' },
    { name: 'isKmsHost', kind: 'boolean', meaning: 'Whether it was seen serving others.' },
    { name: 'firstSeenAt', kind: 'instant', meaning: 'First event of the host, by the time it happened.' },
    { name: 'lastSeenAt', kind: 'instant', meaning: 'Last one.' },
    { name: 'installation', kind: 'integer', meaning: 'Number of the installation; empty where no product was seen.' },
    { name: 'product', kind: 'text', meaning: 'Product, as it was reported.' },
    { name: 'skuId', kind: 'text', meaning: 'Activation id of the product.' },
    { name: 'status', kind: 'text', meaning: 'At the time of the view.' },
    { name: 'basis', kind: 'text', meaning: 'What the status rests on.' },
    { name: 'since', kind: 'instant', meaning: 'Since when, as far as the evidence shows.' },
    { name: 'until', kind: 'instant', meaning: 'When the status ends by itself.' },
    { name: 'untilBasis', kind: 'text', meaning: 'REPORTED by the evidence, or computed by a RULE.' },
    { name: 'licenseStatus', kind: 'text', meaning: 'Status last reported.' },
    { name: 'method', kind: 'text', meaning: 'How it is activated.' },
    { name: 'keyLastFive', kind: 'text', meaning: 'Last five characters of its key.' },
    { name: 'kmsHost', kind: 'text', meaning: 'KMS host last used.' },
    { name: 'evidence', kind: 'text', meaning: 'Kind of the newest evidence.' },
    { name: 'evidenceAt', kind: 'instant', meaning: 'When that happened.' },
    { name: 'evidenceSequence', kind: 'integer', meaning: 'The event.' },
    { name: 'countedRequests', kind: 'integer', meaning: 'Requests that a KMS host counted.' },
    { name: 'failedRequests', kind: 'integer', meaning: 'Requests that failed.' },
  ];
  async function* rows(): AsyncGenerator<TableRow> {
    for await (const host of allRows((page) => queries.hosts.page({ retired: 'INCLUDED' }, 'NAME', false, page, { now }))) {
      const facts: TableCell[] = [host.host, host.name, host.domain, host.operatingSystem, host.virtualMachine, host.isKmsHost, host.firstSeenAt, host.lastSeenAt];
      if (host.installations.length === 0) yield facts;
      for (const one of host.installations) {
        yield [
          ...facts, one.installation, one.productName, one.skuId, one.status, one.basis, one.sinceAt, one.untilAt, one.untilBasis, one.licenseStatus, one.method,
          one.keyLastFive, one.kmsHost, one.evidence?.kind, one.evidence?.occurredAt, one.evidence?.sequence, one.countedRequests, one.failedRequests,
        ];
      }
    }
  }
  return { name: 'host-status', title: 'Host status', columns, rows: inBatches(rows) };
}

function requests({ queries, vault }: ViewSources): Table {
  const columns: readonly TableColumn[] = [
    { name: 'request', kind: 'text', meaning: 'Id of the request.' },
    { name: 'kind', kind: 'text', meaning: 'What was asked for.' },
    { name: 'state', kind: 'text', meaning: 'Where it stands.' },
    { name: 'actor', kind: 'text', meaning: 'Opaque id of who asked.' },
    { name: 'actorName', kind: 'text', meaning: 'Name of that subject; "redacted" once it is forgotten.', fromVault: true },
    { name: 'requestedAt', kind: 'instant', meaning: 'When it was asked.' },
    { name: 'decidedAt', kind: 'instant', meaning: 'When it was granted or refused.' },
    { name: 'endedAt', kind: 'instant', meaning: 'When it was over.' },
    { name: 'stream', kind: 'text', meaning: 'Where it stands.' },
    { name: 'host', kind: 'text', meaning: 'Stream of the host.' },
    { name: 'hostName', kind: 'text', meaning: 'Name of the host, as it was first met.' },
    { name: 'productKey', kind: 'text', meaning: 'Stream of the product key.' },
    { name: 'licenceId', kind: 'text', meaning: 'Licence ID that was named.' },
    { name: 'team', kind: 'text', meaning: 'Team that was named.' },
    { name: 'image', kind: 'text', meaning: 'Image that was named.' },
    { name: 'method', kind: 'text', meaning: 'Way of activation.' },
    { name: 'purpose', kind: 'text', meaning: 'What for.' },
    { name: 'product', kind: 'text', meaning: 'What is to be activated or installed.' },
    { name: 'quantity', kind: 'integer', meaning: 'Of a limit increase: asked for.' },
    { name: 'grantedQuantity', kind: 'integer', meaning: 'And granted.' },
    { name: 'consumed', kind: 'text', meaning: 'Whether an activation was consumed.' },
    { name: 'refusal', kind: 'text', meaning: 'Code of the refusal.' },
    { name: 'refusalRules', kind: 'text', meaning: 'Rules behind it; schema/rules.json says where each comes from.' },
    { name: 'decision', kind: 'text', meaning: 'What was in force and what each rule said, as JSON.' },
    { name: 'firstSequence', kind: 'integer', meaning: 'Its first event.' },
    { name: 'lastSequence', kind: 'integer', meaning: 'The last event that changed it.' },
  ];
  const hostName = hostNames(queries);
  const names = new Map<SubjectId, string>();
  const nameOf = async (subject: SubjectId): Promise<string> => {
    const known = names.get(subject) ?? (await vault.nameOf(subject));
    if (names.size >= NAMES_MAX) names.clear();
    names.set(subject, known);
    return known;
  };
  const cells = async (row: RequestRow): Promise<TableRow> => [
    row.request, row.kind, row.state, row.actor, await nameOf(row.actor), row.requestedAt, row.decidedAt, row.endedAt, row.stream, row.host, row.host === undefined ? undefined : hostName(row.host),
    row.key, row.agreement, row.team, row.image, row.method, row.purpose, row.product, row.quantity, row.grantedQuantity, row.consumed, row.refusal?.code, row.refusal?.rules.join(' '),
    row.decision === undefined ? undefined : JSON.stringify(row.decision), row.sequence, row.lastSequence,
  ];
  async function* rows(): AsyncGenerator<TableRow> {
    for await (const row of allRows((page) => queries.requests.page({}, false, page))) yield cells(row);
  }
  return { name: 'requests', title: 'Requests and decisions', columns, rows: inBatches(rows) };
}

const FIGURES = ['owned', 'consumed', 'allowed', 'used', 'reported', 'active'] as const;

function licencePosition({ queries, now, catalogue }: ViewSources): Table {
  const meanings: Readonly<Record<(typeof FIGURES)[number], string>> = {
    owned: 'Licences in force on the day of the view.',
    consumed: 'Activations that name licences as those they consume.',
    allowed: 'Activations that its MAKs may spend.',
    used: 'Activations spent.',
    reported: 'What Microsoft reported last to remain.',
    active: 'Installations last seen licensed.',
  };
  const columns: readonly TableColumn[] = [
    { name: 'product', kind: 'text', meaning: 'Product; empty where none is named.' },
    { name: 'licenceId', kind: 'text', meaning: 'Licence ID of the agreement; empty where none is named.' },
    { name: 'agreement', kind: 'text', meaning: 'Stream of the agreement, where it is registered.' },
    { name: 'organisation', kind: 'text', meaning: 'Id of the organisation that holds it.' },
    ...FIGURES.flatMap((figure): TableColumn[] => [
      { name: figure, kind: 'integer', meaning: meanings[figure] },
      { name: `${figure}Unknown`, kind: 'integer', meaning: 'Keys of which that is not known, and not counted.' },
    ]),
  ];
  const moment = { now, catalogue };
  function* rows(): Generator<readonly TableRow[]> {
    const groups = positionGroups(queries, ['PRODUCT', 'AGREEMENT', 'ORGANISATION'], {}, moment);
    for (let from = 0; from < groups.length; from += TABLE_BATCH_ROWS) {
      const batch = groups.slice(from, from + TABLE_BATCH_ROWS).map(({ row }) => row);
      const counts = lazyCounts(queries, batch, moment);
      yield batch.map((group): TableRow => {
        const figures: Readonly<Record<(typeof FIGURES)[number], PositionFigure>> = {
          owned: owned(queries, group, moment),
          consumed: consumed(queries, group, moment),
          allowed: ofKeys('allowed', group, counts()),
          used: ofKeys('used', group, counts()),
          reported: ofKeys('reported', group, counts()),
          active: ofKeys('active', group, counts()),
        };
        return [group.product, group.licenceId, group.agreement?.agreement, group.organisation, ...FIGURES.flatMap((name) => [figures[name].value, figures[name].unknown])];
      });
    }
  }
  return { name: 'licence-position', title: 'Licence position', columns, rows };
}

/** Names kept while a table is written. */
const NAMES_MAX = 10_000;

function hostNames(queries: Queries): (host: StreamId) => string | undefined {
  const names = new Map<StreamId, string | undefined>();
  return (host) => {
    if (names.has(host)) return names.get(host);
    if (names.size >= NAMES_MAX) names.clear();
    const name = queries.hosts.byHost(host, { now: 0 })?.rawName;
    names.set(host, name);
    return name;
  };
}

function allKeys(queries: Queries): AsyncGenerator<KeyCountsRow> {
  return allRows((page) => queries.productKeys.page({}, 'LAST_FIVE', false, page));
}

/** A whole list, page by page; others get their turn between two. */
async function* allRows<Row>(read: (request: PageRequest) => Page<Row>): AsyncGenerator<Row> {
  let after: Cursor | undefined;
  for (;;) {
    const { rows, hasMore } = read({ limit: PAGE_ROWS_MAX, direction: 'FORWARD', after });
    for (const { row } of rows) yield row;
    after = rows.at(-1)?.cursor;
    if (!hasMore || after === undefined) return;
    await nextTurn();
  }
}

function inBatches(rows: () => AsyncGenerator<TableRow>): Table['rows'] {
  return async function* batches() {
    let batch: TableRow[] = [];
    for await (const row of rows()) {
      batch.push(row);
      if (batch.length < TABLE_BATCH_ROWS) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  };
}
