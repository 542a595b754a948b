import { parseEnvelope, type EventEnvelope, type StoredEvent } from '../../kernel/envelope.js';
import type { SubjectId } from '../../kernel/identifiers.js';
import type { Vault } from '../../vault/port.js';
import { readRange, type ReadableLog } from './readRange.js';
import { openFilter, type ExportRange } from './selection.js';
import type { Table, TableColumn, TableRow } from './table.js';

export type NameReader = Pick<Vault, 'nameOf' | 'unseal'>;

/** Names of people remembered while a table is written. */
const NAMES_MAX = 10_000;

const COLUMNS: readonly TableColumn[] = [
  { name: 'sequence', kind: 'integer', meaning: 'Number of the event in the log.' },
  { name: 'recordedAt', kind: 'instant', meaning: 'When the ledger recorded it.' },
  { name: 'occurredAt', kind: 'instant', meaning: 'When it happened, as the outside world claims.' },
  { name: 'type', kind: 'text', meaning: 'What happened; schema/events.schema.json describes each type.' },
  { name: 'stream', kind: 'text', meaning: 'What it is about.' },
  { name: 'revision', kind: 'integer', meaning: 'Number of the event in its stream, from 0.' },
  { name: 'actor', kind: 'text', meaning: 'Opaque id of who recorded it.' },
  { name: 'actorName', kind: 'text', meaning: 'Name of that subject; "redacted" once it is forgotten.', fromVault: true },
  { name: 'reason', kind: 'text', meaning: 'Why, in the words of the actor; "redacted" once the actor is forgotten.', fromVault: true },
  { name: 'reasonCode', kind: 'text', meaning: 'Why, as a code of the organisation: capitals, digits and underscores. Not sealed: it stays when the actor is forgotten.' },
  { name: 'reasonTicket', kind: 'text', meaning: 'Number of the ticket, change or order behind it. Not sealed: it stays when the actor is forgotten.' },
  { name: 'sourceSha256', kind: 'text', meaning: 'SHA-256 of the file it was imported from.' },
  { name: 'sourceRecord', kind: 'integer', meaning: 'Number of the record in that file, from 1.' },
  { name: 'correlationId', kind: 'text', meaning: 'What belongs together.' },
  { name: 'commandId', kind: 'text', meaning: 'The command that recorded it.', random: true },
  { name: 'eventId', kind: 'text', meaning: 'Id of the event.', random: true },
  { name: 'data', kind: 'text', meaning: 'What the event says, as JSON.' },
];

/** The events of a range as a table, one a row. */
export function eventTable(log: ReadableLog, { from, to, filter }: ExportRange, vault: NameReader): Table {
  const names = new Map<SubjectId, string>();
  const nameOf = async (subject: SubjectId): Promise<string> => {
    const known = names.get(subject);
    if (known !== undefined) return known;
    if (names.size >= NAMES_MAX) names.clear();
    const name = await vault.nameOf(subject);
    names.set(subject, name);
    return name;
  };
  const rowWith = ({ sequence }: StoredEvent, envelope: EventEnvelope, name: string, why: string | undefined): TableRow => {
    const { recordedAt, occurredAt, type, stream, revision, actor, reasonCode, reasonTicket, source, correlationId, commandId, id, data } = envelope;
    return [sequence, Date.parse(recordedAt), Date.parse(occurredAt), type, stream, revision, actor, name, why, reasonCode, reasonTicket, source?.sha256, source?.record, correlationId, commandId, id, JSON.stringify(data)];
  };
  /** A promise only where the vault has to be asked: most events are by somebody known and without a reason. */
  const rowOf = (event: StoredEvent): TableRow | Promise<TableRow> => {
    const envelope = parseEnvelope(event.text);
    const { actor, reason, id } = envelope;
    const known = names.get(actor);
    if (known !== undefined && reason === undefined) return rowWith(event, envelope, known, undefined);
    const ask = async (): Promise<TableRow> => rowWith(event, envelope, await nameOf(actor), reason === undefined ? undefined : await vault.unseal(reason, { event: id, field: 'reason' }));
    return ask();
  };
  return {
    name: 'events',
    title: 'Events',
    columns: COLUMNS,
    rows: async function* eventRows() {
      const passes = openFilter(filter);
      for await (const page of readRange(log, from, to)) {
        const rows: TableRow[] = [];
        for (const event of page) {
          if (!passes(event)) continue;
          const row = rowOf(event);
          rows.push(row instanceof Promise ? await row : row);
        }
        if (rows.length > 0) yield rows;
      }
    },
  };
}
