/**
 * What all events of a log have in common, learnt from those read so far: the text between the values. Matching it costs a tenth of
 * parsing and is as strict: what matches is the very text that was parsed before, with other values in its attributes and leaf
 * elements, and a value with a character that could change the structure (`<`, `&`, the closing quote) does not match.
 */
export interface XmlShape {
  /** All values of the element that begins at a place, and where it ends; undefined if it is not of this shape, or not whole. */
  match(text: string, from: number): { readonly values: readonly string[]; readonly end: number } | undefined;
}

/**
 * The shape of an element. It must be well-formed and without comments and CDATA sections, as `parseStrictXml` has it, and without `&`:
 * values are handed out as written. With the shape comes the same element with the number
 * of the value in place of each: parse that to see which value stands where.
 */
export function shapeOf(source: string): { readonly shape: XmlShape; readonly numbered: string } {
  const { pattern, values, numbered } = dissect(source);
  // Most values are the same in every event of a log (provider, channel, computer): they are matched together with the text around
  // them, until one is seen to vary. Each narrowing makes at least one more value free, so there are few.
  const free = pattern.ends.map(() => false);
  let narrow = narrowed(pattern, values, free);

  return {
    numbered,
    shape: {
      match(text, from) {
        const close = matchPattern(narrow, text, from);
        if (close !== undefined) {
          const all = values.slice();
          narrow.numbers.forEach((number, index) => (all[number] = close.values[index] ?? ''));
          return { values: all, end: close.end };
        }
        const wide = matchPattern(pattern, text, from);
        if (wide === undefined) return undefined;
        wide.values.forEach((value, number) => (free[number] ||= value !== values[number]));
        narrow = narrowed(pattern, values, free);
        return wide;
      },
    },
  };
}

interface Pattern {
  /** The text before each free value, and after the last. */
  readonly constants: readonly string[];
  /** What ends each free value: its quote, or `<` for an element's text. */
  readonly ends: readonly string[];
  /** Which of all values each free one is. */
  readonly numbers: readonly number[];
}

/** An attribute's value in either quotes, or the text of an element without children. */
const VALUE = /=\s*(?:"([^"<]*)"|'([^'<]*)')|>([^<]*)<\//g;

function dissect(source: string): { readonly pattern: Pattern; readonly values: string[]; readonly numbered: string } {
  const constants: string[] = [];
  const ends: string[] = [];
  const values: string[] = [];
  let numbered = '';
  let at = 0;
  for (const match of source.matchAll(VALUE)) {
    const [whole, quoted, apostrophed, leaf] = match;
    const value = quoted ?? apostrophed ?? leaf ?? '';
    const start = match.index + whole.length - (leaf === undefined ? 1 : 2) - value.length;
    numbered += `${source.slice(at, start)}${values.length}`;
    constants.push(source.slice(at, start));
    ends.push(leaf === undefined ? whole.slice(-1) : '<');
    values.push(value);
    at = start + value.length;
  }
  constants.push(source.slice(at));
  return { pattern: { constants, ends, numbers: values.map((_, number) => number) }, values, numbered: numbered + source.slice(at) };
}

/** The pattern with the values that are not free made part of its constants. */
function narrowed(pattern: Pattern, values: readonly string[], free: readonly boolean[]): Pattern {
  const constants: string[] = [];
  const ends: string[] = [];
  const numbers: number[] = [];
  let constant = '';
  pattern.constants.forEach((text, number) => {
    constant += text;
    if (free[number] === true) {
      constants.push(constant);
      ends.push(pattern.ends[number] ?? '');
      numbers.push(number);
      constant = '';
    } else constant += values[number] ?? '';
  });
  constants.push(constant);
  return { constants, ends, numbers };
}

function matchPattern({ constants, ends }: Pattern, text: string, from: number): { readonly values: readonly string[]; readonly end: number } | undefined {
  const values: string[] = [];
  let at = from;
  for (let index = 0; index < ends.length; index += 1) {
    const constant = constants[index] ?? '';
    // A slice and a comparison: startsWith walks a text made of chunks character by character, and took two thirds of the whole import.
    if (text.slice(at, at + constant.length) !== constant) return undefined;
    at += constant.length;
    const end = text.indexOf(ends[index] ?? '', at);
    if (end === -1) return undefined;
    const value = text.slice(at, end);
    if (UNSAFE.test(value)) return undefined;
    values.push(value);
    at = end;
  }
  const last = constants.at(-1) ?? '';
  return text.slice(at, at + last.length) === last ? { values, end: at + last.length } : undefined;
}

/** Markup, references, and the characters that XML forbids. `]]>` has a `>`, so that is left to the parser too. */
const UNSAFE = /[<>&\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
