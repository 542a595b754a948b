/** Synthetic ledgers that are exported, and what stands around an export. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text as textOf } from 'node:stream/consumers';
import { signCheckpoint } from '../../src/audit/checkpoint.js';
import { leafHash } from '../../src/audit/merkle.js';
import { signerKeyOf, verifierKeyText, type SignerKey } from '../../src/audit/signedNote.js';
import { openTreeHasher } from '../../src/audit/treeHasher.js';
import { verifyBundle, type BundleVerification } from '../../src/audit/verify/verifyBundle.js';
import { builtInCatalogue } from '../../src/domain/catalogue/builtIn.js';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import type { DatedRuleBook } from '../../src/domain/rules/makeRuleBook.js';
import type { EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { exportLedger, type CompletedExport, type ExportOrder } from '../../src/embedded/exportLedger.js';
import { recomputeViews } from '../../src/embedded/recomputeViews.js';
import { START } from '../../src/kernel/identifiers.js';
import { applicationOf, importText, kmsCsv, newDirectory, openTestLedger, productCsv, testEnvironment, type TestEnvironment } from '../support/embedded.js';

export const VERSION = 'test';
const READ_EVENTS = 10_000;

export interface ExportingLedger {
  readonly ledger: EmbeddedLedger;
  readonly environment: TestEnvironment;
  readonly signer: SignerKey;
  /** What an auditor is given once, by another way. */
  readonly key: string;
  /** A signed checkpoint of the log as it is now, or of its first events. */
  checkpoint(size?: number): Promise<string>;
  /** Exports into a place of its own. */
  export(order?: Partial<ExportOrder>): Promise<CompletedExport>;
}

export interface ExportingOptions {
  /** Numbers of the hosts that KMS counted. */
  readonly hosts: readonly number[];
  readonly directory: string;
  readonly environment: TestEnvironment;
  readonly rules: DatedRuleBook;
}

/** A directory that does not exist yet, for an export. */
export function newPlace(name: string): string {
  return join(mkdtempSync(join(tmpdir(), 'export-')), name);
}

/** A ledger of hosts that KMS counted, of products that were seen, and of activations that were asked for by somebody with a name. */
export async function exportingLedger({ hosts = [1, 2, 3, 4, 5, 6, 7], directory = newDirectory(), environment = testEnvironment(), rules = builtInRules }: Partial<ExportingOptions> = {}): Promise<ExportingLedger> {
  const ledger = await openTestLedger(directory, environment, rules);
  await importText(ledger, environment, kmsCsv(hosts), { reason: 'the log of the KMS host' });
  await importText(ledger, environment, productCsv({ host: 'lab-1.harbour.example', key: 'GGGGG' }));
  await importText(ledger, environment, productCsv({ host: '=lab-2.harbour.example', key: 'GGGGG' }));
  const application = applicationOf(ledger, environment);
  const meta = { actor: await ledger.vault.subjectFor('=Ada Example'), correlationId: 'term', reason: 'a new lab' };
  await application.registerProductKey({ lastFive: 'HHHHH', kind: 'MAK', product: 'Windows 10 Enterprise', allowed: 50 }, meta);
  const [key] = ledger.readModel.productKeys.byLastFive('HHHHH');
  const [host] = ledger.readModel.hosts.byName('lab-1', { now: 0 });
  if (key === undefined || host === undefined) throw new Error('The ledger of the test lacks its key or its host.');
  await application.requestActivation({ productKey: key.key, host: host.host }, meta);
  await ledger.readModel.catchUp();
  const signer = signerKeyOf(`activation-ledger/${ledger.ledgerId}`, Buffer.alloc(32, 7));
  const checkpoint = async (size?: number): Promise<string> => {
    const hasher = openTreeHasher();
    for (const { text } of (await ledger.store.readAll(START, READ_EVENTS)).slice(0, size)) hasher.append(leafHash(text));
    return signCheckpoint({ origin: signer.name, size: hasher.size(), root: hasher.root() }, [signer]);
  };
  return {
    ledger,
    environment,
    signer,
    key: verifierKeyText(signer),
    checkpoint,
    export: (order = {}) =>
      exportLedger(
        { format: 'BUNDLE', out: newPlace('bundle'), reason: 'the audit of the year', exportId: environment.newId(), actor: ledger.localActor, ...order },
        { ledger, seal: { checkpointOver: () => checkpoint(), signer, formerKeys: [] }, now: environment.now, version: VERSION },
      ),
  };
}

/** Checks a bundle as the command does; its tables only where it is told to, for that is most of the work. */
export function verified(path: string, keys: readonly SignerKey[], since?: string, rules: DatedRuleBook | 'without tables' = builtInRules): Promise<BundleVerification> {
  if (rules === 'without tables') return verifyBundle(path, { keys, since });
  return verifyBundle(path, { keys, since, recompute: (files, manifest) => recomputeViews(files, manifest, { catalogue: builtInCatalogue, rules, version: VERSION }) });
}

export interface PythonVerification {
  readonly verdict: string;
  readonly code: number | null;
  readonly output: string;
}

/** The same with the verifier of one file, as a process of its own. `keys`: verifier keys as text; `since`: path of a file. */
export async function verifiedByPython(path: string, keys: readonly string[], since?: string): Promise<PythonVerification> {
  // Isolated and without site packages: the verifier must not need them, and the start takes half the time.
  const child = spawn('python3', ['-I', '-S', '-B', 'verifier/verify.py', ...wordsOf(path, keys, since)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  return { verdict: stdout.split('\n')[0] ?? '', code, output: stdout + stderr };
}

function wordsOf(path: string, keys: readonly string[], since: string | undefined): string[] {
  return [path, ...keys.flatMap((key) => ['--key', key]), ...(since === undefined ? [] : ['--since', since])];
}

export interface PythonVerifier {
  readonly verify: typeof verifiedByPython;
  close(): Promise<void>;
}

/** The verifier of one file for many bundles: one process, which answers in the order it is asked in. */
export function openPythonVerifier(): PythonVerifier {
  const child = spawn('python3', ['-I', '-S', '-B', 'test/audit/verifyEach.py', 'verifier/verify.py'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: PromiseWithResolvers<PythonVerification>[] = [];
  const closed = once(child, 'close');
  child.once('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('The verifier in Python ended.'));
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { code, output } = JSON.parse(line) as { readonly code: number; readonly output: string };
    waiting.shift()?.resolve({ verdict: output.split('\n')[0] ?? '', code, output });
  });
  return {
    verify(path, keys, since) {
      const asked = Promise.withResolvers<PythonVerification>();
      waiting.push(asked);
      child.stdin.write(`${JSON.stringify(wordsOf(path, keys, since))}\n`);
      return asked.promise;
    },
    async close() {
      child.stdin.end();
      await closed;
    },
  };
}

export function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1);
}
