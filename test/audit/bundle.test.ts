import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { signerKeyOf, verifierKeyText } from '../../src/audit/signedNote.js';
import { EXIT_OF_VERDICT } from '../../src/cli/verdictExit.js';
import type { DatedRuleBook } from '../../src/domain/rules/makeRuleBook.js';
import { loadRules } from '../../src/embedded/loadRules.js';
import { signEnvelope } from '../../src/audit/dsse.js';
import { manifestText, MANIFEST_TYPE, type Manifest } from '../../src/audit/export/manifest.js';
import { exportingLedger, linesOf, newPlace, openPythonVerifier, verified, verifiedByPython, type ExportingLedger, type PythonVerifier } from './exportingLedger.js';

vi.setConfig({ hookTimeout: 60_000, testTimeout: 300_000 });

let origin: ExportingLedger;
/** Made once: all events; all from the earlier checkpoint on; those of one type; all, packed. */
const bundles = { whole: '', incremental: '', filtered: '', packed: '' };
let earlier: string;
let python: PythonVerifier;
const EARLIER_SIZE = 9;

beforeAll(async () => {
  python = openPythonVerifier();
  origin = await exportingLedger();
  earlier = await origin.checkpoint(EARLIER_SIZE);
  bundles.whole = (await origin.export({ viewFormats: ['csv', 'xlsx', 'parquet'] })).path;
  bundles.incremental = (await origin.export({ since: earlier })).path;
  bundles.filtered = (await origin.export({ filter: { types: ['KmsRequestObserved'] }, since: earlier, from: 1 })).path;
  bundles.packed = (await origin.export({ out: newPlace('bundle.tar') })).path;
});

afterAll(() => python.close());

interface Given {
  readonly keys?: readonly (typeof origin.signer)[];
  readonly since?: string | undefined;
  /** Whether the tables are computed again, which the other verifier cannot. */
  readonly tables?: boolean;
}

/** What both verifiers say of a bundle, with the log's key: they must say the same. */
async function verdicts(path: string, { keys = [origin.signer], since, tables = false }: Given = {}): Promise<string> {
  const sinceFile = since === undefined ? undefined : newPlace('since');
  if (sinceFile !== undefined && since !== undefined) writeFileSync(sinceFile, since);
  const [own, other] = await Promise.all([verified(path, keys, since, tables ? undefined : 'without tables'), python.verify(path, keys.map(verifierKeyText), sinceFile)]);
  expect(`${other.verdict} ${other.code}`, `${JSON.stringify(own.findings)}\n${other.output}`).toBe(`${own.verdict} ${EXIT_OF_VERDICT[own.verdict]}`);
  return own.verdict;
}

/** Bundles that are checked side by side: the one verifier reads while the other one works. */
const AT_ONCE = 4;

async function eachOf<Case>(cases: readonly Case[], check: (one: Case) => Promise<void>): Promise<void> {
  for (let from = 0; from < cases.length; from += AT_ONCE) await Promise.all(cases.slice(from, from + AT_ONCE).map(check));
}

async function configured(configuration: object): Promise<DatedRuleBook> {
  const file = newPlace('rules.json');
  writeFileSync(file, JSON.stringify({ source: 'synthetic', ...configuration }));
  return loadRules(file);
}

/** A copy of a bundle, changed. */
function tampered(bundle: string, change: (directory: string) => void): string {
  const copy = newPlace('tampered');
  cpSync(bundle, copy, { recursive: true });
  change(copy);
  return copy;
}

function rewriteLines(directory: string, change: (lines: string[]) => string[]): void {
  const path = join(directory, 'events.ndjson');
  writeFileSync(path, change(linesOf(path)).map((line) => `${line}\n`).join(''));
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1)).toSorted();
}

/** Each bundle with its files; of what is in all of them alike, only the first. */
function everyFile(): [bundle: string, file: string][] {
  const seen = new Set<string>();
  return [bundles.whole, bundles.incremental, bundles.filtered].flatMap((bundle) =>
    filesOf(bundle).flatMap((file): [string, string][] => {
      if (/^(?:schema|views)|^(?:VERIFY|verify)/.test(file) && seen.has(file)) return [];
      seen.add(file);
      return [[bundle, file]];
    }),
  );
}

