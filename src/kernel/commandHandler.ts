/**
 * The command handler: from a command to events on disk.
 *
 * 1. A command waits in the queue of its stream; there is one queue per stream, and all queues advance in rounds.
 * 2. A round looks up which of its commands ran before (by the id of their first event): those answer with what they recorded then.
 * 3. The state of each stream is folded: from the cache, from a snapshot and the events after it, or from the whole stream.
 * 4. The commands are decided in order, each on the state that the ones before it left.
 * 5. What they decided is appended as one batch per stream at the exact revision. The store commits the batches of all streams together.
 * 6. Only then does the cached state advance and do the callers get their answers. If the process dies before, nothing was promised;
 *    if it dies after the commit, a retry with the same command id finds the events and answers with them.
 * 7. On a conflict (another node appended) what is new in the stream is folded and the commands are decided again, a bounded number of times.
 *
 * Step 2 may miss a command that another node recorded a moment ago. Then its event is in the stream, and either it is met in step 3, or the
 * append of step 5 conflicts and it is met in step 7: a command is answered by what it recorded wherever its first event is met.
 *
 * A round makes one promise for the batches of all its streams whose states are in the cache: promises for each command or each
 * stream would cost more than deciding. A stream that has to be read first goes its own way from step 3 on and delays no other.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical.js';
import type { Decision, DecisionContext, Decider, Refusal } from './decider.js';
import { parseEnvelope, type DomainEvent, type EventEnvelope, type NewEvent, type ReasonReference, type SealedText, type SourceReference, type StoredEvent } from './envelope.js';
import { eventIdOf } from './eventIds.js';
import type { CommandId, EventId, Instant, Revision, StreamId, SubjectId } from './identifiers.js';
import type { Snapshot, SnapshotStore } from './snapshot.js';

/** A command and everything that is recorded beside its events. */
export interface CommandRequest<State, Command> extends ReasonReference {
  readonly decider: Decider<State, Command>;
  readonly stream: StreamId;
  readonly command: Command;
  readonly commandId: CommandId;
  readonly actor: SubjectId;
  readonly correlationId: string;
  readonly causationId?: EventId | undefined;
  /** Free text of a person; sealed in each event of the command. */
  readonly reason?: string | undefined;
  readonly source?: SourceReference | undefined;
  /** `eventIdOf(commandId, 0)`; computed where it is left out. Imports bring it from the thread that parses. */
  readonly firstEventId?: EventId | undefined;
  /** Hash of the input; computed from the canonical command where it is left out. */
  readonly inputHash?: string | undefined;
}

export type CommandOutcome =
  | { readonly kind: 'recorded'; readonly events: readonly StoredEvent[] }
  /** The same command ran before; these are the events it recorded then. */
  | { readonly kind: 'alreadyRecorded'; readonly events: readonly StoredEvent[] }
  /** The command was true already and recorded nothing. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface CommandHandler {
  /** Never rejects for what a caller can provoke; rejects when the store fails, and then the outcome is unknown until the same command id is sent again. */
  execute<State, Command>(request: CommandRequest<State, Command>): Promise<CommandOutcome>;
  /**
   * Many commands, of any streams, with one promise: their outcomes in the order of the requests. Those on one stream are decided in that order.
   * Rejects as `execute` does, once all of them are settled.
   */
  executeAll(requests: readonly CommandRequest<unknown, unknown>[]): Promise<readonly CommandOutcome[]>;
  /** What a command recorded when it ran before, or that its id was used for something else; undefined if it recorded nothing yet. */
  recorded(commandId: CommandId, inputHash: string): Promise<CommandOutcome | undefined>;
  /** What the command would come to on the present state. Writes nothing and promises nothing: another command may come in between. */
  preview<State, Command>(request: Pick<CommandRequest<State, Command>, 'decider' | 'stream' | 'command'>): Promise<Decision>;
  /** Resolves when nothing is queued or under way. */
  idle(): Promise<void>;
  /** Waits until nothing is under way, then keeps the states of long streams, so that their next commands need not fold what is new in them. */
  close(): Promise<void>;
}

