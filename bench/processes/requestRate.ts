/** Asks a ledger in this process for activations, as many at once as a busy server has under way, and says how many were granted each second. */
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { servicesOf } from '../../src/embedded/services.js';
import type { StreamId } from '../../src/kernel/identifiers.js';
import { answer, taskOfProcess } from './child.js';
import { programEnvironment } from './environment.js';

export interface RequestRateTask {
  readonly directory: string;
  readonly seconds: number;
  readonly sealing: 'on' | 'off';
}

const ALLOWED = 1_000_000_000;
const HOSTS = 200;
const AT_ONCE = 64;

const task = taskOfProcess<RequestRateTask>();
const ledger = await openEmbeddedLedger({ directory: task.directory, environment: programEnvironment, follow: 'live', sealing: task.sealing });
const { application } = servicesOf(ledger, programEnvironment, '0.0.0');
const meta = () => ({ actor: ledger.localActor, correlationId: ledger.ledgerId });
const key = idOf(await application.registerProductKey({ lastFive: 'ZZZZZ', kind: 'MAK', product: 'Windows 10 Enterprise', allowed: ALLOWED }, meta()));
const hosts = await Promise.all(Array.from({ length: HOSTS }, async (_, index) => idOf(await application.registerHost({ name: `pc-${index}.bench.example` }, meta()))));
let asked = 0;
const end = performance.now() + task.seconds * 1_000;
const begun = performance.now();
await Promise.all(Array.from({ length: AT_ONCE }, () => askOn()));
const rate = asked / ((performance.now() - begun) / 1_000);
await ledger.close();
answer({ rate });

async function askOn(): Promise<void> {
  while (performance.now() < end) {
    const at = asked;
    asked += 1;
    const host = hosts[at % HOSTS];
    if (host === undefined) throw new Error('a host is missing');
    const outcome = await application.requestActivation({ productKey: key, host, installation: 1 + Math.floor(at / HOSTS) }, meta());
    if (outcome.kind === 'refused') throw new Error(outcome.message);
  }
}

function idOf(outcome: Awaited<ReturnType<typeof application.registerHost>>): StreamId {
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome.id;
}
