import { createWriteStream, type WriteStream } from 'node:fs';
import { basename, extname } from 'node:path';
import { once } from 'node:events';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { ImportSummary } from '../application/runImport.js';
import { openEmbeddedLedger, type EmbeddedLedger } from '../embedded/embeddedLedger.js';
import { importFile } from '../embedded/importFile.js';
import type { FileImport } from '../embedded/importRequest.js';
import { INPUT_FORMATS } from '../importing/formats.js';
import type { DateOrder, RefusedRecord } from '../importing/parser.js';
import { maskProductKeys } from '../importing/productKeys.js';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { byteSize, groupDigits } from './numbers.js';
import { VerbError } from './failure.js';
import { withPlace, type LedgerPlace, type Verb } from './verb.js';
import { uploadFile } from './remote.js';
import { printable } from './table.js';
import { openTerminal, type Progress, type Terminal } from './terminal.js';

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
  readonly reasonCode?: string;
  readonly ticket?: string;
  readonly catalogue?: string;
}

/** What the API has no word for. */
const ONLY_LOCAL = ['observedAt', 'catalogue'] as const satisfies readonly (keyof ImportOptions)[];

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
    .option('--reason-code <code>', 'why, as a code of your own list, such as LAB_REFRESH')
    .option('--ticket <ticket>', 'ticket, change or order that asked for it, such as CHG-4711')
    .option('--catalogue <file>', 'product facts of your own, beside the built-in ones (JSON)')
    .action((files: string[], options: ImportOptions, command: Command) => {
      const sound = checked(files, options, command);
      return run(() => importFiles(files, sound, environment));
    });
};

function checked(files: readonly string[], options: ImportOptions, command: Command): ImportOptions {
  if (files.includes('-')) command.error('error: standard input is not read, since a file is hashed before it is parsed; write it to a file and name that');
  const onlyLocal = options.url === undefined ? undefined : ONLY_LOCAL.find((name) => options[name] !== undefined);
  if (onlyLocal !== undefined) command.error(`error: --${onlyLocal === 'observedAt' ? 'observed-at' : onlyLocal} goes with a data directory, not with --url`);
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
  const report = options.report === undefined ? undefined : await openReport(options.report);
  const outcomes: FileOutcome[] = [];
  let failures = 0;
  const ledger = options.url === undefined ? await openEmbeddedLedger({ directory: options.data, environment, follow: 'onDemand', catalogueFile: options.catalogue }) : undefined;
  try {
    for (const file of files) {
      const outcome = await importOne(file, progressTitle(file, files), options, ledger, environment, terminal, report);
      if (outcome === undefined) failures += 1;
      else outcomes.push(outcome);
    }
    if (ledger !== undefined && outcomes.length > 0) await project(ledger, files, terminal);
  } finally {
    await ledger?.close();
    if (report !== undefined) await once(report.end(), 'close');
  }
  if (options.json === true) terminal.print(JSON.stringify(outcomes.map(({ file, format, summary }) => ({ file, format, ...summary }))));
  else if (outcomes.length > 0) printSummary(outcomes, options, terminal);
  if (failures > 0) return EXIT.failed;
  return outcomes.some(({ summary }) => summary.recordsRefused > 0) ? EXIT.someRefused : EXIT.done;
}

async function openReport(path: string): Promise<WriteStream> {
  const report = createWriteStream(path, { mode: 0o600 });
  await once(report, 'open').catch((error: unknown) => {
    throw new VerbError(`The report cannot be written to ${path}: ${error instanceof Error ? error.message : String(error)}.`);
  });
  return report;
}

/** Imports one file; undefined, with a word of why, if the file as a whole cannot be taken. */
async function importOne(
  file: string,
  title: string,
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
    reasonCode: options.reasonCode,
    reasonTicket: options.ticket,
  };
  // People keep keys in files that are named after them.
  const shown = maskProductKeys(file);
  let progress: Progress | undefined;
  const events = {
    onStart: (bytes: number) => {
      progress = terminal.progress(title, bytes, 'bytes');
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
  terminal.note(`${terminal.paint.red('refused')}  ${printable(shown)}: ${printable(result.reason)} ${terminal.paint.dim(`(${result.code})`)}`);
  return undefined;
}

/** The read model catches up, so that what was imported can be asked for at once. */
async function project(ledger: EmbeddedLedger, files: readonly string[], terminal: Terminal): Promise<void> {
  const progress = terminal.progress(progressTitle(READ_MODEL, files), (await ledger.store.head()).sequence, 'events');
  await ledger.readModel.catchUp((applied) => progress.update(applied));
  progress.stop();
}

/** Names of one width, so that the bars of a call stand below each other. */
function progressTitle(file: string, files: readonly string[]): string {
  const longest = Math.max(READ_MODEL.length, ...files.map((each) => basename(each).length));
  return printable(maskProductKeys(basename(file))).padEnd(Math.min(longest, TITLE_CHARACTERS_MAX));
}

const READ_MODEL = 'read model';
const TITLE_CHARACTERS_MAX = 32;

const SUMMARY_COUNTS = [
  ['records', 'recordsRead'],
  ['events appended', 'eventsAppended'],
  ['already known', 'recordsAlreadyKnown'],
  ['nothing new', 'recordsWithoutNews'],
  ['refused', 'recordsRefused'],
] as const satisfies readonly (readonly [string, keyof ImportSummary])[];

function printSummary(outcomes: readonly FileOutcome[], options: ImportOptions, terminal: Terminal): void {
  const { paint, note, table, breathe } = terminal;
  breathe();
  const rows = outcomes.map(({ file, format, summary }) => [basename(file), format, ...SUMMARY_COUNTS.map(([, count]) => summary[count])]);
  const total = ['total', '', ...SUMMARY_COUNTS.map(([, count]) => outcomes.reduce((sum, { summary }) => sum + summary[count], 0))];
  table(
    [{ title: 'file', shrinkTo: 16 }, { title: 'format' }, ...SUMMARY_COUNTS.map(([title]) => ({ title, align: 'right' as const }))],
    outcomes.length > 1 ? [...rows, total.map((cell) => ({ text: typeof cell === 'number' ? groupDigits(cell) : cell, paint: paint.bold }))] : rows,
  );
  for (const { file, summary } of outcomes) {
    const shown = summary.refusals.slice(0, REFUSALS_SHOWN_MAX);
    for (const { record, code, reason } of shown) note(`${paint.yellow('refused')}  ${printable(basename(file))} record ${record}: ${printable(reason)} ${paint.dim(`(${code})`)}`);
    const more = summary.recordsRefused - shown.length;
    const { recordsTimeUnclear: unclear } = summary;
    if (unclear > 0) {
      const hint = 'not read: name its zone (--timezone) or the order of its date (--date-order). It is kept as it was written';
      note(`${paint.yellow('unclear')}  ${printable(basename(file))}: the time of ${groupDigits(unclear)} record${unclear === 1 ? '' : 's'} was ${hint}`);
    }
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
