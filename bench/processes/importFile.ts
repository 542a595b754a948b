/** Imports one file into a data directory as the program does, and says how long it took and how much memory. */
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { importFile } from '../../src/embedded/importFile.js';
import type { ImportRun } from '../bench.js';
import { answer, peakRssMiB, taskOfProcess } from './child.js';
import { programEnvironment } from './environment.js';

export interface ImportTask {
  readonly path: string;
  readonly directory: string;
  /** Whether the projections are applied in the end. */
  readonly project: boolean;
  /** Without: whether events are sealed is as the program does it. */
  readonly sealing?: 'on' | 'off' | undefined;
}

const task = taskOfProcess<ImportTask>();
const ledger = await openEmbeddedLedger({ directory: task.directory, environment: programEnvironment, follow: 'onDemand', sealing: task.sealing });
const start = performance.now();
const result = await importFile(ledger, { path: task.path, timeZone: 'UTC', dateOrder: 'MDY' }, programEnvironment, {});
if (result.kind === 'refused') throw new Error(`The import was refused: ${result.reason}`);
const appendSeconds = (performance.now() - start) / 1_000;
if (task.project) await ledger.readModel.catchUp();
const projectedSeconds = (performance.now() - start) / 1_000;
const rssMiB = peakRssMiB();
await ledger.close();
const closedSeconds = (performance.now() - start) / 1_000;
answer({ events: result.summary.eventsAppended, appendSeconds, projectedSeconds, closedSeconds, rssMiB } satisfies ImportRun);
