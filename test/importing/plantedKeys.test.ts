/**
 * Whole product keys in every place of every format, and nowhere afterwards: not in a byte of the data directory, not in what an
 * import answers, reports or prints.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/environment.js';
import { runProgram } from '../../src/cli/program.js';
import { servicesOf } from '../../src/embedded/services.js';
import { INPUT_FORMATS } from '../../src/importing/formats.js';
import { countingCommandIds, countingRandom, steppingClock } from '../support/deterministic.js';
import { withImportingLedger, type ImportingLedger } from './importingLedger.js';
import { exported, SYNTHETIC_EXPORTS, type SyntheticExport } from './syntheticExports.js';

/** Invented, as its groups show. */
const KEY = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG';
const COMPACT_KEY = KEY.replaceAll('-', '');

/** Ways in which people and programs write a key. */
const SPELLINGS: readonly string[] = [KEY, COMPACT_KEY, KEY.toLowerCase(), COMPACT_KEY.toLowerCase(), KEY.replaceAll('-', ' '), KEY.replaceAll('-', '_')];

/**
 * Whether the key stands in these bytes, in any case and with whatever between its characters: dashes, blanks, line ends, the NULs of
 * UTF-16.
 */
function holdsKey(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('latin1').replace(/[^A-Za-z0-9]+/g, '').toUpperCase().includes(COMPACT_KEY);
}

function filesWithKey(directory: string): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => holdsKey(Buffer.from(file)) || (statSync(join(directory, file)).isFile() && holdsKey(readFileSync(join(directory, file)))));
}

function expectNoKey(importing: ImportingLedger, answers: readonly unknown[]): void {
  expect(readdirSync(importing.directory)).toContain('ledger.db');
  expect(filesWithKey(importing.directory)).toEqual([]);
  expect(answers.filter((answer) => holdsKey(Buffer.from(JSON.stringify(answer))))).toEqual([]);
}

/** Where a key may be put into a text: in place of each word, and of each value that stands in quotes or between marks. */
function places(text: string): { readonly from: number; readonly to: number }[] {
  return [...text.matchAll(/[\p{L}\p{N}.:/\\-]+/gu)].map(({ index, 0: word }) => ({ from: index, to: index + word.length }));
}

/** The texts with a key planted at each place, each spelling in turn. */
function plantings(source: SyntheticExport): string[] {
  const text = exported(source, 1, 1);
  return places(text).map(({ from, to }, index) => text.slice(0, from) + (SPELLINGS[index % SPELLINGS.length] ?? KEY) + text.slice(to));
}

test('the search finds a planted key in either encoding, any case and any spelling', () => {
  for (const spelling of SPELLINGS) {
    for (const encoding of ['utf8', 'utf16le'] as const) expect(holdsKey(Buffer.from(`x ${spelling} x`, encoding))).toBe(true);
  }
  expect(holdsKey(Buffer.from('*****-*****-*****-*****-GGGGG BBBBB'))).toBe(false);
});

test('every format has its exports here', () => {
  expect(SYNTHETIC_EXPORTS.map(({ format }) => format).toSorted()).toEqual(INPUT_FORMATS.map(({ name }) => name).toSorted());
});

describe('a key planted in place of any word is not kept and not shown', () => {
  test.each(SYNTHETIC_EXPORTS.map((source) => [source.format, source] as const))('%s', (_, source) =>
    withImportingLedger(async (importing) => {
      const answers: unknown[] = [];
      const texts = plantings(source);
      expect(texts.length).toBeGreaterThan(10);
      for (const text of texts) {
        expect(holdsKey(Buffer.from(text))).toBe(true);
        answers.push(await importing.importContent(text, { format: source.format, host: source.host }));
      }
      // A whole file of them, so that the key is read from a file as well; cut off, so that its last record is refused.
      const all = texts.join('\n');
      answers.push(await importing.importText(source.fileName, all, { format: source.format, host: source.host }));
      answers.push(await importing.importText(source.fileName, all.slice(0, all.lastIndexOf('G')), { format: source.format, host: source.host }));
      answers.push(await importing.importText(source.fileName, Buffer.from(all, 'utf16le'), { host: source.host }));
      answers.push(importing.ledger.readModel.imports.page({}, false, { limit: 200, direction: 'FORWARD' }));
      expectNoKey(importing, answers);
      expect(await importing.events()).toBeGreaterThan(texts.length);
    }),
  );
});

