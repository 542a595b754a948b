import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { acceptReason, type Reason } from '../application/acceptedReason.js';
import { runImport, type ImportSummary } from '../application/runImport.js';
import { INPUT_FORMATS } from '../importing/formats.js';
import { SNIFF_CHARACTERS, type InputFormat, type ParseContext, type RefusedRecord } from '../importing/parser.js';
import { maskProductKeys } from '../importing/productKeys.js';
import { readRecords, recognise, type RecordBatch } from '../importing/readRecords.js';
import type { CommandId, SubjectId } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { readRecordsInWorker } from './parseWorker.js';
import { boundYoungGeneration } from './heapBounds.js';
import type { FileImport, ImportReading } from './importRequest.js';
import type { OutsideWorld } from './outsideWorld.js';

export interface FileImportEvents {
  /** The size of the file in bytes. */
  onStart?(bytes: number): void;
  onProgress?(bytesRead: number, recordsRead: number): void;
  onRefused?(record: RefusedRecord): void;
}

export type FileImportResult =
  | { readonly kind: 'imported'; readonly format: string; readonly summary: ImportSummary }
  /** The file as a whole cannot be taken. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

/** Bytes of the beginning that are enough to recognise any format: its characters in UTF-16. */
const SNIFF_BYTES = SNIFF_CHARACTERS * 2;
const READ_BYTES = 262_144;

/** Imports one file: hashes it, recognises its format, parses it (in a worker thread where the program is built) and records it. */
export async function importFile(
  ledger: EmbeddedLedger,
  asked: FileImport,
  environment: Pick<OutsideWorld, 'newId' | 'programDirectory'>,
  events: FileImportEvents,
): Promise<FileImportResult> {
  const why = acceptReason(asked);
  if (why.kind === 'refused') return { kind: 'refused', code: why.code, reason: why.message };
  const request = withoutKeys(asked);
  const found = await findFile(request.path);
  if (found.kind === 'refused') return found;
  const choice = chooseFormat(found.beginning, found.beginning.length === found.bytes, request);
  if (choice.kind === 'refused') return choice;
  events.onStart?.(found.bytes);
  const read = environment.programDirectory === undefined ? readHere : readRecordsInWorker;
  return record(ledger, choice.format, read(ledger, request, choice.format), {
    ...request,
    sourceName: request.sourceName ?? maskProductKeys(basename(request.path)),
    sourceSha256: await fileHash(request.path),
    sourceBytes: found.bytes,
    commandId: request.commandId ?? environment.newId(),
    actor: request.actor ?? ledger.localActor,
    events,
  });
}

/** An import whose content is in memory, as the API gets it. */
export interface ContentImport extends ImportReading, Reason {
  readonly sourceName?: string | undefined;
  readonly commandId: CommandId;
  readonly actor: SubjectId;
}

export async function importContent(ledger: EmbeddedLedger, content: Uint8Array, asked: ContentImport): Promise<FileImportResult> {
  const request = withoutKeys(asked);
  const choice = chooseFormat(content.subarray(0, SNIFF_BYTES), content.length <= SNIFF_BYTES, request);
  if (choice.kind === 'refused') return choice;
  const { format } = choice;
  const { encoding, observedAt } = request;
  const batches = readRecords(inChunks(content), { format, context: parseContext(ledger, request), encoding, observedAt });
  const sourceSha256 = hash('sha256', content, 'hex');
  return record(ledger, format, batches, { ...request, sourceSha256, sourceBytes: content.length, events: {} });
}

/** What people say about a file is kept and shown like what is in it: a key in its name goes the way of all keys. */
function withoutKeys<Request extends FileImport | ContentImport>(request: Request): Request {
  const { sourceName, format, host, timeZone, reason } = request;
  const [name, kind, machine, zone, why] = [sourceName, format, host, timeZone, reason].map((said) => (said === undefined ? undefined : maskProductKeys(said)));
  return { ...request, sourceName: name, format: kind, host: machine, timeZone: zone, reason: why };
}

