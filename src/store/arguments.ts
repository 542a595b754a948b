import type { NewEvent } from '../kernel/envelope.js';
import type { Bookmark, EventId, Revision, StreamId } from '../kernel/identifiers.js';
import { APPENDS_MAX, APPEND_EVENTS_MAX, READ_EVENTS_MAX, STREAM_ID_LENGTH_MAX, StoreError, type Append, type ExpectedRevision } from './port.js';

// What a caller of the port must keep to, checked alike by every adapter. All of these throw
// `StoreError` INVALID_ARGUMENT: a fault of the calling program, never of a user.

export function checkAppend(stream: StreamId, expected: ExpectedRevision, events: readonly NewEvent[]): void {
  checkStream(stream);
  if (typeof expected === 'number') checkCount('expected revision', expected, 0, Number.MAX_SAFE_INTEGER);
  checkCount('number of events in one append', events.length, 1, APPEND_EVENTS_MAX);
  for (const event of events) checkEventId(event.id);
}

export function checkAppends(appends: readonly Append[]): void {
  checkCount('number of appends', appends.length, 0, APPENDS_MAX);
  const streams = new Set<StreamId>();
  for (const { stream, expected, events } of appends) {
    checkAppend(stream, expected, events);
    streams.add(stream);
  }
  if (streams.size < appends.length) throw invalid('two appends handed in together are to the same stream');
}

export function checkReadStream(stream: StreamId, from: Revision, limit: number): void {
  checkStream(stream);
  checkCount('first revision', from, 0, Number.MAX_SAFE_INTEGER);
  checkLimit(limit);
}

export function checkStream(stream: StreamId): void {
  checkCount('length of the stream id', stream.length, 1, STREAM_ID_LENGTH_MAX);
}

export function checkLimit(limit: number): void {
  checkCount('limit', limit, 1, READ_EVENTS_MAX);
}

export function checkIds(ids: readonly EventId[]): void {
  checkCount('number of ids', ids.length, 0, READ_EVENTS_MAX);
  for (const id of ids) checkEventId(id);
}

export function checkSequence(sequence: number): void {
  checkCount('sequence', sequence, 0, Number.MAX_SAFE_INTEGER);
}

export function checkBookmark(bookmark: Bookmark): void {
  checkSequence(bookmark.sequence);
  if (bookmark.position < 0n) throw invalid(`position ${bookmark.position} is negative`);
}

const EVENT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function checkEventId(id: string): void {
  if (!EVENT_ID.test(id)) throw invalid(`event id ${JSON.stringify(id)} is not a UUID in lower case`);
}

function checkCount(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) throw invalid(`${name} is ${value}, must be an integer from ${least} to ${most}`);
}

function invalid(message: string): StoreError {
  return new StoreError('INVALID_ARGUMENT', message, { retryable: false });
}
