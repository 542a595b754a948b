import type { EventId, Revision, StreamId } from '../kernel/identifiers.js';
import type { ExpectedRevision } from './port.js';

/** Where an event stands. */
export interface EventPlace {
  readonly stream: StreamId;
  readonly revision: Revision;
}

export type Judgement =
  /** The events may be written from revision `first` on. */
  | { readonly kind: 'write'; readonly first: Revision }
  | { readonly kind: 'alreadyAppended'; readonly first: Revision }
  | { readonly kind: 'conflict'; readonly actual: Revision | undefined }
  | { readonly kind: 'duplicateId'; readonly id: EventId };

/**
 * What an append comes to, given the stream's last revision and where its ids stand in the log: the one place that knows.
 *
 * A retried append is recognised before its expectation is checked, since its first run has moved the stream on.
 */
export function judgeAppend(
  stream: StreamId,
  expected: ExpectedRevision,
  ids: readonly EventId[],
  head: Revision | undefined,
  find: (id: EventId) => EventPlace | undefined,
): Judgement {
  const places = ids.map(find);
  const first = places[0]?.revision;
  if (first !== undefined && couldHaveBeenExpected(expected, first) && standInOrder(places, stream, first)) {
    return { kind: 'alreadyAppended', first };
  }
  const seen = new Set<EventId>();
  for (const [index, id] of ids.entries()) {
    if (places[index] !== undefined || seen.has(id)) return { kind: 'duplicateId', id };
    seen.add(id);
  }
  return meetsExpectation(expected, head) ? { kind: 'write', first: nextRevision(head) } : { kind: 'conflict', actual: head };
}

/** Whether a stream whose last revision is `head` is as a writer expects it. */
export function meetsExpectation(expected: ExpectedRevision, head: Revision | undefined): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'none':
      return head === undefined;
    case 'exists':
      return head !== undefined;
    default:
      return head === expected;
  }
}

/** The revision after the last one. */
export function nextRevision(head: Revision | undefined): Revision {
  return (head === undefined ? 0 : head + 1) as Revision;
}

function couldHaveBeenExpected(expected: ExpectedRevision, first: Revision): boolean {
  return meetsExpectation(expected, first === 0 ? undefined : ((first - 1) as Revision));
}

function standInOrder(places: readonly (EventPlace | undefined)[], stream: StreamId, first: Revision): boolean {
  return places.every((place, index) => place !== undefined && place.stream === stream && place.revision === first + index);
}