/** The part of a store that the handler needs (`store/port.ts`). */
export interface CommandStore {
  appendAll(
    appends: readonly { readonly stream: StreamId; readonly expected: 'none' | Revision; readonly events: readonly NewEvent[] }[],
  ): Promise<
    readonly (
      | { readonly kind: 'appended' | 'alreadyAppended'; readonly events: readonly StoredEvent[] }
      | { readonly kind: 'conflict'; readonly actual: Revision | undefined }
      | { readonly kind: 'duplicateId'; readonly id: EventId }
      | { readonly kind: 'failed'; readonly error: unknown }
    )[]
  >;
  readStream(stream: StreamId, from: Revision, limit: number): Promise<readonly StoredEvent[]>;
  findByIds(ids: readonly EventId[]): Promise<ReadonlyMap<EventId, StoredEvent>>;
}

export interface CommandHandlerOptions {
  readonly store: CommandStore;
  readonly now: () => Instant;
  readonly seal: (subject: SubjectId, text: string, event: EventId) => Promise<SealedText>;
  readonly upcast: (event: EventEnvelope) => EventEnvelope;
  readonly snapshots?: SnapshotStore | undefined;
  /**
   * Whether others append to the same log. A cached state may then be old without anybody noticing where a command records nothing: what
   * it is refused for, or needless, is answered when an append has shown that the state was the latest, or the stream has.
   */
  readonly shared?: boolean | undefined;
}

/** Decisions taken anew after another writer got in between, before the caller is told to try again. */
const CONFLICT_RETRIES_MAX = 16;
/** Commands of one stream decided and appended together. */
const BATCH_COMMANDS_MAX = 250;
/** Commands of one round; more wait for the next. A store looks up no more ids at once. */
const ROUND_COMMANDS_MAX = 10_000;
/** Events of one append (the store takes no more). */
const BATCH_EVENTS_MAX = 4_000;
/** Folded states kept in memory. */
const CACHED_STATES_MAX = 100_000;
/** Events of a stream after which its state is snapshotted again. */
const SNAPSHOT_EVENTS = 1_000;
/** Events read at once while folding. */
const FOLD_PAGE_EVENTS = 1_000;
/** Commands waiting in all queues together; more are refused as BUSY. */
const WAITING_COMMANDS_MAX = 100_000;

