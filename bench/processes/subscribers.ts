/**
 * Many subscribers with different filters, each on a WebSocket of its own (protocol graphql-transport-ws), and what reaches them: each has
 * exactly the events its filter lets pass, in order, or this process fails.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { globalId } from '../../src/graphql/relay/globalId.js';
import { answer, monotonicMs, taskOfProcess } from './child.js';
import { ACTOR, HOSTS, hostStream, TYPES, typeOf, type Memory, type SteadyEvents } from './eventSource.js';

export interface SubscribersTask {
  readonly url: string;
  readonly token: string;
  /** Of the event source in the server. */
  readonly source: string;
  /** The server's last event, before all events of its source. */
  readonly head: number;
  readonly subscribers: number;
  readonly deliveriesPerSecond: number;
  readonly seconds: number;
  /** Seconds at each rate of the climb to where the server does not keep up. */
  readonly climbSeconds: number;
}

export interface Subscribed {
  readonly deliveries: number;
  /** From when an event was due to its arrival. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server for one delivery. */
  readonly cpuMicroseconds: number;
  /** Resident memory of the server for each subscriber once all are connected. */
  readonly rssBytes: number;
  /** What the server's heap and buffers hold for each, after its events: later, resident memory is mostly room for garbage. */
  readonly heapBytes: number;
  /** Most deliveries a second that the server kept up with. */
  readonly saturation: number;
}

interface Batch {
  readonly cursor: number;
  readonly events: readonly { readonly sequence: number; readonly correlationId: string }[];
}

interface Subscriber {
  readonly passes: (index: number) => boolean;
  received: number;
  last: number;
}

const QUERY = `subscription ($after: Sequence, $filter: LedgerEventFilter) {
  ledgerEvents(after: $after, filter: $filter) { cursor events { sequence type stream occurredAt correlationId } }
}`;
/** Connected first, so that what the server loads once is not counted for each. */
const WARM_UP_SUBSCRIBERS = 20;
const WARM_UP_SECONDS = 2;
/** Each rate of the climb against the one before. */
const CLIMB = 1.25;
/** A server whose slowest deliveries take longer does not keep up. */
const LATE_MS = 500;
/** Between two looks whether everything has arrived. */
const LOOK_MS = 5;
/** Nothing arrives for so long: it is lost. */
const LOST_MS = 10_000;

/** Filters of one host's subscribers, and which of the two types they let pass. */
const FORMS = [
  { types: TYPES, filter: ({ subject }: Names) => ({ subject }) },
  { types: TYPES, filter: ({ stream }: Names) => ({ stream }) },
  { types: TYPES, filter: ({ stream }: Names) => ({ stream, actor: ACTOR }) },
  { types: TYPES, filter: ({ subject }: Names) => ({ subject, types: TYPES }) },
  { types: TYPES, filter: ({ stream }: Names) => ({ stream, types: TYPES, actor: ACTOR }) },
  { types: TYPES, filter: ({ subject }: Names) => ({ subject, actor: ACTOR }) },
  { types: [TYPES[0]], filter: ({ subject }: Names) => ({ subject, types: [TYPES[0]] }) },
  { types: [TYPES[0]], filter: ({ stream }: Names) => ({ stream, types: [TYPES[0]], actor: ACTOR }) },
  { types: [TYPES[1]], filter: ({ subject }: Names) => ({ subject, types: [TYPES[1]] }) },
  { types: [TYPES[1]], filter: ({ stream }: Names) => ({ stream, types: [TYPES[1]] }) },
] as const;
type Names = { readonly subject: string; readonly stream: string };

const task = taskOfProcess<SubscribersTask>();
/** Each event reaches the subscribers of its host: all forms for both types, and half of those for one. */
const perEvent = (task.subscribers / HOSTS) * 0.8;
const subscribers: Subscriber[] = [];
let arrived = 0;
let published = 0;
let latencies: number[] = [];

const warming = await Promise.all(Array.from({ length: WARM_UP_SUBSCRIBERS }, (_, at) => subscribe(at)));
await steady(task.deliveriesPerSecond, 1);
await Promise.all(warming.map(leave));
const before = await memory();
subscribers.length = 0;
arrived = 0;
const all: WebSocket[] = [];
for (let at = 0; at < task.subscribers; at += 1) all.push(await subscribe(at));
const connected = await memory();
await steady(task.deliveriesPerSecond, WARM_UP_SECONDS);
const cpuBefore = (await memory()).cpuMs;
const { p50Ms, p99Ms } = await steady(task.deliveriesPerSecond, task.seconds);
const after = await memory();
const saturation = await climb();
const deliveries = arrived;
await Promise.all(all.map(leave));
answer({
  deliveries,
  p50Ms,
  p99Ms,
  cpuMicroseconds: ((after.cpuMs - cpuBefore) * 1_000) / (task.deliveriesPerSecond * task.seconds),
  rssBytes: (connected.rss - before.rss) / task.subscribers,
  heapBytes: (after.heap - before.heap) / task.subscribers,
  saturation,
} satisfies Subscribed);

