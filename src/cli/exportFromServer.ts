import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { askServer, tokenOf } from './ask.js';
import { EXIT, type CliEnvironment, type ExitCode } from './environment.js';
import { earlierCheckpoint, type ExportBounds, type ExportOptions } from './exportOptions.js';
import { VerbError } from './failure.js';
import { byteSize, groupDigits } from './numbers.js';
import { openTerminal } from './terminal.js';

const FIELDS = 'id state eventsRead eventsToRead failure events bytes digest sequence fromSequence toSequence download { path }';
const REQUEST = `mutation Export($input: RequestExportInput!) { requestExport(input: $input) { ... on RequestExportSuccess { export { ${FIELDS} } } ... on UserError { code message } } }`;
const ASK = `query Export($id: ID!) { export(id: $id) { ${FIELDS} } }`;

interface ServedExport {
  readonly id: string;
  readonly state: 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  readonly eventsRead: number;
  readonly eventsToRead: number;
  readonly failure: string | null;
  readonly events: number | null;
  readonly bytes: number | null;
  readonly digest: string | null;
  readonly sequence: number | null;
  readonly fromSequence: number | null;
  readonly toSequence: number | null;
  readonly download: { readonly path: string } | null;
}

/** Between two questions for how far it is, in milliseconds. */
const ASK_INTERVAL_MS = 500;

/** The same export from a running server: asked for, waited for, fetched. Tables and bundles come packed (.tar). */
export async function exportFromServer(options: ExportOptions, bounds: ExportBounds, environment: CliEnvironment): Promise<ExitCode> {
  const terminal = openTerminal(environment);
  const [url, token] = [String(options.url), tokenOf(options)];
  const input = {
    commandId: environment.newId(),
    format: options.format.toUpperCase(),
    reason: options.reason,
    fromSequence: bounds.from,
    toSequence: bounds.to,
    recordedFrom: bounds.recordedFrom,
    recordedTo: bounds.recordedTo,
    hosts: options.host,
    productKeys: options.key,
    agreements: options.agreement,
    types: options.type,
    since: await earlierCheckpoint(options.since),
    views: options.views?.map((format) => format.toUpperCase()),
  };
  const { requestExport } = await askServer<{ requestExport: { export?: ServedExport; message?: string } }>(url, token, REQUEST, { input });
  if (requestExport.export === undefined) throw new VerbError(requestExport.message ?? 'The server did not take the request.');
  const progress = terminal.progress('export', 100, '%');
  let served = requestExport.export;
  while (served.state === 'RUNNING') {
    await wait(ASK_INTERVAL_MS);
    const answer = await askServer<{ export: ServedExport | null }>(url, token, ASK, { id: served.id });
    if (answer.export === null) throw new VerbError('The server does not know this export any more.');
    served = answer.export;
    progress.update(Math.floor((served.eventsRead / Math.max(served.eventsToRead, 1)) * 100), `${groupDigits(served.eventsRead)} events`);
  }
  progress.stop();
  if (served.download === null) throw new VerbError(served.failure ?? `The export was ${served.state.toLowerCase()}.`);
  await fetchFile(new URL(served.download.path, url), options.out);
  const { download: _, ...account } = served;
  if (options.json === true) terminal.print(JSON.stringify({ ...account, path: options.out }));
  else {
    terminal.print(`Exported ${groupDigits(served.events ?? 0)} events, ${groupDigits(served.fromSequence ?? 0)} to ${groupDigits(served.toSequence ?? 0)}, to ${options.out} (${byteSize(served.bytes ?? 0)}).`);
    terminal.note(terminal.paint.dim(`Recorded as event ${groupDigits(served.sequence ?? 0)}, SHA-256 ${served.digest ?? ''}.`));
  }
  return EXIT.done;
}

async function fetchFile(address: URL, out: string): Promise<void> {
  const response = await fetch(address);
  if (!response.ok || response.body === null) throw new VerbError(`The export could not be fetched: the server answered ${response.status}.`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(out, { flags: 'wx', mode: 0o600 }));
}
