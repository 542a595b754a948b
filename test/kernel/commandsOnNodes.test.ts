/**
 * Command handlers of several nodes on one log that promises less than ours do, as KurrentDB does: it takes a second event with the same id at
 * another place, and a node finds by its id only what it has been shown before.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCommandHandler, type CommandHandler, type CommandOutcome, type CommandStore } from '../../src/kernel/commandHandler.js';
import type { Decider } from '../../src/kernel/decider.js';
import { canonicalEvent } from '../../src/kernel/canonical.js';
import type { StoredEvent } from '../../src/kernel/envelope.js';
import type { CommandId, EventId, Position, Revision, Sequence, StreamId } from '../../src/kernel/identifiers.js';
import { countingCommandIds, steppingClock, TEST_ACTOR } from '../support/deterministic.js';

type Command = { readonly kind: 'grant'; readonly limit: number } | { readonly kind: 'raise'; readonly by: number };
interface Budget {
  readonly granted: number;
  readonly raised: number;
}

const budget: Decider<Budget, Command> = {
  name: 'budget',
  version: 1,
  initial: { granted: 0, raised: 0 },
  decide({ granted, raised }, command, { now }) {
    const event = (type: string, data: object) => ({ kind: 'accepted' as const, events: [{ type, schemaVersion: 1, occurredAt: now, data }] });
    if (command.kind === 'raise') return command.by === 0 ? { kind: 'accepted', events: [] } : event('Raised', { by: command.by });
    return granted < command.limit + raised ? event('Granted', { now }) : { kind: 'refused', refusal: { code: 'LIMIT_REACHED', message: 'All are granted.', rules: [] } };
  },
  evolve: ({ granted, raised }, { type, data }) => (type === 'Granted' ? { granted: granted + 1, raised } : { granted, raised: raised + (data as { by: number }).by }),
};

const STREAM = 'productKey-00' as StreamId;

/** One log, and a view of it for each node. */
function sharedLog() {
  const log: StoredEvent[] = [];
  const inStream = (stream: StreamId): StoredEvent[] => log.filter((event) => event.stream === stream);
  const append: (each: Parameters<CommandStore['appendAll']>[0][number]) => Awaited<ReturnType<CommandStore['appendAll']>>[number] = ({ stream, expected, events }) => {
    const written = inStream(stream);
    const from = expected === 'none' ? 0 : expected + 1;
    const there = written.slice(from, from + events.length);
    if (there.length === events.length && there.every(({ id }, index) => id === events[index]?.id)) return { kind: 'alreadyAppended', events: there };
    if (from !== written.length) return { kind: 'conflict', actual: written.at(-1)?.revision };
    const stored = events.map((event, index): StoredEvent => {
      const [revision, sequence] = [(from + index) as Revision, log.length + index + 1];
      return { position: BigInt(sequence) as Position, sequence: sequence as Sequence, stream, revision, id: event.id, text: canonicalEvent(event, stream, revision) };
    });
    log.push(...stored);
    return { kind: 'appended', events: stored };
  };

  function node(): CommandStore {
    const shown = new Map<EventId, StoredEvent>();
    const show = (events: readonly StoredEvent[]): readonly StoredEvent[] => {
      for (const event of events) shown.set(event.id, event);
      return events;
    };
    return {
      async appendAll(appends) {
        const outcomes = appends.map(append);
        for (const outcome of outcomes) if ('events' in outcome) show(outcome.events);
        return outcomes;
      },
      readStream: async (stream, from, limit) => show(inStream(stream).slice(from, from + limit)),
      findByIds: async (ids) => new Map([...shown].filter(([id]) => ids.includes(id))),
    };
  }
  return { log, node };
}

function handlerOn(store: CommandStore, now = steppingClock()): CommandHandler {
  return createCommandHandler({ store, now, seal: () => Promise.reject(new Error('nothing to seal')), upcast: (event) => event, shared: true });
}

function sender(handler: CommandHandler) {
  return (command: Command, commandId: CommandId) => handler.execute({ decider: budget, stream: STREAM, command, commandId, actor: TEST_ACTOR, correlationId: 'test' });
}

function nodesOf(number: number) {
  const { log, node } = sharedLog();
  // A clock of its own for each, so that the same command decided twice comes to other events.
  const clocks = Array.from({ length: number }, (_, index) => steppingClock(`2026-11-2${index}T00:00:00.000Z`));
  return { log, node, send: clocks.map((clock) => sender(handlerOn(node(), clock))) };
}

function count(outcomes: readonly CommandOutcome[], kind: CommandOutcome['kind']): number {
  return outcomes.filter((outcome) => outcome.kind === kind).length;
}

test('nodes grant exactly the limit together', async () => {
  const { log, send } = nodesOf(3);
  const ids = countingCommandIds();
  const outcomes = await Promise.all(Array.from({ length: 90 }, (_, index) => send[index % 3]!({ kind: 'grant', limit: 40 }, ids())));
  expect([count(outcomes, 'recorded'), count(outcomes, 'refused'), log.length]).toEqual([40, 50, 40]);
});

test('a command that another node has recorded answers with what it recorded there, also where the node had not heard of it', async () => {
  const { log, send, node } = nodesOf(2);
  const [one, other] = send as [(typeof send)[0], (typeof send)[0]];
  const ids = countingCommandIds();
  // The other node has the stream in its memory, and has not seen what comes then.
  expect((await other({ kind: 'raise', by: 1 }, ids())).kind).toBe('recorded');
  const id = ids();
  const first = await one({ kind: 'grant', limit: 5 }, id);
  await one({ kind: 'raise', by: 1 }, ids());
  const again = await other({ kind: 'grant', limit: 5 }, id);
  expect(again).toEqual({ ...first, kind: 'alreadyRecorded' });
  // And a node that has just been started.
  expect(await sender(handlerOn(node()))({ kind: 'grant', limit: 5 }, id)).toEqual(again);
  expect(log.length).toBe(3);
});

