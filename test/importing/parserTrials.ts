import * as fc from 'fast-check';
import { expect } from 'vitest';
import { builtInCatalogue } from '../../src/domain/catalogue/builtIn.js';
import type { Observation } from '../../src/domain/observation.js';
import type { InputFormat, ParseContext, ParsedRecord, UnderstoodRecord, UnreadableRecord } from '../../src/importing/parser.js';

/** Invented, as its groups show. */
export const PLANTED_KEY = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG';

export const CONTEXT: ParseContext = {
  host: undefined,
  timeZone: undefined,
  dateOrder: undefined,
  catalogue: builtInCatalogue,
  fingerprint: (key) => `fingerprint of ${key.length} characters ending in ${key.slice(-5)}`,
};

/** All records of a text, given to the parser in chunks of this many characters. */
export function parse(format: InputFormat, text: string, context: Partial<ParseContext> = {}, chunk = 65_536): ParsedRecord[] {
  const records: ParsedRecord[] = [];
  const parser = format.open({ ...CONTEXT, ...context }, (record) => records.push(record));
  for (let at = 0; at < text.length; at += chunk) parser.write(text.slice(at, at + chunk));
  parser.end();
  return records;
}

/** Records of a text that is to be understood whole. */
export function understood(format: InputFormat, text: string, context: Partial<ParseContext> = {}): UnderstoodRecord[] {
  const records = parse(format, text, context);
  expect(records.filter((record) => record.kind === 'refused')).toEqual([]);
  return records.filter((record) => record.kind === 'understood');
}

export function observations(format: InputFormat, text: string, context: Partial<ParseContext> = {}): Observation[] {
  return understood(format, text, context).flatMap((record) => record.observations);
}

/** Code of each refused record, in order. */
export function refusals(records: readonly ParsedRecord[]): string[] {
  return records.filter((record): record is UnreadableRecord => record.kind === 'refused').map((record) => record.code);
}

/** Wherever a text is cut, the same records come out. */
export function expectSameInAnyChunks(format: InputFormat, text: string, context: Partial<ParseContext> = {}): void {
  const whole = parse(format, text, context);
  expect(whole.length).toBeGreaterThan(0);
  expect(parse(format, text, context, 1)).toEqual(whole);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 97 }), (chunk) => {
      expect(parse(format, text, context, chunk)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
}

/** No input makes the parser throw or hang; what it emits is numbered from 1 and fit to be stored. */
export function expectNothingToBreak(format: InputFormat, fixtures: readonly string[]): void {
  const odd = fc.constantFrom('\u0000', '\uD800', '\uFEFF', '"', '""', '<', '>', '&', '&x;', '{', '[', ',', ';', '\n', '\r\n', '\\', '<!DOCTYPE x>', PLANTED_KEY);
  const mutated = fc
    .tuple(fc.constantFrom(...fixtures), fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.oneof(odd, fc.string({ maxLength: 10, unit: 'binary' }))), { maxLength: 6 }))
    .map(([fixture, edits]) => edits.reduce((text, [at, removed, added]) => edit(text, at % (text.length + 1), removed, added), fixture));
  fc.assert(
    fc.property(fc.oneof({ weight: 4, arbitrary: mutated }, fc.string({ unit: 'binary', maxLength: 300 })), fc.integer({ min: 1, max: 500 }), (text, chunk) => {
      expect(format.recognises(text)).toBeGreaterThanOrEqual(0);
      expectSound(parse(format, text, {}, chunk));
    }),
    { numRuns: 100 },
  );
  // Ten million characters where a line, a cell, an attribute or a string should be; and much of what ends or opens things.
  const fillings = ['x'.repeat(10_000_000), '"'.repeat(1_000_000), '\\'.repeat(1_000_000), '<'.repeat(100_000), 'x\n'.repeat(10_000), '"\n'.repeat(10_000)];
  for (const fixture of fixtures) {
    for (const filling of fillings) expectSound(parse(format, edit(fixture, Math.floor(fixture.length / 2), 0, filling)));
  }
}

function edit(text: string, at: number, removed: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at + removed);
}

function expectSound(records: readonly ParsedRecord[]): void {
  for (const [index, record] of records.entries()) {
    if (record.record !== index + 1) expect(record.record).toBe(index + 1);
  }
  const told = JSON.stringify(records);
  expect(told.isWellFormed()).toBe(true);
  // A lone surrogate is written as an escape by JSON.stringify; none may be left.
  expect(/\\ud[89a-f][0-9a-f]{2}/i.test(told)).toBe(false);
  expect(told.includes(PLANTED_KEY) || told.includes(PLANTED_KEY.replaceAll('-', ''))).toBe(false);
}
