/** What the tests of the host-text formats share. All keys and hosts in them are invented. */
import { createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import type { Catalogue } from '../../src/domain/catalogue/catalogue.js';
import type { KmsCountObservation, LicenseStateObservation, Observation } from '../../src/domain/observation.js';
import type { InputFormat, ParseContext, ParsedRecord, RefusedRecord, UnderstoodRecord } from '../../src/importing/parser.js';

export const PLANTED_KEY = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG';

const emptyCatalogue: Catalogue = {
  skus: [],
  setupKeys: [],
  errorCodes: [],
  sku: () => undefined,
  setupKey: () => undefined,
  errorCode: () => undefined,
};

export function contextFor(host: string | undefined): ParseContext {
  return {
    host,
    timeZone: undefined,
    dateOrder: undefined,
    catalogue: emptyCatalogue,
    fingerprint: (key) => createHmac('sha256', 'a synthetic vault key').update(key).digest('hex'),
  };
}

/** Parses a text handed over in pieces of the given lengths, the last of which repeats; as a whole by default. */
export function parse(format: InputFormat, text: string, host?: string, pieces: readonly number[] = [text.length]): readonly ParsedRecord[] {
  const records: ParsedRecord[] = [];
  const parser = format.open(contextFor(host), (record) => records.push(record));
  let at = 0;
  for (let index = 0; at < text.length; index += 1) {
    const length = Math.max(1, pieces[Math.min(index, pieces.length - 1)] ?? 1);
    parser.write(text.slice(at, at + length));
    at += length;
  }
  parser.end();
  return records;
}

export function understoodIn(records: readonly ParsedRecord[]): readonly UnderstoodRecord[] {
  return records.filter((record) => record.kind === 'understood');
}

export function refusedIn(records: readonly ParsedRecord[]): readonly RefusedRecord[] {
  return records.filter((record) => record.kind === 'refused');
}

export function observationsIn(records: readonly ParsedRecord[]): readonly Observation[] {
  return understoodIn(records).flatMap((record) => record.observations);
}

export function statesIn(records: readonly ParsedRecord[]): readonly LicenseStateObservation[] {
  return observationsIn(records).filter((observation) => observation.kind === 'licenseState');
}

export function countsIn(records: readonly ParsedRecord[]): readonly KmsCountObservation[] {
  return observationsIn(records).filter((observation) => observation.kind === 'kmsCount');
}

/** A value without its undefined properties, as it will stand in an event. */
export function asStored(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Lengths of pieces to cut a text into. */
export const pieceLengths = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 });

/** Texts from nowhere, and a fixture with pieces cut out, doubled and replaced by hostile characters. */
export function hostileTexts(fixture: string): fc.Arbitrary<string> {
  const junk = fc.constantFrom('\0', '\uD800', '\uDFFF', '"', '""', '{', '}', '[', ']', '\\', ',', ';', '\n', '\r\n', ':', '=', '---', '\uFEFF', '99999999999999999999', '１');
  const edit = fc.tuple(fc.nat(fixture.length), fc.nat(120), fc.oneof(junk, fc.string({ unit: 'binary', maxLength: 30 })));
  const mutated = fc
    .array(edit, { minLength: 1, maxLength: 8 })
    .map((edits) => edits.reduce((text, [at, length, replacement]) => text.slice(0, at) + replacement + text.slice(at + length), fixture));
  return fc.oneof(mutated, fc.string({ unit: 'binary', maxLength: 300 }), fc.array(junk, { maxLength: 60 }).map((parts) => parts.join('')));
}

/** What must hold of whatever a parser emits: numbered 1, 2, 3, …, refused with a stable code and a sentence. */
export function isWellFormed(records: readonly ParsedRecord[]): boolean {
  return records.every(
    (record, index) =>
      record.record === index + 1 &&
      (record.kind === 'understood' ? record.identity !== '' : /^[A-Z]+(?:_[A-Z]+)*$/.test(record.code) && record.reason.endsWith('.')),
  );
}