describe('an honest bundle', () => {
  test('is intact, packed or not, whole, incremental or filtered, and goes on from what the auditor kept', async () => {
    for (const path of Object.values(bundles)) expect(await verdicts(path, { tables: true }), path).toBe('intact');
    await eachOf(Object.values(bundles), async (path) => expect(await verdicts(path, { since: earlier }), path).toBe('intact'));
  });

  test('says what is in it', () => {
    const { treeSize, range, events, views, previous, reason } = JSON.parse(readFileSync(join(bundles.whole, 'manifest.json'), 'utf8')) as Manifest;
    expect([range, events.count, events.of, previous, reason]).toEqual([{ from: 1, to: treeSize }, treeSize, treeSize, undefined, 'the audit of the year']);
    expect(views.map(({ name, sequence }) => [name, sequence])).toEqual(['activations', 'key-counts', 'host-status', 'requests', 'licence-position'].map((name) => [name, treeSize]));
    const filtered = JSON.parse(readFileSync(join(bundles.filtered, 'manifest.json'), 'utf8')) as Manifest;
    expect(filtered.events.count).toBe(linesOf(join(bundles.filtered, 'events.ndjson')).length);
    expect(filtered.events.count).toBeGreaterThan(0);
    expect(filtered.events.count).toBeLessThan(filtered.events.of);
    const incremental = JSON.parse(readFileSync(join(bundles.incremental, 'manifest.json'), 'utf8')) as Manifest;
    expect([incremental.range.from, incremental.previous?.treeSize]).toEqual([EARLIER_SIZE + 1, EARLIER_SIZE]);
  });

  test('is unanchored without a key from elsewhere, and cannot be verified with another one', async () => {
    await eachOf(Object.values(bundles), async (path) => {
      expect(await verdicts(path, { keys: [] })).toBe('unanchored');
      expect(await verdicts(path, { keys: [signerKeyOf(origin.signer.name, Buffer.alloc(32, 8))] })).toBe('cannot verify');
    });
  });

  test('that nothing leads to from the auditor\'s checkpoint cannot be verified', async () => {
    const unproved = (await origin.export({ from: 5 })).path;
    expect(await verdicts(unproved)).toBe('intact');
    expect(await verdicts(unproved, { since: await origin.checkpoint(2) })).toBe('cannot verify');
    expect(await verdicts(unproved, { since: await origin.checkpoint(4) })).toBe('intact');
    expect(await verdicts(bundles.whole, { since: await origin.checkpoint() })).toBe('cannot verify');
  });
});

