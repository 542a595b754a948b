/**
 * From an append to events in the log.
 *
 * 1. Appends to one stream wait for each other; those of different streams are under way together, up to a bound.
 * 2. What this node has counted must reach the revision that the append expects; if it does not, the rest is read from the leader. So every id
 *    that stands in the stream already is known here, and the server, which writes an id again at the end of a stream, is not asked to.
 *    A loose expectation (`any`, `exists`) is made exact by the same read.
 * 3. The append is judged by what is counted: it may be answered without asking the server.
 * 4. It is sent with the exact revision. When no answer comes, its outcome is unknown, and it is sent again with the same ids and revision:
 *    the server recognises it.
 * 5. It is answered when its events are counted, since only then their numbers are known. Usually the subscription delivers them at once;
 *    if it does not, they are read from the leader. If they stand in the log and cannot be read within the time, the caller gets
 *    STORE_UNAVAILABLE, as with any unknown outcome, and finds them recorded when it tries again.
 * 6. On a conflict the rest is read from the leader and the append is judged anew.
 */
import { binaryEvent } from '@kurrent/kurrentdb-client';
import { canonicalEvent } from '../../kernel/canonical.js';
import type { CanonicalText, NewEvent, StoredEvent } from '../../kernel/envelope.js';
import type { Revision, StreamId } from '../../kernel/identifiers.js';
import { judgeAppend } from '../judgeAppend.js';
import type { Append, AppendResult, ExpectedRevision } from '../port.js';
import type { Connection } from './connection.js';
import { appendTooLarge, storeUnavailable } from './failures.js';
import type { PlaceIndex } from './placeIndex.js';
import { APPEND_BYTES_MAX } from './options.js';
import type { Tail } from './tail.js';
import { within } from './waits.js';

export interface Appender {
  append(append: Append): Promise<AppendResult>;
}

export interface AppenderOptions {
  readonly connection: Connection;
  readonly index: PlaceIndex;
  readonly tail: Tail;
  readonly appendBytesMax?: number | undefined;
  readonly readStream: (stream: StreamId, from: Revision, limit: number) => Promise<readonly StoredEvent[]>;
}

/** Appends that have been sent and not answered: more would only wait in the server's queue, where their time runs. */
const APPENDS_UNDER_WAY_MAX = 512;
/** Judgements of one append after other writers got in between. Only a loose expectation is ever judged more than twice. */
const JUDGEMENTS_MAX = 16;

export function openAppender(options: AppenderOptions): Appender {
  const { connection, index, tail } = options;
  const appendBytesMax = options.appendBytesMax ?? APPEND_BYTES_MAX;
  const queues = new Map<StreamId, Promise<unknown>>();
  const turns = openTurns(APPENDS_UNDER_WAY_MAX);

  const append = async ({ stream, expected, events }: Append): Promise<AppendResult> => {
    for (let judgements = 0; judgements < JUDGEMENTS_MAX; judgements += 1) {
      if (judgements > 0 || !isCounted(stream, expected)) await tail.catchUp();
      const failure = tail.failure();
      if (failure !== undefined) throw failure;
      const ids = events.map((event) => event.id);
      const places = index.byIds(ids);
      const judgement = judgeAppend(stream, expected, ids, index.headOf(stream), (id) => places.get(id));
      switch (judgement.kind) {
        case 'write': {
          const stored = await write(stream, judgement.first, events);
          if (stored !== undefined) return stored;
          break;
        }
        case 'alreadyAppended':
          return { kind: 'alreadyAppended', events: await options.readStream(stream, judgement.first, events.length) };
        case 'conflict':
        case 'duplicateId':
          return judgement;
      }
    }
    throw storeUnavailable(`${JUDGEMENTS_MAX} appends of others to stream ${stream} came in between`);
  };

  /** Whether all that stands in the stream up to the expected revision is known here. */
  const isCounted = (stream: StreamId, expected: ExpectedRevision): boolean => {
    if (expected === 'none') return true;
    if (expected === 'any' || expected === 'exists') return false;
    return (index.headOf(stream) ?? -1) >= expected;
  };

  /** Undefined when others have appended at this revision. */
  const write = async (stream: StreamId, first: Revision, events: readonly NewEvent[]): Promise<AppendResult | undefined> => {
    const texts = events.map((event, place) => canonicalEvent(event, stream, (first + place) as Revision));
    const messages = events.map(({ id, type }, place) => binaryEvent({ id, type, data: Buffer.from(texts[place] ?? '', 'utf8') }));
    const bytes = messages.reduce((sum, { data, type }) => sum + data.length + 2 * type.length, 0);
    if (bytes > appendBytesMax) throw appendTooLarge(bytes, appendBytesMax);
    let isAnswered = false;
    const expectation = tail.expect(stream, first, events.length);
    const ours = expectation.seen.then((seen) => (seen.every(({ id }, place) => id === events[place]?.id) ? seen : undefined));
    try {
      const sent = connection.append(`${connection.prefix}${stream}`, first === 0 ? 'none' : BigInt(first - 1), messages, () => isAnswered);
      // Whichever comes first: events that the subscription delivers stand in the log, even if the answer was lost.
      const arrived = async (): Promise<readonly StoredEvent[] | 'stands' | 'conflict'> => (await ours) ?? (await sent);
      const outcome = await Promise.race([sent, arrived()]);
      if (outcome === 'conflict') return undefined;
      return answerOf(outcome === 'stands' ? await delivered(ours) : outcome, texts);
    } finally {
      isAnswered = true;
      expectation.leave();
    }
  };

  /** Events that the server says stand in the log. */
  const delivered = async (ours: Promise<readonly StoredEvent[] | undefined>): Promise<readonly StoredEvent[]> => {
    const late = (): Error => storeUnavailable('an append was recorded and is not to be read yet');
    const deliveries = tail.deliveries();
    const found = await within(connection.timing.deliveryMs, ours, late).catch(async (error: Error) => {
      await tail.catchUp();
      // One that is merely slow is left to go on.
      if (tail.deliveries() === deliveries) tail.restart(error);
      return within(0, ours, late);
    });
    if (found === undefined) throw storeUnavailable('an append was acknowledged, and other events stand in its place');
    return found;
  };

  return {
    append(each) {
      const before = queues.get(each.stream);
      const result = before === undefined ? turns.take(() => append(each)) : before.then(() => turns.take(() => append(each)));
      // Whoever made an append hears of it; the next one in the queue only waits.
      const leave = (): void => {
        if (queues.get(each.stream) === left) queues.delete(each.stream);
      };
      const left = result.then(leave, leave);
      queues.set(each.stream, left);
      return result;
    },
  };
}

/** The first to write an id is the one whose text stands: another node may have recorded the same command at the same time. */
function answerOf(events: readonly StoredEvent[], texts: readonly CanonicalText[]): AppendResult {
  const isOurs = events.every(({ text }, place) => text === texts[place]);
  return { kind: isOurs ? 'appended' : 'alreadyAppended', events };
}

/** Lets so many run at once; the others wait in order. */
function openTurns(most: number): { take<Result>(work: () => Promise<Result>): Promise<Result> } {
  const waiting: (() => void)[] = [];
  let running = 0;
  const begin = (): Promise<void> | undefined => {
    if (running < most) {
      running += 1;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const end = (): void => {
    const following = waiting.shift();
    // A turn that is handed on stays taken.
    if (following === undefined) running -= 1;
    else following();
  };
  return {
    async take(work) {
      const turn = begin();
      if (turn !== undefined) await turn;
      try {
        return await work();
      } finally {
        end();
      }
    },
  };
}
