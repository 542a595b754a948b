import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCommandHandler, type CommandHandlerOptions, type CommandOutcome } from '../../src/kernel/commandHandler.js';
import { atomically } from '../../src/kernel/atomic.js';
import type { Decider } from '../../src/kernel/decider.js';
import { parseEnvelope } from '../../src/kernel/envelope.js';
import { eventIdOf } from '../../src/kernel/eventIds.js';
import type { CommandId, EventId, Instant, Revision, StreamId } from '../../src/kernel/identifiers.js';
import type { Snapshot, SnapshotStore } from '../../src/kernel/snapshot.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import { APPEND_EVENTS_MAX, StoreError, type EventStore } from '../../src/store/port.js';
import { countingCommandIds, steppingClock, TEST_ACTOR } from '../support/deterministic.js';

interface Budget {
  readonly granted: number;
}
type Ask = { readonly limit: number; readonly events?: number };

/** Grants one at a time up to the limit of the command: the smallest decider in which order matters. */
const budgetDecider: Decider<Budget, Ask> = {
  name: 'budget',
  version: 1,
  initial: { granted: 0 },
  decide: (state, { limit, events = 1 }, { now }) =>
    state.granted >= limit
      ? { kind: 'refused', refusal: { code: 'LIMIT_REACHED', message: 'All are granted.', rules: ['B-1'] } }
      : { kind: 'accepted', events: Array.from({ length: events }, () => ({ type: 'Granted', schemaVersion: 1, occurredAt: now, data: {} })) },
  evolve: (state) => ({ granted: state.granted + 1 }),
};

const STREAM = 'productKey-00' as StreamId;

function setUp(overrides: Partial<CommandHandlerOptions> & { store?: EventStore } = {}) {
  const store = overrides.store ?? openMemoryStore();
  const handler = createCommandHandler({
    now: steppingClock(),
    seal: async (subject, text, event) => ({ subject, sealed: `${event}:${text}` }),
    upcast: (event) => event,
    ...overrides,
    store,
  });
  const nextId = countingCommandIds();
  const ask = (command: Ask, commandId: CommandId = nextId(), stream: StreamId = STREAM) =>
    handler.execute({ decider: budgetDecider, stream, command, commandId, actor: TEST_ACTOR, correlationId: 'test' });
  return { store, handler, ask, nextId };
}

interface Sent {
  readonly command: Ask & { readonly stream: string };
  readonly repeats: readonly number[];
  readonly pause: boolean;
}

/** Sends the commands and their repeats: what each stream holds in the end, and the answer of each repeat beside the first. */
async function sendAll(all: readonly Sent[]) {
  const { store, ask, nextId } = setUp({ now: () => '2026-11-22T13:00:00.000Z' as Instant });
  const ids = all.map(() => nextId());
  const answers: Promise<CommandOutcome>[] = [];
  const repeated: { readonly of: number; readonly answer: Promise<CommandOutcome> }[] = [];
  const send = (index: number) => {
    const { stream, ...command } = (all[index] as Sent).command;
    return ask(command, ids[index], stream as StreamId);
  };
  for (const [index, { repeats, pause }] of all.entries()) {
    answers.push(send(index));
    for (const repeat of repeats) repeated.push({ of: repeat % (index + 1), answer: send(repeat % (index + 1)) });
    if (pause) await Promise.all([...answers, ...repeated.map(({ answer }) => answer)]);
  }
  const firsts = await Promise.all(answers);
  const pairs = await Promise.all(repeated.map(async ({ of, answer }) => ({ first: firsts[of] as CommandOutcome, repeated: await answer })));
  const log = await Promise.all(['productKey-00', 'productKey-01'].map(async (stream) => (await store.readStream(stream as StreamId, 0 as Revision, 1_000)).map(({ text }) => text)));
  return { log, pairs };
}