test.each([
  ['nothing that any format knows', `notes: ${KEY}\nand ${COMPACT_KEY}, too\n`],
  ['bytes that are no text', Buffer.from(`${KEY}\0\0\0${KEY}`)],
  ['a wrong encoding', Buffer.from(`Product Key,Product\n${KEY},x\n\xff\xfe ${KEY}`, 'latin1')],
])('a file refused as a whole leaves no key: %s', (_, content) =>
  withImportingLedger(async (importing) => {
    const answers = [await importing.importText('x.txt', content), await importing.importContent(content)];
    expectNoKey(importing, answers);
  }),
);

test.each(SPELLINGS)('what the caller says about a file is kept without its keys: %s', (spelling) =>
  withImportingLedger(async (importing) => {
    const [source] = SYNTHETIC_EXPORTS.filter(({ format }) => format === 'slmgr');
    if (source === undefined) throw new Error('No slmgr export.');
    const text = exported(source, 1, 2);
    const answers = [
      await importing.importText(`keys ${spelling}.txt`, text, { host: spelling, timeZone: spelling, reason: `it had ${spelling}` }),
      await importing.importText('x.txt', text, { format: spelling }),
      await importing.importText('x.txt', text, { encoding: spelling }),
      await importing.importContent(text, { host: `pc-${spelling}` }),
      await importing.importText('cil.xml', '<SoftwareLicensingData><Computer/></SoftwareLicensingData>', { host: spelling }),
      await importing.importText('v.csv', 'FullyQualifiedDomainName,LicenseStatus,Sku,KmsHost\nNULL,1,NULL,x\n', { host: spelling }),
    ];
    expectNoKey(importing, answers);
  }),
);

test('the API keeps and tells no key of a content or its source name', () =>
  withImportingLedger(async (importing) => {
    const newId = countingCommandIds();
    const services = servicesOf(importing.ledger, { now: steppingClock(), newId }, '0.0.0');
    const answers: unknown[] = [];
    for (const source of SYNTHETIC_EXPORTS) {
      for (const spelling of SPELLINGS) {
        const content = exported(source, 1, 1).replace(/Example edition|Example16_\w+|Example \w+|Example object/g, `Example ${spelling}`);
        const input = { content, host: source.host, sourceName: `${spelling}.txt` };
        const meta = { actor: importing.ledger.localActor, correlationId: newId(), reason: spelling };
        answers.push(await services.application.importObservations(input, meta));
      }
    }
    await importing.ledger.readModel.catchUp();
    expectNoKey(importing, answers);
  }, 'live'));

describe('the command line', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'activation-ledger-planted-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test('prints and reports no key, not even that of a file name', async () => {
    const input = mkdtempSync(join(tmpdir(), 'activation-ledger-planted-input-'));
    const good = join(input, `keys ${KEY}.csv`);
    writeFileSync(good, `Product Key,Product,Allowed\n${KEY},Example ${COMPACT_KEY},${KEY}\n${KEY},Example,5\n"${KEY}`);
    const unknown = join(input, `${COMPACT_KEY}.txt`);
    writeFileSync(unknown, KEY.replaceAll('-', '/'));
    const reportFile = join(root, 'report.ndjson');
    let printed = '';
    const stream = (): PassThrough => new PassThrough().on('data', (chunk: Buffer) => void (printed += chunk.toString()));
    const environment = {
      now: steppingClock(),
      newId: countingCommandIds(),
      random: countingRandom(),
      stdout: stream(),
      stderr: stream(),
      stdin: process.stdin,
      userName: 'tester',
      stopRequested: () => new Promise<string>(() => undefined),
      programDirectory: undefined,
    };
    const said = ['--data', join(root, 'data'), '--report', reportFile];
    expect(await runProgram(['import', good, ...said, '--host-from-filename'], environment, '0.0.0')).toBe(EXIT.someRefused);
    expect(await runProgram(['import', good, unknown, join(input, `missing ${KEY}`), ...said, '--json'], environment, '0.0.0')).toBe(EXIT.failed);
    rmSync(input, { recursive: true });
    expect(printed).toContain('FORMAT_UNKNOWN');
    expect(printed).toContain('FILE_MISSING');
    expect(readFileSync(reportFile, 'utf8').split('\n').length).toBeGreaterThan(1);
    expect(printed.split('\n').filter((line) => holdsKey(Buffer.from(line)))).toEqual([]);
    expect(filesWithKey(root)).toEqual([]);
  });
});
