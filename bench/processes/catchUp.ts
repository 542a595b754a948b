/** Brings the read model of a ledger up to the end of its log, or builds today's where the one there is of older projections. */
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { answer, taskOfProcess } from './child.js';
import { programEnvironment } from './environment.js';

export interface CatchUpTask {
  readonly directory: string;
}

const { directory } = taskOfProcess<CatchUpTask>();
const ledger = await openEmbeddedLedger({ directory, environment: programEnvironment, follow: 'onDemand' });
await ledger.readModel.catchUp();
await ledger.close();
answer({});