describe('a tampered bundle', () => {
  test('with a bit flipped in any file is altered', async () => {
    await eachOf(everyFile(), async ([bundle, file]) => {
      const path = tampered(bundle, (directory) => {
        const bytes = readFileSync(join(directory, file));
        const at = Math.floor(bytes.length / 2);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(join(directory, file), bytes);
      });
      expect(await verdicts(path), `${bundle} ${file}`).toBe('altered');
      rmSync(path, { recursive: true });
    });
  });

  test('names the first event that differs', async () => {
    const path = tampered(bundles.whole, (directory) => rewriteLines(directory, (lines) => lines.with(6, String(lines[6]).replace('"stream":"', '"stream":"x'))));
    const { findings } = await verified(path, [origin.signer]);
    expect(findings.map(({ sequence }) => sequence)).toEqual([7]);
    expect((await verifiedByPython(path, [origin.key])).output).toContain('The first event that differs is 7.');
  });

  test.each(['whole', 'incremental', 'filtered'] as const)('with events removed or exchanged: %s', async (kind) => {
    const without = (from: number, to: number) => tampered(bundles[kind], (directory) => rewriteLines(directory, (lines) => lines.toSpliced(from, to - from)));
    const count = linesOf(join(bundles[kind], 'events.ndjson')).length;
    const rewritten = (change: (lines: string[]) => string[]) => tampered(bundles[kind], (directory) => rewriteLines(directory, change));
    const cases: [path: string, verdict: string][] = [
      [without(0, 1), 'altered'],
      [without(1, 2), 'altered'],
      [without(count - 1, count), 'incomplete'],
      [without(0, count), 'incomplete'],
      [rewritten(([one = '', two = '', ...rest]) => [two, one, ...rest]), 'altered'],
      [rewritten((lines) => [...lines, String(lines[0])]), 'altered'],
    ];
    await eachOf([...cases.entries()], async ([at, [path, verdict]]) => expect([at, await verdicts(path)]).toEqual([at, verdict]));
  });

  test('that is cut off within an event, or lacks a file, is incomplete', async () => {
    for (const bundle of [bundles.whole, bundles.incremental, bundles.filtered]) {
      const cut = tampered(bundle, (directory) => writeFileSync(join(directory, 'events.ndjson'), readFileSync(join(directory, 'events.ndjson')).subarray(0, -20)));
      expect(await verdicts(cut)).toBe('incomplete');
    }
    await eachOf(everyFile(), async ([bundle, file]) => expect(await verdicts(tampered(bundle, (directory) => rmSync(join(directory, file)))), `${bundle} ${file}`).toBe('incomplete'));
  });

  test('with an older checkpoint is altered', async () => {
    const older = await origin.checkpoint(EARLIER_SIZE);
    await eachOf([bundles.whole, bundles.incremental, bundles.filtered], async (bundle) => expect(await verdicts(tampered(bundle, (directory) => writeFileSync(join(directory, 'checkpoint'), older)))).toBe('altered'));
  });

  test('whose tables are not what comes of the events is altered, although it is signed', async () => {
    const other = await exportingLedger();
    // Whoever holds the key signs what he likes; the events prove the table wrong.
    const { path } = await other.export();
    const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as Manifest;
    const view = readFileSync(join(path, 'views/host-status.csv'), 'utf8');
    const forged = await resigned(path, manifest, 'views/host-status.csv', view.replace('PERMANENT', 'UNLICENSED'), other);
    expect((await verified(forged, [other.signer])).findings.map(({ verdict, file }) => [verdict, file])).toEqual([['altered', 'views/host-status.csv']]);
    expect((await verifiedByPython(forged, [other.key])).verdict).toBe('intact');
  });

  test.each([
    ['incremental', 'proofs/range.json'],
    ['filtered', 'proofs/inclusion.ndjson'],
    ['whole', 'checkpoint'],
    ['whole', 'events.ndjson'],
  ] as const)('that leaves out what proves its events is incomplete, although it is signed: %s without %s', async (kind, file) => {
    const forged = resignedWithout(bundles[kind], file, origin);
    expect(await verdicts(forged)).toBe('incomplete');
    expect(await verdicts(forged, { since: earlier })).toBe('incomplete');
  });

  test('whose tables were made with figures of the house is intact, and says which figures they are checked with', async () => {
    const rules = await configured({ figures: [{ id: 'KMS_VALIDITY', value: 90, validFrom: '2000-01-01' }] });
    const house = await exportingLedger({ rules });
    const { path } = await house.export();
    const usual = (await exportingLedger()).export();
    expect(readFileSync(join(path, 'views/host-status.csv'), 'utf8')).not.toBe(readFileSync(join((await usual).path, 'views/host-status.csv'), 'utf8'));
    const told = async (...given: DatedRuleBook[]): Promise<unknown> => {
      const { verdict, findings, notes } = await verified(path, [house.signer], undefined, ...given);
      return [verdict, findings, notes.some((note) => note.startsWith('The tables were computed again')), notes.some((note) => note.includes('--rules'))];
    };
    expect(await told(rules)).toEqual(['intact', [], true, false]);
    expect(await told()).toEqual(['intact', [], false, true]);
  });

  test('of a history that was rewritten is altered for whoever kept a checkpoint', async () => {
    // The same ledger by name and key, with another beginning.
    const other = await exportingLedger({ hosts: [1, 2, 9, 4, 5, 6, 7] });
    expect([other.signer.name, other.key]).toEqual([origin.signer.name, origin.key]);
    for (const order of [{}, { from: EARLIER_SIZE + 1 }]) {
      const { path } = await other.export(order);
      expect(await verdicts(path)).toBe('intact');
      expect(await verdicts(path, { since: earlier })).toBe('altered');
    }
  });

  test('is never said to be altered or incomplete for what is wrong with the call', () => {
    const calls = [['--since', newPlace('nothing')], ['--key', 'no key'], ['--no-such-option']];
    for (const words of calls) expect([words, spawnSync('python3', ['-B', 'verifier/verify.py', bundles.whole, ...words]).status]).toEqual([words, 3]);
  });

  test('that is no bundle cannot be verified', async () => {
    const empty = newPlace('empty');
    mkdirSync(empty);
    expect(await verdicts(empty)).toBe('cannot verify');
    expect((await verified(newPlace('nothing'), [origin.signer])).verdict).toBe('cannot verify');
    expect(statSync(empty).isDirectory()).toBe(true);
  });
});

/** Whoever holds the key signs a manifest that does not know of the file. */
function resignedWithout(bundle: string, file: string, { signer }: ExportingLedger): string {
  return tampered(bundle, (directory) => {
    const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;
    const text = manifestText({ ...manifest, files: manifest.files.filter(({ path }) => path !== file) });
    rmSync(join(directory, file));
    writeFileSync(join(directory, 'manifest.json'), text);
    writeFileSync(join(directory, 'manifest.dsse.json'), signEnvelope(MANIFEST_TYPE, Buffer.from(text), signer));
  });
}

async function resigned(path: string, manifest: Manifest, file: string, content: string, { signer }: ExportingLedger): Promise<string> {
  const { createHash } = await import('node:crypto');
  const files = manifest.files.map((entry) => (entry.path === file ? { path: file, bytes: Buffer.byteLength(content), sha256: createHash('sha256').update(content).digest('hex') } : entry));
  const text = manifestText({ ...manifest, files });
  return tampered(path, (directory) => {
    writeFileSync(join(directory, file), content);
    writeFileSync(join(directory, 'manifest.json'), text);
    writeFileSync(join(directory, 'manifest.dsse.json'), signEnvelope(MANIFEST_TYPE, Buffer.from(text), signer));
  });
}
