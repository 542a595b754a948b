import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { CanonicalError, canonicalEvent } from '../../src/kernel/canonical.js';
import { EVENT_BYTES_MAX, type NewEvent, type StoredEvent } from '../../src/kernel/envelope.js';
import { START, type Bookmark, type EventId, type Position, type Revision, type StreamId } from '../../src/kernel/identifiers.js';
import { APPENDS_MAX, APPEND_EVENTS_MAX, READ_EVENTS_MAX, StoreError, type AppendOutcome, type AppendResult, type EventStore, type ExpectedRevision } from '../../src/store/port.js';
import { eventMaker, type EventMaker } from './syntheticEvents.js';

/** How the suite comes by stores of one kind. */
export interface StoreFixture {
  /** A store; its log need not be empty, but nobody else writes to it. */
  readonly open: () => Promise<EventStore>;
  /** Turns of the event loop within which a parked reader must have heard of what happened; TURNS_MAX for a store in this process. */
  readonly turnsMax?: number;
  /** Small events that fit in one append, where fewer do than APPEND_EVENTS_MAX. */
  readonly appendEventsMax?: number;
  /** For durable stores: closes the store and opens its log again. */
  readonly reopen?: (store: EventStore) => Promise<EventStore>;
  /** For durable stores: what would be found if the process were killed at this moment. Called synchronously. */
  readonly openAfterCrash?: (store: EventStore) => () => Promise<EventStore>;
}

/** One promise of the port. Rejects when the store does not keep it. */
export interface Check {
  readonly name: string;
  /** Only stores that outlive their process are asked to keep it. */
  readonly durable: boolean;
  run(fixture: StoreFixture): Promise<void>;
}

/** Turns of the event loop within which a reader in this process hears of what happened. */
const TURNS_MAX = 2_000;

interface Scene {
  readonly store: EventStore;
  readonly make: EventMaker;
  /** End of the log when the check began. */
  readonly base: Bookmark;
  readonly fixture: StoreFixture;
  /** Bound of every wait, in turns of the event loop. */
  readonly turns: number;
}

let scenes = 0;

function check(name: string, body: (scene: Scene) => Promise<void>): Check {
  return {
    name,
    durable: false,
    async run(fixture) {
      const store = await fixture.open();
      try {
        scenes += 1;
        await body({ store, fixture, turns: fixture.turnsMax ?? TURNS_MAX, base: await store.head(), make: eventMaker(scenes.toString(16).padStart(12, '0')) });
      } finally {
        await store.close();
      }
    },
  };
}

function durableCheck(name: string, body: (scene: Scene) => Promise<void>): Check {
  return { ...check(name, body), durable: true };
}

