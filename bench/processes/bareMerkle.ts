/** The floor of a verification: parse each line, compute the Merkle root. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EVENTS } from '../../src/audit/export/manifest.js';
import { leafHash } from '../../src/audit/merkle.js';
import { openTreeHasher } from '../../src/audit/treeHasher.js';
import { answer, taskOfProcess } from './child.js';

const { bundle } = taskOfProcess<{ bundle: string }>();
const start = performance.now();
const hasher = openTreeHasher();
let parsed = 0;
for await (const line of createInterface({ input: createReadStream(join(bundle, EVENTS), { highWaterMark: 1_048_576 }) })) {
  const { type } = JSON.parse(line) as { type: string };
  if (type !== '') parsed += 1;
  hasher.append(leafHash(line));
}
hasher.root();
answer({ events: parsed, seconds: (performance.now() - start) / 1_000 });
