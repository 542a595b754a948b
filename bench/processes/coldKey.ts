/** Fills a key with activations, opens the ledger again and again, and times the first requests on that key. */
import { openEmbeddedLedger, type EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { productKeyDeciderWith } from '../../src/domain/productKey/decider.js';
import type { ProductKeyCommand } from '../../src/domain/productKey/commands.js';
import { builtInRules } from '../../src/domain/rules/builtIn.js';
import { derivedStreamId } from '../../src/kernel/eventIds.js';
import { answer, taskOfProcess } from './child.js';
import { newCommandId, programEnvironment } from './environment.js';

export interface ColdKeyTask {
  readonly directory: string;
  readonly activations: number;
  readonly starts: number;
}

/** Commands issued together while filling. */
const FILLED_TOGETHER = 1_000;
/** Requests after the first of each start that count as warm. */
const WARM_REQUESTS = 20;

const task = taskOfProcess<ColdKeyTask>();
const decider = productKeyDeciderWith(builtInRules);
const stream = derivedStreamId('productKey', 'bench');
const filling = await open();
await execute(filling, { kind: 'registerKey', lastFive: 'BBBBB', keyKind: 'MAK', product: 'Windows 10 Enterprise', allowed: 1_000_000_000 });
for (let from = 0; from < task.activations; from += FILLED_TOGETHER) {
  await Promise.all(Array.from({ length: FILLED_TOGETHER }, (_, index) => execute(filling, observed(from + index))));
}
await filling.close();

const cold: number[] = [];
const warm: number[] = [];
for (let start = 0; start < task.starts; start += 1) {
  const ledger = await open();
  for (let request = 0; request <= WARM_REQUESTS; request += 1) {
    const began = performance.now();
    await execute(ledger, requested(start, request));
    (request === 0 ? cold : warm).push(performance.now() - began);
  }
  await ledger.close();
}
answer({ cold, warm });

function open(): Promise<EmbeddedLedger> {
  return openEmbeddedLedger({ directory: task.directory, environment: programEnvironment, follow: 'onDemand' });
}

async function execute(ledger: EmbeddedLedger, command: ProductKeyCommand): Promise<void> {
  const origin = { commandId: newCommandId(), actor: ledger.localActor, correlationId: ledger.ledgerId };
  const outcome = await ledger.handler.execute({ decider, stream, command, ...origin });
  if (outcome.kind !== 'recorded') throw new Error(`A command was not recorded: ${JSON.stringify(outcome)}.`);
}

function observed(host: number): ProductKeyCommand {
  const key = { lastFive: 'BBBBB', keyKind: 'MAK' as const, evidence: 'API' as const };
  return { kind: 'observeActivation', key, host: hostStream(host), installation: 1 };
}

function requested(start: number, request: number): ProductKeyCommand {
  return {
    kind: 'requestActivation',
    activation: newCommandId(),
    host: hostStream(task.activations + start * (WARM_REQUESTS + 1) + request),
    product: 'Windows 10 Enterprise',
    method: 'MAK_INDEPENDENT',
    purpose: 'PRODUCTION',
    acceptedWarnings: ['R-1', 'B-6'],
  };
}

function hostStream(number: number): string {
  return derivedStreamId('host', `pc-${number}.bench.example`);
}
