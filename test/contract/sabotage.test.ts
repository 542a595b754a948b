import { AssertionError } from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { canonicalEvent } from '../../src/kernel/canonical.js';
import type { NewEvent, StoredEvent } from '../../src/kernel/envelope.js';
import { START, type Bookmark, type Position, type Revision, type Sequence } from '../../src/kernel/identifiers.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import type { EventStore } from '../../src/store/port.js';
import { EVENT_STORE_CHECKS, type StoreFixture } from './eventStore.js';
import { sqliteFixture } from './sqliteFixture.js';
import { eventMaker } from './syntheticEvents.js';

/** A store that breaks one promise, and the checks that must notice. */
interface Sabotage {
  readonly name: string;
  readonly fixture: StoreFixture;
  readonly noticedBy: readonly string[];
}

const sqlite = sqliteFixture();
// Its prefix is one that no scene of the suite has.
const fresh = eventMaker('ffffffffffff');

const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'does nothing',
    fixture: broken((store) => ({
      append: () => Promise.resolve({ kind: 'appended', events: [] }),
      appendAll: (appends) => Promise.resolve(appends.map(() => ({ kind: 'appended', events: [] }))),
      head: () => Promise.resolve(START),
      readAll: () => Promise.resolve([]),
      readStream: () => Promise.resolve([]),
      subscribe: (_after, options) => store.subscribe(START, options),
    })),
    noticedBy: EVENT_STORE_CHECKS.filter(({ durable }) => !durable)
      .map(({ name }) => name)
      // Three checks ask only that nothing comes, or that calls are refused.
      .filter((name) => !/^(refuses arguments|ends a subscription)/.test(name)),
  },
  {
    name: 'ignores the expected revision',
    fixture: broken((store) => ({
      append: (stream, _expected, events) => store.append(stream, 'any', events),
      appendAll: (appends) => store.appendAll(appends.map((each) => ({ ...each, expected: 'any' }))),
    })),
    noticedBy: [
      'brings each of the appends handed in together to what it would come to alone, and answers in their order',
      'takes "none" for a stream without events only, and tells the actual revision',
      'takes "exists" for a stream with events only, and tells that there is none',
      'takes an exact revision only when it is the last one, and tells the actual revision',
      'lets exactly one of many simultaneous appends win that expect the same revision',
    ],
  },
  {
    name: 'tells a wrong actual revision',
    fixture: broken((store) => ({
      append: async (stream, expected, events) => {
        const result = await store.append(stream, expected, events);
        return result.kind === 'conflict' ? { kind: 'conflict', actual: ((result.actual ?? 0) + 1) as Revision } : result;
      },
    })),
    noticedBy: [
      'takes "none" for a stream without events only, and tells the actual revision',
      'takes "exists" for a stream with events only, and tells that there is none',
      'takes an exact revision only when it is the last one, and tells the actual revision',
    ],
  },
  {
    name: 'delivers in another order than it wrote',
    fixture: broken((store) => ({ readAll: async (after, limit) => (await store.readAll(after, limit)).toReversed() })),
    noticedBy: ['counts sequences without gaps and positions upwards, over all streams', 'reads the whole log in pages of any size, each event once and in order'],
  },
  {
    name: 'loses the last event of an append',
    fixture: broken((store) => ({
      append: async (stream, expected, events) => {
        if (events.length < 2) return store.append(stream, expected, events);
        const result = await store.append(stream, expected, events.slice(0, -1));
        return result.kind === 'appended' ? { kind: 'appended', events: [...result.events, madeUp(result.events.at(-1), events.at(-1))] } : result;
      },
    })),
    noticedBy: ['gives back every appended event, with its stream, its revision and its canonical text', 'continues a stream with contiguous revisions from append to append'],
  },
  {
    name: 'writes the events of an append one by one',
    fixture: broken((store) => ({
      append: async (stream, expected, events) => {
        const written: StoredEvent[] = [];
        for (const [index, event] of events.entries()) {
          const result = await store.append(stream, index === 0 ? expected : 'any', [event]);
          if (result.kind !== 'appended') return result;
          written.push(...result.events);
        }
        return { kind: 'appended', events: written };
      },
    })),
    noticedBy: ['writes all events of an append next to each other, or none'],
  },
  {
    name: 'answers appends handed in together in another order',
    fixture: broken((store) => ({ appendAll: async (appends) => (await store.appendAll(appends)).toReversed() })),
    noticedBy: ['brings each of the appends handed in together to what it would come to alone, and answers in their order'],
  },
  {
    name: 'lets one of the appends handed in together take the others with it',
    fixture: broken((store) => ({
      appendAll: async (appends) => {
        const outcomes = await Promise.all(appends.map((each) => store.append(each.stream, each.expected, each.events).catch((error: unknown) => ({ kind: 'failed' as const, error }))));
        const fault = outcomes.find(({ kind }) => kind === 'failed' || kind === 'conflict');
        return fault === undefined ? outcomes : outcomes.map(() => fault);
      },
    })),
    noticedBy: ['brings each of the appends handed in together to what it would come to alone, and answers in their order'],
  },
  {
    name: 'writes only the first of the appends handed in together',
    fixture: broken((store) => ({
      appendAll: async (appends) => {
        const [first] = await store.appendAll(appends.slice(0, 1));
        return first === undefined ? [] : appends.map(() => first);
      },
    })),
    noticedBy: ['brings each of the appends handed in together to what it would come to alone, and answers in their order', 'counts appends handed in together and alone at the same moment in one sequence'],
  },
  {
    name: 'takes two appends to one stream handed in together',
    fixture: broken((store) => ({ appendAll: (appends) => Promise.all(appends.map(({ stream, expected, events }) => store.append(stream, expected, events))) })),
    noticedBy: ['refuses arguments outside their bounds, without touching the log'],
  },
  {
    name: 'forgets that an append was made before, and refuses it',
    fixture: broken((store) => ({
      append: async (stream, expected, events) => {
        const result = await store.append(stream, expected, events);
        return result.kind === 'alreadyAppended' ? { kind: 'conflict', actual: result.events.at(-1)?.revision } : result;
      },
    })),
    noticedBy: [
      'answers a repeated append with the first result and writes nothing, whatever came after it',
      'writes an append once that is made several times at the same moment',
    ],
  },
  {
    name: 'forgets that an append was made before, and writes it again',
    fixture: broken((store) => ({
      append: async (stream, expected, events) => {
        const result = await store.append(stream, expected, events);
        return result.kind === 'alreadyAppended' ? store.append(stream, 'any', fresh.events(events.length)) : result;
      },
    })),
    noticedBy: [
      'answers a repeated append with the first result and writes nothing, whatever came after it',
      'writes an append once that is made several times at the same moment',
    ],
  },
  {
    name: 'writes an event again whose id stands elsewhere',
    fixture: broken((store) => ({
      append: async (stream, expected, events) => {
        const result = await store.append(stream, expected, events);
        return result.kind === 'duplicateId' ? store.append(stream, expected, fresh.events(events.length)) : result;
      },
    })),
    noticedBy: ['refuses an event id that stands elsewhere in the log, and names it'],
  },
  {
    name: 'delivers a gap between history and live',
    fixture: broken((store) => ({ subscribe: (after, options) => historyThenLive(store, after, options.limit, 'gap') })),
    noticedBy: ['delivers history, then live events, to a subscriber: each once, in order, without a gap'],
  },
  {
    name: 'repeats an event between history and live',
    fixture: broken((store) => ({ subscribe: (after, options) => historyThenLive(store, after, options.limit, 'repetition') })),
    noticedBy: ['delivers history, then live events, to a subscriber: each once, in order, without a gap'],
  },
  {
    name: 'subscribes with the bookmarked event itself',
    fixture: broken((store) => ({
      subscribe: (after, options) => store.subscribe(after.sequence === 0 ? START : before(after), options),
    })),
    noticedBy: ['resumes a subscription after any bookmark with the next event'],
  },
  {
    name: 'keeps a parked subscriber that leaves',
    fixture: broken((store) => ({
      subscribe: (after, options) => historyThenLive(store, after, options.limit, 'sound'),
    })),
    noticedBy: ['ends a subscription by its signal, by return and by close, parked or not, without another event'],
  },
  {
    name: 'finds no event by its id',
    fixture: broken(() => ({ findByIds: () => Promise.resolve(new Map()) })),
    noticedBy: ['finds events by their ids, and leaves out ids that are not in the log'],
  },
  {
    name: 'finds only the ids between others that it is asked for',
    fixture: broken((store) => ({ findByIds: (ids) => store.findByIds(ids.toSorted().slice(1, -1)) })),
    noticedBy: ['finds events by their ids, and leaves out ids that are not in the log'],
  },
  {
    name: 'shows the end of the log as it was one append ago',
    fixture: broken((store) => {
      let shown = store.head();
      return {
        append: async (stream, expected, events) => {
          shown = store.head();
          await shown;
          return store.append(stream, expected, events);
        },
        head: () => shown,
      };
    }),
    noticedBy: ['shows an append to every kind of read as soon as it is acknowledged'],
  },
  {
    name: 'takes appends after it was closed',
    fixture: broken(() => ({ close: () => Promise.resolve() })),
    noticedBy: ['settles every append that was under way when it is closed, and refuses all calls afterwards'],
  },
  {
    name: 'acknowledges before it has written',
    fixture: hasty(),
    noticedBy: ['has written an append to its file when it acknowledges it'],
  },
  {
    name: 'keeps its events in memory only',
    fixture: { ...broken(() => ({})), reopen: () => Promise.resolve(openMemoryStore()), openAfterCrash: () => () => Promise.resolve(openMemoryStore()) },
    noticedBy: ['holds everything acknowledged after it is closed and opened again', 'has written an append to its file when it acknowledges it'],
  },
];

