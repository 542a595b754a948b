/** An element of a small XML fragment. Names are kept with their prefix, as written. */
export interface XmlElement {
  readonly name: string;
  /** Names and values by turns. */
  readonly attributes: readonly string[];
  readonly children: readonly XmlElement[];
  /** Its own text, references resolved; text of an element that also has children is kept too. */
  readonly text: string;
}

/** Why a fragment was not taken. `XML_ENTITY`: it declares or uses an entity; none beyond XML's own five is ever resolved. */
export interface XmlFault {
  readonly fault: 'MALFORMED_XML' | 'XML_ENTITY';
  readonly reason: string;
}

/**
 * Parses text that is exactly one element, as programs write it: well-formedness is checked, and comments, CDATA sections, processing
 * instructions and declarations are refused. Without those, `<` never occurs but as the beginning of a tag, so whoever cuts a stream
 * into elements may look for the end tag alone.
 */
export function parseStrictXml(text: string): XmlElement | XmlFault {
  if (FORBIDDEN_CHARACTER.test(text)) return malformed('it holds a character that XML forbids');
  const open: OpenElement[] = [];
  let at = 0;
  for (;;) {
    // Here `at` is at a `<`.
    const next = text.charCodeAt(at + 1);
    if (next === SLASH) {
      const closed = open.pop();
      const close = text.indexOf('>', at);
      if (closed === undefined || close === -1 || !text.startsWith(closed.name, at + 2)) return malformed('an end tag does not match its start tag');
      if (!isBlank(text, at + 2 + closed.name.length, close)) return malformed('an end tag does not match its start tag');
      at = close + 1;
      const parent = open.at(-1);
      if (parent === undefined) return isBlank(text, at, text.length) ? closed : malformed('something follows the element');
      parent.children.push(closed);
    } else if (next === EXCLAMATION || next === QUESTION) {
      return text.startsWith('<!DOCTYPE', at) || text.startsWith('<!ENTITY', at)
        ? { fault: 'XML_ENTITY', reason: 'it declares a document type or an entity' }
        : malformed('it holds a comment, CDATA section or processing instruction');
    } else {
      const tag = readStartTag(text, at);
      if ('fault' in tag) return tag;
      at = tag.end;
      const parent = open.at(-1);
      if (!tag.empty) {
        if (open.length === DEPTH_MAX) return malformed('its elements are nested too deeply');
        open.push(tag.element);
      } else if (parent !== undefined) parent.children.push(tag.element);
      else return isBlank(text, at, text.length) ? tag.element : malformed('something follows the element');
    }
    const current = open.at(-1);
    const markup = text.indexOf('<', at);
    if (current === undefined || markup === -1) return malformed('an element is not closed');
    if (markup > at) {
      const resolved = resolveReferences(text.slice(at, markup));
      if (typeof resolved !== 'string') return resolved;
      current.text = current.text === '' ? resolved : current.text + resolved;
    }
    at = markup;
  }
}

/** Value of an attribute; undefined without one. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  for (let index = 0; index < element.attributes.length; index += 2) {
    if (element.attributes[index] === name) return element.attributes[index + 1];
  }
  return undefined;
}

/** First child of this name; undefined without one. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  if (element === undefined) return undefined;
  for (const child of element.children) if (child.name === name) return child;
  return undefined;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: string[];
  readonly children: XmlElement[];
  text: string;
}

const DEPTH_MAX = 64;
const SLASH = 0x2f;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const EQUALS = 0x3d;
const GREATER = 0x3e;

const FORBIDDEN_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\]\]>/;
const NAME = /[\p{L}_:][\p{L}\p{N}_:.·-]*/uy;

function readStartTag(text: string, from: number): { readonly element: OpenElement; readonly empty: boolean; readonly end: number } | XmlFault {
  const name = nameAt(text, from + 1);
  if (name === undefined) return malformed('a tag has no name');
  const element: OpenElement = { name, attributes: [], children: [], text: '' };
  let at = from + 1 + name.length;
  for (;;) {
    const afterSpace = skipBlank(text, at);
    const code = text.charCodeAt(afterSpace);
    if (code === GREATER) return { element, empty: false, end: afterSpace + 1 };
    if (code === SLASH && text.charCodeAt(afterSpace + 1) === GREATER) return { element, empty: true, end: afterSpace + 2 };
    if (afterSpace === at) return malformed('a start tag is not closed');
    const attribute = nameAt(text, afterSpace);
    if (attribute === undefined) return malformed('a start tag is not closed');
    const equals = skipBlank(text, afterSpace + attribute.length);
    const opening = skipBlank(text, equals + 1);
    const quote = text.charCodeAt(opening);
    if (text.charCodeAt(equals) !== EQUALS || (quote !== QUOTE && quote !== APOSTROPHE)) return malformed('an attribute has no quoted value');
    const closing = text.indexOf(quote === QUOTE ? '"' : "'", opening + 1);
    if (closing === -1) return malformed('an attribute is not closed');
    const written = text.slice(opening + 1, closing);
    if (written.includes('<')) return malformed('an attribute is not closed');
    const value = resolveReferences(written);
    if (typeof value !== 'string') return value;
    if (attributeOf(element, attribute) !== undefined) return malformed('an attribute is given twice');
    element.attributes.push(attribute, value);
    at = closing + 1;
  }
}

/** Names in these files are ASCII nearly always; the expression serves the rest. */
function nameAt(text: string, from: number): string | undefined {
  let at = from;
  while (isAsciiNameCode(text.charCodeAt(at), at > from)) at += 1;
  const code = text.charCodeAt(at);
  if (!(code > 0x7f)) return at === from ? undefined : text.slice(from, at);
  NAME.lastIndex = from;
  return NAME.exec(text)?.[0];
}

function isAsciiNameCode(code: number, inside: boolean): boolean {
  if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || code === 0x3a) return true;
  return inside && ((code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e);
}

const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([^;&\s]{1,64}));|&/g;
const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

function resolveReferences(text: string): string | XmlFault {
  if (!text.includes('&')) return text;
  let fault: XmlFault | undefined;
  const resolved = text.replace(REFERENCE, (_, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined && !name.startsWith('#')) {
      const character = Object.hasOwn(PREDEFINED, name) ? PREDEFINED[name] : undefined;
      if (character === undefined) fault ??= { fault: 'XML_ENTITY', reason: 'it uses an entity other than the five that XML predefines' };
      return character ?? '';
    }
    const character = characterOf(decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal));
    if (character === undefined) fault ??= malformed('it holds a broken character reference');
    return character ?? '';
  });
  return fault ?? resolved;
}

function characterOf(code: number): string | undefined {
  if (Number.isNaN(code) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  const character = String.fromCodePoint(code);
  return FORBIDDEN_CHARACTER.test(character) ? undefined : character;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (isBlankCode(text.charCodeAt(at))) at += 1;
  return at;
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isBlankCode(text.charCodeAt(at))) return false;
  return true;
}

function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function malformed(reason: string): XmlFault {
  return { fault: 'MALFORMED_XML', reason };
}
