import { EVENT_BYTES_MAX, type CanonicalText, type EventEnvelope, type NewEvent } from './envelope.js';
import type { Revision, StreamId } from './identifiers.js';

/** Deepest nesting of objects and arrays in one value; deeper input is a mistake or an attack on the stack. */
export const NESTING_MAX = 64;

/**
 * A value that has no canonical form, or an event that is too large.
 * `code` is NOT_CANONICAL or EVENT_TOO_LARGE. The message never shows a string of the value: it may be a secret.
 */
export class CanonicalError extends Error {
  readonly code: 'NOT_CANONICAL' | 'EVENT_TOO_LARGE';

  constructor(code: 'NOT_CANONICAL' | 'EVENT_TOO_LARGE', message: string) {
    super(message);
    this.name = 'CanonicalError';
    this.code = code;
  }
}

/**
 * The canonical text of an envelope (RFC 8785): what is stored, exported and hashed.
 * Throws `CanonicalError` for a value without a canonical form and above EVENT_BYTES_MAX.
 */
export function canonicalText(envelope: EventEnvelope): CanonicalText {
  return canonicalEvent(envelope, envelope.stream, envelope.revision);
}

/** The same for an event that is about to get its place; spares the store a copy of each event. */
export function canonicalEvent(event: NewEvent, stream: StreamId, revision: Revision): CanonicalText {
  try {
    const plain = compose(event, stream, revision, quotePlain);
    return withinBounds(isPlain(plain) ? plain : compose(event, stream, revision, quote));
  } catch (error) {
    throw error instanceof CanonicalError ? new CanonicalError(error.code, `event ${event.id} (${event.type}): ${error.message}`) : error;
  }
}

/**
 * The canonical text of any JSON value (RFC 8785), of whatever length. Members that are `undefined` are left out.
 * Throws `CanonicalError` for fractions, integers beyond ±(2^53−1), lone surrogates and whatever is not JSON.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0, quote);
}

type Quote = (text: string) => string;

/**
 * The members of an envelope are known, so their order (UTF-16 code units) is written down instead of sorted:
 * this function runs once for each event ever appended.
 */
function compose(event: NewEvent, stream: StreamId, revision: Revision, quoted: Quote): string {
  const { causationId, reason, source } = event;
  let text = `{"actor":${quoted(event.actor)}`;
  if (causationId !== undefined) text += `,"causationId":${quoted(causationId)}`;
  text += `,"commandId":${quoted(event.commandId)},"correlationId":${quoted(event.correlationId)},"data":${write(event.data, 1, quoted)}`;
  text += `,"id":${quoted(event.id)},"inputHash":${quoted(event.inputHash)},"occurredAt":${quoted(event.occurredAt)}`;
  if (reason !== undefined) text += `,"reason":${write(reason, 1, quoted)}`;
  text += `,"recordedAt":${quoted(event.recordedAt)},"revision":${integer(revision)},"schemaVersion":${integer(event.schemaVersion)}`;
  if (source !== undefined) text += `,"source":${write(source, 1, quoted)}`;
  return `${text},"stream":${quoted(stream)},"type":${quoted(event.type)}}`;
}

function withinBounds(text: string): CanonicalText {
  // A UTF-16 code unit takes at most three bytes of UTF-8, so most events need no counting.
  if (text.length * 3 > EVENT_BYTES_MAX) {
    const bytes = Buffer.byteLength(text);
    if (bytes > EVENT_BYTES_MAX) throw new CanonicalError('EVENT_TOO_LARGE', `${bytes} bytes, at most ${EVENT_BYTES_MAX} are allowed`);
  }
  return text as CanonicalText;
}

function write(value: unknown, depth: number, quoted: Quote): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return integer(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object') throw new CanonicalError('NOT_CANONICAL', `a value of type ${typeof value} is not JSON`);
  if (depth >= NESTING_MAX) throw new CanonicalError('NOT_CANONICAL', `nested deeper than ${NESTING_MAX} levels`);
  return Array.isArray(value) ? writeArray(value, depth + 1, quoted) : writeObject(value, depth + 1, quoted);
}

function writeArray(items: readonly unknown[], depth: number, quoted: Quote): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1) {
    text += index === 0 ? write(items[index], depth, quoted) : `,${write(items[index], depth, quoted)}`;
  }
  return `${text}]`;
}

function writeObject(value: object, depth: number, quoted: Quote): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    // A Date, Map or Buffer would lose its content without a word.
    throw new CanonicalError('NOT_CANONICAL', 'only plain objects are JSON');
  }
  const members = value as Readonly<Record<string, unknown>>;
  const { keys, labels } = shapeOf(Object.keys(members));
  let text = '{';
  for (let index = 0; index < keys.length; index += 1) {
    const member = members[keys[index] as string];
    if (member === undefined) continue;
    text += (text.length === 1 ? '' : ',') + (labels[index] as string) + write(member, depth, quoted);
  }
  return `${text}}`;
}

/** The members of objects that are made alike: their keys as they come, in canonical order, and each as it is written. */
interface Shape {
  readonly found: readonly string[];
  readonly keys: readonly string[];
  readonly labels: readonly string[];
}

/** Shapes remembered: events are made in few places, so few shapes serve nearly all, and sorting each anew would cost more than writing it. */
const SHAPES_MAX = 64;
const shapes: Shape[] = [];
let nextShape = 0;

function shapeOf(found: readonly string[]): Shape {
  for (const shape of shapes) if (isShape(shape, found)) return shape;
  // Ascending by UTF-16 code units, as RFC 8785 wants: JavaScript's own order of strings.
  const keys = found.toSorted();
  const shape = { found, keys, labels: keys.map((key) => `${quote(key)}:`) };
  shapes[nextShape] = shape;
  nextShape = (nextShape + 1) % SHAPES_MAX;
  return shape;
}

function isShape({ found: known }: Shape, found: readonly string[]): boolean {
  if (known.length !== found.length) return false;
  for (let index = 0; index < found.length; index += 1) if (known[index] !== found[index]) return false;
  return true;
}

/** A string as JSON. RFC 8785 takes its escapes from JSON.stringify, but has none for half a surrogate pair. */
function quote(text: string): string {
  checkString(text);
  if (!text.isWellFormed()) throw new CanonicalError('NOT_CANONICAL', 'a string holds half of a surrogate pair');
  return JSON.stringify(text);
}

/** A string that hardly ever needs an escape; whether one did, `isPlain` finds out for the whole text at once, which is several times cheaper. */
function quotePlain(text: string): string {
  checkString(text);
  // JSON.stringify leaves a backslash, and that tells `isPlain`.
  return text.includes('"') ? JSON.stringify(text) : `"${text}"`;
}

// All that needs an escape beside the quotation mark and the backslash: up to the character before the space.
// Written as one range since that is searched twice as fast as its complement.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f]/;

/** Whether no string in a text made by `quotePlain` needed an escape. */
function isPlain(text: string): boolean {
  return !text.includes('\\') && text.isWellFormed() && !CONTROL.test(text);
}

function checkString(text: unknown): void {
  if (typeof text !== 'string') throw new CanonicalError('NOT_CANONICAL', `a value of type ${typeof text} stands where a string belongs`);
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value)) {
    throw new CanonicalError('NOT_CANONICAL', `${String(value)} is not an integer within ±(2^53−1)`);
  }
  // String(-0) is "0", as RFC 8785 wants.
  return String(value);
}
