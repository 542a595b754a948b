import { canonicalEvent } from '../../kernel/canonical.js';
import type { NewEvent, StoredEvent } from '../../kernel/envelope.js';
import { START, type Bookmark, type EventId, type Position, type Revision, type Sequence, type StreamId } from '../../kernel/identifiers.js';
import { checkAppend, checkAppends, checkBookmark, checkIds, checkLimit, checkReadStream, checkSequence, checkStream } from '../arguments.js';
import { judgeAppend } from '../judgeAppend.js';
import { sequenceUnknown, storeClosed } from '../faults.js';
import type { Append, AppendOutcome, AppendResult, EventStore, ExpectedRevision } from '../port.js';
import { subscribeToLog, wakeAll, type WakeUps } from '../subscription.js';

/** A store that keeps every promise of the port but durability: for tests and for trying things out. */
export function openMemoryStore(): EventStore {
  const log: StoredEvent[] = [];
  const streams = new Map<StreamId, StoredEvent[]>();
  const byId = new Map<EventId, StoredEvent>();
  const wakeUps: WakeUps = new Set();
  let closed = false;

  const append = (stream: StreamId, expected: ExpectedRevision, events: readonly NewEvent[]): AppendResult => {
    checkAppend(stream, expected, events);
    const written = streams.get(stream) ?? [];
    const judgement = judgeAppend(
      stream,
      expected,
      events.map((event) => event.id),
      written.at(-1)?.revision,
      (id) => byId.get(id),
    );
    switch (judgement.kind) {
      case 'write': {
        const stored = place(events, stream, judgement.first, log.length);
        for (const event of stored) {
          log.push(event);
          written.push(event);
          byId.set(event.id, event);
        }
        streams.set(stream, written);
        wakeAll(wakeUps);
        return { kind: 'appended', events: stored };
      }
      case 'alreadyAppended':
        return { kind: 'alreadyAppended', events: written.slice(judgement.first, judgement.first + events.length) };
      case 'conflict':
      case 'duplicateId':
        return judgement;
    }
  };

  const outcomeOf = ({ stream, expected, events }: Append): AppendOutcome => {
    try {
      return append(stream, expected, events);
    } catch (error) {
      return { kind: 'failed', error };
    }
  };

  const read = (after: Bookmark, limit: number): readonly StoredEvent[] => log.slice(after.sequence, after.sequence + limit);

  const whileOpen = async <Result>(work: () => Result): Promise<Result> => {
    if (closed) throw storeClosed();
    return work();
  };

  return {
    kind: 'memory',
    append: (stream, expected, events) => whileOpen(() => append(stream, expected, events)),
    appendAll: (appends) =>
      whileOpen(() => {
        checkAppends(appends);
        return appends.map(outcomeOf);
      }),
    readStream: (stream, from, limit) =>
      whileOpen(() => {
        checkReadStream(stream, from, limit);
        return (streams.get(stream) ?? []).slice(from, from + limit);
      }),
    readStreamBackwards: (stream, limit) =>
      whileOpen(() => {
        checkStream(stream);
        checkLimit(limit);
        return (streams.get(stream) ?? []).slice(-limit).reverse();
      }),
    readAll: (after, limit) =>
      whileOpen(() => {
        checkBookmark(after);
        checkLimit(limit);
        return read(after, limit);
      }),
    subscribe(after, options) {
      checkBookmark(after);
      checkLimit(options.limit);
      if (closed) throw storeClosed();
      return subscribeToLog({ read, wakeUps, isClosed: () => closed }, after, options);
    },
    findByIds: (ids) =>
      whileOpen(() => {
        checkIds(ids);
        const found = new Map<EventId, StoredEvent>();
        for (const id of ids) {
          const event = byId.get(id);
          if (event !== undefined) found.set(id, event);
        }
        return found;
      }),
    head: () => whileOpen(() => bookmarkOf(log.at(-1))),
    bookmarkAt: (sequence) =>
      whileOpen(() => {
        checkSequence(sequence);
        if (sequence > log.length) throw sequenceUnknown(sequence, log.length);
        return bookmarkOf(log[sequence - 1]);
      }),
    close() {
      closed = true;
      wakeAll(wakeUps);
      return Promise.resolve();
    },
  };
}

function place(events: readonly NewEvent[], stream: StreamId, first: Revision, last: number): StoredEvent[] {
  return events.map((event, index) => {
    const revision = (first + index) as Revision;
    const sequence = last + 1 + index;
    return {
      position: BigInt(sequence) as Position,
      sequence: sequence as Sequence,
      stream,
      revision,
      id: event.id,
      text: canonicalEvent(event, stream, revision),
    };
  });
}

function bookmarkOf(event: StoredEvent | undefined): Bookmark {
  return event === undefined ? START : { position: event.position, sequence: event.sequence };
}