/** Publishes for so long and waits until everything has arrived; throws when an event is lost, or comes twice, or to the wrong subscriber. */
async function steady(perSecond: number, seconds: number): Promise<{ readonly p50Ms: number; readonly p99Ms: number; readonly rate: number }> {
  latencies = [];
  const [first, start] = [published, monotonicMs()];
  const each = Math.max(1, Math.round((perSecond / perEvent) * seconds));
  published += each;
  await fetch(`${task.source}/events`, { method: 'POST', body: JSON.stringify({ perSecond: perSecond / perEvent, events: each } satisfies SteadyEvents) });
  for (const subscriber of subscribers) await complete(subscriber, first);
  const rate = latencies.length / ((monotonicMs() - start) / 1_000);
  latencies.sort((left, right) => left - right);
  return { p50Ms: part(0.5), p99Ms: part(0.99), rate };
}

async function complete(subscriber: Subscriber, first: number): Promise<void> {
  let wanted = 0;
  for (let index = first; index < published; index += 1) if (subscriber.passes(index)) wanted += 1;
  for (let [seen, since] = [arrived, monotonicMs()]; subscriber.received < wanted; await delay(LOOK_MS)) {
    if (arrived > seen) [seen, since] = [arrived, monotonicMs()];
    if (monotonicMs() - since > LOST_MS) throw new Error(`${wanted - subscriber.received} events of a subscriber are lost.`);
  }
  if (subscriber.received > wanted) throw new Error(`${subscriber.received} events came instead of ${wanted}.`);
  subscriber.received = 0;
}

/** Ever higher rates until deliveries fall behind. */
async function climb(): Promise<number> {
  let best = 0;
  for (let rate = task.deliveriesPerSecond; ; rate *= CLIMB) {
    const { p99Ms: late, rate: reached } = await steady(rate, task.climbSeconds);
    if (late > LATE_MS) return Math.max(best, reached);
    best = reached;
  }
}

async function subscribe(at: number): Promise<WebSocket> {
  const form = FORMS[Math.floor(at / HOSTS) % FORMS.length] ?? FORMS[0];
  const [host, stream] = [at % HOSTS, hostStream(at % HOSTS)];
  const subscriber: Subscriber = { passes: (index) => index % HOSTS === host && form.types.some((type) => type === typeOf(index)), received: 0, last: 0 };
  subscribers.push(subscriber);
  const socket = new WebSocket(task.url, 'graphql-transport-ws', { perMessageDeflate: false });
  const opened = new Promise<void>((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${task.token}` } })));
    socket.on('close', (code: number) => reject(new Error(`A socket was closed: ${code}.`)));
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const now = monotonicMs();
      const message = JSON.parse(data.toString()) as { type: string; payload: { data?: { ledgerEvents: Batch }; errors?: unknown } };
      if (message.type === 'next' && message.payload.data !== undefined) take(subscriber, message.payload.data.ledgerEvents, now);
      else if (message.type === 'connection_ack') open(socket, form.filter({ subject: globalId('Host', stream), stream }));
      else if (message.type === 'pong') resolve();
      else throw new Error(data.toString());
    });
  });
  await opened;
  return socket;
}

/** With a cursor, so that nothing depends on when the server comes to it; the answer to the ping comes after it has. */
function open(socket: WebSocket, filter: object): void {
  const variables = { after: task.head + published, filter };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY, variables } }));
  socket.send('{"type":"ping"}');
}

function take(subscriber: Subscriber, { events }: Batch, now: number): void {
  for (const { sequence, correlationId } of events) {
    const index = sequence - task.head - 1;
    if (sequence <= subscriber.last || !subscriber.passes(index)) throw new Error(`Event ${sequence} came to a subscriber that must not have it.`);
    subscriber.last = sequence;
    subscriber.received += 1;
    arrived += 1;
    latencies.push(now - Number(correlationId));
  }
}

async function leave(socket: WebSocket): Promise<void> {
  socket.removeAllListeners('close');
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.close(1000);
  });
}

async function memory(): Promise<Memory> {
  return (await (await fetch(`${task.source}/memory`)).json()) as Memory;
}

function part(share: number): number {
  return latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
}