export const EVENT_STORE_CHECKS: readonly Check[] = [
  check('gives back every appended event, with its stream, its revision and its canonical text', async ({ store, make, base }) => {
    const stream = make.stream();
    const events = make.events(3);
    const result = appended(await store.append(stream, 'none', events));
    assert.deepEqual(withoutPlace(result), expectedEvents(stream, 0, events));
    assert.deepEqual(await store.readAll(base, 10), result);
    assert.deepEqual(await store.readStream(stream, revision(0), 10), result);
  }),

  check('counts sequences without gaps and positions upwards, over all streams', async ({ store, make, base }) => {
    for (const count of [1, 3, 2]) appended(await store.append(make.stream(), 'none', make.events(count)));
    const all = await store.readAll(base, 100);
    assert.deepEqual(
      all.map((event) => event.sequence),
      [1, 2, 3, 4, 5, 6].map((step) => base.sequence + step),
    );
    assertPositionsRise(base, all);
    assert.deepEqual(await store.head(), placeOf(all.at(-1)));
  }),

  check('continues a stream with contiguous revisions from append to append', async ({ store, make }) => {
    const stream = make.stream();
    const first = appended(await store.append(stream, 'none', make.events(2)));
    const second = appended(await store.append(stream, revision(1), make.events(3)));
    assert.deepEqual(revisionsOf([...first, ...second]), [0, 1, 2, 3, 4]);
  }),

  check('takes "none" for a stream without events only, and tells the actual revision', async ({ store, make, base }) => {
    const stream = make.stream();
    appended(await store.append(stream, 'none', make.events(2)));
    assert.deepEqual(await store.append(stream, 'none', make.events(1)), { kind: 'conflict', actual: 1 });
    assert.equal(await countAfter(store, base), 2);
  }),

  check('takes "exists" for a stream with events only, and tells that there is none', async ({ store, make, base }) => {
    const stream = make.stream();
    assert.deepEqual(await store.append(stream, 'exists', make.events(1)), { kind: 'conflict', actual: undefined });
    assert.equal(await countAfter(store, base), 0);
    appended(await store.append(stream, 'none', make.events(1)));
    assert.deepEqual(revisionsOf(appended(await store.append(stream, 'exists', make.events(2)))), [1, 2]);
  }),

  check('takes "any" for streams with and without events', async ({ store, make }) => {
    const stream = make.stream();
    assert.deepEqual(revisionsOf(appended(await store.append(stream, 'any', make.events(1)))), [0]);
    assert.deepEqual(revisionsOf(appended(await store.append(stream, 'any', make.events(2)))), [1, 2]);
  }),

  check('takes an exact revision only when it is the last one, and tells the actual revision', async ({ store, make, base }) => {
    const stream = make.stream();
    assert.deepEqual(await store.append(stream, revision(0), make.events(1)), { kind: 'conflict', actual: undefined });
    appended(await store.append(stream, 'none', make.events(3)));
    assert.deepEqual(await store.append(stream, revision(1), make.events(1)), { kind: 'conflict', actual: 2 });
    assert.deepEqual(await store.append(stream, revision(3), make.events(1)), { kind: 'conflict', actual: 2 });
    assert.equal(await countAfter(store, base), 3);
  }),

  check('lets exactly one of many simultaneous appends win that expect the same revision', async ({ store, make, base }) => {
    const stream = make.stream();
    appended(await store.append(stream, 'none', make.events(1)));
    const results = await Promise.all(Array.from({ length: 20 }, () => store.append(stream, revision(0), make.events(2))));
    assert.equal(results.filter(({ kind }) => kind === 'appended').length, 1);
    assert.deepEqual(
      results.filter(({ kind }) => kind !== 'appended'),
      Array.from({ length: 19 }, () => ({ kind: 'conflict', actual: 2 })),
    );
    assert.equal(await countAfter(store, base), 3);
  }),

  check('keeps the streams of many simultaneous appends apart, and each in the order of its calls', async ({ store, make, base }) => {
    const streams = Array.from({ length: 50 }, () => make.stream());
    const batches = streams.map(() => [make.events(1), make.events(3), make.events(1)]);
    const calls = [0, 1, 2].flatMap((round) => streams.map((stream, index) => store.append(stream, 'any', batches[index]?.[round] ?? [])));
    for (const result of await Promise.all(calls)) appended(result);
    for (const [index, stream] of streams.entries()) {
      assert.deepEqual(withoutPlace(await store.readStream(stream, revision(0), 100)), expectedEvents(stream, 0, (batches[index] ?? []).flat()));
    }
    assert.equal(await countAfter(store, base), 250);
  }),

  check('does not let a refused append disturb the others of the same moment', async ({ store, make, base }) => {
    const [taken] = make.events(1) as [NewEvent];
    const [owner, contested] = [make.stream(), make.stream()];
    appended(await store.append(owner, 'none', [taken]));
    const results = await Promise.all([
      store.append(make.stream(), 'none', make.events(2)),
      store.append(make.stream(), 'none', [make.event(), taken]),
      store.append(contested, revision(7), make.events(1)),
      store.append(contested, 'none', make.events(1)),
      store.append(owner, 'none', [taken]),
      rejection(store.append(make.stream(), 'none', [make.event(), make.event({ half: 0.5 })])),
      store.append(contested, revision(0), make.events(1)),
    ]);
    assert.deepEqual(
      results.map((result) => (result instanceof Error ? result.name : result.kind)),
      ['appended', 'duplicateId', 'conflict', 'appended', 'alreadyAppended', 'CanonicalError', 'appended'],
    );
    const all = await store.readAll(base, 100);
    assert.equal(all.length, 5);
    assert.deepEqual(
      all.map(({ sequence }) => sequence - base.sequence),
      [1, 2, 3, 4, 5],
    );
  }),

  check('brings each of the appends handed in together to what it would come to alone, and answers in their order', async ({ store, make, base }) => {
    const [owner, grown, fresh] = [make.stream(), make.stream(), make.stream()];
    const [taken] = make.events(1) as [NewEvent];
    appended(await store.append(owner, 'none', [taken]));
    appended(await store.append(grown, 'none', make.events(2)));
    const pair = make.events(2);
    const outcomes = await store.appendAll([
      { stream: fresh, expected: 'none', events: pair },
      { stream: make.stream(), expected: 'none', events: [make.event(), taken] },
      { stream: make.stream(), expected: revision(4), events: make.events(1) },
      { stream: make.stream(), expected: 'none', events: [make.event(), make.event({ half: 0.5 })] },
      { stream: owner, expected: 'none', events: [taken] },
      { stream: grown, expected: revision(1), events: make.events(1) },
      { stream: make.stream(), expected: 'any', events: make.events(3) },
    ]);
    assert.deepEqual(outcomes.map(outlineOf), ['appended 0,1', `duplicateId ${taken.id}`, 'conflict undefined', 'CanonicalError', 'alreadyAppended 0', 'appended 2', 'appended 0,1,2']);
    assert.deepEqual(withoutPlace(await store.readStream(fresh, revision(0), 10)), expectedEvents(fresh, 0, pair));
    const all = await store.readAll(base, 100);
    assert.deepEqual(
      all.map(({ sequence }) => sequence - base.sequence),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    const written = outcomes.flatMap((outcome) => (outcome.kind === 'appended' ? outcome.events : []));
    assert.deepEqual(
      all.slice(3).map(({ id }) => id).toSorted(),
      written.map(({ id }) => id).toSorted(),
    );
    assert.deepEqual(await store.appendAll([]), []);
  }),

  check('counts appends handed in together and alone at the same moment in one sequence', async ({ store, make, base }) => {
    const together = (): Promise<readonly AppendOutcome[]> =>
      store.appendAll(Array.from({ length: 20 }, () => ({ stream: make.stream(), expected: 'none' as const, events: make.events(2) })));
    const outcomes = await Promise.all([together(), store.append(make.stream(), 'none', make.events(1)).then((result) => [result]), together()]);
    assert.deepEqual(new Set(outcomes.flat().map(outlineOf)), new Set(['appended 0,1', 'appended 0']));
    const whole = await store.readAll(base, 100);
    assert.equal(whole.length, 81);
    const places = outcomes.flat().flatMap((outcome) => ('events' in outcome ? outcome.events : []));
    assert.deepEqual(places.toSorted((left, right) => left.sequence - right.sequence), whole);
  }),

  check('writes all events of an append next to each other, or none', async ({ store, make, base }) => {
    const stream = make.stream();
    const [known] = make.events(1) as [NewEvent];
    appended(await store.append(make.stream(), 'none', [known]));
    assert.deepEqual(await store.append(stream, 'none', [...make.events(3), known]), { kind: 'duplicateId', id: known.id });
    assert.equal((await store.readStream(stream, revision(0), 10)).length, 0);
    const batches = await Promise.all([1, 2, 3].map(() => store.append(make.stream(), 'none', make.events(5))));
    for (const events of batches.map(appended)) {
      assert.deepEqual(
        events.map(({ sequence }) => sequence - (events[0]?.sequence ?? 0)),
        [0, 1, 2, 3, 4],
      );
    }
    assert.equal(await countAfter(store, base), 16);
  }),

  check('answers a repeated append with the first result and writes nothing, whatever came after it', async ({ store, make, base }) => {
    const stream = make.stream();
    const [first, second] = [make.events(2), make.events(3)];
    const original = appended(await store.append(stream, 'none', first));
    const following = appended(await store.append(stream, revision(1), second));
    for (const expected of ['none', 'any'] as const) {
      assert.deepEqual(await store.append(stream, expected, first), { kind: 'alreadyAppended', events: original });
    }
    for (const expected of [revision(1), 'exists', 'any'] as const) {
      assert.deepEqual(await store.append(stream, expected, second), { kind: 'alreadyAppended', events: following });
    }
    assert.equal(await countAfter(store, base), 5);
  }),

  check('writes an append once that is made several times at the same moment', async ({ store, make, base }) => {
    const stream = make.stream();
    const events = make.events(2);
    const results = await Promise.all([1, 2, 3].map(() => store.append(stream, 'none', events)));
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['appended', 'alreadyAppended', 'alreadyAppended'],
    );
    for (const result of results) assert.deepEqual('events' in result && revisionsOf(result.events), [0, 1]);
    assert.equal(await countAfter(store, base), 2);
  }),

  check('refuses an event id that stands elsewhere in the log, and names it', async ({ store, make, base }) => {
    const stream = make.stream();
    const events = make.events(3) as [NewEvent, NewEvent, NewEvent];
    appended(await store.append(stream, 'none', events));
    const other = make.stream();
    const fresh = make.event();
    const duplicate = (id: EventId): AppendResult => ({ kind: 'duplicateId', id });
    assert.deepEqual(await store.append(other, 'none', [events[1]]), duplicate(events[1].id), 'in another stream');
    assert.deepEqual(await store.append(other, 'any', [fresh, events[0]]), duplicate(events[0].id), 'after a new event');
    assert.deepEqual(await store.append(stream, revision(2), [events[2]]), duplicate(events[2].id), 'at a later place of its stream');
    assert.deepEqual(await store.append(stream, 'none', [events[1], events[0], events[2]]), duplicate(events[1].id), 'in another order');
    assert.deepEqual(await store.append(stream, revision(1), [events[2], fresh]), duplicate(events[2].id), 'followed by a new event');
    assert.deepEqual(await store.append(other, 'none', [fresh, fresh]), duplicate(fresh.id), 'twice in one append');
    assert.equal(await countAfter(store, base), 3);
  }),

  check('takes the largest event and the largest append, and nothing beyond them', async ({ store, make, base, fixture }) => {
    const stream = make.stream();
    const bare = canonicalEvent(make.event({ note: '' }), stream, revision(0)).length;
    const largest = make.event({ note: 'x'.repeat(EVENT_BYTES_MAX - bare) });
    const [stored] = appended(await store.append(stream, 'none', [largest]));
    assert.equal(stored?.text.length, EVENT_BYTES_MAX);
    const tooLarge = await rejection(store.append(make.stream(), 'none', [make.event({ note: 'x'.repeat(EVENT_BYTES_MAX) })]));
    assert.ok(tooLarge instanceof CanonicalError && tooLarge.code === 'EVENT_TOO_LARGE');
    const most = fixture.appendEventsMax ?? APPEND_EVENTS_MAX;
    appended(await store.append(make.stream(), 'none', make.events(most)));
    await refusesAsInvalid(store.append(make.stream(), 'none', make.events(APPEND_EVENTS_MAX + 1)));
    await refusesAsInvalid(store.append(make.stream(), 'none', []));
    assert.equal(await countAfter(store, base), 1 + most);
  }),

  check('refuses arguments outside their bounds, without touching the log', async ({ store, make, base }) => {
    const stream = make.stream();
    for (const limit of [0, -1, 1.5, Number.NaN, READ_EVENTS_MAX + 1]) {
      await refusesAsInvalid(store.readAll(base, limit));
      await refusesAsInvalid(store.readStream(stream, revision(0), limit));
      await refusesAsInvalid(store.readStreamBackwards(stream, limit));
    }
    await refusesAsInvalid(store.readStream(stream, revision(-1), 1));
    await refusesAsInvalid(store.bookmarkAt(-1));
    await refusesAsInvalid(store.append('' as StreamId, 'any', make.events(1)));
    await refusesAsInvalid(store.append(stream, revision(-1), make.events(1)));
    await refusesAsInvalid(store.append(stream, 'any', [{ ...make.event(), id: 'NOT-A-UUID' as EventId }]));
    const sound = { stream, expected: 'none' as const, events: make.events(1) };
    await refusesAsInvalid(store.appendAll([sound, { ...sound, events: make.events(1) }]));
    await refusesAsInvalid(store.appendAll([sound, { ...sound, stream: make.stream(), events: [] }]));
    await refusesAsInvalid(store.appendAll(Array.from({ length: APPENDS_MAX + 1 }, () => ({ ...sound, stream: make.stream() }))));
    assert.equal(await countAfter(store, base), 0);
  }),

  check('reads a stream in pages, forwards from a revision and backwards from its end', async ({ store, make }) => {
    const stream = make.stream();
    const events = appended(await store.append(stream, 'none', make.events(5)));
    appended(await store.append(make.stream(), 'none', make.events(2)));
    assert.deepEqual(await store.readStream(stream, revision(0), 2), events.slice(0, 2));
    assert.deepEqual(await store.readStream(stream, revision(2), 2), events.slice(2, 4));
    assert.deepEqual(await store.readStream(stream, revision(4), 2), events.slice(4));
    assert.deepEqual(await store.readStream(stream, revision(5), 2), []);
    assert.deepEqual(await store.readStreamBackwards(stream, 2), [events[4], events[3]]);
    assert.deepEqual(await store.readStreamBackwards(stream, READ_EVENTS_MAX), events.toReversed());
    assert.deepEqual(await store.readStream(make.stream(), revision(0), 2), []);
    assert.deepEqual(await store.readStreamBackwards(make.stream(), 2), []);
  }),

  check('reads the whole log in pages of any size, each event once and in order', async ({ store, make, base }) => {
    for (let index = 0; index < 7; index += 1) appended(await store.append(make.stream(), 'none', make.events(3)));
    const whole = await store.readAll(base, READ_EVENTS_MAX);
    assert.equal(whole.length, 21);
    for (const size of [1, 2, 20, 21, 22]) assert.deepEqual(await pages(store, base, size), whole);
    assert.deepEqual(await store.readAll(placeOf(whole.at(-1)), 1), []);
  }),

  check('finds events by their ids, and leaves out ids that are not in the log', async ({ store, make }) => {
    const earlier = make.event().id;
    const stored = appended(await store.append(make.stream(), 'none', make.events(3))) as readonly [StoredEvent, StoredEvent, StoredEvent];
    assert.equal(stored.length, 3);
    const [first, , third] = stored;
    const found = await store.findByIds([third.id, make.event().id, first.id, first.id]);
    assert.deepEqual([...found].sort(byId), [[first.id, first] as const, [third.id, third] as const].sort(byId));
    assert.equal((await store.findByIds([])).size, 0);
    const later = make.event().id;
    for (const event of stored) {
      for (const ids of [[event.id], [earlier, event.id], [later, event.id], [later, event.id, earlier]]) {
        assert.deepEqual([...(await store.findByIds(ids))], [[event.id, event]]);
      }
    }
    for (const ids of [[earlier], [later], [earlier, later]]) assert.equal((await store.findByIds(ids)).size, 0);
  }),

  check('gives the bookmark of every sequence up to the end of the log, and none beyond', async ({ store, make, base }) => {
    const stored = appended(await store.append(make.stream(), 'none', make.events(3)));
    assert.equal(stored.length, 3);
    assert.deepEqual(await store.bookmarkAt(0), START);
    assert.deepEqual(await store.bookmarkAt(base.sequence), base);
    for (const event of stored) assert.deepEqual(await store.bookmarkAt(event.sequence), placeOf(event));
    const beyond = await rejection(store.bookmarkAt(base.sequence + 4));
    assert.ok(beyond instanceof StoreError && beyond.code === 'SEQUENCE_UNKNOWN');
  }),

  check('shows an append to every kind of read as soon as it is acknowledged', async ({ store, make, base }) => {
    const stream = make.stream();
    for (let round = 0; round < 5; round += 1) {
      const [event] = appended(await store.append(stream, 'any', make.events(1))) as [StoredEvent];
      assert.deepEqual(await store.head(), placeOf(event));
      assert.deepEqual(await store.readStreamBackwards(stream, 1), [event]);
      assert.deepEqual(await store.readStream(stream, revision(round), 1), [event]);
      assert.deepEqual((await store.findByIds([event.id])).get(event.id), event);
      assert.equal(await countAfter(store, base), round + 1);
    }
  }),

  check('lets who has seen a position see everything before it, while appends go on', async ({ store, make, base, turns }) => {
    const appends = Array.from({ length: 60 }, (_, index) => store.append(make.stream(), 'none', make.events(1 + (index % 3))));
    const seen: StoredEvent[] = [];
    let bookmark = base;
    for (let turn = 0; turn < turns && seen.length < 120; turn += 1) {
      const page = await store.readAll(bookmark, 7);
      seen.push(...page);
      bookmark = placeOf(page.at(-1)) ?? bookmark;
      if (page.length === 0) await nextTurn();
    }
    for (const result of await Promise.all(appends)) appended(result);
    assert.deepEqual(seen, await store.readAll(base, READ_EVENTS_MAX));
    assert.equal(seen.length, 120);
  }),

  check('delivers history, then live events, to a subscriber: each once, in order, without a gap', async ({ store, make, base, turns }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ events: fc.integer({ min: 1, max: 5 }), turnsBefore: fc.nat(3) }), { minLength: 1, maxLength: 12 }),
        fc.nat(12),
        fc.integer({ min: 1, max: 6 }),
        async (steps, subscribeAfter, limit) => {
          const start = await store.head();
          const wanted = steps.reduce((sum, step) => sum + step.events, 0);
          const pending: Promise<AppendResult>[] = [];
          let subscriber: Promise<readonly (readonly StoredEvent[])[]> | undefined;
          for (const [index, step] of steps.entries()) {
            for (let turn = 0; turn < step.turnsBefore; turn += 1) await nextTurn();
            if (index === subscribeAfter) subscriber = takeFrom({ store, turns }, start, wanted, limit);
            pending.push(store.append(make.stream(), 'none', make.events(step.events)));
          }
          subscriber ??= takeFrom({ store, turns }, start, wanted, limit);
          for (const result of await Promise.all(pending)) appended(result);
          const batches = await subscriber;
          assert.deepEqual(batches.flat(), await store.readAll(start, READ_EVENTS_MAX));
          for (const batch of batches) assert.ok(batch.length >= 1 && batch.length <= limit, `a batch of ${batch.length}, at most ${limit} asked for`);
        },
      ),
      { numRuns: 40 },
    );
    assert.ok((await store.head()).sequence > base.sequence);
  }),

  check('resumes a subscription after any bookmark with the next event', async ({ store, make, base, turns }) => {
    for (let index = 0; index < 5; index += 1) appended(await store.append(make.stream(), 'none', make.events(2)));
    const whole = await store.readAll(base, 100);
    assert.equal(whole.length, 10);
    for (const [index, event] of whole.slice(0, -1).entries()) {
      assert.deepEqual((await takeFrom({ store, turns }, placeOf(event), 9 - index, 3)).flat(), whole.slice(index + 1));
    }
  }),

  check('delivers the same to every one of several subscribers, each at its own pace', async ({ store, make, base, turns }) => {
    const subscribers = [1, 2, 5].map((limit) => takeFrom({ store, turns }, base, 12, limit));
    for (let index = 0; index < 6; index += 1) {
      appended(await store.append(make.stream(), 'none', make.events(2)));
      await nextTurn();
    }
    const whole = await store.readAll(base, 100);
    for (const batches of await Promise.all(subscribers)) assert.deepEqual(batches.flat(), whole);
  }),

  check('delivers to each subscriber exactly what its filter lets pass, whatever comes between and however much comes at once', async ({ store, make, base, turns }) => {
    const [wanted, other] = [make.stream(), make.stream()];
    const only = (event: StoredEvent): boolean => event.stream === wanted;
    const subscribers = Promise.all([1, 2, 50].map((limit) => takeFrom({ store, turns }, base, 7, limit, only)));
    // Where an append fails, it is that which the check reports.
    subscribers.catch(() => undefined);
    for (const count of [1, 3, 60, 2]) {
      appended(await store.append(other, 'any', make.events(count)));
      await nextTurn();
      appended(await store.append(wanted, 'any', make.events(1)));
    }
    appended(await store.append(wanted, 'any', make.events(3)));
    const events = (await store.readAll(base, 100)).filter(only);
    assert.equal(events.length, 7);
    for (const batches of await subscribers) assert.deepEqual(batches.flat(), events);
  }),

  check('answers overlapping calls of a subscription in turn', async ({ store, make, base, turns }) => {
    const abort = new AbortController();
    const subscription = store.subscribe(base, { limit: 1, signal: abort.signal });
    const calls = [subscription.next(), subscription.next(), subscription.next()];
    const events = appended(await store.append(make.stream(), 'none', make.events(3)));
    const results = await within('three overlapping calls', turns, Promise.all(calls));
    assert.deepEqual(
      results.flatMap((result) => (result.done === true ? [] : result.value)),
      events,
    );
    abort.abort();
  }),

  check('ends a subscription by its signal, by return and by close, parked or not, without another event', async ({ store, base, turns }) => {
    const ends: ((abort: AbortController, subscription: AsyncIterableIterator<unknown>) => unknown)[] = [
      (abort) => abort.abort(),
      (_abort, subscription) => subscription.return?.(),
      () => store.close(),
    ];
    for (const end of ends) {
      const abort = new AbortController();
      const parked = store.subscribe(base, { limit: 1, signal: abort.signal });
      const waiting = parked.next();
      for (let turn = 0; turn < 5; turn += 1) await nextTurn();
      await end(abort, parked);
      assert.deepEqual(await within('the end of a parked subscription', turns, waiting), { done: true, value: undefined });
      assert.deepEqual(await within('a call after the end', turns, parked.next()), { done: true, value: undefined });
    }
  }),

  check('ends a subscription whose signal was aborted before it began', async ({ store, make, base, turns }) => {
    appended(await store.append(make.stream(), 'none', make.events(1)));
    const subscription = store.subscribe(base, { limit: 1, signal: AbortSignal.abort() });
    assert.deepEqual(await within('the end', turns, subscription.next()), { done: true, value: undefined });
  }),

  check('settles every append that was under way when it is closed, and refuses all calls afterwards', async ({ store, make, base }) => {
    const underWay = [store.append(make.stream(), 'none', make.events(2)), store.append(make.stream(), 'none', make.events(1))];
    const together = store.appendAll([{ stream: make.stream(), expected: 'none', events: make.events(2) }]);
    await Promise.all([store.close(), store.close()]);
    for (const result of await Promise.all(underWay)) appended(result);
    assert.deepEqual((await together).map(outlineOf), ['appended 0,1']);
    await store.close();
    const late: (() => Promise<unknown>)[] = [
      () => store.append(make.stream(), 'none', make.events(1)),
      () => store.appendAll([]),
      () => store.readAll(base, 1),
      () => store.readStream(make.stream(), revision(0), 1),
      () => store.readStreamBackwards(make.stream(), 1),
      () => store.findByIds([]),
      () => store.head(),
      () => store.bookmarkAt(0),
    ];
    for (const call of late) {
      const refusal = await rejection(call());
      assert.ok(refusal instanceof StoreError && refusal.code === 'STORE_CLOSED');
    }
  }),

  durableCheck('holds everything acknowledged after it is closed and opened again', async ({ store, make, base, fixture }) => {
    const stream = make.stream();
    const events = make.events(3);
    appended(await store.append(stream, 'none', events));
    appended(await store.append(make.stream(), 'none', make.events(2)));
    const whole = await store.readAll(base, 100);
    assert.equal(whole.length, 5);
    const again = await required(fixture.reopen)(store);
    try {
      assert.deepEqual(await again.readAll(base, 100), whole);
      assert.deepEqual(await again.head(), placeOf(whole.at(-1)));
      assert.equal((await again.append(stream, 'none', events)).kind, 'alreadyAppended');
      assert.deepEqual(await again.append(stream, revision(0), make.events(1)), { kind: 'conflict', actual: 2 });
      const [next] = appended(await again.append(stream, revision(2), make.events(1)));
      assert.deepEqual([next?.revision, next?.sequence], [3, base.sequence + 6]);
    } finally {
      await again.close();
    }
  }),

  durableCheck('has written an append to its file when it acknowledges it', async ({ store, make, base, fixture }) => {
    const found: (() => Promise<EventStore>)[] = [];
    const appends = Array.from({ length: 5 }, async () => {
      const result = await store.append(make.stream(), 'none', make.events(2));
      found.push(required(fixture.openAfterCrash)(store));
      return appended(result);
    });
    appends.push(
      store.appendAll(Array.from({ length: 3 }, () => ({ stream: make.stream(), expected: 'none' as const, events: make.events(2) }))).then((outcomes) => {
        found.push(required(fixture.openAfterCrash)(store));
        assert.deepEqual(outcomes.map(outlineOf), ['appended 0,1', 'appended 0,1', 'appended 0,1']);
        return outcomes.flatMap((outcome) => ('events' in outcome ? outcome.events : []));
      }),
    );
    const acknowledged = await Promise.all(appends);
    assert.equal(found.length, 6);
    for (const [index, open] of found.entries()) {
      const survivor = await open();
      try {
        const survived = await survivor.readAll(base, 100);
        const place = survived.map(({ id }) => id);
        for (const { id } of acknowledged[index] ?? []) assert.equal(place.filter((other) => other === id).length, 1, `event ${id} was acknowledged`);
      } finally {
        await survivor.close();
      }
    }
  }),
];