describe('the contract suite notices a store that', () => {
  afterAll(() => sqlite.cleanUp());
  for (const sabotage of SABOTAGES) {
    describe(sabotage.name, () => {
      it.each(sabotage.noticedBy)('by the check: %s', async (name) => {
        const check = EVENT_STORE_CHECKS.find((candidate) => candidate.name === name);
        if (check === undefined) throw new Error(`there is no check of this name: ${name}`);
        // A property wraps the failed assertion in its report; any other error would be a fault of the sabotage itself.
        const failure: unknown = await check.run(sabotage.fixture).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(failure).toBeInstanceOf(Error);
        const cause = (failure as Error).cause ?? failure;
        expect(cause).toBeInstanceOf(AssertionError);
      });
    });
  }
});

/** A memory store of which some calls are replaced. */
function broken(replace: (store: EventStore) => Partial<EventStore>): StoreFixture {
  return {
    open: () => {
      const store = openMemoryStore();
      return Promise.resolve({ ...store, ...replace(store) });
    },
  };
}

/** A SQLite store that answers from memory and writes a little later. */
function hasty(): StoreFixture {
  const files = new WeakMap<EventStore, EventStore>();
  return {
    open: async () => {
      const [memory, file] = [openMemoryStore(), await sqlite.open()];
      const store: EventStore = {
        ...memory,
        append: async (stream, expected, events) => {
          const result = await memory.append(stream, expected, events);
          setImmediate(() => void file.append(stream, expected, events));
          return result;
        },
        appendAll: async (appends) => {
          const outcomes = await memory.appendAll(appends);
          setImmediate(() => void file.appendAll(appends));
          return outcomes;
        },
        close: async () => {
          await nextTurn();
          await Promise.all([memory.close(), file.close()]);
        },
      };
      files.set(store, file);
      return store;
    },
    openAfterCrash: (store) => sqlite.openAfterCrash(files.get(store) ?? store),
  };
}

