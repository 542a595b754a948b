import { existsSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { VIEW_FORMATS } from '../audit/export/bundle.js';
import { verifierKeyText } from '../audit/signedNote.js';
import { EXPORT_FORMATS, type ExportFormat } from '../domain/vocabulary.js';
import { existingDataDirectory } from '../embedded/dataDirectory.js';
import { openEmbeddedLedger } from '../embedded/embeddedLedger.js';
import { resolveFilter, type NamedFilter } from '../embedded/exportFilter.js';
import { exportLedger } from '../embedded/exportLedger.js';
import { loadRules, RULES_VARIABLE } from '../embedded/loadRules.js';
import { logSealOf } from '../embedded/logSeal.js';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { earlierCheckpoint, type ExportBounds, type ExportOptions } from './exportOptions.js';
import { VerbError } from './failure.js';
import { byteSize, groupDigits } from './numbers.js';
import { openTerminal } from './terminal.js';
import { withPlace, type Verb } from './verb.js';

/** `export`: the events themselves, tables of them, or all that an auditor checks; recorded with its reason. */
export const exportVerb: Verb = (program, run, environment) => {
  withPlace(program.command('export'))
    .description('export events, tables, or a bundle that an auditor can check; recorded in the ledger, with the reason')
    .requiredOption('--out <path>', 'file or directory to be made; a bundle is packed where the name ends in .tar')
    .requiredOption('--reason <text>', 'why; kept, sealed, with the export')
    .addOption(new Option('--format <format>', 'ndjson: the events; csv, xlsx, parquet: tables; bundle: all with proofs').choices(EXPORT_FORMATS.map((format) => format.toLowerCase())).default('bundle'))
    .option('--from <bound>', 'first sequence, or recorded from this time on (ISO 8601)')
    .option('--to <bound>', 'last sequence, or recorded before this time')
    .option('--host <name...>', 'events of these hosts, and those that name them')
    .option('--key <lastFive...>', 'events of these product keys (last five characters), and those that name them')
    .option('--agreement <licenceId...>', 'events of these agreements, and those that name them')
    .option('--type <type...>', 'events of these types')
    .option('--since <file>', 'checkpoint of an earlier bundle: what came after it, and the proof that the log goes on from it')
    .addOption(new Option('--views <format...>', 'what the tables of a bundle are written as').choices([...VIEW_FORMATS]).default(['csv'], 'csv'))
    .action((options: ExportOptions, command: Command) => {
      const bounds = boundsOf(options, command);
      return run(async () => {
        // Before anything is opened: what is there is not written over.
        if (existsSync(options.out)) throw new VerbError(`${options.out} is there already; name another place.`);
        if (options.url === undefined) return exportDirectory(options, bounds, environment, program.version() ?? '');
        const { exportFromServer } = await import('./exportFromServer.js');
        return exportFromServer(options, bounds, environment);
      });
    });
};

function boundsOf(options: ExportOptions, command: Command): ExportBounds {
  const [from, to] = [options.from, options.to].map((bound) => {
    if (bound === undefined) return {};
    if (/^[1-9]\d{0,15}$/.test(bound)) return { sequence: Number(bound) };
    const time = /^\d{4}-\d\d-\d\d(?:T.*(?:Z|[+-]\d\d:?\d\d))?$/i.test(bound) ? Date.parse(bound) : Number.NaN;
    if (Number.isNaN(time)) command.error(`error: ${bound} is neither a sequence nor a time, such as 2026-03-01 or 2026-03-01T09:00:00Z`);
    return { time: new Date(time).toISOString() };
  });
  return { from: from?.sequence, to: to?.sequence, recordedFrom: from?.time, recordedTo: to?.time };
}

async function exportDirectory(options: ExportOptions, bounds: ExportBounds, environment: CliEnvironment, version: string): Promise<ExitCode> {
  const terminal = openTerminal(environment);
  const since = await earlierCheckpoint(options.since);
  existingDataDirectory(options.data, 'ledger.db');
  const ledger = await openEmbeddedLedger({ directory: options.data, environment, follow: 'onDemand', rules: await loadRules(process.env[RULES_VARIABLE]) });
  try {
    const seal = await logSealOf(ledger);
    const progress = terminal.progress('export', 100, '%');
    const completed = await exportLedger(
      {
        format: options.format.toUpperCase() as ExportFormat,
        out: options.out,
        from: bounds.from,
        to: bounds.to,
        filter: resolveFilter(namedFilter(options, bounds), ledger),
        reason: options.reason,
        since,
        viewFormats: options.views,
        exportId: environment.newId(),
        actor: ledger.localActor,
      },
      { ledger, seal, now: environment.now, version, onProgress: (done, total) => progress.update(Math.floor((done / Math.max(total, 1)) * 100), `${groupDigits(done)} events`) },
    );
    progress.stop();
    if (options.json === true) terminal.print(JSON.stringify({ ...completed, verifierKey: verifierKeyText(seal.signer) }));
    else {
      terminal.print(`Exported ${groupDigits(completed.events)} events, ${groupDigits(completed.from)} to ${groupDigits(completed.to)}, to ${completed.path} (${byteSize(completed.bytes)}).`);
      terminal.note(terminal.paint.dim(`Recorded as event ${groupDigits(completed.sequence)}, SHA-256 ${completed.digest}.`));
    }
    return EXIT.done;
  } finally {
    await ledger.close();
  }
}

function namedFilter({ host, key, agreement, type }: ExportOptions, { recordedFrom, recordedTo }: ExportBounds): NamedFilter {
  return { recordedFrom, recordedTo, hosts: host, keys: key, agreements: agreement, types: type };
}
