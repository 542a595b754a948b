import { streamCategory, type StreamId } from '../kernel/identifiers.js';

/** Where an event stands on the feed, read back from its subject. */
export interface EventSubject {
  readonly stream: StreamId;
  readonly type: string;
}

/** Stands for the id of a stream that has none, such as `ledger`; an underscore of an id itself is escaped. */
const NO_ID = '_';
/** Stands for an id of no characters, since a subject may not have an empty token; never a whole escape. */
const EMPTY = '%';
/** What stands for itself in a token; all else becomes `%` and two hexadecimal digits for each byte of UTF-8. */
const ESCAPED = /[^A-Za-z0-9-]/gu;

/**
 * `<prefix>.<stream category>.<event type>.<id>`: one subject for each type of event in each stream, so that a consumer can ask for
 * one host (`<prefix>.host.*.<id>`), one kind (`<prefix>.*.ActivationConfirmed.*`) or all (`<prefix>.*.*.*`).
 */
export function eventSubject(prefix: string, stream: StreamId, type: string): string {
  const category = streamCategory(stream);
  const id = stream === category ? NO_ID : token(stream.slice(category.length + 1));
  return `${prefix}.${token(category)}.${token(type)}.${id}`;
}

/** The way back from `eventSubject`; undefined where the subject is not one of the prefix. */
export function readEventSubject(prefix: string, subject: string): EventSubject | undefined {
  if (!subject.startsWith(`${prefix}.`)) return undefined;
  const [category, type, id, ...more] = subject.slice(prefix.length + 1).split('.');
  if (category === undefined || type === undefined || id === undefined || more.length > 0) return undefined;
  const stream = id === NO_ID ? plain(category) : `${plain(category)}-${plain(id)}`;
  return { stream: stream as StreamId, type: plain(type) };
}

/** All subjects that events are published on. */
export function allEventSubjects(prefix: string): string {
  return `${prefix}.*.*.*`;
}

/** Three tokens fewer than an event's: the stream of events does not take it in. */
export function checkpointSubject(prefix: string): string {
  return `${prefix}.checkpoint`;
}

function token(text: string): string {
  return text === '' ? EMPTY : text.replace(ESCAPED, escape);
}

function escape(character: string): string {
  return Array.from(Buffer.from(character, 'utf8'), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

function plain(text: string): string {
  return text === EMPTY ? '' : decodeURIComponent(text);
}
