import { writeFileSync } from 'node:fs';
import { buildLedgerSchema, schemaText } from './schema.js';

/** Prints the schema, or writes it to the file named: `node dist/src/graphql/emit.js [FILE]`. */
const [file] = process.argv.slice(2);
const text = schemaText(buildLedgerSchema());
if (file === undefined) process.stdout.write(text);
else writeFileSync(file, text);
