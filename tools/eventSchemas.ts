/** JSON Schemas of the events, from the same docstrings and types as the catalogue: `npm run events` writes them, with `-- --check` it compares. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventSources, eventsOf, STREAMS, vocabularyOf, type EventField } from './eventCatalogue.ts';

export const SCHEMAS_PATH = 'docs/events.schema.json';

type Schema = Readonly<Record<string, unknown>>;

/** The schema of every event in its envelope, as JSON text. `root`: folder of the project. */
export function renderSchemas(root: string): string {
  const words = new Map(vocabularyOf(readFileSync(join(root, 'src/domain/vocabulary.ts'), 'utf8')));
  const events = Object.keys(STREAMS).flatMap((stream) => eventsOf(eventSources(root, stream), stream));
  const definitions = Object.fromEntries(events.map(({ type, meaning, fields }) => [type, { description: meaning, ...objectOf(fields, words) }]));
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'An event of the ledger',
    ...ENVELOPE,
    oneOf: events.map(({ type }) => ({ properties: { type: { const: type }, data: { $ref: `#/$defs/${type}` } } })),
    $defs: definitions,
  };
  return `${JSON.stringify(schema, undefined, 1)}\n`;
}

const text: Schema = { type: 'string' };
const instant: Schema = { type: 'string', format: 'date-time' };

const ENVELOPE: Schema = {
  type: 'object',
  properties: {
    actor: text,
    causationId: text,
    commandId: text,
    correlationId: text,
    data: { type: 'object' },
    id: text,
    inputHash: text,
    occurredAt: instant,
    reason: { type: 'object', description: 'Sealed: the vault opens it until its subject is forgotten.', properties: { sealed: text, subject: text } },
    recordedAt: instant,
    revision: { type: 'integer', minimum: 0 },
    schemaVersion: { type: 'integer', minimum: 1 },
    source: { type: 'object' },
    stream: text,
    type: text,
  },
  required: ['actor', 'commandId', 'correlationId', 'data', 'id', 'inputHash', 'occurredAt', 'recordedAt', 'revision', 'schemaVersion', 'stream', 'type'],
};

function objectOf(fields: readonly EventField[], words: ReadonlyMap<string, readonly string[]>): Schema {
  const properties = Object.fromEntries(fields.map(({ name, type, meaning }) => [name, { description: meaning, ...schemaOf(type, words) }]));
  return { type: 'object', properties, required: fields.filter(({ optional }) => !optional).map(({ name }) => name) };
}

/** The schema of a type as it is written. What it is not known of may be anything. */
function schemaOf(type: string, words: ReadonlyMap<string, readonly string[]>): Schema {
  const whole = type.trim();
  if (whole.endsWith('[]') && !whole.includes('|')) return { type: 'array', items: schemaOf(whole.slice(0, -2).replace(/^\((.*)\)$/, '$1'), words) };
  if (whole === 'string') return text;
  if (whole === 'number') return { type: 'integer' };
  if (whole === 'boolean') return { type: 'boolean' };
  if (/^'\w+'(?: \| '\w+')*$/.test(whole)) return { enum: [...whole.matchAll(/'(\w+)'/g)].map(([, word]) => word) };
  const named = words.get(whole);
  return named === undefined ? {} : { enum: named };
}
