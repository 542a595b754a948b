import { decodeText, type DecodeFault } from './decode.js';
import { identifyRecord, type IdentifiedRecord } from './identifiedRecord.js';
import { openLineEnds } from './lineEnds.js';
import { SNIFF_CHARACTERS, type InputFormat, type ParseContext, type RefusedRecord } from './parser.js';
import { recogniseFormat } from './recognise.js';
import type { RefusalCode } from './refusals.js';

/** Which format a content is in, or why that cannot be said. */
export type Recognised =
  | { readonly kind: 'recognised'; readonly format: InputFormat }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly reason: string };

export interface RecordBatch {
  readonly records: readonly (IdentifiedRecord | RefusedRecord)[];
  /** Bytes of the source read so far. */
  readonly bytesRead: number;
}

/** Records handed on together: enough for one commit to serve many, few enough to hold. */
export const RECORD_BATCH = 250;

/**
 * Looks at the beginning of a content and says its format. `whole`: there is nothing after it.
 * `formats` are those to choose from.
 */
export function recognise(beginning: Uint8Array, whole: boolean, encoding: string | undefined, formats: readonly InputFormat[]): Recognised {
  let text = '';
  const lines = openLineEnds((read) => {
    text += read;
  });
  const decoding = decodeText(encoding, (decoded) => lines.write(decoded));
  const fault = decoding.write(beginning) ?? (whole ? decoding.end() : undefined);
  const format = recogniseFormat(text.slice(0, SNIFF_CHARACTERS), formats);
  // What comes before bytes that are no text is read all the same, in a small file as in a large one; reading then ends with a refusal.
  if (format !== undefined) return { kind: 'recognised', format };
  if (fault !== undefined) return { kind: 'refused', code: fault.code, reason: fault.reason };
  if (text.trim() === '') return { kind: 'refused', code: 'EMPTY_INPUT', reason: 'There is nothing in it.' };
  const names = formats.map(({ name }) => name).join(', ');
  return { kind: 'refused', code: 'FORMAT_UNKNOWN', reason: `Its format is not recognised; name it with --format (${names}).` };
}

export interface ReadingOptions {
  readonly format: InputFormat;
  readonly context: ParseContext;
  readonly encoding: string | undefined;
  /** When the records that carry no time of their own were taken. */
  readonly observedAt: string | undefined;
}

/**
 * Records of a content, in batches, as they are parsed; the content is read no faster than the batches are taken.
 * A content that stops being text (a wrong encoding in the middle) ends with one refused record that says so.
 */
export async function* readRecords(
  content: AsyncIterable<Uint8Array>,
  options: ReadingOptions,
): AsyncGenerator<RecordBatch> {
  let parsed: RecordBatch['records'][number][] = [];
  let lastRecord = 0;
  let bytesRead = 0;
  const parser = options.format.open(options.context, (record) => {
    lastRecord = record.record;
    parsed.push(identifyRecord(record, options.observedAt));
  });
  const lines = openLineEnds((text) => parser.write(text));
  const decoding = decodeText(options.encoding, (text) => lines.write(text));
  let fault: DecodeFault | undefined;

  for await (const bytes of content) {
    bytesRead += bytes.length;
    fault = decoding.write(bytes);
    if (fault !== undefined) break;
    yield* full();
  }
  fault ??= decoding.end();
  lines.end();
  parser.end();
  if (fault !== undefined) parsed.push({ kind: 'refused', record: lastRecord + 1, code: fault.code, reason: fault.reason });
  yield* full();
  if (parsed.length > 0) yield { records: parsed, bytesRead };

  function* full(): Generator<RecordBatch> {
    while (parsed.length >= RECORD_BATCH) {
      const records = parsed.slice(0, RECORD_BATCH);
      parsed = parsed.slice(RECORD_BATCH);
      yield { records, bytesRead };
    }
  }
}
