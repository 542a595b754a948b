import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRange } from '../audit/export/readRange.js';
import { leafHash } from '../audit/merkle.js';
import { parseVerifierKey, type VerifierKey } from '../audit/signedNote.js';
import type { Verdict, Verification } from '../audit/verify/finding.js';
import { verifyBundle } from '../audit/verify/verifyBundle.js';
import { verifyLog, type LogLeaf } from '../audit/verify/verifyLog.js';
import { existingDataDirectory } from '../embedded/dataDirectory.js';
import { catalogueDigest, loadCatalogue } from '../embedded/loadCatalogue.js';
import { loadRules, RULES_VARIABLE } from '../embedded/loadRules.js';
import { recomputeViews } from '../embedded/recomputeViews.js';
import { openSqliteStore } from '../store/sqlite/sqliteStore.js';
import type { CliEnvironment, ExitCode } from './environment.js';
import { reportFailure, VerbError } from './failure.js';
import { printable } from './table.js';
import { openTerminal, type Progress, type Terminal } from './terminal.js';
import { verifyServedLog } from './verifyServedLog.js';
import type { Verb } from './verb.js';
import { EXIT_OF_VERDICT } from './verdictExit.js';

interface VerifyOptions {
  readonly key?: readonly string[];
  readonly since?: string;
  readonly catalogue?: string;
  readonly rules?: string;
  readonly views: boolean;
  readonly token?: string;
  readonly json?: boolean;
}

/** `verify WHAT`: a bundle, a data directory or a running server, checked against a key and a checkpoint from elsewhere. */
export const verifyVerb: Verb = (program, run, environment) => {
  program
    .command('verify <what>')
    .description('check an audit bundle, a data directory or the log of a server: intact 0, altered 1, incomplete 2, cannot verify or unanchored 3')
    .option('--key <key...>', 'verifier keys of the log, which you have from elsewhere')
    .option('--since <file>', 'checkpoint that you kept: the log must go on from it')
    .option('--no-views', 'do not compute the tables of a bundle again')
    .option('--catalogue <file>', 'product facts that the tables were made with (JSON)')
    .option('--rules <file>', 'rights and figures that the tables were made with (JSON)')
    .option('--token <token>', 'access token for a server (or ACTIVATION_LEDGER_TOKEN): with it its events are read, without it their hashes')
    .option('--json', 'answer with JSON on standard output')
    .action((what: string, options: VerifyOptions) =>
      run(() =>
        verify(what, options, environment, program.version() ?? '').catch((error: unknown) => {
          reportFailure(error, openTerminal(environment));
          // Otherwise it would end with 1, as if something were altered.
          return EXIT_OF_VERDICT['cannot verify'];
        }),
      ),
    );
};

async function verify(what: string, options: VerifyOptions, environment: CliEnvironment, version: string): Promise<ExitCode> {
  const terminal = openTerminal(environment);
  const keys = (options.key ?? []).map(parsedKey);
  const since = options.since === undefined ? undefined : await readCheckpointFile(options.since);
  const bar = openBar(terminal, 'verify', /^https?:/.test(what) || existsSync(join(what, 'ledger.db')) ? 'events' : 'bytes');
  const verification = await verificationOf(what, { keys, since, onProgress: bar.update }, options, version, openBar(terminal, 'tables', 'events').update);
  bar.stop();
  if (options.json === true) terminal.print(JSON.stringify({ verdict: verification.verdict, findings: verification.findings, notes: verification.notes }));
  else report(verification, terminal);
  return EXIT_OF_VERDICT[verification.verdict];
}

interface Checks {
  readonly keys: readonly VerifierKey[];
  readonly since: string | undefined;
  readonly onProgress: (done: number, total: number) => void;
}

async function verificationOf(what: string, checks: Checks, options: VerifyOptions, version: string, onTables: (done: number, total: number) => void): Promise<Verification> {
  if (/^https?:\/\//.test(what)) return verifyServedLog(what, options.token ?? process.env['ACTIVATION_LEDGER_TOKEN'], checks);
  if (existsSync(join(what, 'ledger.db'))) return verifyDirectory(what, checks);
  const catalogue = await loadCatalogue(options.catalogue);
  const rules = await loadRules(options.rules ?? process.env[RULES_VARIABLE]);
  const catalogueSha256 = await catalogueDigest(options.catalogue);
  return verifyBundle(what, {
    ...checks,
    recompute: options.views ? (files, manifest) => recomputeViews(files, manifest, { catalogue, catalogueSha256, rules, version, onProgress: (applied) => onTables(applied, manifest.range.to) }) : undefined,
  });
}

/** Also beside a running server: the log is only read. */
async function verifyDirectory(path: string, checks: Checks): Promise<Verification> {
  const directory = existingDataDirectory(path, 'ledger.db');
  const checkpoint = await readFile(join(directory.treePath, 'checkpoint'), 'utf8').catch(() => undefined);
  const store = openSqliteStore({ path: directory.logPath, readOnly: true });
  try {
    const { sequence } = await store.head();
    async function* leaves(): AsyncGenerator<readonly LogLeaf[]> {
      for await (const page of readRange(store, 1, sequence)) {
        yield page.map(({ text }) => {
          const entry = Buffer.from(text);
          return { entry, hash: leafHash(entry) };
        });
      }
    }
    return await verifyLog(checkpoint, leaves(), checks);
  } finally {
    await store.close();
  }
}

function parsedKey(text: string): VerifierKey {
  const key = parseVerifierKey(text.trim());
  if (key === undefined) throw new VerbError('This is no verifier key: one is name+hash+key, as "key show" prints it.', EXIT_OF_VERDICT['cannot verify']);
  return key;
}

async function readCheckpointFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => {
    throw new VerbError(`Your checkpoint ${path} cannot be read.`, EXIT_OF_VERDICT['cannot verify']);
  });
}

/** A bar that begins with the first step. */
function openBar(terminal: Terminal, title: string, unit: string): { readonly update: (done: number, total: number) => void; readonly stop: () => void } {
  let progress: Progress | undefined;
  return {
    update(done, total) {
      progress ??= terminal.progress(title, total, unit);
      progress.update(done);
      if (done >= total) progress.stop();
    },
    stop: () => progress?.stop(),
  };
}

const COLOURS = { intact: 'green', unanchored: 'yellow', 'cannot verify': 'yellow', incomplete: 'red', altered: 'red' } as const satisfies Readonly<Record<Verdict, string>>;

function report({ verdict, findings, notes }: Verification, { print, paint }: Terminal): void {
  print(paint.bold(paint[COLOURS[verdict]](verdict)));
  for (const { message } of findings) print(`  ${printable(message)}`);
  for (const note of notes) print(paint.dim(`  - ${printable(note)}`));
}
