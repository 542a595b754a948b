import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { parseEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence } from '../../src/kernel/identifiers.js';
import { eventMaker } from '../contract/syntheticEvents.js';
import { startLedger, TOKEN, type LedgerFixture } from './ledgerFixture.js';

/** Bytes of one synthetic event's data, and how many there are: together far more than the sockets' own buffers. */
const EVENT_BYTES = 50_000;
const EVENTS = 1_200;
const QUERY = 'subscription { ledgerEvents(after: 0) { cursor events { data } } }';

let ledger: LedgerFixture;
let read: Sequence[];
beforeEach(async () => {
  read = [];
  ledger = await startLedger({ watchReads: (sequence) => read.push(sequence) });
  const maker = eventMaker('0000000000c0');
  const stream = maker.stream();
  const data = { identities: [], filler: 'x'.repeat(EVENT_BYTES) };
  for (let n = 0; n < EVENTS; n += 100) {
    const result = await ledger.store.append(stream, 'any', Array.from({ length: 100 }, () => ({ ...maker.event(data), type: 'SyntheticFact' })));
    expect(result.kind).toBe('appended');
    if (result.kind === 'appended') expect(parseEnvelope(result.events[0]!.text).data).toEqual(data);
  }
});
afterEach(() => ledger.close());

it('reads no further for an event stream whose client takes nothing, and delivers the rest once it does', async () => {
  const { hostname, port } = new URL(ledger.url);
  const socket: Socket = connect(Number(port), hostname);
  const body = JSON.stringify({ query: QUERY });
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: ledger.example\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  socket.pause();
  expect(await settledReads()).toBeLessThan(EVENTS);
  let tail = '';
  await new Promise<void>((delivered) => {
    socket.on('data', (bytes) => {
      tail = `${tail}${bytes.toString('latin1')}`.slice(-2 * EVENT_BYTES);
      if (tail.includes(`"cursor":${EVENTS}`)) delivered();
    });
    socket.resume();
  });
  expect(read).toEqual(Array.from({ length: EVENTS }, (_, index) => index + 1));
  socket.destroy();
});

it('reads no further for a WebSocket whose client takes nothing, and delivers the rest once it does', async () => {
  const socket = new WebSocket(ledger.url.replace('http', 'ws'), 'graphql-transport-ws');
  await new Promise((open) => socket.once('open', open));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${TOKEN}` } }));
  await new Promise((acknowledged) => socket.once('message', acknowledged));
  socket.pause();
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: QUERY } }));
  expect(await settledReads()).toBeLessThan(EVENTS);
  const taken: number[] = [];
  await new Promise<void>((delivered) => {
    socket.on('message', (message: Buffer) => {
      const { ledgerEvents } = JSON.parse(message.toString('utf8')).payload.data;
      taken.push(ledgerEvents.events.length);
      if (ledgerEvents.cursor === EVENTS) delivered();
    });
    socket.resume();
  });
  expect(taken.reduce((sum, events) => sum + events, 0)).toBe(EVENTS);
  socket.terminate();
});

/** Events read once reading has begun and no more were read for many turns of the event loop. */
async function settledReads(): Promise<number> {
  let last = -1;
  let quiet = 0;
  for (let turn = 0; turn < 100_000 && quiet < 2_000; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    quiet = read.length > 0 && read.length === last ? quiet + 1 : 0;
    last = read.length;
  }
  expect(last).toBeGreaterThan(0);
  return last;
}