/** Commands that are answered together. */
interface Call {
  readonly outcomes: CommandOutcome[];
  missing: number;
  failure: { readonly error: unknown } | undefined;
  readonly resolve: (outcomes: readonly CommandOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

interface Job {
  readonly request: CommandRequest<unknown, unknown>;
  readonly inputHash: string;
  readonly firstEventId: EventId;
  readonly call: Call;
  /** Among the commands of its call. */
  readonly index: number;
  settled: boolean;
}

interface Folded {
  readonly state: unknown;
  readonly decider: Decider<unknown, unknown>;
  /** Of the last event; undefined for a stream without events. */
  readonly revision: Revision | undefined;
  readonly lastEventId: EventId | undefined;
  readonly snapshotRevision: number;
}

/** A command that was granted, and the events it is to record. */
interface Accepted {
  readonly job: Job;
  readonly events: readonly DomainEvent[];
}

/** Commands that a round took from one queue, on their way to the log. */
interface Batch {
  readonly queue: StreamQueue;
  readonly stream: StreamId;
  /** Not answered yet, or answered since they were last decided. */
  open: readonly Job[];
  /** How often they were decided in vain since the batch last appended something. */
  attempts: number;
  /** Most commands appended together: fewer once the store has found them too large. */
  commandsMax: number;
}

/** A batch and the state that it is decided on. */
interface FoldedBatch {
  readonly batch: Batch;
  readonly folded: Folded;
}

/** What the open commands of a batch came to. */
interface Decided extends FoldedBatch {
  state: unknown;
  readonly decidedAt: Instant;
  readonly accepted: Accepted[];
  /** Events of all that is accepted. */
  count: number;
  /** Answers that hold only if the state was the latest of a shared log. */
  readonly withheld: { readonly job: Job; readonly outcome: CommandOutcome }[];
  /** Whether something accepted has a reason to seal. */
  sealing: boolean;
}

type BatchAppend = Parameters<CommandStore['appendAll']>[0][number];
type AppendAnswer = Awaited<ReturnType<CommandStore['appendAll']>>[number];
type Appended = Extract<AppendAnswer, { readonly kind: 'appended' | 'alreadyAppended' }>;

/** Is shown each event that a state is folded from. */
type MeetEvent = (event: StoredEvent) => void;

interface StreamQueue {
  readonly stream: StreamId;
  jobs: Job[];
  /** In the round that is waiting to start, or under way. */
  engaged: boolean;
}

export function createCommandHandler(options: CommandHandlerOptions): CommandHandler {
  const { store } = options;
  const queues = new Map<StreamId, StreamQueue>();
  const cache = new Map<StreamId, Folded>();
  let ready: StreamQueue[] = [];
  let roundScheduled = false;
  let waiting = 0;
  let idleWaiters: (() => void)[] = [];
  /** Parts of states that are kept under a name already. */
  const partNames = new WeakMap<object, string>();

  const handler: CommandHandler = {
    execute: (request) =>
      new Promise((resolve, reject) => {
        ask([request], (outcomes) => outcomes.forEach(resolve), reject);
      }),
    executeAll: (requests) => new Promise((resolve, reject) => ask(requests, resolve, reject)),
    async recorded(commandId, inputHash) {
      const first = (await store.findByIds([eventIdOf(commandId, 0)])).values().next();
      return first.done === true ? undefined : answerOfKnown({ commandId, inputHash }, first.value);
    },
    async preview(request) {
      const { decider, stream, command }: Pick<CommandRequest<unknown, unknown>, 'decider' | 'stream' | 'command'> = request;
      const folded = options.shared === true ? await foldedAnew(stream, decider) : await foldedFor(stream, decider);
      try {
        return bounded(decider.decide(folded.state, command, { now: options.now() }));
      } catch (error) {
        // What was folded may be what failed.
        cache.delete(stream);
        throw error;
      }
    },
    async close() {
      await handler.idle();
      for (const [stream, folded] of cache) {
        const isLong = folded.revision !== undefined && folded.revision >= SNAPSHOT_EVENTS;
        if (isLong && folded.revision !== folded.snapshotRevision) snapshotted(stream, folded);
      }
    },
    idle() {
      return waiting === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve));
    },
  };
  return handler;

  function ask(requests: readonly CommandRequest<unknown, unknown>[], resolve: Call['resolve'], reject: Call['reject']): void {
    if (waiting + requests.length > WAITING_COMMANDS_MAX) {
      const message = `More than ${WAITING_COMMANDS_MAX} commands would be waiting; send this one again later.`;
      resolve(requests.map(() => ({ kind: 'refused', refusal: { code: 'BUSY', message, rules: [] } })));
    } else if (requests.length === 0) {
      resolve([]);
    } else {
      const call: Call = { outcomes: [], missing: requests.length, failure: undefined, resolve, reject };
      // All of them before the first is queued: a command that cannot be hashed leaves none of the others behind.
      const jobs = requests.map((request, index) => jobOf(request, call, index));
      for (const job of jobs) enqueue(job);
    }
  }

  function enqueue(job: Job): void {
    waiting += 1;
    const { stream } = job.request;
    let queue = queues.get(stream);
    if (queue === undefined) {
      queue = { stream, jobs: [job], engaged: false };
      queues.set(stream, queue);
    } else {
      queue.jobs.push(job);
    }
    engage(queue);
  }

  function engage(queue: StreamQueue): void {
    if (queue.engaged || queue.jobs.length === 0) return;
    queue.engaged = true;
    ready.push(queue);
    scheduleRound();
  }