interface Recording extends ContentImport {
  readonly sourceSha256: string;
  readonly sourceBytes: number;
  readonly events: FileImportEvents;
}

async function record(ledger: EmbeddedLedger, format: InputFormat, batches: AsyncIterable<RecordBatch>, recording: Recording): Promise<FileImportResult> {
  const { events, host, timeZone, dateOrder, sourceName, sourceSha256, sourceBytes, commandId, actor, reason, reasonCode, reasonTicket } = recording;
  let bytesRead = 0;
  async function* records(): AsyncGenerator<RecordBatch['records']> {
    for await (const batch of batches) {
      ({ bytesRead } = batch);
      boundYoungGeneration();
      yield batch.records;
    }
  }
  const result = await runImport(ledger.recorder, {
    source: { format: format.name, parserVersion: format.version, sourceName, sourceSha256, sourceBytes, host, timeZone, dateOrder },
    records: records(),
    commandId,
    actor,
    reason,
    reasonCode,
    reasonTicket,
    onProgress: ({ recordsRead }) => events.onProgress?.(bytesRead, recordsRead),
    onRefused: (refused) => events.onRefused?.(refused),
  });
  if (result.kind === 'finished') return { kind: 'imported', format: format.name, summary: result.summary };
  return { kind: 'refused', code: result.refusal.code, reason: result.refusal.message };
}

type FormatChoice = { readonly kind: 'chosen'; readonly format: InputFormat } | Extract<FileImportResult, { kind: 'refused' }>;

/** The format that was named, or the one the beginning shows; refused where the format needs a host and none was given. */
function chooseFormat(beginning: Uint8Array, whole: boolean, request: ImportReading): FormatChoice {
  const named = INPUT_FORMATS.find(({ name }) => name === request.format);
  if (request.format !== undefined && named === undefined) {
    return { kind: 'refused', code: 'FORMAT_UNKNOWN', reason: `There is no format ${request.format}.` };
  }
  const recognised = named === undefined ? recognise(beginning, whole, request.encoding, INPUT_FORMATS) : { kind: 'recognised' as const, format: named };
  if (recognised.kind === 'refused') return recognised;
  const { format } = recognised;
  if (!format.needsHost || request.host !== undefined) return { kind: 'chosen', format };
  return { kind: 'refused', code: 'MISSING_HOST', reason: `${format.title} does not name the machine: give it with --host NAME, or --host-from-filename.` };
}

function readHere(ledger: EmbeddedLedger, request: FileImport, format: InputFormat): AsyncIterable<RecordBatch> {
  const content = createReadStream(request.path, { highWaterMark: READ_BYTES });
  return readRecords(content, { format, context: parseContext(ledger, request), encoding: request.encoding, observedAt: request.observedAt });
}

function parseContext(ledger: EmbeddedLedger, { host, timeZone, dateOrder }: ImportReading): ParseContext {
  return { host, timeZone, dateOrder, catalogue: ledger.catalogue, fingerprint: ledger.fingerprint };
}

async function findFile(
  path: string,
): Promise<{ readonly kind: 'found'; readonly bytes: number; readonly beginning: Uint8Array } | { readonly kind: 'refused'; readonly code: string; readonly reason: string }> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) return { kind: 'refused', code: 'FILE_MISSING', reason: 'There is no such file.' };
  if (!facts.isFile()) return { kind: 'refused', code: 'NOT_A_FILE', reason: 'It is not a plain file; give the files in it one by one.' };
  const file = await open(path, 'r');
  try {
    const beginning = new Uint8Array(Math.min(SNIFF_BYTES, facts.size));
    const { bytesRead } = await file.read(beginning, 0, beginning.length, 0);
    return { kind: 'found', bytes: facts.size, beginning: beginning.subarray(0, bytesRead) };
  } finally {
    await file.close();
  }
}

async function fileHash(path: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: READ_BYTES })) digest.update(bytes as Uint8Array);
  return digest.digest('hex');
}

async function* inChunks(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += READ_BYTES) yield content.subarray(from, from + READ_BYTES);
}
