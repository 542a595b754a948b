import { describe, expect, test } from 'vitest';
import { INPUT_FORMATS } from '../../src/importing/formats.js';
import { SNIFF_CHARACTERS, type ParsedRecord } from '../../src/importing/parser.js';
import { CONTEXT } from './parsing.js';

// Long runs of one thing are what makes a careless pattern take forever: this suite then ends in a timeout.
const RUNS = [' ', '\n', '\r\n', '\r', '\t', ' \n', '-', ',', ';', '"', '<', '>', '&', '{', '[', ':', '=', '0', 'A', 'Name: \n', '<Data>', '\u3000', '\u00a0\n'];
const CHARACTERS = 300_000;

describe.each(INPUT_FORMATS.map((format) => [format.name, format] as const))('%s', (_, format) => {
  test.each(RUNS)('looks at and reads a long run of %j', (piece) => {
    const run = piece.repeat(CHARACTERS / piece.length);
    expect(format.recognises(run.slice(0, SNIFF_CHARACTERS))).toBeGreaterThanOrEqual(0);
    expect(format.recognises(`x${run.slice(0, SNIFF_CHARACTERS - 2)}x`)).toBeGreaterThanOrEqual(0);
    const records: ParsedRecord[] = [];
    const parser = format.open({ ...CONTEXT, host: 'pc1.ledger.example' }, (record) => records.push(record));
    parser.write(run);
    parser.write(`x${run}x`);
    parser.end();
    expect(records.every((record, index) => record.record > 0 && (index === 0 || record.record >= (records[index - 1]?.record ?? 0)))).toBe(true);
  });
});