/** A subscription with the usual seam: history is read to its end, then live events are listened for. */
async function* historyThenLive(store: EventStore, after: Bookmark, limit: number, seam: 'sound' | 'gap' | 'repetition'): AsyncGenerator<readonly StoredEvent[], undefined> {
  let bookmark = after;
  for (let isLive = false; ; ) {
    const events = await store.readAll(bookmark, limit);
    const last = events.at(-1);
    if (last !== undefined) {
      bookmark = { position: last.position, sequence: last.sequence };
      yield events;
    } else {
      await nextTurn();
      if (!isLive && seam === 'gap') bookmark = await store.head();
      if (!isLive && seam === 'repetition' && bookmark.sequence > 0) bookmark = before(bookmark);
      isLive = true;
    }
  }
}

function before(bookmark: Bookmark): Bookmark {
  return { position: (bookmark.position - 1n) as Position, sequence: (bookmark.sequence - 1) as Sequence };
}

function madeUp(last: StoredEvent | undefined, event: NewEvent | undefined): StoredEvent {
  if (last === undefined || event === undefined) throw new Error('an append has events');
  const revision = (last.revision + 1) as Revision;
  return {
    position: (last.position + 1n) as Position,
    sequence: (last.sequence + 1) as Sequence,
    stream: last.stream,
    revision,
    id: event.id,
    text: canonicalEvent(event, last.stream, revision),
  };
}
