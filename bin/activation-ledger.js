#!/usr/bin/env node
import { existsSync } from 'node:fs';

const NODE_MAJOR_MIN = 22;
const main = new URL('../dist/src/main.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
  process.stderr.write(`activation-ledger needs Node ${NODE_MAJOR_MIN} or later; this is ${process.version}. Start it with "npx activation-ledger": the project brings its own.\n`);
  process.exitCode = 1;
} else if (!existsSync(main)) {
  process.stderr.write('activation-ledger is not built yet: run "npm run build" in its folder.\n');
  process.exitCode = 1;
} else {
  process.setSourceMapsEnabled(true);
  await import(main.href);
}