function appended(result: AppendResult): readonly StoredEvent[] {
  if (result.kind !== 'appended') assert.fail(`the append came to ${JSON.stringify(result)}`);
  return result.events;
}

/** Its kind, and what else says what it came to. */
function outlineOf(outcome: AppendOutcome): string {
  switch (outcome.kind) {
    case 'appended':
    case 'alreadyAppended':
      return `${outcome.kind} ${revisionsOf(outcome.events).join()}`;
    case 'conflict':
      return `conflict ${outcome.actual}`;
    case 'duplicateId':
      return `duplicateId ${outcome.id}`;
    case 'failed':
      return outcome.error instanceof Error ? outcome.error.name : 'failed';
  }
}

function revision(value: number): Revision & ExpectedRevision {
  return value as Revision;
}

function revisionsOf(events: readonly StoredEvent[]): readonly number[] {
  return events.map((event) => event.revision);
}

function placeOf(event: StoredEvent): Bookmark;
function placeOf(event: StoredEvent | undefined): Bookmark;
function placeOf(event: StoredEvent | undefined): Bookmark | undefined {
  return event === undefined ? undefined : { position: event.position, sequence: event.sequence };
}

function withoutPlace(events: readonly StoredEvent[]): readonly object[] {
  return events.map(({ stream, revision: at, id, text }) => ({ stream, revision: at, id, text }));
}