  function scheduleRound(): void {
    if (roundScheduled) return;
    roundScheduled = true;
    // A microtask later, so that commands issued together share a round, and its appends one commit.
    queueMicrotask(() => void runRound());
  }

  async function runRound(): Promise<void> {
    roundScheduled = false;
    const round = takeRound();
    let known: ReadonlyMap<EventId, StoredEvent>;
    try {
      known = await store.findByIds(round.flatMap(({ open }) => open.map((job) => job.firstEventId)));
    } catch (error) {
      for (const batch of round) abandon(batch, error);
      return;
    }
    // One look at the clock serves the round: what is decided in one turn of the event loop happens at one time.
    const now = options.now();
    const isKnown = (job: Job): boolean => known.has(job.firstEventId);
    const together: FoldedBatch[] = [];
    for (const batch of round) {
      const folded = cachedFor(batch.stream, deciderOf(batch.open));
      if (folded === undefined || (known.size > 0 && batch.open.some(isKnown))) void runApart(batch, now, () => answerKnown(batch.open, known));
      else together.push({ batch, folded });
    }
    await runTogether(together, now);
  }

  function takeRound(): readonly Batch[] {
    const round: Batch[] = [];
    let commands = 0;
    let taken = 0;
    for (const queue of ready) {
      if (commands + BATCH_COMMANDS_MAX > ROUND_COMMANDS_MAX) break;
      const batch = { queue, stream: queue.stream, open: queue.jobs.splice(0, BATCH_COMMANDS_MAX), attempts: 0, commandsMax: BATCH_COMMANDS_MAX };
      commands += batch.open.length;
      taken += 1;
      round.push(batch);
    }
    ready = ready.slice(taken);
    if (ready.length > 0) scheduleRound();
    return round;
  }

  /**
   * Goes on with a batch that needs the log before it is decided: `answer` settles the jobs that the log answers, and gives the others.
   * `fold` gives the state, and meets on its way commands that were recorded since.
   */
  async function runApart(batch: Batch, now: Instant, answer: () => Promise<readonly Job[]>, fold = foldedFor): Promise<void> {
    try {
      batch.open = await answer();
      if (batch.open.length === 0) return release(batch.queue);
      const met = new Map<EventId, StoredEvent>();
      const asked = new Set(batch.open.map(({ firstEventId }) => firstEventId));
      const folded = await fold(batch.stream, deciderOf(batch.open), (event) => {
        if (asked.has(event.id)) met.set(event.id, event);
      });
      if (met.size > 0) batch.open = await answerKnown(batch.open, met);
      if (batch.open.length === 0) release(batch.queue);
      else await runTogether([{ batch, folded }], now);
    } catch (error) {
      abandon(batch, error);
    }
  }

  /** Decides batches, and appends what they decided with one call. A batch that fails disturbs no other; this never rejects. */
  async function runTogether(batches: readonly FoldedBatch[], now: Instant): Promise<void> {
    const decided: Decided[] = [];
    const appends: BatchAppend[] = [];
    for (const { batch, folded } of batches) {
      try {
        const each = decideInOrder(batch, folded, { now });
        if (each.count === 0) {
          if (each.withheld.length === 0) release(batch.queue);
          else void confirm(each);
          continue;
        }
        // Awaited only where there is something to seal: every event of an import passes this place.
        const events = each.sealing ? await sealedEvents(each) : unsealedEvents(each);
        appends.push({ stream: batch.stream, expected: folded.revision ?? 'none', events });
        decided.push(each);
      } catch (error) {
        abandon(batch, error);
      }
    }
    if (appends.length === 0) return;
    const answers = await store.appendAll(appends).catch((error: unknown) => appends.map(() => ({ kind: 'failed' as const, error })));
    for (const [index, answer] of answers.entries()) {
      const each = decided[index];
      if (each !== undefined) conclude(each, answer);
    }
  }

