import { createWriteStream, type WriteStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { once } from 'node:events';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { ImportSummary } from '../application/runImport.js';
import { openEmbeddedLedger, type EmbeddedLedger } from '../embedded/embeddedLedger.js';
import { importFile, type FileImport } from '../embedded/importFile.js';
import { INPUT_FORMATS } from '../importing/formats.js';
import type { DateOrder, RefusedRecord } from '../importing/parser.js';
import { maskProductKeys } from '../importing/productKeys.js';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { withPlace, type LedgerPlace, type Verb } from './verb.js';
import { uploadFile } from './remote.js';
import { byteSize, groupDigits, openTerminal, type Progress, type Terminal } from './terminal.js';

interface ImportOptions extends LedgerPlace {
  readonly format?: string;
  readonly host?: string;
  readonly hostFromFilename?: boolean;
  readonly timezone?: string;
  readonly dateOrder?: DateOrder;
  readonly encoding?: string;
  readonly observedAt?: string;
  readonly report?: string;
  readonly reason?: string;
  readonly catalogue?: string;
}

/** What became of one file. */
interface FileOutcome {
  readonly file: string;
  readonly format: string;
  readonly summary: ImportSummary;
}

/** Refusals shown on the terminal; `--report` has them all. */
const REFUSALS_SHOWN_MAX = 10;

/** `import FILE…`: exports in, and an account of every record. */
export const importVerb: Verb = (program, run, environment) => {
  withPlace(program.command('import <files...>'))
    .description('record what exports show: KMS events, SoftwareLicensingProduct, slmgr, ospp, VAMT, inventories, key lists')
    .addOption(new Option('--format <name>', 'format of the files; otherwise recognised from their content').choices(INPUT_FORMATS.map(({ name }) => name)))
    .option('--host <name>', 'machine the files are about, for formats that do not name it')
    .option('--host-from-filename', 'take the machine from the file name, without its ending')
    .option('--timezone <zone>', 'zone of local times in the files, such as Europe/Paris')
    .addOption(new Option('--date-order <order>', 'order of numeric dates').choices(['YMD', 'DMY', 'MDY']))
    .option('--encoding <label>', 'encoding of files that are neither UTF-8 nor marked, such as ibm850 or windows-1252')
    .option('--observed-at <time>', 'when records without a time of their own were taken (ISO 8601 with zone); otherwise now')
    .option('--report <file>', 'write every refused record to a file, one JSON object a line')
    .option('--reason <text>', 'why; kept, sealed, with the import')
    .option('--catalogue <file>', 'product facts of your own, beside the built-in ones (JSON)')
    .action((files: string[], options: ImportOptions, command: Command) => run(() => importFiles(files, checked(options, command), environment)));
};

function checked(options: ImportOptions, command: Command): ImportOptions {
  if (options.host !== undefined && options.hostFromFilename === true) command.error('error: give --host or --host-from-filename, not both');
  if (options.timezone !== undefined && !isTimeZone(options.timezone)) command.error(`error: there is no time zone ${options.timezone}`);
  if (options.observedAt === undefined) return options;
  const observedAt = Date.parse(options.observedAt);
  if (!/T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(options.observedAt) || Number.isNaN(observedAt)) {
    command.error('error: --observed-at takes a time with its zone, such as 2026-03-01T09:00:00Z');
  }
  return { ...options, observedAt: new Date(observedAt).toISOString() };
}

async function importFiles(files: readonly string[], options: ImportOptions, environment: CliEnvironment): Promise<ExitCode> {
  const terminal = openTerminal(environment);
  const report = options.report === undefined ? undefined : createWriteStream(options.report, { mode: 0o600 });
  const outcomes: FileOutcome[] = [];
  let failures = 0;
  const ledger = options.url === undefined ? await openEmbeddedLedger({ directory: options.data, environment, follow: 'onDemand', catalogueFile: options.catalogue }) : undefined;
  try {
    for (const file of files) {
      const outcome = await importOne(file, options, ledger, environment, terminal, report);
      if (outcome === undefined) failures += 1;
      else outcomes.push(outcome);
    }
    if (ledger !== undefined && outcomes.length > 0) await project(ledger, terminal);
  } finally {
    await ledger?.close();
    if (report !== undefined) await once(report.end(), 'close');
  }
  if (options.json === true) terminal.print(JSON.stringify(outcomes.map(({ file, format, summary }) => ({ file, format, ...summary }))));
  else if (outcomes.length > 0) printSummary(outcomes, options, terminal);
  if (failures > 0) return EXIT.failed;
  return outcomes.some(({ summary }) => summary.recordsRefused > 0) ? EXIT.someRefused : EXIT.done;
}

/** Imports one file; undefined, with a word of why, if the file as a whole cannot be taken. */
async function importOne(
  file: string,
  options: ImportOptions,
  ledger: EmbeddedLedger | undefined,
  environment: CliEnvironment,
  terminal: Terminal,
  report: WriteStream | undefined,
): Promise<FileOutcome | undefined> {
  const request: FileImport = {
    path: file,
    format: options.format,
    host: options.hostFromFilename === true ? basename(file, extname(file)) : options.host,
    timeZone: options.timezone,
    dateOrder: options.dateOrder,
    encoding: options.encoding,
    observedAt: options.observedAt,
    reason: options.reason,
  };
  // People keep keys in files that are named after them.
  const shown = maskProductKeys(file);
  let progress: Progress | undefined;
  const events = {
    onStart: (bytes: number) => {
      progress = terminal.progress(basename(shown), bytes, 'bytes');
    },
    onProgress: (bytes: number, records: number) => progress?.update(bytes, `${groupDigits(records)} records, ${byteSize(bytes)}`),
    onRefused: (record: RefusedRecord) => {
      const { record: number, code, reason } = record;
      report?.write(`${JSON.stringify({ file: shown, record: number, code, reason })}\n`);
    },
  };
  const result =
    ledger === undefined ? await uploadFile(request, options, environment.newId, events) : await importFile(ledger, request, environment, events);
  progress?.stop();
  if (result.kind === 'imported') return { file: shown, format: result.format, summary: result.summary };
  terminal.note(`${terminal.paint.red('refused')}  ${shown}: ${result.reason} ${terminal.paint.dim(`(${result.code})`)}`);
  return undefined;
}

/** The read model catches up, so that what was imported can be asked for at once. */
async function project(ledger: EmbeddedLedger, terminal: Terminal): Promise<void> {
  const progress = terminal.progress('projections', (await ledger.store.head()).sequence, 'events');
  await ledger.readModel.catchUp((applied) => progress.update(applied));
  progress.stop();
}

function printSummary(outcomes: readonly FileOutcome[], options: ImportOptions, terminal: Terminal): void {
  const { paint, note, table } = terminal;
  table(
    ['file', 'format', 'records', 'events appended', 'already known', 'nothing new', 'refused'],
    outcomes.map(({ file, format, summary }) => [
      basename(file),
      format,
      summary.recordsRead,
      summary.eventsAppended,
      summary.recordsAlreadyKnown,
      summary.recordsWithoutNews,
      summary.recordsRefused,
    ]),
  );
  for (const { file, summary } of outcomes) {
    const shown = summary.refusals.slice(0, REFUSALS_SHOWN_MAX);
    for (const { record, code, reason } of shown) note(`${paint.yellow('refused')}  ${basename(file)} record ${record}: ${reason} ${paint.dim(`(${code})`)}`);
    const more = summary.recordsRefused - shown.length;
    if (more > 0) note(paint.dim(`… and ${groupDigits(more)} more${options.report === undefined ? '; --report FILE writes them all' : ` in ${options.report}`}`));
  }
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
