import type { CatalogueErrorCode, CatalogueParts, CatalogueSetupKey, CatalogueSku } from '../domain/catalogue/catalogue.js';
import { PRODUCT_FAMILIES, PRODUCT_KEY_KINDS } from '../domain/vocabulary.js';
import { guidOf, hresultOf } from './records/licenceWords.js';
import { maskProductKeys, normaliseProductKey } from './productKeys.js';

/** Largest catalogue file taken, in characters. */
export const CATALOGUE_FILE_CHARACTERS_MAX = 16_777_216;
/** Most problems told of one file; a file of the wrong kind would otherwise tell one for each entry. */
export const CATALOGUE_PROBLEMS_MAX = 100;
/** Longest text of a field, in characters. */
const FIELD_CHARACTERS_MAX = 512;

export type CatalogueFileOutcome =
  | { readonly kind: 'ok'; readonly additions: CatalogueParts }
  /** Sentences for the person who wrote the file, each naming the entry: `skus[3].skuId: …`. They hold no product key. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/**
 * Reads a user's own catalogue: one JSON object with any of
 *
 * ```json
 * {
 *   "source": "where the facts come from; the default of every entry",
 *   "skus": [{ "skuId": "GUID", "name": "…", "edition": "…", "keyKind": "KMS_CLIENT", "family": "WINDOWS_SERVER", "source": "…" }],
 *   "setupKeys": [{ "lastFive": "ABCDE", "product": "…", "family": "OFFICE", "method": "KMS", "source": "…" }],
 *   "errorCodes": [{ "code": "0xC004F074", "meaning": "…", "relevance": "…", "source": "…" }]
 * }
 * ```
 *
 * `edition`, `relevance`, `source` may be left out. A whole product key where the last five belong is refused, so that a file that
 * should not exist is not quietly accepted. Taken whole or not at all: one bad entry refuses the file, and every problem is told.
 */
export function parseCatalogueFile(text: string): CatalogueFileOutcome {
  if (text.length > CATALOGUE_FILE_CHARACTERS_MAX) {
    return refused([`The file is longer than ${CATALOGUE_FILE_CHARACTERS_MAX} characters.`]);
  }
  const root = jsonOf(text);
  if (root === undefined) return refused(['The file is not JSON.']);
  if (!isRecord(root)) return refused(['The file holds no JSON object; expected { "skus": […], "setupKeys": […], "errorCodes": […] }.']);

  const reader = problemReader();
  for (const name of Object.keys(root)) {
    if (!['source', 'skus', 'setupKeys', 'errorCodes'].includes(name)) reader.problem(quoted(name), 'is not a part of a catalogue');
  }
  const source = reader.optionalText(root, 'source', '') ?? 'own catalogue file';
  const additions: CatalogueParts = {
    skus: entriesOf(reader, root, 'skus', (entry, path) => skuOf(reader, entry, path, source)),
    setupKeys: entriesOf(reader, root, 'setupKeys', (entry, path) => setupKeyOf(reader, entry, path, source)),
    errorCodes: entriesOf(reader, root, 'errorCodes', (entry, path) => errorCodeOf(reader, entry, path, source)),
  };
  // Only where every entry could be read: else the numbers would be of other entries.
  if (reader.problems.length === 0) {
    reader.refuseDoubles('skus', additions.skus.map((entry) => entry.skuId));
    reader.refuseDoubles('setupKeys', additions.setupKeys.map((entry) => entry.lastFive));
    reader.refuseDoubles('errorCodes', additions.errorCodes.map((entry) => entry.code));
  }
  return reader.problems.length > 0 ? refused(reader.problems) : { kind: 'ok', additions };
}

function refused(problems: readonly string[]): CatalogueFileOutcome {
  if (problems.length <= CATALOGUE_PROBLEMS_MAX) return { kind: 'refused', problems };
  const left = problems.length - CATALOGUE_PROBLEMS_MAX;
  return { kind: 'refused', problems: [...problems.slice(0, CATALOGUE_PROBLEMS_MAX), `… and ${left} more.`] };
}

function jsonOf(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return parsed;
  } catch {
    return undefined;
  }
}

type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Reader = ReturnType<typeof problemReader>;