test('a command id that another node has used for another input is refused, also when both are asked at once', async () => {
  const { log, send } = nodesOf(2);
  const [one, other] = send as [(typeof send)[0], (typeof send)[0]];
  const ids = countingCommandIds();
  const id = ids();
  await one({ kind: 'grant', limit: 5 }, id);
  expect(await other({ kind: 'grant', limit: 6 }, id)).toMatchObject({ kind: 'refused', refusal: { code: 'COMMAND_ID_REUSED' } });
  const second = ids();
  const both = await Promise.all([one({ kind: 'grant', limit: 7 }, second), other({ kind: 'raise', by: 1 }, second)]);
  expect([count(both, 'recorded'), both.filter((outcome) => outcome.kind === 'refused' && outcome.refusal.code === 'COMMAND_ID_REUSED').length, log.length]).toEqual([1, 1, 2]);
});

test('what a node refuses or takes for true already, it judges on what the stream holds now', async () => {
  const { send } = nodesOf(2);
  const [one, other] = send as [(typeof send)[0], (typeof send)[0]];
  const ids = countingCommandIds();
  expect((await other({ kind: 'grant', limit: 1 }, ids())).kind).toBe('recorded');
  expect((await other({ kind: 'grant', limit: 1 }, ids())).kind).toBe('refused');
  await one({ kind: 'raise', by: 1 }, ids());
  expect((await other({ kind: 'grant', limit: 1 }, ids())).kind).toBe('recorded');
  expect((await other({ kind: 'raise', by: 0 }, ids())).kind).toBe('unchanged');
});

test('a command that another node records between its look-up here and the reading of the state is recognised, and not refused by what it did itself', async () => {
  const { node } = sharedLog();
  const one = sender(handlerOn(node()));
  const held = Promise.withResolvers<void>();
  const lookedUp = Promise.withResolvers<void>();
  const store = node();
  let lookUps = 0;
  const handler = handlerOn({
    ...store,
    async findByIds(ids) {
      const known = await store.findByIds(ids);
      lookUps += 1;
      if (lookUps === 1) {
        lookedUp.resolve();
        await held.promise;
      }
      return known;
    },
  });
  const id = countingCommandIds()();
  const asked = sender(handler)({ kind: 'grant', limit: 1 }, id);
  await lookedUp.promise;
  const recorded = await one({ kind: 'grant', limit: 1 }, id);
  // Somebody else's question brings the state of the stream into memory.
  await handler.preview({ decider: budget, stream: STREAM, command: { kind: 'raise', by: 1 } });
  held.resolve();
  expect(await asked).toEqual({ ...recorded, kind: 'alreadyRecorded' });
});

test('a command that is overtaken by other nodes again and again is given up, and may be sent again', async () => {
  const { log, node } = sharedLog();
  const rival = sender(handlerOn(node()));
  const ids = countingCommandIds();
  let overtaken = 0;
  let overtake = true;
  const slow = node();
  const store: CommandStore = {
    ...slow,
    async appendAll(appends) {
      if (overtake) {
        overtaken += 1;
        await rival({ kind: 'raise', by: 1 }, ids());
      }
      return slow.appendAll(appends);
    },
  };
  const send = sender(handlerOn(store));
  const id = ids();
  expect(await send({ kind: 'grant', limit: 1 }, id)).toMatchObject({ kind: 'refused', refusal: { code: 'CONTENTION' } });
  expect([overtaken, log.length]).toEqual([17, 17]);
  overtake = false;
  expect((await send({ kind: 'grant', limit: 1 }, id)).kind).toBe('recorded');
});

test('whichever node each command and each of its repeats is sent to, it is recorded once and answers alike', async () => {
  const command = fc.oneof(
    fc.record({ kind: fc.constant('grant' as const), limit: fc.nat({ max: 6 }) }),
    fc.record({ kind: fc.constant('raise' as const), by: fc.integer({ min: 1, max: 2 }) }),
  );
  const sent = fc.array(fc.record({ command, node: fc.nat({ max: 2 }), repeats: fc.array(fc.nat({ max: 2 }), { maxLength: 3 }), pause: fc.boolean() }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sent, async (all) => {
      const { log, send } = nodesOf(3);
      const ids = countingCommandIds();
      const answers: Promise<CommandOutcome>[][] = [];
      for (const { command: each, node, repeats, pause } of all) {
        const id = ids();
        answers.push([node, ...repeats].map((to) => send[to]!(each, id)));
        if (pause) await Promise.all(answers.flat());
      }
      let recorded = 0;
      for (const ofOne of answers) {
        const outcomes = await Promise.all(ofOne);
        const events = outcomes.flatMap((outcome) => ('events' in outcome ? [outcome.events] : []));
        expect(count(outcomes, 'recorded')).toBe(events.length > 0 ? 1 : 0);
        for (const each of events) expect(each).toEqual(events[0]);
        recorded += events.length > 0 ? 1 : 0;
      }
      expect([log.length, new Set(log.map(({ id }) => id)).size]).toEqual([recorded, recorded]);
    }),
    { numRuns: 300 },
  );
});
