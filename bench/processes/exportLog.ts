/** One export of a ledger's events, in a process of its own. */
import { rmSync } from 'node:fs';
import type { ExportFormat } from '../../src/domain/vocabulary.js';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { exportLedger } from '../../src/embedded/exportLedger.js';
import { logSealOf } from '../../src/embedded/logSeal.js';
import { answer, peakRssMiB, taskOfProcess } from './child.js';
import { programEnvironment } from './environment.js';

const { directory, format, out } = taskOfProcess<{ directory: string; format: ExportFormat; out: string }>();
rmSync(out, { recursive: true, force: true });
const ledger = await openEmbeddedLedger({ directory, environment: programEnvironment, follow: 'onDemand' });
const seal = await logSealOf(ledger);
// The checkpoint is the work of whoever wrote the events, not of the export.
await seal.checkpointOver((await ledger.store.head()).sequence);
const start = performance.now();
const { events } = await exportLedger(
  { format, out, reason: 'bench', exportId: programEnvironment.newId(), actor: ledger.localActor },
  { ledger, seal, now: programEnvironment.now, version: 'bench' },
);
const seconds = (performance.now() - start) / 1_000;
await ledger.close();
answer({ events, seconds, rssMiB: peakRssMiB() });