function expectedEvents(stream: StreamId, first: number, events: readonly NewEvent[]): readonly object[] {
  return events.map((event, index) => ({
    stream,
    revision: first + index,
    id: event.id,
    text: canonicalEvent(event, stream, revision(first + index)),
  }));
}

function assertPositionsRise(base: Bookmark, events: readonly StoredEvent[]): void {
  let last: Position = base.position;
  for (const { position } of events) {
    assert.ok(position > last, `position ${position} follows ${last}`);
    last = position;
  }
}

async function countAfter(store: EventStore, base: Bookmark): Promise<number> {
  return (await store.readAll(base, READ_EVENTS_MAX)).length;
}

async function pages(store: EventStore, after: Bookmark, size: number): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  let bookmark = after;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const page = await store.readAll(bookmark, size);
    assert.ok(page.length <= size);
    if (page.length === 0) break;
    events.push(...page);
    bookmark = placeOf(page.at(-1));
  }
  return events;
}

/** Reads whole batches from a subscription until it has at least `count` events. */
async function takeFrom(
  { store, turns }: Pick<Scene, 'store' | 'turns'>,
  after: Bookmark,
  count: number,
  limit: number,
  passes?: (event: StoredEvent) => boolean,
): Promise<readonly (readonly StoredEvent[])[]> {
  const abort = new AbortController();
  const batches: (readonly StoredEvent[])[] = [];
  let taken = 0;
  const subscription = store.subscribe(after, { limit, signal: abort.signal, passes });
  try {
    while (taken < count) {
      const batch = await within(`event ${taken + 1} of ${count} of a subscription`, turns, subscription.next());
      assert.notEqual(batch.done, true, 'the subscription ended early');
      batches.push(batch.value as readonly StoredEvent[]);
      taken += (batch.value as readonly StoredEvent[]).length;
    }
    return batches;
  } finally {
    abort.abort();
  }
}

/** Waits a bounded number of turns of the event loop: a store that never answers fails by name instead of hanging. */
async function within<Result>(what: string, turns: number, promise: Promise<Result>): Promise<Result> {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  promise.then(settle, settle);
  for (let turn = 0; turn < turns && !state.settled; turn += 1) await nextTurn();
  assert.ok(state.settled, `${what} did not come within ${turns} turns of the event loop`);
  return promise;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return assert.fail('the call was expected to reject');
}

async function refusesAsInvalid(promise: Promise<unknown>): Promise<void> {
  const error = await rejection(promise);
  assert.ok(error instanceof StoreError && error.code === 'INVALID_ARGUMENT', `refused as ${error.name}: ${error.message}`);
}

function required<Value>(value: Value | undefined): Value {
  assert.ok(value !== undefined, 'the fixture of a durable store must be able to do this');
  return value;
}

function byId([left]: readonly [EventId, unknown], [right]: readonly [EventId, unknown]): number {
  return left < right ? -1 : 1;
}
