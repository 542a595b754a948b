/** Calls of many requests for activations, one call at a time; in turns with raw inserts of the events they wrote. */
import { join } from 'node:path';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { servicesOf } from '../../src/embedded/services.js';
import type { StreamId } from '../../src/kernel/identifiers.js';
import { openRawLog, openRawReader } from '../floor/rawLog.js';
import { answer, taskOfProcess } from './child.js';
import { programEnvironment } from './environment.js';

export interface BulkTask {
  readonly directory: string;
  readonly rounds: number;
  readonly mode: 'EACH' | 'ATOMIC';
  /** `durable`: until the last durable append, nothing projected meanwhile, as an import; `applied`: until the call is answered, while the read model follows. */
  readonly until: 'durable' | 'applied';
}

/** Items of one call: as many as it takes. */
const ITEMS = 1_000;
const ALLOWED = 1_000_000_000;
/** Rows of one raw transaction, as in the floor of an import. */
const RAW_BATCH_EVENTS = 500;
/** Calls before the first that counts. */
const WARM_UP_ROUNDS = 3;

const task = taskOfProcess<BulkTask>();
const follow = task.until === 'applied' ? 'live' : 'onDemand';
const ledger = await openEmbeddedLedger({ directory: task.directory, environment: programEnvironment, follow });
const meta = { actor: ledger.localActor, correlationId: ledger.ledgerId };
const notWaiting = Object.create(ledger.readModel, { waitUntilApplied: { value: async () => false } }) as typeof ledger.readModel;
const setUp = servicesOf({ ...ledger, readModel: notWaiting }, programEnvironment, '0.0.0').application;
const productKey = idOf(await setUp.registerProductKey({ lastFive: 'BBBBB', kind: 'MAK', product: 'Windows 10 Enterprise', allowed: ALLOWED }, meta));
const hosts = (await Promise.all(Array.from({ length: ITEMS }, (_, index) => setUp.registerHost({ name: `pc-${index}.bench.example` }, meta)))).map(idOf);
// Hosts and key are looked up in the read model.
await ledger.readModel.catchUp();
const { application } = servicesOf(task.until === 'applied' ? ledger : { ...ledger, readModel: notWaiting }, programEnvironment, '0.0.0');
const reader = openRawReader(ledger.directory.logPath);
const log = openRawLog(join(task.directory, 'floor.db'));
let written = 0;
const subject: number[] = [];
const floor: number[] = [];
for (let round = 0; round < WARM_UP_ROUNDS + task.rounds; round += 1) {
  writeRaw();
  const items = hosts.map((host) => ({ productKey, host, installation: round + 1 }));
  const start = performance.now();
  const outcome = await application.requestActivations({ mode: task.mode, items }, meta);
  const seconds = (performance.now() - start) / 1_000;
  if (outcome.kind === 'refused' || outcome.outcomes.some(({ kind }) => kind !== 'granted')) throw new Error('A call was not granted.');
  const { events, rate } = writeRaw();
  if (round < WARM_UP_ROUNDS) continue;
  subject.push(events / seconds);
  floor.push(rate);
}
log.close();
reader.close();
await ledger.close();
answer({ subject, floor });

/** Writes raw what the log holds since; rows per second. */
function writeRaw(): { readonly events: number; readonly rate: number } {
  const rows = reader.read(written, 10 * ITEMS);
  const seconds = log.write(rows, RAW_BATCH_EVENTS);
  written += rows.events.length;
  return { events: rows.events.length, rate: rows.events.length / seconds };
}

function idOf(outcome: Awaited<ReturnType<typeof setUp.registerHost>>): StreamId {
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome.id;
}