  /** What the store says of a batch's append: callers get their answers, or the batch goes round again. */
  function conclude(decided: Decided, answer: AppendAnswer): void {
    const { batch, folded, state } = decided;
    try {
      switch (answer.kind) {
        case 'appended':
          advance(batch.stream, folded, state, answer.events);
          settleAppended(decided, answer);
          if (batch.open.every(isSettled)) return release(batch.queue);
          batch.attempts = 0;
          return runAgain(batch, foldedFor);
        case 'alreadyAppended':
        case 'conflict':
          return runAgain(batch, foldedAnew);
        case 'duplicateId':
          return runAgain(batch, foldedAnew, answer.id);
        case 'failed':
          return isTooLarge(answer.error) ? appendLess(decided) : abandon(batch, answer.error);
      }
    } catch (error) {
      abandon(batch, error);
    }
  }

  /** The store takes fewer bytes at once than these commands record: half of them are next, and one that is too large alone is refused. Nothing was written. */
  function appendLess({ batch, accepted, count }: Decided): void {
    const [first] = accepted;
    if (accepted.length > 1) batch.commandsMax = Math.ceil(accepted.length / 2);
    else if (first !== undefined) settle(first.job, { kind: 'refused', refusal: commandTooLarge(count, count - 1) });
    if (batch.open.every(isSettled)) return release(batch.queue);
    batch.attempts = 0;
    runAgain(batch, foldedFor);
  }

  /** Answers what recorded nothing if the state was the latest; if it was not, the commands are decided again. */
  async function confirm({ batch, folded, withheld }: Decided): Promise<void> {
    try {
      const [news] = await store.readStream(batch.stream, nextAfter(folded.revision), 1);
      if (news !== undefined) return runAgain(batch, foldedAnew);
      // Another node may have recorded the same command after it was looked up here and before the state was read that refuses it now.
      const unknown = new Set(await answerFromLog(withheld.map(({ job }) => job)));
      for (const { job, outcome } of withheld) if (unknown.has(job)) settle(job, outcome);
      release(batch.queue);
    } catch (error) {
      abandon(batch, error);
    }
  }

  /**
   * Decides what is not answered yet. Another node may have run the very same commands, perhaps with another
   * input: that is what a duplicate id (`offending`) and events that are there already mean, and may be what a conflict means. So they are
   * looked up again, as is a command that stood in the batch twice.
   */
  function runAgain(batch: Batch, fold: typeof foldedFor, offending?: EventId): void {
    const jobs = batch.open.filter((job) => !isSettled(job));
    if (batch.attempts >= CONFLICT_RETRIES_MAX) return giveUp(batch, jobs);
    batch.attempts += 1;
    batch.open = jobs;
    void runApart(batch, options.now(), () => answerFromLog(jobs, offending), fold);
  }

  function giveUp({ queue, stream, attempts }: Batch, jobs: readonly Job[]): void {
    const message = `Other writers appended to ${stream} ${attempts + 1} times in between; send the command again.`;
    for (const job of jobs) settle(job, { kind: 'refused', refusal: { code: 'CONTENTION', message, rules: [] } });
    release(queue);
  }

  /** The outcome of the append is unknown: what was folded on it is worth nothing any more. */
  function abandon(batch: Batch, error: unknown): void {
    cache.delete(batch.stream);
    for (const job of batch.open) fail(job, error);
    release(batch.queue);
  }

