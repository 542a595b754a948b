import type { Catalogue } from '../../src/domain/catalogue/catalogue.js';
import type { Observation } from '../../src/domain/observation.js';
import type { InputFormat, ParseContext, ParsedRecord } from '../../src/importing/parser.js';

const NO_FACTS: Catalogue = {
  skus: [],
  setupKeys: [],
  errorCodes: [],
  sku: () => undefined,
  setupKey: () => undefined,
  errorCode: () => undefined,
};

/** What parsers are given in tests, unless the test says otherwise. */
export const CONTEXT: ParseContext = {
  host: undefined,
  timeZone: undefined,
  dateOrder: undefined,
  catalogue: NO_FACTS,
  fingerprint: () => 'f'.repeat(64),
};

/** All records of a text, handed over in the given chunks. */
export function parse(format: InputFormat, text: string | readonly string[], context: Partial<ParseContext> = {}): ParsedRecord[] {
  const records: ParsedRecord[] = [];
  const parser = format.open({ ...CONTEXT, ...context }, (record) => records.push(record));
  for (const chunk of typeof text === 'string' ? [text] : text) parser.write(chunk);
  parser.end();
  return records;
}

/** The text in pieces of the lengths given, over and over. */
export function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const length = Math.max(1, lengths[turn % lengths.length] ?? 1);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

export function observationsOf(records: readonly ParsedRecord[]): Observation[] {
  return records.flatMap((record) => (record.kind === 'understood' ? [...record.observations] : []));
}

/** `understood`, or the code of the refusal, of each record in order. */
export function outcomesOf(records: readonly ParsedRecord[]): string[] {
  return records.map((record) => (record.kind === 'understood' ? 'understood' : record.code));
}
