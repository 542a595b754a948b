/**
 * One import: records in, events out, and an account of every record at the end.
 *
 * The import itself is two events on the ledger's stream. A record's command id derives from the record's identity, so importing the
 * same file again, or an overlapping export, appends nothing twice, and an import that broke off is simply run again.
 */
import { hash } from 'node:crypto';
import type { ImportFinished } from '../domain/ledger/events.js';
import { ledgerDecider } from '../domain/ledger/decider.js';
import type { Refusal } from '../kernel/decider.js';
import { parseEnvelope, type StoredEvent } from '../kernel/envelope.js';
import { derivedCommandId } from '../kernel/eventIds.js';
import { LEDGER_STREAM, type CommandId, type Sequence, type SubjectId } from '../kernel/identifiers.js';
import type { IdentifiedRecord } from '../importing/identifiedRecord.js';
import type { RefusedRecord } from '../importing/parser.js';
import type { Reason } from './acceptedReason.js';
import { derivedOrigin, executeRecordings, recordObservation, type ObservationOrigin, type ObservationRecorder, type Recording } from './recordObservations.js';

/** What an import is about; recorded with it. */
export interface ImportSource {
  readonly format: string;
  readonly parserVersion: number;
  readonly sourceName?: string | undefined;
  readonly sourceSha256: string;
  readonly sourceBytes: number;
  readonly host?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly dateOrder?: string | undefined;
}

type RecordBatch = readonly (IdentifiedRecord | RefusedRecord)[];

export interface ImportRun extends Reason {
  readonly source: ImportSource;
  /** The file's records in its order, a batch at a time. */
  readonly records: AsyncIterable<RecordBatch>;
  readonly commandId: CommandId;
  readonly actor: SubjectId;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  readonly onRefused?: ((record: RefusedRecord) => void) | undefined;
}

export interface ImportProgress {
  readonly recordsRead: number;
  readonly eventsAppended: number;
}

export interface ImportSummary extends ImportProgress {
  readonly importId: string;
  /** Of `ImportFinished`. */
  readonly sequence: Sequence;
  readonly recordsAlreadyKnown: number;
  readonly recordsWithoutNews: number;
  /** Records whose own time could not be read without guessing. */
  readonly recordsTimeUnclear: number;
  readonly recordsRefused: number;
  /** The first REFUSALS_KEPT_MAX refusals, in the file's order. */
  readonly refusals: readonly RefusedRecord[];
}

/** Refusals kept with the import; a report file holds them all. */
export const REFUSALS_KEPT_MAX = 100;

interface Tally {
  recordsRead: number;
  eventsAppended: number;
  recordsAlreadyKnown: number;
  recordsWithoutNews: number;
  recordsTimeUnclear: number;
  recordsRefused: number;
  readonly refusals: RefusedRecord[];
}

export type ImportResult =
  | { readonly kind: 'finished'; readonly summary: ImportSummary }
  /** The import as a whole was refused, for instance because its command id was used for another file. */
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Runs one import to its end. Rejects only when the ledger cannot be written; a bad record is refused and counted.
 * The same command id with the same file again answers with the first account.
 */
export async function runImport(recorder: ObservationRecorder, run: ImportRun): Promise<ImportResult> {
  const { commandId, actor, reason, reasonCode, reasonTicket, source } = run;
  const importId = commandId;
  const onLedger = { decider: ledgerDecider, stream: LEDGER_STREAM, actor, correlationId: importId };
  const started = await recorder.handler.execute({ ...onLedger, commandId, reason, reasonCode, reasonTicket, command: { kind: 'startImport', importId, ...source } });
  if (started.kind === 'refused') return started;

  const tally: Tally = { recordsRead: 0, eventsAppended: 0, recordsAlreadyKnown: 0, recordsWithoutNews: 0, recordsTimeUnclear: 0, recordsRefused: 0, refusals: [] };
  try {
    for await (const batch of run.records) {
      await recordBatch(recorder, run, batch, tally);
      run.onProgress?.(tally);
    }
  } catch (error) {
    await finish('FAILED');
    throw error;
  }
  return finish('COMPLETED');

  async function finish(outcome: ImportFinished['data']['outcome']): Promise<ImportResult> {
    const refusals = tally.refusals.map(({ record, code, reason: why }) => ({ record, code, reason: why }));
    const command = { kind: 'finishImport' as const, importId, outcome, ...tally, refusals };
    // The account of a repeated run differs (all is known by then): the first one stands, so its hash names the import alone.
    const inputHash = hash('sha256', importId, 'hex');
    const finished = await recorder.handler.execute({ ...onLedger, commandId: derivedCommandId(commandId, 'finish'), command, inputHash });
    if (finished.kind === 'refused') return finished;
    const event = finished.kind === 'unchanged' ? undefined : finished.events.at(-1);
    if (event === undefined) throw new Error(`The end of import ${importId} was not recorded.`);
    return { kind: 'finished', summary: summaryOf(event) };
  }
}

function summaryOf(event: StoredEvent): ImportSummary {
  const { outcome: _outcome, refusals, ...counts } = parseEnvelope(event.text).data as ImportFinished['data'];
  return { ...counts, sequence: event.sequence, refusals: refusals.map((refusal) => ({ kind: 'refused', ...refusal })) };
}

/** All records of a batch are recorded side by side: their streams' appends share one commit. Per stream the order is kept. */
async function recordBatch(recorder: ObservationRecorder, run: ImportRun, batch: RecordBatch, tally: Tally): Promise<void> {
  const results = await executeRecordings(recorder.handler, batch.map((record) => recordOne(recorder, run, record)));
  for (const result of results) {
    tally.recordsRead += 1;
    if (result.kind === 'refused') {
      tally.recordsRefused += 1;
      if (tally.refusals.length < REFUSALS_KEPT_MAX) tally.refusals.push(result);
      run.onRefused?.(result);
    } else {
      tally.eventsAppended += result.appended;
      if (result.timeUnclear) tally.recordsTimeUnclear += 1;
      if (result.appended === 0 && result.known) tally.recordsAlreadyKnown += 1;
      else if (result.appended === 0) tally.recordsWithoutNews += 1;
    }
  }
}

interface RecordResult {
  readonly kind: 'recorded';
  readonly appended: number;
  /** Some of its events were in the ledger before. */
  readonly known: boolean;
  readonly timeUnclear: boolean;
}

function* recordOne(recorder: ObservationRecorder, run: ImportRun, record: RecordBatch[number]): Recording<RecordResult | RefusedRecord> {
  if (record.kind === 'refused') return record;
  const { commandId, firstEventId, inputHash, occurredAt } = record;
  const { format, parserVersion, sourceSha256 } = run.source;
  const source = { occurredAtRaw: record.occurredAtRaw, parser: format, parserVersion, record: record.record, sha256: sourceSha256 };
  const origin: ObservationOrigin = { commandId, firstEventId, actor: run.actor, correlationId: run.commandId, inputHash, source };
  let appended = 0;
  let known = false;
  let index = 0;
  for (const observation of record.observations) {
    const own = index === 0 ? origin : derivedOrigin(origin, `observation ${index}`);
    index += 1;
    const result = yield* recordObservation(recorder, observation, occurredAt, own);
    if (result.kind === 'refused') return { kind: 'refused', record: record.record, code: result.code, reason: result.reason };
    for (const outcome of result.outcomes) {
      if (outcome.kind === 'recorded') appended += outcome.events.length;
      if (outcome.kind === 'alreadyRecorded') known = true;
    }
  }
  return { kind: 'recorded', appended, known, timeUnclear: record.occurredAtRaw !== undefined };
}