  /** Decides the jobs in order, each on the state that the ones before it left; refused and needless ones are answered at once. */
  function decideInOrder(batch: Batch, folded: Folded, context: DecisionContext): Decided {
    const decided: Decided = { batch, folded, state: folded.state, decidedAt: context.now, accepted: [], count: 0, withheld: [], sealing: false };
    const seen = new Set<CommandId>();
    for (const job of batch.open) {
      // The same command twice in one queue: answered from the log after the first is written.
      if (seen.has(job.request.commandId)) continue;
      const { decider, command, reason } = job.request;
      const decision = bounded(decider.decide(decided.state, command, context));
      if (decision.kind === 'refused') {
        answerWithoutEvents(decided, job, { kind: 'refused', refusal: decision.refusal });
        continue;
      }
      if (decision.events.length === 0) {
        answerWithoutEvents(decided, job, { kind: 'unchanged' });
        continue;
      }
      const count = decided.count + decision.events.length;
      // Beyond what one append takes. Commands of one stream are decided in the order they came: after the first that has to wait, all wait.
      if (count > BATCH_EVENTS_MAX || decided.accepted.length >= batch.commandsMax) break;
      seen.add(job.request.commandId);
      decided.sealing ||= reason !== undefined;
      for (const event of decision.events) decided.state = decider.evolve(decided.state, event);
      decided.accepted.push({ job, events: decision.events });
      decided.count = count;
    }
    return decided;
  }

  function answerWithoutEvents({ withheld }: Decided, job: Job, outcome: CommandOutcome): void {
    if (options.shared === true) withheld.push({ job, outcome });
    else settle(job, outcome);
  }

  async function sealedEvents({ accepted, decidedAt }: Decided): Promise<NewEvent[]> {
    const sealed: NewEvent[] = [];
    for (const { job, events } of accepted) {
      const { reason, actor, commandId } = job.request;
      for (const [index, event] of events.entries()) {
        const text = reason === undefined ? undefined : await options.seal(actor, reason, eventIdOf(commandId, index));
        sealed.push(newEvent(job, event, index, decidedAt, text));
      }
    }
    return sealed;
  }

  /** Answers the commands whose events are on disk, and those that recorded nothing on the way. */
  function settleAppended({ accepted, withheld }: Decided, { events }: Appended): void {
    let from = 0;
    for (const each of accepted) {
      const to = from + each.events.length;
      settle(each.job, { kind: 'recorded', events: accepted.length === 1 ? events : events.slice(from, to) });
      from = to;
    }
    for (const { job, outcome } of withheld) settle(job, outcome);
  }

  async function answerFromLog(jobs: readonly Job[], offending?: EventId): Promise<readonly Job[]> {
    const known = await store.findByIds(jobs.map((job) => job.firstEventId));
    if (offending !== undefined && !known.has(offending) && known.size === 0) {
      throw new Error(`The store refused event ${offending} as a duplicate and does not find it.`);
    }
    return answerKnown(jobs, known);
  }

  /** Answers the jobs whose first event is in the log already; returns the others. */
  async function answerKnown(jobs: readonly Job[], known: ReadonlyMap<EventId, StoredEvent>): Promise<readonly Job[]> {
    const open: Job[] = [];
    for (const job of jobs) {
      const first = known.get(job.firstEventId);
      if (first === undefined) open.push(job);
      else settle(job, await answerOfKnown({ commandId: job.request.commandId, inputHash: job.inputHash }, first));
    }
    return open;
  }

  async function answerOfKnown({ commandId, inputHash }: { readonly commandId: CommandId; readonly inputHash: string }, first: StoredEvent): Promise<CommandOutcome> {
    const envelope = parseEnvelope(first.text);
    if (envelope.inputHash !== inputHash || envelope.commandId !== commandId) {
      const message = `Command id ${commandId} was used before with another input. Use a new id for a new command.`;
      return { kind: 'refused', refusal: { code: 'COMMAND_ID_REUSED', message, rules: [] } };
    }
    const following = await store.readStream(first.stream, first.revision, BATCH_EVENTS_MAX);
    const own = new Set<string>();
    for (let index = 0; index < following.length; index += 1) own.add(eventIdOf(commandId, index));
    const until = following.findIndex((event) => !own.has(event.id));
    return { kind: 'alreadyRecorded', events: until === -1 ? following : following.slice(0, until) };
  }

  /** A state is of the decider that folded it; whoever takes the stream for one of another kind must not meet it, nor leave his own. */
  function cachedFor(stream: StreamId, decider: Decider<unknown, unknown>): Folded | undefined {
    const folded = cache.get(stream);
    return folded?.decider.name === decider.name ? folded : undefined;
  }