/** Reads fields and notes what is wrong with them. A field that cannot be read gives an empty text: the file is refused anyway. */
function problemReader() {
  const problems: string[] = [];

  function problem(path: string, sentence: string): void {
    problems.push(`${path}: ${sentence}.`);
  }
  function optionalText(entry: JsonRecord, name: string, path: string): string | undefined {
    const value = entry[name];
    if (value === undefined || value === null) return undefined;
    const where = path === '' ? name : `${path}.${name}`;
    if (typeof value !== 'string') problem(where, 'is not a text');
    else if (value.trim() === '') problem(where, 'is empty');
    else if (value.length > FIELD_CHARACTERS_MAX) problem(where, `is longer than ${FIELD_CHARACTERS_MAX} characters`);
    else if (holdsWholeKey(value)) problem(where, 'holds a whole product key; the last five characters are all a catalogue may hold');
    else return value.trim();
    return '';
  }
  function text(entry: JsonRecord, name: string, path: string): string {
    const value = optionalText(entry, name, path);
    if (value === undefined) problem(`${path}.${name}`, 'is missing');
    return value ?? '';
  }
  /** A text in the form that look-ups use; `form` gives undefined for what has none. */
  function formed(entry: JsonRecord, name: string, path: string, expected: string, form: (value: string) => string | undefined): string {
    const value = text(entry, name, path);
    const normal = value === '' ? '' : form(value);
    if (normal === undefined) problem(`${path}.${name}`, `${quoted(value)} is not ${expected}`);
    return normal ?? '';
  }
  function oneOf<Word extends string>(entry: JsonRecord, name: string, path: string, words: readonly [Word, ...Word[]]): Word {
    const value = text(entry, name, path);
    const word = words.find((candidate) => candidate === value.toUpperCase());
    if (word === undefined && value !== '') problem(`${path}.${name}`, `${quoted(value)} is none of ${words.join(', ')}`);
    return word ?? words[0];
  }
  function refuseDoubles(part: string, ids: readonly string[]): void {
    const first = new Map<string, number>();
    for (const [index, id] of ids.entries()) {
      const earlier = first.get(id);
      if (earlier === undefined) first.set(id, index);
      else problem(`${part}[${index}]`, `is the same entry as ${part}[${earlier}] (${id})`);
    }
  }
  return { problems, problem, optionalText, text, formed, oneOf, refuseDoubles };
}

function entriesOf<Entry>(reader: Reader, root: JsonRecord, part: string, read: (entry: JsonRecord, path: string) => Entry): Entry[] {
  const list = root[part];
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    reader.problem(part, 'is not a list');
    return [];
  }
  const entries: Entry[] = [];
  for (const [index, entry] of list.entries()) {
    if (isRecord(entry)) entries.push(read(entry, `${part}[${index}]`));
    else reader.problem(`${part}[${index}]`, 'is not an object');
  }
  return entries;
}

function skuOf(reader: Reader, entry: JsonRecord, path: string, source: string): CatalogueSku {
  return {
    skuId: reader.formed(entry, 'skuId', path, 'a GUID', guidOf),
    name: reader.text(entry, 'name', path),
    edition: reader.optionalText(entry, 'edition', path),
    keyKind: reader.oneOf(entry, 'keyKind', path, PRODUCT_KEY_KINDS),
    family: reader.oneOf(entry, 'family', path, PRODUCT_FAMILIES),
    source: reader.optionalText(entry, 'source', path) ?? source,
  };
}

function setupKeyOf(reader: Reader, entry: JsonRecord, path: string, source: string): CatalogueSetupKey {
  return {
    lastFive: reader.formed(entry, 'lastFive', path, 'the last five characters of a key', (value) =>
      /^[A-Z0-9]{5}$/i.test(value) ? value.toUpperCase() : undefined,
    ),
    product: reader.text(entry, 'product', path),
    family: reader.oneOf(entry, 'family', path, PRODUCT_FAMILIES),
    method: reader.oneOf(entry, 'method', path, ['KMS', 'AVMA', 'OEM']),
    source: reader.optionalText(entry, 'source', path) ?? source,
  };
}

function errorCodeOf(reader: Reader, entry: JsonRecord, path: string, source: string): CatalogueErrorCode {
  return {
    code: reader.formed(entry, 'code', path, 'an HRESULT such as 0xC004F074', hresultOf),
    meaning: reader.text(entry, 'meaning', path),
    relevance: reader.optionalText(entry, 'relevance', path) ?? '',
    source: reader.optionalText(entry, 'source', path) ?? source,
  };
}

function holdsWholeKey(text: string): boolean {
  return maskProductKeys(text) !== text || normaliseProductKey(text) !== undefined;
}

/** Longest piece of the file shown in a problem, in characters. */
const SHOWN_CHARACTERS_MAX = 60;

function quoted(text: string): string {
  const masked = normaliseProductKey(text) === undefined ? maskProductKeys(text) : 'a whole product key';
  return JSON.stringify(masked.length > SHOWN_CHARACTERS_MAX ? `${masked.slice(0, SHOWN_CHARACTERS_MAX)}…` : masked);
}
