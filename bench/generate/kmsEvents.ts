/**
 * Synthetic KMS events: what a KMS host logs (12290) when its clients renew. All names and ids are invented.
 * Each client asks in each round once, in an order of its own, as clients that renew weekly do.
 */
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { once } from 'node:events';
import { seededRandom } from './random.js';

export interface KmsEventPlan {
  readonly seed: number;
  readonly events: number;
  readonly hosts: number;
}

type EventFormat = 'xml' | 'csv';

interface KmsEvent {
  readonly recordId: number;
  readonly time: number;
  readonly client: string;
  readonly cmid: string;
  readonly skuId: string;
  readonly required: number;
  readonly virtualMachine: 0 | 1;
  readonly minutes: number;
}

const KMS_HOST = 'kms01.bench.example';
const FIRST_EVENT_MS = Date.UTC(2025, 0, 6);
const WEEK_MS = 604_800_000;
/** Public activation ids of client and server editions, with the count each needs. */
const PRODUCTS = [
  { skuId: '73111121-5638-40f6-bc11-f1d7b0d64300', required: 25 },
  { skuId: '2de67392-b7a7-462a-b1ca-108dd189f588', required: 25 },
  { skuId: '8de8eb62-bbe0-40ac-ac17-f75595071ea3', required: 5 },
  { skuId: 'd450596f-894d-49e0-966a-fd39ed4c4c64', required: 5 },
] as const;
/** Events written between two looks at the stream's buffer. */
const EVENTS_PER_WRITE = 1_000;

/** Writes the events to a file unless it is there; the name must tell the plan. */
export async function writeKmsEvents(path: string, format: EventFormat, plan: KmsEventPlan): Promise<void> {
  if (existsSync(path)) return;
  const partial = `${path}.partial`;
  const file = createWriteStream(partial);
  const { head, row, foot } = FORMATS[format];
  let text = head;
  let count = 0;
  for (const event of kmsEvents(plan)) {
    text += row(event);
    count += 1;
    if (count % EVENTS_PER_WRITE !== 0) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text + foot);
  await once(file, 'close');
  renameSync(partial, path);
}

function* kmsEvents({ seed, events, hosts }: KmsEventPlan): Generator<KmsEvent> {
  const random = seededRandom(seed);
  const hex = (digits: number): string => Array.from({ length: digits }, () => random(16).toString(16)).join('');
  const clients = Array.from({ length: hosts }, (_, index) => ({
    client: `pc-${String(index).padStart(6, '0')}.bench.example`,
    cmid: `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    product: PRODUCTS[random(100) < 90 ? random(2) : 2 + random(2)] ?? PRODUCTS[0],
    virtualMachine: random(100) < 30 ? (1 as const) : (0 as const),
  }));
  const stepMs = Math.floor(WEEK_MS / hosts);
  for (let index = 0; index < events; index += 1) {
    const turn = index % hosts;
    if (turn === 0) shuffle(clients, random);
    const chosen = clients[turn];
    if (chosen === undefined) throw new Error('A plan needs at least one host.');
    const { client, cmid, product, virtualMachine } = chosen;
    const time = FIRST_EVENT_MS + Math.floor(index / hosts) * WEEK_MS + turn * stepMs + random(stepMs);
    yield { recordId: index + 1, time, client, cmid, ...product, virtualMachine, minutes: 248_000 + random(11_000) };
  }
}

function shuffle<Item>(items: Item[], random: (bound: number) => number): void {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random(last + 1);
    [items[last], items[other]] = [items[other] as Item, items[last] as Item];
  }
}

function fieldsOf({ client, cmid, time, virtualMachine, required, minutes, skuId }: KmsEvent): readonly string[] {
  const at = new Date(time);
  const clientTime = `${at.getUTCFullYear()}/${at.getUTCMonth() + 1}/${at.getUTCDate()} ${at.getUTCHours()}:${String(at.getUTCMinutes()).padStart(2, '0')}`;
  return ['0x0', String(required), client, cmid, clientTime, String(virtualMachine), '1', String(minutes), skuId];
}

/** As `wevtutil qe "Key Management Service" /f:xml` writes it: one event a line, no root element. */
function xmlRow(event: KmsEvent): string {
  const data = fieldsOf(event)
    .map((field) => `<Data>${field}</Data>`)
    .join('');
  return (
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-SPP' " +
    "Guid='{E23B33B0-C8C9-472C-A5F9-F2BDFEA0F156}' EventSourceName='Software Protection Platform Service'/><EventID Qualifiers='16384'>12290</EventID>" +
    '<Version>0</Version><Level>4</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x80000000000000</Keywords>' +
    `<TimeCreated SystemTime='${new Date(event.time).toISOString().replace('Z', '0000Z')}'/><EventRecordID>${event.recordId}</EventRecordID><Correlation/>` +
    `<Execution ProcessID='0' ThreadID='0'/><Channel>Key Management Service</Channel><Computer>${KMS_HOST}</Computer><Security/></System>` +
    `<EventData>${data}</EventData></Event>\r\n`
  );
}

const CSV_COLUMNS = [
  'Message', 'Id', 'Version', 'Qualifiers', 'Level', 'Task', 'Opcode', 'Keywords', 'RecordId', 'ProviderName', 'ProviderId', 'LogName', 'ProcessId',
  'ThreadId', 'MachineName', 'UserId', 'TimeCreated', 'ActivityId', 'RelatedActivityId', 'ContainerLog', 'MatchedQueryIds', 'Bookmark',
  'LevelDisplayName', 'OpcodeDisplayName', 'TaskDisplayName', 'KeywordsDisplayNames', 'Properties',
];

/** As `Get-WinEvent -LogName 'Key Management Service' | Export-Csv` writes it, in UTC and with the dates of the United States. */
function csvRow(event: KmsEvent): string {
  const at = new Date(event.time);
  const hour = at.getUTCHours();
  const clock = `${hour % 12 === 0 ? 12 : hour % 12}:${at.toISOString().slice(14, 19)} ${hour < 12 ? 'AM' : 'PM'}`;
  const fields: Readonly<Record<string, string>> = {
    Message: `An activation request has been processed.\r\nInfo:\r\n${fieldsOf(event).join(',')}`,
    Id: '12290',
    Version: '0',
    Qualifiers: '16384',
    Level: '4',
    Task: '0',
    Opcode: '0',
    Keywords: '36028797018963968',
    RecordId: String(event.recordId),
    ProviderName: 'Microsoft-Windows-Security-SPP',
    ProviderId: 'e23b33b0-c8c9-472c-a5f9-f2bdfea0f156',
    LogName: 'Key Management Service',
    MachineName: KMS_HOST,
    TimeCreated: `${at.getUTCMonth() + 1}/${at.getUTCDate()}/${at.getUTCFullYear()} ${clock}`,
    ContainerLog: 'Key Management Service',
    MatchedQueryIds: 'System.UInt32[]',
    Bookmark: 'System.Diagnostics.Eventing.Reader.EventBookmark',
    LevelDisplayName: 'Information',
    KeywordsDisplayNames: 'System.Collections.ObjectModel.ReadOnlyCollection`1[System.String]',
    Properties: 'System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]',
  };
  return `${CSV_COLUMNS.map((column) => (fields[column] === undefined ? '' : `"${fields[column]}"`)).join(',')}\r\n`;
}

const FORMATS = {
  xml: { head: '', row: xmlRow, foot: '' },
  csv: { head: `#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n${CSV_COLUMNS.map((column) => `"${column}"`).join(',')}\r\n`, row: csvRow, foot: '' },
} as const;
