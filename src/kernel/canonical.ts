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
    return withinBounds(stringified(event, stream, revision) ?? compose(event, stream, revision));
  } catch (error) {
    throw error instanceof CanonicalError ? new CanonicalError(error.code, `event ${event.id} (${event.type}): ${error.message}`) : error;
  }
}

/**
 * The canonical text of any JSON value (RFC 8785), of whatever length. Members that are `undefined` are left out.
 * Throws `CanonicalError` for fractions, integers beyond ±(2^53−1), lone surrogates and whatever is not JSON.
 */
export function canonicalJson(value: unknown): string {
  const inOrder = ordered(value, 0);
  const text = inOrder === UNORDERED ? HALF_PAIR : JSON.stringify(inOrder);
  return text.includes(HALF_PAIR) ? write(value, 0) : text;
}

/**
 * The engine's own JSON.stringify writes the canonical form of an object whose members stand in canonical order, in half the time.
 * Undefined where it would not: half a surrogate pair, or members that no object can hold in that order.
 * This runs once for each event ever appended.
 */
function stringified(event: NewEvent, stream: StreamId, revision: Revision): string | undefined {
  const { actor, causationId, commandId, correlationId, id, inputHash, occurredAt, reasonCode, reasonTicket, recordedAt, schemaVersion, type } = event;
  const data = ordered(event.data, 1);
  const reason = event.reason === undefined ? undefined : ordered(event.reason, 1);
  const source = event.source === undefined ? undefined : ordered(event.source, 1);
  if (data === UNORDERED || reason === UNORDERED || source === UNORDERED) return undefined;
  for (const text of [actor, commandId, correlationId, id, inputHash, occurredAt, recordedAt, stream, type]) checkString(text);
  if (reasonCode !== undefined) checkString(reasonCode);
  if (reasonTicket !== undefined) checkString(reasonTicket);
  checkInteger(revision);
  checkInteger(schemaVersion);
  // The members of an envelope are known, so their order (UTF-16 code units) is written down instead of sorted.
  const envelope = { actor, causationId, commandId, correlationId, data, id, inputHash, occurredAt, reason, reasonCode, reasonTicket, recordedAt, revision, schemaVersion, source, stream, type };
  const text = JSON.stringify(envelope);
  return text.includes(HALF_PAIR) ? undefined : text;
}

/** How JSON.stringify begins the escape of half a surrogate pair, which the canonical form does not have. */
const HALF_PAIR = '\\ud';
const UNORDERED = Symbol('no object can hold these members in canonical order');

/** The value with the members of its objects in canonical order: itself where they are so already. Throws `CanonicalError` for what is not canonical JSON. */
function ordered(value: unknown, depth: number): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') {
    checkInteger(value);
    return value;
  }
  if (typeof value !== 'object') throw notJson(value);
  if (depth >= NESTING_MAX) throw tooDeep();
  if (Array.isArray(value)) return orderedItems(value, depth + 1);
  checkPlainObject(value);
  return orderedMembers(value as Readonly<Record<string, unknown>>, depth + 1);
}

function orderedItems(items: readonly unknown[], depth: number): unknown {
  const copy: unknown[] = [];
  for (const item of items) {
    const inOrder = ordered(item, depth);
    if (inOrder === UNORDERED) return UNORDERED;
    copy.push(inOrder);
  }
  return copy;
}

function orderedMembers(members: Readonly<Record<string, unknown>>, depth: number): unknown {
  const found = Object.keys(members);
  const { keys, isPlain } = shapeOf(found);
  if (!isPlain) return UNORDERED;
  let copy: Record<string, unknown> | undefined = keys === found || isShape(keys, found) ? undefined : {};
  for (const key of keys) {
    const member = members[key];
    const inOrder = member === undefined || typeof member === 'string' ? member : ordered(member, depth);
    if (inOrder === UNORDERED) return UNORDERED;
    if (copy === undefined && inOrder !== member) copy = { ...members };
    if (copy !== undefined) copy[key] = inOrder;
  }
  return copy ?? members;
}

