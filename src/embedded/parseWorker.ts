import { Worker } from 'node:worker_threads';
import type { InputFormat } from '../importing/parser.js';
import type { RecordBatch } from '../importing/readRecords.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import type { FileImport } from './importRequest.js';

/** What the parsing thread is given. The fingerprint key stays within the process. */
export interface ParseTask {
  readonly path: string;
  readonly format: string;
  readonly host: string | undefined;
  readonly timeZone: string | undefined;
  readonly dateOrder: FileImport['dateOrder'];
  readonly encoding: string | undefined;
  readonly observedAt: string | undefined;
  readonly fingerprintKey: Uint8Array;
  readonly catalogueFile: string | undefined;
}

/**
 * What it answers. A batch is JSON text: that is cloned in one piece and made into objects only when its turn comes, at half the cost
 * of cloning the objects.
 */
export type ParseMessage = { readonly kind: 'batch'; readonly batch: string } | { readonly kind: 'end' };

/** Batches the thread may be ahead of the ledger. */
const BATCHES_AHEAD = 4;

/** Nearly all that a parser makes is short-lived: a small young generation serves it as well as a large one, in far less memory. */
const MEMORY_LIMITS = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 256 };

/**
 * The records of a file, parsed in a thread of their own: reading and recording then use a core each.
 * The thread works only as far ahead as it was allowed to, so memory stays bounded whatever the file.
 */
export async function* readRecordsInWorker(ledger: EmbeddedLedger, request: FileImport, format: InputFormat): AsyncGenerator<RecordBatch> {
  const { path, host, timeZone, dateOrder, encoding, observedAt } = request;
  const { fingerprintKey, catalogueFile } = ledger;
  const task: ParseTask = { path, format: format.name, host, timeZone, dateOrder, encoding, observedAt, fingerprintKey, catalogueFile };
  const worker = new Worker(new URL('./parseThread.js', import.meta.url), { workerData: task, resourceLimits: MEMORY_LIMITS });
  const arrived: ParseMessage[] = [];
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  worker.on('message', (message: ParseMessage) => {
    arrived.push(message);
    wake?.();
  });
  worker.on('error', (error: Error) => {
    failure = error;
    wake?.();
  });
  for (let allowed = 0; allowed < BATCHES_AHEAD; allowed += 1) worker.postMessage('more');
  try {
    for (;;) {
      const message = arrived.shift();
      if (message?.kind === 'end') return;
      if (message !== undefined) {
        worker.postMessage('more');
        yield JSON.parse(message.batch) as RecordBatch;
      } else if (failure === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else {
        throw failure;
      }
    }
  } finally {
    await worker.terminate();
  }
}