  async function foldedFor(stream: StreamId, decider: Decider<unknown, unknown>, meet?: MeetEvent): Promise<Folded> {
    return cachedFor(stream, decider) ?? foldedAnew(stream, decider, meet);
  }

  /** The state with all that the stream holds now: what is cached of it cannot become wrong, only old. */
  async function foldedAnew(stream: StreamId, decider: Decider<unknown, unknown>, meet?: MeetEvent): Promise<Folded> {
    let folded = cachedFor(stream, decider) ?? (await foldedFromSnapshot(stream, decider)) ?? {
      state: decider.initial,
      decider,
      revision: undefined,
      lastEventId: undefined,
      snapshotRevision: -1,
    };
    for (;;) {
      const page = await store.readStream(stream, nextAfter(folded.revision), FOLD_PAGE_EVENTS);
      let { state } = folded;
      for (const event of page) {
        meet?.(event);
        state = decider.evolve(state, options.upcast(parseEnvelope(event.text)));
      }
      const last = page.at(-1);
      if (last !== undefined) folded = { ...folded, state, revision: last.revision, lastEventId: last.id };
      if (page.length < FOLD_PAGE_EVENTS) break;
    }
    remember(stream, folded);
    return folded;
  }

  /** A snapshot is believed only if it was made by this decider, is whole, and its last event is the stream's at that revision. */
  async function foldedFromSnapshot(stream: StreamId, decider: Decider<unknown, unknown>): Promise<Folded | undefined> {
    const snapshot = options.snapshots?.load(stream);
    if (snapshot === undefined || snapshot.decider !== decider.name || snapshot.deciderVersion !== decider.version) return undefined;
    if (hash('sha256', snapshot.state, 'hex') !== snapshot.digest) return undefined;
    const [event] = await store.readStream(stream, snapshot.revision, 1);
    if (event === undefined || event.id !== snapshot.lastEventId) return undefined;
    const { revision, lastEventId } = snapshot;
    return { state: joined(stream, decider, JSON.parse(snapshot.state)), decider, revision, lastEventId, snapshotRevision: revision };
  }

  function advance(stream: StreamId, before: Folded, state: unknown, events: readonly StoredEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    remember(stream, { ...before, state, revision: last.revision, lastEventId: last.id });
  }

  function remember(stream: StreamId, folded: Folded): void {
    const kept = folded.revision !== undefined && folded.revision - folded.snapshotRevision >= SNAPSHOT_EVENTS ? snapshotted(stream, folded) : folded;
    cache.delete(stream);
    cache.set(stream, kept);
    if (cache.size <= CACHED_STATES_MAX) return;
    const oldest = cache.keys().next();
    if (oldest.done !== true) cache.delete(oldest.value);
  }

  function snapshotted(stream: StreamId, folded: Folded): Folded {
    if (options.snapshots === undefined || folded.revision === undefined || folded.lastEventId === undefined) return folded;
    const names = new Set<string>();
    const added = new Map<string, string>();
    const fresh: [part: object, name: string][] = [];
    const state = JSON.stringify(folded.decider.parts === undefined ? folded.state : folded.decider.parts.split(folded.state, keep));
    const snapshot: Snapshot = {
      decider: folded.decider.name,
      deciderVersion: folded.decider.version,
      revision: folded.revision,
      lastEventId: folded.lastEventId,
      state,
      digest: hash('sha256', state, 'hex'),
    };
    options.snapshots.save(stream, snapshot, folded.decider.parts === undefined ? undefined : { names, added });
    // Only what was written counts as kept.
    for (const [part, name] of fresh) partNames.set(part, name);
    return { ...folded, snapshotRevision: folded.revision };

    function keep(part: object, content: () => readonly string[]): string {
      const known = partNames.get(part);
      const text = known === undefined ? JSON.stringify(content()) : undefined;
      const name = known ?? hash('sha256', text ?? '', 'hex');
      names.add(name);
      if (text !== undefined) {
        added.set(name, text);
        fresh.push([part, name]);
      }
      return name;
    }
  }

