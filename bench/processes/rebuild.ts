/** Rebuilds all projections of a ledger: the read model is deleted, and the log folded from its beginning. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { answer, taskOfProcess } from './child.js';
import { programEnvironment } from './environment.js';

const { directory } = taskOfProcess<{ directory: string }>();
for (const name of readdirSync(directory)) if (name.startsWith('readmodel-')) rmSync(join(directory, name));
const start = performance.now();
// Opening for use on demand builds what is missing before it returns.
const ledger = await openEmbeddedLedger({ directory, environment: programEnvironment, follow: 'onDemand' });
await ledger.readModel.catchUp();
const seconds = (performance.now() - start) / 1_000;
await ledger.close();
answer({ seconds });