function kinds(outcomes: readonly CommandOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe('command handler', () => {
  test('grants exactly as many as the limit allows when more ask at once', async () => {
    const { store, ask } = setUp();
    const outcomes = await Promise.all(Array.from({ length: 150 }, () => ask({ limit: 100 })));
    expect(kinds(outcomes)).toEqual({ recorded: 100, refused: 50 });
    expect((await store.readStream(STREAM, 0 as Revision, 1_000)).length).toBe(100);
  });

  test('decides on no state that a decider of another kind has folded of the stream', async () => {
    const { ask, handler } = setUp();
    await ask({ limit: 3 });
    const stranger = { ...budgetDecider, name: 'stranger', initial: { granted: 9 } };
    expect(await handler.preview({ decider: stranger, stream: STREAM, command: { limit: 3 } })).toMatchObject({ kind: 'refused' });
    expect(kinds([await ask({ limit: 3 }), await ask({ limit: 3 }), await ask({ limit: 3 })])).toEqual({ recorded: 2, refused: 1 });
  });

  test('grants exactly the limit when two handlers on one store are asked at once', async () => {
    const store = openMemoryStore();
    const one = setUp({ store });
    const other = setUp({ store });
    const ids = countingCommandIds();
    const outcomes = await Promise.all(Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? one : other).ask({ limit: 40 }, ids())));
    expect(kinds(outcomes)).toEqual({ recorded: 40, refused: 20 });
    expect((await store.readStream(STREAM, 0 as Revision, 1_000)).length).toBe(40);
  });

  test('answers many commands handed in together in their order, each stream deciding in that order', async () => {
    const { store, handler, nextId } = setUp();
    const [other, limits] = ['productKey-01' as StreamId, [1, 1, 5, 5, 2]];
    const requests = limits.map((limit, index) => ({
      decider: budgetDecider,
      stream: index === 2 ? other : STREAM,
      command: { limit },
      commandId: nextId(),
      actor: TEST_ACTOR,
      correlationId: 'test',
    }));
    const outcomes = await handler.executeAll(requests);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'refused', 'recorded', 'recorded', 'refused']);
    expect(outcomes.map((outcome) => ('events' in outcome ? outcome.events.map(({ id }) => id) : []))).toEqual(
      [0, 1, 2, 3, 4].map((index) => (index === 1 || index === 4 ? [] : [eventIdOf(requests[index]?.commandId as CommandId, 0)])),
    );
    expect((await store.readStream(STREAM, 0 as Revision, 10)).length).toBe(2);
    expect(await handler.executeAll([])).toEqual([]);
    expect((await handler.executeAll(requests)).map(({ kind }) => kind)).toEqual(['alreadyRecorded', 'refused', 'alreadyRecorded', 'alreadyRecorded', 'refused']);
  });

  test('a command that fails leaves the others of its round alone, and the call rejects when all are settled', async () => {
    const { store, handler, ask, nextId } = setUp();
    const unwritable: Decider<Budget, Ask> = {
      ...budgetDecider,
      decide: () => ({ kind: 'accepted', events: [{ type: 'Granted', schemaVersion: 1, occurredAt: '2026-11-22T13:00:00.000Z', data: { half: 0.5 } }] }),
    };
    const request = { command: { limit: 9 }, actor: TEST_ACTOR, correlationId: 'test' };
    const together = handler.executeAll([
      { ...request, decider: unwritable, stream: 'productKey-01' as StreamId, commandId: nextId() },
      { ...request, decider: budgetDecider, stream: STREAM, commandId: nextId() },
    ]);
    await expect(together).rejects.toThrow('not an integer');
    expect((await store.readStream(STREAM, 0 as Revision, 10)).length).toBe(1);
    await handler.idle();
    expect((await ask({ limit: 9 }, nextId(), 'productKey-01' as StreamId)).kind).toBe('recorded');
  });

  test('a command sent again answers with what it recorded then, and appends nothing', async () => {
    const { store, ask, nextId } = setUp();
    const id = nextId();
    const first = await ask({ limit: 5, events: 3 }, id);
    await ask({ limit: 9 });
    const again = await ask({ limit: 5, events: 3 }, id);
    if (first.kind !== 'recorded' || again.kind !== 'alreadyRecorded') throw new Error(`${first.kind}, ${again.kind}`);
    expect(again.events.map((event) => event.id)).toEqual([0, 1, 2].map((index) => eventIdOf(id, index)));
    expect(again.events).toEqual(first.events);
    expect((await store.head()).sequence).toBe(4);
  });

  test('a retried command changes nothing: it answers as the first time, and the log is as if it had never been sent again', async () => {
    const command = fc.record({ stream: fc.constantFrom('productKey-00', 'productKey-01'), limit: fc.nat({ max: 12 }), events: fc.integer({ min: 1, max: 3 }) });
    // Each is followed by repeats of what was sent until then, and by a pause or none: what comes without a pause is decided together.
    const sent = fc.array(fc.record({ command, repeats: fc.array(fc.nat(), { maxLength: 3 }), pause: fc.boolean() }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sent, async (all) => {
        const once = await sendAll(all.map((each) => ({ ...each, repeats: [] })));
        const again = await sendAll(all);
        expect(again.log).toEqual(once.log);
        for (const { first, repeated } of again.pairs) {
          expect(repeated).toEqual(first.kind === 'recorded' ? { kind: 'alreadyRecorded', events: first.events } : first);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the same command twice in one batch is one command', async () => {
    const { store, ask, nextId } = setUp();
    const id = nextId();
    const outcomes = await Promise.all([ask({ limit: 5 }, id), ask({ limit: 5 }, id)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'alreadyRecorded']);
    expect((await store.head()).sequence).toBe(1);
  });

  test('the same command id with another input is refused', async () => {
    const { store, ask, nextId } = setUp();
    const id = nextId();
    await ask({ limit: 5 }, id);
    expect(await ask({ limit: 6 }, id)).toMatchObject({ kind: 'refused', refusal: { code: 'COMMAND_ID_REUSED' } });
    expect(await ask({ limit: 6 }, id, 'productKey-01' as StreamId)).toMatchObject({ kind: 'refused', refusal: { code: 'COMMAND_ID_REUSED' } });
    expect((await store.head()).sequence).toBe(1);
  });

  test('a refused command is not remembered and may be granted later', async () => {
    const { ask, nextId } = setUp();
    const id = nextId();
    expect((await ask({ limit: 0 }, id)).kind).toBe('refused');
    expect((await ask({ limit: 1 }, id)).kind).toBe('recorded');
  });

  test('a failed append discards the folded state, and the next command decides on what is stored', async () => {
    const store = openMemoryStore();
    let broken = true;
    const failing: EventStore = { ...store, appendAll: (appends) => (broken ? Promise.reject(new Error('disk gone')) : store.appendAll(appends)) };
    const { ask } = setUp({ store: failing });
    await expect(ask({ limit: 1 })).rejects.toThrow('disk gone');
    broken = false;
    expect((await ask({ limit: 1 })).kind).toBe('recorded');
    expect((await ask({ limit: 1 })).kind).toBe('refused');
  });

  test('an append whose acknowledgement was lost is found by its id when the command is sent again', async () => {
    const store = openMemoryStore();
    let lose = true;
    const forgetful: EventStore = {
      ...store,
      async appendAll(appends) {
        const outcomes = await store.appendAll(appends);
        if (!lose) return outcomes;
        lose = false;
        throw new Error('answer lost');
      },
    };
    const { ask, nextId } = setUp({ store: forgetful });
    const id = nextId();
    await expect(ask({ limit: 5 }, id)).rejects.toThrow('answer lost');
    expect((await ask({ limit: 5 }, id)).kind).toBe('alreadyRecorded');
    expect((await store.head()).sequence).toBe(1);
  });

  test('a command that decides more events than one append takes is refused, and fails no other', async () => {
    const { store, handler, ask } = setUp();
    const outcomes = await Promise.all([ask({ limit: 9 }), ask({ limit: 9, events: APPEND_EVENTS_MAX + 1 }), ask({ limit: 9 })]);
    expect(kinds(outcomes)).toEqual({ recorded: 2, refused: 1 });
    const refusal = { code: 'COMMAND_TOO_LARGE', parameters: { events: APPEND_EVENTS_MAX + 1, max: APPEND_EVENTS_MAX } };
    expect(outcomes[1]).toMatchObject({ kind: 'refused', refusal });
    expect(await handler.preview({ decider: budgetDecider, stream: STREAM, command: { limit: 9, events: APPEND_EVENTS_MAX + 1 } })).toMatchObject({ kind: 'refused', refusal });
    expect((await store.head()).sequence).toBe(2);
    const largest = await ask({ limit: 9, events: APPEND_EVENTS_MAX });
    expect(largest.kind === 'recorded' && largest.events.length).toBe(APPEND_EVENTS_MAX);
  });

  test('puts the code and the ticket of a reason beside each event of the command, unsealed, with or without its words', async () => {
    const { store, handler, nextId } = setUp();
    const why = { reasonCode: 'LAB_REFRESH', reasonTicket: 'CHG-4711' };
    const request = { decider: budgetDecider, stream: STREAM, commandId: nextId(), actor: TEST_ACTOR, correlationId: 'c', ...why };
    await handler.execute({ ...request, command: { limit: 3, events: 2 } });
    const stored = (await store.readStream(STREAM, 0 as Revision, 10)).map((event) => parseEnvelope(event.text));
    expect(stored.map(({ reason, reasonCode, reasonTicket }) => [reason, reasonCode, reasonTicket])).toEqual([
      [undefined, 'LAB_REFRESH', 'CHG-4711'],
      [undefined, 'LAB_REFRESH', 'CHG-4711'],
    ]);
  });

  test('appends fewer commands together where the store takes less at once, and refuses the one that is too large alone', async () => {
    const store = openMemoryStore();
    const sizes: number[] = [];
    const tooLarge = new StoreError('APPEND_TOO_LARGE', 'more than the store takes at once', { retryable: false });
    const narrow: EventStore = {
      ...store,
      appendAll: async (appends) =>
        Promise.all(
          appends.map(async (append) => {
            if (append.events.length > 4) return { kind: 'failed' as const, error: tooLarge };
            sizes.push(append.events.length);
            return store.append(append.stream, append.expected, append.events);
          }),
        ),
    };
    const { ask } = setUp({ store: narrow });
    const outcomes = await Promise.all([3, 1, 9, 2, 2, 1, 1].map((events) => ask({ limit: 100, events })));
    expect(outcomes.map((outcome) => (outcome.kind === 'recorded' ? outcome.events.length : outcome))).toEqual([
      3,
      1,
      expect.objectContaining({ refusal: expect.objectContaining({ code: 'COMMAND_TOO_LARGE' }) }),
      2,
      2,
      1,
      1,
    ]);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10);
    expect((await store.readStream(STREAM, 0 as Revision, 100)).length).toBe(10);
  });

  test('seals the reason for each event of the command', async () => {
    const { store, handler, nextId } = setUp();
    const commandId = nextId();
    const request = { decider: budgetDecider, stream: STREAM, commandId, actor: TEST_ACTOR, correlationId: 'c', reason: 'because' };
    await handler.execute({ ...request, command: { limit: 3, events: 2 } });
    const stored = (await store.readStream(STREAM, 0 as Revision, 10)).map((event) => parseEnvelope(event.text));
    expect(stored.map(({ reason }) => reason?.sealed)).toEqual([0, 1].map((index) => `${eventIdOf(commandId, index)}:because`));
  });

  test('resolves idle only when nothing is queued or under way', async () => {
    const { handler, store, ask } = setUp();
    const all = Promise.all(Array.from({ length: 20 }, () => ask({ limit: 20 })));
    await handler.idle();
    expect((await store.head()).sequence).toBe(20);
    await all;
  });
});

describe('what a command would come to', () => {
  test('is told without writing anything', async () => {
    const { store, handler, ask } = setUp();
    await ask({ limit: 2 });
    const preview = (limit: number) => handler.preview({ decider: budgetDecider, stream: STREAM, command: { limit } });
    expect(await preview(2)).toMatchObject({ kind: 'accepted', events: [{ type: 'Granted' }] });
    expect(await preview(1)).toMatchObject({ kind: 'refused', refusal: { code: 'LIMIT_REACHED' } });
    expect((await store.readStream(STREAM, 0 as Revision, 10)).length).toBe(1);
    expect((await ask({ limit: 2 })).kind).toBe('recorded');
  });

  test('is folded from the log where no command came before', async () => {
    const { store, ask } = setUp();
    await ask({ limit: 2 });
    const other = setUp({ store });
    expect(await other.handler.preview({ decider: budgetDecider, stream: STREAM, command: { limit: 1 } })).toMatchObject({ kind: 'refused' });
  });
});

describe('what a command recorded', () => {
  test('is found by its id and the hash of its input, and by nothing else', async () => {
    const { handler, nextId } = setUp();
    const commandId = nextId();
    const request = { decider: budgetDecider, stream: STREAM, command: { limit: 5, events: 3 }, commandId, actor: TEST_ACTOR, correlationId: 'test', inputHash: 'aa' };
    expect(await handler.recorded(commandId, 'aa')).toBeUndefined();
    const first = await handler.execute(request);
    if (first.kind !== 'recorded') throw new Error(first.kind);
    expect(await handler.recorded(commandId, 'aa')).toEqual({ kind: 'alreadyRecorded', events: first.events });
    expect(await handler.recorded(commandId, 'bb')).toMatchObject({ kind: 'refused', refusal: { code: 'COMMAND_ID_REUSED' } });
    expect(await handler.recorded(nextId(), 'aa')).toBeUndefined();
  });
});

describe('several commands as one', () => {
  const together = atomically(budgetDecider, ({ type }) => (type === 'Denied' ? { code: 'DENIED', message: 'Denied.', rules: ['B-1'] } : undefined));

  test('are carried out in one append when each can be', async () => {
    const { store, handler, nextId } = setUp();
    const command = { commands: [{ limit: 3 }, { limit: 3, events: 2 }] };
    const outcome = await handler.execute({ decider: together, stream: STREAM, command, commandId: nextId(), actor: TEST_ACTOR, correlationId: 'test' });
    expect(outcome.kind === 'recorded' && outcome.events.length).toBe(3);
    expect((await store.readStream(STREAM, 0 as Revision, 10)).length).toBe(3);
  });

  test('are refused as a whole, with the place of the first that cannot be', async () => {
    const { store, handler, nextId } = setUp();
    const command = { commands: [{ limit: 2 }, { limit: 2 }, { limit: 2 }] };
    const outcome = await handler.execute({ decider: together, stream: STREAM, command, commandId: nextId(), actor: TEST_ACTOR, correlationId: 'test' });
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'LIMIT_REACHED', rules: ['B-1'], parameters: { item: 2 } } });
    expect(await store.readStream(STREAM, 0 as Revision, 10)).toEqual([]);
  });

  test('are refused as a whole when one would be denied on record', () => {
    const denying: Decider<Budget, Ask> = { ...budgetDecider, decide: (_state, _command, { now }) => ({ kind: 'accepted', events: [{ type: 'Denied', schemaVersion: 1, occurredAt: now, data: {} }] }) };
    const decision = atomically(denying, ({ type }) => (type === 'Denied' ? { code: 'DENIED', message: 'Denied.', parameters: { limit: 1 }, rules: ['B-1'] } : undefined)).decide(
      { granted: 0 },
      { commands: [{ limit: 1 }] },
      { now: steppingClock()() },
    );
    expect(decision).toEqual({ kind: 'refused', refusal: { code: 'DENIED', message: 'Denied.', rules: ['B-1'], parameters: { limit: 1, item: 0 } } });
  });
});

