import { openDecoder } from './decode.js';
import { SNIFF_CHARACTERS, type InputFormat, type ParseContext, type ParsedRecord } from './parser.js';
import { recogniseFormat } from './recognise.js';

/** Which format a content is in, or why that cannot be said. */
export type Recognised =
  | { readonly kind: 'recognised'; readonly format: InputFormat }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };

export interface RecordBatch {
  readonly records: readonly ParsedRecord[];
  /** Bytes of the source read so far. */
  readonly bytesRead: number;
}

/** Records handed on together: enough for one commit to serve many, few enough to hold. */
export const RECORD_BATCH = 500;

/** Looks at the beginning of a content and says its format. `formats` are those to choose from. */
export function recognise(beginning: Uint8Array, encoding: string | undefined, formats: readonly InputFormat[]): Recognised {
  const decoder = openDecoder(encoding);
  const decoded = decoder.write(beginning);
  if (decoded.kind === 'refused') return decoded;
  const text = decoded.text.slice(0, SNIFF_CHARACTERS);
  if (text.trim() === '') return { kind: 'refused', code: 'EMPTY_INPUT', reason: 'There is nothing in it.' };
  const format = recogniseFormat(text, formats);
  if (format !== undefined) return { kind: 'recognised', format };
  const names = formats.map(({ name }) => name).join(', ');
  return { kind: 'refused', code: 'FORMAT_UNKNOWN', reason: `Its format is not recognised; name it with --format (${names}).` };
}

/**
 * Records of a content, in batches, as they are parsed; the content is read no faster than the batches are taken.
 * A content that stops being text (a wrong encoding in the middle) ends with one refused record that says so.
 */
export async function* readRecords(
  content: AsyncIterable<Uint8Array>,
  options: { readonly format: InputFormat; readonly context: ParseContext; readonly encoding: string | undefined },
): AsyncGenerator<RecordBatch> {
  const decoder = openDecoder(options.encoding);
  let parsed: ParsedRecord[] = [];
  let last = 0;
  let bytesRead = 0;
  const parser = options.format.open(options.context, (record) => {
    last = record.record;
    parsed.push(record);
  });
  function* taken(least: number): Generator<RecordBatch> {
    while (parsed.length >= least && parsed.length > 0) {
      const records = parsed.length <= RECORD_BATCH ? parsed : parsed.slice(0, RECORD_BATCH);
      parsed = parsed.length <= RECORD_BATCH ? [] : parsed.slice(RECORD_BATCH);
      yield { records, bytesRead };
    }
  }

  for await (const bytes of content) {
    bytesRead += bytes.length;
    const decoded = decoder.write(bytes);
    if (decoded.kind === 'refused') {
      parser.end();
      parsed.push({ kind: 'refused', record: last + 1, code: decoded.code, reason: decoded.reason });
      yield* taken(1);
      return;
    }
    parser.write(decoded.text);
    yield* taken(RECORD_BATCH);
  }
  const rest = decoder.end();
  if (rest.kind === 'refused') parsed.push({ kind: 'refused', record: last + 1, code: rest.code, reason: rest.reason });
  else parser.write(rest.text);
  parser.end();
  yield* taken(1);
}