/** An envelope written member by member: what `stringified` cannot do. */
function compose(event: NewEvent, stream: StreamId, revision: Revision): string {
  const { causationId, reason, reasonCode, reasonTicket, source } = event;
  let text = `{"actor":${quote(event.actor)}`;
  if (causationId !== undefined) text += `,"causationId":${quote(causationId)}`;
  text += `,"commandId":${quote(event.commandId)},"correlationId":${quote(event.correlationId)},"data":${write(event.data, 1)}`;
  text += `,"id":${quote(event.id)},"inputHash":${quote(event.inputHash)},"occurredAt":${quote(event.occurredAt)}`;
  if (reason !== undefined) text += `,"reason":${write(reason, 1)}`;
  if (reasonCode !== undefined) text += `,"reasonCode":${quote(reasonCode)}`;
  if (reasonTicket !== undefined) text += `,"reasonTicket":${quote(reasonTicket)}`;
  text += `,"recordedAt":${quote(event.recordedAt)},"revision":${integer(revision)},"schemaVersion":${integer(event.schemaVersion)}`;
  if (source !== undefined) text += `,"source":${write(source, 1)}`;
  return `${text},"stream":${quote(stream)},"type":${quote(event.type)}}`;
}

function withinBounds(text: string): CanonicalText {
  // A UTF-16 code unit takes at most three bytes of UTF-8, so most events need no counting.
  if (text.length * 3 > EVENT_BYTES_MAX) {
    const bytes = Buffer.byteLength(text);
    if (bytes > EVENT_BYTES_MAX) throw new CanonicalError('EVENT_TOO_LARGE', `${bytes} bytes, at most ${EVENT_BYTES_MAX} are allowed`);
  }
  return text as CanonicalText;
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return integer(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value === null) return 'null';
  if (typeof value !== 'object') throw notJson(value);
  if (depth >= NESTING_MAX) throw tooDeep();
  return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1) {
    text += index === 0 ? write(items[index], depth) : `,${write(items[index], depth)}`;
  }
  return `${text}]`;
}

function writeObject(value: object, depth: number): string {
  checkPlainObject(value);
  const members = value as Readonly<Record<string, unknown>>;
  let text = '{';
  // Ascending by UTF-16 code units, as RFC 8785 wants: JavaScript's own order of strings.
  for (const key of Object.keys(members).toSorted()) {
    const member = members[key];
    if (member === undefined) continue;
    text += `${text.length === 1 ? '' : ','}${quote(key)}:${write(member, depth)}`;
  }
  return `${text}}`;
}

/** The members of objects that are made alike: their keys as they come, and in canonical order. */
interface Shape {
  readonly found: readonly string[];
  readonly keys: readonly string[];
  /** False for keys that an object keeps in an order of its own (`10` after `9`) or does not keep (`__proto__`). */
  readonly isPlain: boolean;
}

/** Shapes remembered: events are made in few places, so few shapes serve nearly all, and sorting each anew would cost more than writing it. */
const SHAPES_MAX = 64;
const shapes: Shape[] = [];
let nextShape = 0;

function shapeOf(found: readonly string[]): Shape {
  for (const shape of shapes) if (isShape(shape.found, found)) return shape;
  const keys = found.toSorted();
  const shape = { found, keys, isPlain: !keys.some((key) => /^\d/.test(key) || key === '__proto__') };
  shapes[nextShape] = shape;
  nextShape = (nextShape + 1) % SHAPES_MAX;
  return shape;
}

function isShape(known: readonly string[], found: readonly string[]): boolean {
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

function checkString(text: unknown): void {
  if (typeof text !== 'string') throw new CanonicalError('NOT_CANONICAL', `a value of type ${typeof text} stands where a string belongs`);
}

function checkPlainObject(value: object): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  // A Date, Map or Buffer would lose its content without a word.
  if (prototype !== Object.prototype && prototype !== null) throw new CanonicalError('NOT_CANONICAL', 'only plain objects are JSON');
}

function notJson(value: unknown): CanonicalError {
  return new CanonicalError('NOT_CANONICAL', `a value of type ${typeof value} is not JSON`);
}

function tooDeep(): CanonicalError {
  return new CanonicalError('NOT_CANONICAL', `nested deeper than ${NESTING_MAX} levels`);
}

function checkInteger(value: number): void {
  if (!Number.isSafeInteger(value)) throw new CanonicalError('NOT_CANONICAL', `${String(value)} is not an integer within ±(2^53−1)`);
}

function integer(value: number): string {
  checkInteger(value);
  // String(-0) is "0", as RFC 8785 wants.
  return String(value);
}