describe('snapshots', () => {
  function keptSnapshots(): SnapshotStore & { readonly kept: Map<StreamId, Snapshot>; readonly parts: Map<string, string> } {
    const kept = new Map<StreamId, Snapshot>();
    const parts = new Map<string, string>();
    return {
      kept,
      parts,
      load: (stream) => kept.get(stream),
      save(stream, snapshot, { names, added } = { names: new Set(), added: new Map() }) {
        kept.set(stream, snapshot);
        for (const [name, content] of added) parts.set(name, content);
        for (const name of parts.keys()) if (!names.has(name)) parts.delete(name);
      },
      loadPart: (_stream, name) => parts.get(name),
      drop: (stream) => void kept.delete(stream),
      close: () => undefined,
    };
  }

  async function filled(snapshots: SnapshotStore): Promise<{ store: EventStore; readFrom: number[] }> {
    const store = openMemoryStore();
    const { ask } = setUp({ store, snapshots });
    for (let round = 0; round < 25; round += 1) await Promise.all(Array.from({ length: 100 }, () => ask({ limit: 1_000_000 })));
    const readFrom: number[] = [];
    const observed: EventStore = { ...store, readStream: (stream, from, limit) => (readFrom.push(from), store.readStream(stream, from, limit)) };
    return { store: observed, readFrom };
  }

  test('a long stream is folded from its snapshot, not from the beginning', async () => {
    const snapshots = keptSnapshots();
    const { store, readFrom } = await filled(snapshots);
    expect(snapshots.kept.get(STREAM)).toMatchObject({ revision: 1_999, state: '{"granted":2000}' });
    const { ask, nextId } = setUp({ store, snapshots });
    for (let used = 0; used < 2_500; used += 1) nextId();
    expect((await ask({ limit: 2_501 }, nextId())).kind).toBe('recorded');
    expect((await ask({ limit: 2_501 }, nextId())).kind).toBe('refused');
    expect(readFrom).toEqual([1_999, 2_000]);
  });

  test.each([
    ['of another version', (snapshot: Snapshot): Snapshot => ({ ...snapshot, deciderVersion: 2 })],
    ['whose digest does not fit', (snapshot: Snapshot): Snapshot => ({ ...snapshot, state: '{"granted":0}' })],
    ['of another history', (snapshot: Snapshot): Snapshot => ({ ...snapshot, lastEventId: 'ffffffff-ffff-8fff-bfff-ffffffffffff' as EventId })],
  ])('a snapshot %s decides nothing', async (_, spoil) => {
    const snapshots = keptSnapshots();
    const { store } = await filled(snapshots);
    const snapshot = snapshots.kept.get(STREAM);
    if (snapshot === undefined) throw new Error('no snapshot was taken');
    snapshots.kept.set(STREAM, spoil(snapshot));
    const { ask, nextId } = setUp({ store, snapshots });
    for (let used = 0; used < 2_500; used += 1) nextId();
    expect((await ask({ limit: 2_500 }, nextId())).kind).toBe('refused');
  });

  /** The same budget, counted by the tens of its grants: each ten is a part of the state. */
  interface Tens {
    readonly granted: number;
    readonly tens: readonly { readonly texts: readonly string[] }[];
  }
  const tensDecider: Decider<Tens, Ask> = {
    name: 'tens',
    version: 1,
    initial: { granted: 0, tens: [] },
    decide: (state, command, context) => {
      // Looks at the last ten, and at no other.
      if (state.tens.at(-1)?.texts.length === 0) throw new Error('A part is empty.');
      return budgetDecider.decide(state, command, context);
    },
    evolve({ granted, tens }) {
      const last = tens.at(-1)?.texts ?? [];
      const begins = granted % 10 === 0;
      return { granted: granted + 1, tens: begins ? [...tens, { texts: [`${granted}`] }] : tens.with(tens.length - 1, { texts: [...last, `${granted}`] }) };
    },
    parts: {
      split: ({ granted, tens }, keep) => ({ granted, tens: tens.map((ten) => keep(ten, () => ten.texts)) }),
      join(head, load, kept) {
        const { granted, tens } = head as { granted: number; tens: readonly string[] };
        return {
          granted,
          tens: tens.map((name) => {
            const ten = {
              get texts() {
                return load(name);
              },
            };
            kept(ten, name);
            return ten;
          }),
        };
      },
    },
  };

  async function withTens(snapshots: SnapshotStore, count: number, store = openMemoryStore()) {
    const { handler, nextId } = setUp({ store, snapshots });
    const ask = (limit: number) => handler.execute({ decider: tensDecider, stream: STREAM, command: { limit }, commandId: nextId(), actor: TEST_ACTOR, correlationId: 'test' });
    for (let asked = 0; asked < count; asked += 250) await Promise.all(Array.from({ length: 250 }, () => ask(1_000_000)));
    return { store, handler, ask, nextId };
  }

  test('keep the parts of a state apart: what did not change is neither written nor read again', async () => {
    const snapshots = keptSnapshots();
    const written: number[] = [];
    const read: string[] = [];
    const watched: SnapshotStore = {
      ...snapshots,
      save: (stream, snapshot, parts) => (written.push(parts?.added.size ?? 0), snapshots.save(stream, snapshot, parts)),
      loadPart: (stream, name) => (read.push(name), snapshots.loadPart(stream, name)),
    };
    const { store } = await withTens(watched, 2_000);
    expect(written).toEqual([100, 100]);
    expect(snapshots.parts.size).toBe(200);
    const { handler } = setUp({ store, snapshots: watched });
    expect(await handler.preview({ decider: tensDecider, stream: STREAM, command: { limit: 2_000 } })).toMatchObject({ kind: 'refused' });
    expect(await handler.preview({ decider: tensDecider, stream: STREAM, command: { limit: 2_001 } })).toMatchObject({ kind: 'accepted' });
    expect(new Set(read).size).toBe(1);
  });

  test('with a part that is damaged are dropped: the command fails, and the next folds the stream whole', async () => {
    const snapshots = keptSnapshots();
    const { store } = await withTens(snapshots, 1_000);
    for (const name of snapshots.parts.keys()) snapshots.parts.set(name, '["0"]');
    const { handler } = setUp({ store, snapshots });
    const preview = (limit: number) => handler.preview({ decider: tensDecider, stream: STREAM, command: { limit } });
    await expect(preview(1_000)).rejects.toThrow('is damaged and was dropped');
    expect(snapshots.kept.size).toBe(0);
    expect(await preview(1_000)).toMatchObject({ kind: 'refused' });
    expect(await preview(1_001)).toMatchObject({ kind: 'accepted' });
  });

  test('are taken of long streams when the handler is closed, and of those alone that have grown', async () => {
    const snapshots = keptSnapshots();
    const { handler, ask } = await withTens(snapshots, 1_250);
    expect(snapshots.kept.get(STREAM)?.revision).toBe(999);
    await handler.close();
    expect(snapshots.kept.get(STREAM)?.revision).toBe(1_249);
    expect((await ask(1_251)).kind).toBe('recorded');
    expect(snapshots.kept.get(STREAM)?.revision).toBe(1_249);
  });
});
