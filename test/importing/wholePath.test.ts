/** Every format from its bytes to the ledger: again, overlapping, cut off, in the wrong encoding, and junk. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileImportResult } from '../../src/embedded/importFile.js';
import { INPUT_FORMATS } from '../../src/importing/formats.js';
import { withImportingLedger } from './importingLedger.js';
import { exported, SYNTHETIC_EXPORTS } from './syntheticExports.js';

function summaryOf(result: FileImportResult): Extract<FileImportResult, { kind: 'imported' }>['summary'] {
  if (result.kind !== 'imported') throw new Error(`refused: ${result.code}`);
  return result.summary;
}

describe.each(SYNTHETIC_EXPORTS.map((source) => [source.format, source] as const))('%s', (_, source) => {
  const { fileName, host, recordsEach = 1 } = source;

  test('is recognised and read whole; the same file again, and the part of an overlapping one that is known, append nothing', () =>
    withImportingLedger(async (importing) => {
      const first = await importing.importText(fileName, exported(source, 1, 4), { host });
      expect(first.result).toMatchObject({ kind: 'imported', format: source.format, summary: { recordsRead: 4 * recordsEach, recordsRefused: 0 } });
      expect(summaryOf(first.result).eventsAppended).toBeGreaterThanOrEqual(4);

      const again = summaryOf((await importing.importText(`again-${fileName}`, exported(source, 1, 4), { host })).result);
      expect(again).toMatchObject({ recordsRead: 4 * recordsEach, eventsAppended: 0, recordsRefused: 0 });
      expect(again.recordsAlreadyKnown + again.recordsWithoutNews).toBe(4 * recordsEach);

      const overlapping = summaryOf((await importing.importText(fileName, exported(source, 3, 6), { host })).result);
      expect(overlapping).toMatchObject({ recordsRead: 4 * recordsEach, recordsRefused: 0 });
      expect(overlapping.recordsAlreadyKnown + overlapping.recordsWithoutNews).toBe(2 * recordsEach);
      await withImportingLedger(async (other) => {
        // What is new in it is what a ledger gets that never saw the rest.
        await other.importText(fileName, exported(source, 1, 2), { host });
        const { eventsAppended } = summaryOf((await other.importText(fileName, exported(source, 5, 6), { host })).result);
        expect(overlapping.eventsAppended).toBe(eventsAppended);
      });
    }));

  test('a file cut off in its last record gives the records before it', () =>
    withImportingLedger(async (importing) => {
      const text = exported(source, 1, 3);
      const cutAt = text.lastIndexOf(source.record(3).trimEnd().slice(-40));
      const { result } = await importing.importText(fileName, text.slice(0, cutAt), { host, format: source.format });
      const { recordsRead, recordsRefused } = summaryOf(result);
      expect(recordsRead - recordsRefused).toBeGreaterThanOrEqual(2 * recordsEach);
    }));

  test('bytes of another encoding in the middle end it with one refusal that says so', () =>
    withImportingLedger(async (importing) => {
      const bytes = Buffer.concat([Buffer.from(exported(source, 1, 2)), Buffer.from([0xe9, 0x20, 0xff, 0x20])]);
      const { result, refused } = await importing.importText(fileName, bytes, { host });
      expect(refused.map(({ code }) => code)).toContain('WRONG_ENCODING');
      expect(refused.filter(({ code }) => code === 'WRONG_ENCODING').length).toBe(1);
      expect(summaryOf(result).recordsRead - refused.length).toBeGreaterThanOrEqual(2 * recordsEach - 1);
    }));

  test('UTF-16 gives the same as UTF-8', () =>
    withImportingLedger(async (importing) => {
      await importing.importText(fileName, exported(source, 1, 2), { host });
      const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(exported(source, 1, 2), 'utf16le')]);
      expect(summaryOf((await importing.importText(fileName, marked, { host })).result)).toMatchObject({ recordsRead: 2 * recordsEach, eventsAppended: 0, recordsRefused: 0 });
    }));
});

test('no bytes make an import reject or hang, and the ledger goes on after them', () =>
  withImportingLedger(async (importing) => {
    const format = fc.option(fc.constantFrom(...INPUT_FORMATS.map(({ name }) => name)), { nil: undefined });
    const whole = fc.constantFrom(...SYNTHETIC_EXPORTS.map((source) => Buffer.from(exported(source, 1, 2))));
    const damaged = fc
      .tuple(whole, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }))
      .map(([bytes, changes]) => changes.reduce((copy, [at, byte]) => ((copy[at % copy.length] = byte), copy), Buffer.from(bytes)));
    const bytes = fc.oneof(damaged, fc.uint8Array({ maxLength: 400 }));
    await fc.assert(
      fc.asyncProperty(bytes, format, async (content, name) => {
        const result = await importing.importContent(content, { format: name, host: 'pc.ledger.example' });
        expect(result.kind === 'imported' || /^[A-Z]+(?:_[A-Z]+)*$/.test(result.code)).toBe(true);
      }),
      { numRuns: 200 },
    );
    const { eventsAppended } = summaryOf(await importing.importContent('Product Key\nBBBBB-CCCCC-DDDDD-FFFFF-GGGGG\n'));
    expect(eventsAppended).toBe(1);
  }));
