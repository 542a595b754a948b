/**
 * The catalogue of events, written from what the code says of them: the types and docstrings of `src/domain/<stream>/events.ts`,
 * the words of `src/domain/vocabulary.ts`, the golden events as examples. `npm run events` writes it, with `-- --check` it
 * compares, and fails where it is stale.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface EventField {
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
  readonly meaning: string;
}

export interface EventDescription {
  readonly type: string;
  /** Kind of stream it stands on: the folder of its source. */
  readonly stream: string;
  readonly meaning: string;
  readonly fields: readonly EventField[];
}

/** Kinds of stream in the order of the catalogue, and what each is about. */
export const STREAMS: Readonly<Record<string, string>> = {
  ledger: 'one stream, `ledger`: what concerns the ledger as a whole',
  host: 'one stream a host, `host-…`: what was seen of it',
  productKey: 'one stream a product key, `productKey-…`: what its counts are made of',
  agreement: 'one stream an agreement, `agreement-…`: what was bought under it',
  any: 'on each of these streams: what was recorded wrongly there',
};

export const CATALOGUE_PATH = 'docs/events.md';

/** The events that a source file declares, in its order. Throws where an event or a field says nothing of itself. */
export function eventsOf(source: string, stream: string): EventDescription[] {
  return [...source.matchAll(/export type (?<name>\w+) = Fact<\s*'\w+',\s*(?<data>\{|Record<string, never>)/g)].map((found) => {
    const type = String(found.groups?.['name']);
    const open = found.index + found[0].length - 1;
    const body = found.groups?.['data'] === '{' ? source.slice(open + 1, closingBrace(source, open)) : '';
    const meaning = docstringBefore(source.slice(0, found.index));
    if (meaning === '') throw new Error(`${type} has no docstring.`);
    return { type, stream, meaning, fields: membersOf(body).map((member) => fieldOf(member, type)) };
  });
}

/** The files of a stream that declare events, one after another: its own first. */
export function eventSources(root: string, stream: string): string {
  if (stream === 'any') return readFileSync(join(root, 'src/domain/correction.ts'), 'utf8');
  const folder = join(root, 'src/domain', stream);
  const files = readdirSync(folder).filter((file) => /(?:^e|E)vents\.ts$/.test(file));
  const ordered = files.toSorted((one, other) => Number(other === 'events.ts') - Number(one === 'events.ts') || one.localeCompare(other));
  return ordered.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
}

/** Index of the brace that closes the one at `open`. */
function closingBrace(source: string, open: number): number {
  let depth = 0;
  for (let index = open; index < source.length; index += 1) {
    if (source[index] === '{') depth += 1;
    if (source[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  throw new Error('A brace is not closed.');
}

/** The members of a type literal: cut at its own semicolons, outside braces and comments. */
function membersOf(body: string): string[] {
  const members: string[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index < body.length; index += 1) {
    if (body.startsWith('/**', index)) index = body.indexOf('*/', index) + 1;
    else if (body[index] === '{') depth += 1;
    else if (body[index] === '}') depth -= 1;
    else if (body[index] === ';' && depth === 0) {
      members.push(body.slice(from, index));
      from = index + 1;
    }
  }
  return members;
}

function fieldOf(member: string, event: string): EventField {
  const declared = /^\s*readonly (?<name>\w+)(?<optional>\??):\s+(?<type>[^]*)$/.exec(withoutLeadingDocstring(member))?.groups;
  if (declared === undefined) throw new Error(`A field of ${event} could not be read: ${member.trim()}`);
  const name = String(declared['name']);
  const meaning = docstringBefore(member.slice(0, member.indexOf('readonly')));
  if (meaning === '') throw new Error(`${event}.${name} has no docstring.`);
  return { name, optional: declared['optional'] === '?', type: shownType(String(declared['type'])), meaning };
}

function withoutLeadingDocstring(member: string): string {
  return member.replace(/^\s*\/\*\*[^]*?\*\/\s*/, '');
}

/** The text of the docstring that a text ends with, on one line; empty if it ends with none. */
function docstringBefore(text: string): string {
  const start = text.lastIndexOf('/**');
  const found = start === -1 ? null : /^\/\*\*(?<text>[^]*?)\*\/\s*$/.exec(text.slice(start));
  return oneLine((found?.groups?.['text'] ?? '').replaceAll(/^\s*\* ?/gm, ''));
}

function shownType(type: string): string {
  return oneLine(type.replaceAll(/\/\*\*[^]*?\*\//g, '').replaceAll(/readonly /g, '').replaceAll(/ ?\| undefined/g, '')).replace(/^\| /, '');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** The lists of words, such as those an `EvidenceKind` is one of. */
export function vocabularyOf(source: string): readonly (readonly [name: string, words: readonly string[]])[] {
  const lists = new Map([...source.matchAll(/export const (\w+) = \[([^\]]*)\] as const/g)].map(([, name, words]) => [name, words?.match(/(?<=')\w+(?=')/g) ?? []]));
  const types = [...source.matchAll(/export type (\w+) = \(typeof (\w+)\)\[number\](?<more>(?: \| '\w+')*)/g)];
  return types.map(([, name = '', list, more = '']) => [name, [...(lists.get(list) ?? []), ...(more.match(/(?<=')\w+(?=')/g) ?? [])]]);
}

interface Golden {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
}

/** The whole page. `root`: folder of the project. */
export function renderCatalogue(root: string): string {
  const events = Object.keys(STREAMS).flatMap((stream) => eventsOf(eventSources(root, stream), stream));
  const vocabulary = vocabularyOf(readFileSync(join(root, 'src/domain/vocabulary.ts'), 'utf8'));
  const goldens = readdirSync(join(root, 'test/golden')).filter((file) => file.endsWith('.json')).map((file) => JSON.parse(readFileSync(join(root, 'test/golden', file), 'utf8')) as Golden);
  const used = vocabulary.filter(([name]) => events.some(({ fields }) => fields.some(({ type }) => type.includes(name))));
  return [
    '# The events',
    'Everything the ledger records. Written from the code by `npm run events`; do not edit.',
    'Each stands in an envelope: `id`, `type`, `schemaVersion`, `stream`, `revision` (0, 1, 2, … in the stream), `recordedAt` (this clock), `occurredAt` (what the outside world claims), `actor` (an opaque subject), `reason` (sealed), `reasonCode` and `reasonTicket` (one word each, not sealed), `correlationId`, `causationId`, `commandId`, `inputHash`, `source` (SHA-256 of the imported file, record number, parser and its version) and `data`, which is described here. The stored form is the canonical JSON of RFC 8785. A field marked `?` may be absent.',
    ...Object.entries(STREAMS).flatMap(([stream, about]) => [
      `## ${stream}: ${about}`,
      ...events.filter((event) => event.stream === stream).map((event) => section(event, goldens)),
    ]),
    '## Words',
    ...used.map(([name, words]) => `**${name}**: ${words.map((word) => `\`${word}\``).join(', ')}`),
  ].join('\n\n').concat('\n');
}

function section({ type, meaning, fields }: EventDescription, goldens: readonly Golden[]): string {
  const versions = goldens.filter((golden) => golden.type === type).toSorted((one, other) => other.schemaVersion - one.schemaVersion);
  const newest = versions[0];
  if (newest === undefined) throw new Error(`${type} has no golden event in test/golden.`);
  const older = versions.slice(1).map(({ schemaVersion }) => schemaVersion);
  return [
    `### ${type}`,
    `Version ${newest.schemaVersion}${older.length === 0 ? '' : ` (read from ${older.join(', ')} too)`}. ${meaning}`,
    fields.length === 0 ? 'It holds nothing further.' : ['| field | type | meaning |', '|---|---|---|', ...fields.map(row)].join('\n'),
    ['```json', JSON.stringify(newest.data, null, 2), '```'].join('\n'),
  ].join('\n\n');
}

function row({ name, optional, type, meaning }: EventField): string {
  return `| \`${name}\`${optional ? '?' : ''} | \`${type.replaceAll('|', '\\|')}\` | ${meaning.replaceAll('|', '\\|')} |`;
}
