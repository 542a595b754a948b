/**
 * A map from text to text that is plain JSON, sorted by key, and never changed in place: what a key remembers of hundreds of
 * thousands of activations. Entries lie in chunks of text, so that a change copies one chunk, a look-up reads one, and a snapshot
 * of the whole is read back as a few thousand long texts, not as millions of small ones.
 */
export type TextMap = readonly string[];

export const emptyTextMap: TextMap = [];

/** A chunk that grows longer is cut in two. In UTF-16 units. */
const CHUNK_LENGTH_MAX = 8_192;
/** Between key and value; sorts before everything a key may hold. */
const TAB = '\t';
/** Ends an entry. */
const END = '\n';

export function valueOf(map: TextMap, key: string): string | undefined {
  const chunk = map[chunkFor(map, key)];
  if (chunk === undefined) return undefined;
  const start = lineFrom(chunk, key);
  if (!chunk.startsWith(key + TAB, start)) return undefined;
  return chunk.slice(start + key.length + 1, chunk.indexOf(END, start));
}

export function withValue(map: TextMap, key: string, value: string): TextMap {
  if (key === '' || key.includes(TAB) || key.includes(END) || value.includes(END)) throw new Error('An entry of a text map holds what separates entries.');
  const line = key + TAB + value + END;
  const index = chunkFor(map, key);
  const chunk = map[index];
  if (chunk === undefined) return [line];
  const [before, after] = around(chunk, key);
  return replaced(map, index, before + line + after);
}

export function withoutKey(map: TextMap, key: string): TextMap {
  if (valueOf(map, key) === undefined) return map;
  const index = chunkFor(map, key);
  const [before, after] = around(map[index] ?? '', key);
  return replaced(map, index, before + after);
}

/** Entries whose key is not before `from`, in the order of their keys. */
export function* entriesFrom(map: TextMap, from = ''): Generator<readonly [key: string, value: string]> {
  for (let index = chunkFor(map, from); index < map.length; index += 1) {
    const chunk = map[index] ?? '';
    for (let start = lineFrom(chunk, from); start < chunk.length; ) {
      const tab = chunk.indexOf(TAB, start);
      const end = chunk.indexOf(END, tab);
      yield [chunk.slice(start, tab), chunk.slice(tab + 1, end)];
      start = end + 1;
    }
  }
}

/** Entries whose key begins with `prefix`, in the order of their keys. */
export function* entriesUnder(map: TextMap, prefix: string): Generator<readonly [key: string, value: string]> {
  for (const entry of entriesFrom(map, prefix)) {
    if (!entry[0].startsWith(prefix)) return;
    yield entry;
  }
}

/** Index of the last chunk that begins with the key or before it; 0 where all begin after it. */
function chunkFor(map: TextMap, key: string): number {
  let low = 0;
  let high = map.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (keyAt(map[middle] ?? '', 0) <= key) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the first line with this key or a later one starts. */
function lineFrom(chunk: string, key: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = middle === 0 ? 0 : chunk.lastIndexOf(END, middle - 1) + 1;
    if (keyAt(chunk, start) < key) low = chunk.indexOf(END, middle) + 1;
    else high = start;
  }
  return low;
}

function keyAt(chunk: string, start: number): string {
  return chunk.slice(start, chunk.indexOf(TAB, start));
}

/** The text before and after the place of the key, without its own line. */
function around(chunk: string, key: string): readonly [string, string] {
  const start = lineFrom(chunk, key);
  const end = chunk.startsWith(key + TAB, start) ? chunk.indexOf(END, start) + 1 : start;
  return [chunk.slice(0, start), chunk.slice(end)];
}

function replaced(map: TextMap, index: number, chunk: string): TextMap {
  if (chunk === '') return map.toSpliced(index, 1);
  const cut = chunk.length > CHUNK_LENGTH_MAX ? chunk.indexOf(END, chunk.length >> 1) + 1 : chunk.length;
  return cut === chunk.length ? map.with(index, chunk) : map.toSpliced(index, 1, chunk.slice(0, cut), chunk.slice(cut));
}