  /** The state whose parts are read when they are needed. One that is damaged ends the decision, and the next one folds the stream whole. */
  function joined(stream: StreamId, { parts }: Decider<unknown, unknown>, head: unknown): unknown {
    if (parts === undefined) return head;
    const load = (name: string): readonly string[] => {
      const text = options.snapshots?.loadPart(stream, name);
      if (text !== undefined && hash('sha256', text, 'hex') === name) return JSON.parse(text) as readonly string[];
      options.snapshots?.drop(stream);
      throw new Error(`The snapshot of ${stream} is damaged and was dropped; send the command again.`);
    };
    return parts.join(head as object, load, (part, name) => partNames.set(part, name));
  }

  function settle(job: Job, outcome: CommandOutcome): void {
    if (job.settled) return;
    job.call.outcomes[job.index] = outcome;
    countDown(job);
  }

  function fail(job: Job, error: unknown): void {
    if (job.settled) return;
    job.call.failure ??= { error };
    countDown(job);
  }

  function countDown(job: Job): void {
    const { call } = job;
    job.settled = true;
    call.missing -= 1;
    if (call.missing === 0) {
      if (call.failure === undefined) call.resolve(call.outcomes);
      else call.reject(call.failure.error);
    }
    waiting -= 1;
    if (waiting > 0) return;
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const waiter of waiters) waiter();
  }

  function release(queue: StreamQueue): void {
    queue.engaged = false;
    if (queue.jobs.length === 0) queues.delete(queue.stream);
    else engage(queue);
  }
}

/** A decision that fits no append is refused: it fails nobody else's command. */
function bounded(decision: Decision): Decision {
  if (decision.kind === 'refused' || decision.events.length <= BATCH_EVENTS_MAX) return decision;
  return { kind: 'refused', refusal: commandTooLarge(decision.events.length, BATCH_EVENTS_MAX) };
}

function commandTooLarge(events: number, max: number): Refusal {
  const message = `The command would record ${events} events; at most ${max} are recorded at once. Send it in parts.`;
  return { code: 'COMMAND_TOO_LARGE', message, parameters: { events, max }, rules: [] };
}

/** What a store says that takes a bounded number of bytes at once. */
function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'APPEND_TOO_LARGE';
}

function jobOf(request: CommandRequest<unknown, unknown>, call: Call, index: number): Job {
  const inputHash = request.inputHash ?? hash('sha256', canonicalJson(request.command), 'hex');
  return { request, inputHash, firstEventId: request.firstEventId ?? eventIdOf(request.commandId, 0), call, index, settled: false };
}

function isSettled({ settled }: Job): boolean {
  return settled;
}

function nextAfter(revision: Revision | undefined): Revision {
  return (revision === undefined ? 0 : revision + 1) as Revision;
}

function deciderOf([first]: readonly Job[]): Decider<unknown, unknown> {
  if (first === undefined) throw new Error('A batch without commands was folded.');
  return first.request.decider;
}

function unsealedEvents({ accepted, decidedAt }: Decided): readonly NewEvent[] {
  return accepted.flatMap(({ job, events }) => events.map((event, index) => newEvent(job, event, index, decidedAt, undefined)));
}

function newEvent(job: Job, event: DomainEvent, index: number, recordedAt: Instant, reason: SealedText | undefined): NewEvent {
  const { request } = job;
  return {
    id: index === 0 ? job.firstEventId : eventIdOf(request.commandId, index),
    type: event.type,
    schemaVersion: event.schemaVersion,
    recordedAt,
    occurredAt: event.occurredAt as Instant,
    actor: request.actor,
    reason,
    reasonCode: request.reasonCode,
    reasonTicket: request.reasonTicket,
    correlationId: request.correlationId,
    causationId: request.causationId,
    commandId: request.commandId,
    inputHash: job.inputHash,
    source: request.source,
    data: event.data,
  };
}
