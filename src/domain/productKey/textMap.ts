/**
 * A map from text to text that is plain JSON, sorted by key, and never changed in place: what a key remembers of hundreds of
 * thousands of activations. Entries lie in chunks of text, chunks in groups, so that a change copies one chunk and one group,
 * a look-up reads one group, and a snapshot keeps the groups apart: those that no decision touches are not even read back.
 */
export type TextMap = readonly TextGroup[];

export interface TextGroup {
  /** Its first key: that finds it without reading it. */
  readonly first: string;
  readonly chunks: readonly string[];
}

/** A group whose chunks are had when they are first asked for. */
export function storedGroup(first: string, load: () => readonly string[]): TextGroup {
  let chunks: readonly string[] | undefined;
  return {
    first,
    get chunks() {
      return (chunks ??= load());
    },
  };
}

export const emptyTextMap: TextMap = [];

/** A chunk that grows longer is cut in two. In UTF-16 units. */
const CHUNK_LENGTH_MAX = 2_048;
/** Chunks of a group; with more it is cut in two. */
const GROUP_CHUNKS_MAX = 16;
/** Between key and value; sorts before everything a key may hold, and before `END`. */
const TAB = '\t';
/** Ends an entry. */
const END = '\n';
const UNFIT_KEY = /^$|[\t\n]/;

export function valueOf(map: TextMap, key: string): string | undefined {
  const group = map[groupFor(map, key)]?.chunks ?? [];
  const chunk = group[chunkFor(group, key)];
  if (chunk === undefined) return undefined;
  const start = lineFrom(chunk, key);
  if (!chunk.startsWith(key + TAB, start)) return undefined;
  return chunk.slice(start + key.length + 1, chunk.indexOf(END, start));
}

export function withValue(map: TextMap, key: string, value: string): TextMap {
  if (UNFIT_KEY.test(key) || value.includes(END)) throw new Error('An entry of a text map holds what separates entries.');
  const line = key + TAB + value + END;
  return map.length === 0 ? [{ first: key, chunks: [line] }] : replaced(map, key, line);
}

export function withoutKey(map: TextMap, key: string): TextMap {
  return map.length === 0 ? map : replaced(map, key, '');
}

/** Entries whose key is not before `from`, in the order of their keys. */
export function* entriesFrom(map: TextMap, from = ''): Generator<readonly [key: string, value: string]> {
  for (let place = groupFor(map, from); place < map.length; place += 1) {
    const group = map[place]?.chunks ?? [];
    for (let index = chunkFor(group, from); index < group.length; index += 1) {
      const chunk = group[index] ?? '';
      for (let start = lineFrom(chunk, from); start < chunk.length; ) {
        const tab = chunk.indexOf(TAB, start);
        const end = chunk.indexOf(END, tab);
        yield [chunk.slice(start, tab), chunk.slice(tab + 1, end)];
        start = end + 1;
      }
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

/** Index of the last group that begins with the key or before it; 0 where all begin after it. */
function groupFor(map: TextMap, key: string): number {
  let low = 0;
  let high = map.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((map[middle]?.first ?? '') <= key) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The same for the chunks of a group. */
function chunkFor(group: readonly string[], key: string): number {
  // The text of a chunk begins with its first key and a tab: it is before the bound exactly if that key is not after `key`.
  const bound = key + END;
  let low = 0;
  let high = group.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((group[middle] ?? '') < bound) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where the first line with this key or a later one starts. */
function lineFrom(chunk: string, key: string): number {
  const bound = key + TAB;
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = middle === 0 ? 0 : chunk.lastIndexOf(END, middle - 1) + 1;
    if (chunk.slice(start, start + bound.length) < bound) low = chunk.indexOf(END, middle) + 1;
    else high = start;
  }
  return low;
}

/** The map with this line at the place of the key, instead of the one there. */
function replaced(map: TextMap, key: string, line: string): TextMap {
  const place = groupFor(map, key);
  const group = map[place]?.chunks ?? [];
  const index = chunkFor(group, key);
  const chunk = group[index] ?? '';
  const start = lineFrom(chunk, key);
  const end = chunk.startsWith(key + TAB, start) ? chunk.indexOf(END, start) + 1 : start;
  if (start === end && line === '') return map;
  return withGroup(map, place, withChunk(group, index, chunk.slice(0, start) + line + chunk.slice(end)));
}

function withChunk(group: readonly string[], index: number, chunk: string): readonly string[] {
  if (chunk === '') return group.toSpliced(index, 1);
  const cut = chunk.length > CHUNK_LENGTH_MAX ? chunk.indexOf(END, chunk.length >> 1) + 1 : chunk.length;
  return cut === chunk.length ? group.with(index, chunk) : group.toSpliced(index, 1, chunk.slice(0, cut), chunk.slice(cut));
}

function withGroup(map: TextMap, place: number, chunks: readonly string[]): TextMap {
  if (chunks.length === 0) return map.toSpliced(place, 1);
  if (chunks.length <= GROUP_CHUNKS_MAX) return map.with(place, groupOf(chunks));
  return map.toSpliced(place, 1, groupOf(chunks.slice(0, GROUP_CHUNKS_MAX >> 1)), groupOf(chunks.slice(GROUP_CHUNKS_MAX >> 1)));
}

function groupOf(chunks: readonly string[]): TextGroup {
  const [chunk = ''] = chunks;
  return { first: chunk.slice(0, chunk.indexOf(TAB)), chunks };
}
