/** `npm run events`: writes what is derived from the event types; with `-- --check` it compares, and fails where something is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { CATALOGUE_PATH, renderCatalogue } from './eventCatalogue.ts';
import { renderSchemas, SCHEMAS_PATH } from './eventSchemas.ts';

for (const [path, page] of [
  [CATALOGUE_PATH, renderCatalogue('.')],
  [SCHEMAS_PATH, renderSchemas('.')],
] as const) {
  if (!process.argv.includes('--check')) writeFileSync(path, page);
  else if (readFileSync(path, 'utf8') !== page) {
    process.stderr.write(`${path} is not what the code says: run "npm run events" and commit it.\n`);
    process.exitCode = 1;
  }
}
