/** A ledger with MAKs that never run out and hosts to ask for, made through the application as the API does; their global ids. */
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { servicesOf } from '../../src/embedded/services.js';
import { globalId } from '../../src/graphql/relay/globalId.js';
import { answer, taskOfProcess } from './child.js';
import { programEnvironment } from './environment.js';

export interface RequestKeysTask {
  readonly directory: string;
  readonly keys: number;
  readonly hosts: number;
}

const ALLOWED = 1_000_000_000;

const task = taskOfProcess<RequestKeysTask>();
const ledger = await openEmbeddedLedger({ directory: task.directory, environment: programEnvironment, follow: 'live' });
const { application } = servicesOf(ledger, programEnvironment, '0.0.0');
const keys = await all(task.keys, 'ProductKey', (index) => application.registerProductKey({ lastFive: lastFive(index), kind: 'MAK', product: 'Windows 10 Enterprise', allowed: ALLOWED }, meta()));
const hosts = await all(task.hosts, 'Host', (index) => application.registerHost({ name: `pc-${index}.bench.example` }, meta()));
await ledger.close();
answer({ keys, hosts });

function meta() {
  return { actor: ledger.localActor, correlationId: ledger.ledgerId };
}

async function all(count: number, kind: 'ProductKey' | 'Host', make: (index: number) => ReturnType<typeof application.registerHost>): Promise<readonly string[]> {
  const outcomes = await Promise.all(Array.from({ length: count }, (_, index) => make(index)));
  return outcomes.map((outcome) => {
    if (outcome.kind === 'refused') throw new Error(outcome.message);
    return globalId(kind, outcome.id);
  });
}

/** Five characters of a base that looks like a key's. */
function lastFive(index: number): string {
  return index.toString(16).toUpperCase().padStart(5, 'Z');
}
