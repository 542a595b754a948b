/** The parsing thread of an import: reads one file and posts its records, a batch for each `more` it is sent. */
import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { INPUT_FORMATS } from '../importing/formats.js';
import { readRecords } from '../importing/readRecords.js';
import { fingerprintOf } from '../vault/fingerprint.js';
import { loadCatalogue } from './loadCatalogue.js';
import type { ParseMessage, ParseTask } from './parseWorker.js';

const READ_BYTES = 262_144;

await run(workerData as ParseTask);

async function run(task: ParseTask): Promise<void> {
  const port = parentPort;
  const format = INPUT_FORMATS.find(({ name }) => name === task.format);
  if (port === null || format === undefined) throw new Error(`No thread to parse ${task.format} in.`);
  let allowed = 0;
  let wake: (() => void) | undefined;
  port.on('message', () => {
    allowed += 1;
    wake?.();
  });
  const post = (message: ParseMessage): void => port.postMessage(message);
  const { host, timeZone, dateOrder, encoding, observedAt } = task;
  const catalogue = await loadCatalogue(task.catalogueFile);
  const fingerprint = (productKey: string): string => fingerprintOf(productKey, task.fingerprintKey);
  const context = { host, timeZone, dateOrder, catalogue, fingerprint };
  const content = createReadStream(task.path, { highWaterMark: READ_BYTES });
  for await (const batch of readRecords(content, { format, context, encoding, observedAt })) {
    while (allowed === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    allowed -= 1;
    post({ kind: 'batch', batch: JSON.stringify(batch) });
  }
  post({ kind: 'end' });
  port.close();
}
