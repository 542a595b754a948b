import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { carries, cloudEventOf } from '../../src/feed/cloudEvent.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { CommandId, EventId, Instant, Revision, StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import { listStore } from '../readmodel/support/listStore.js';

const LEDGER = '0199a000-fe14-8010-8b4f-e83303852f04';
const OTHER_LEDGER = '0199a000-fe14-8010-8b4f-e83303852f05';

/** Synthetic. */
const ENVELOPE: EventEnvelope = {
  id: '0199a000-d942-8f64-8886-578d8747312e' as EventId,
  type: 'HostRegistered',
  schemaVersion: 2,
  stream: 'host-0199a000-0000-8000-8000-000000000001' as StreamId,
  revision: 3 as Revision,
  recordedAt: '2026-11-22T13:00:01.000Z' as Instant,
  occurredAt: '2026-11-22T13:00:00.000Z' as Instant,
  actor: 'subject-00000000000000000000000000000001' as SubjectId,
  reason: { subject: 'subject-00000000000000000000000000000001' as SubjectId, sealed: 'c2VhbGVk' },
  correlationId: 'a-correlation',
  causationId: '0199a000-d942-8f64-8886-578d87473100' as EventId,
  commandId: '0199a000-d942-7f64-8886-578d8747312e' as CommandId,
  inputHash: 'a'.repeat(64),
  source: { sha256: 'b'.repeat(64), record: 1, parser: 'synthetic', parserVersion: 1 },
  data: { hostName: 'pc-1.fleet.example', note: { subject: 'subject-1', sealed: 'c2VhbGVkIHRvbw==' } },
};

function stored(envelope: EventEnvelope) {
  const [event] = listStore([envelope]).events;
  if (event === undefined) throw new Error('The list store keeps what it is given.');
  return event;
}

test('an event becomes a CloudEvent 1.0 with its times, its places and its data, and neither its reason nor anything else', () => {
  const event = stored(ENVELOPE);
  expect(JSON.parse(JSON.stringify(cloudEventOf(event, LEDGER)))).toEqual({
    specversion: '1.0',
    id: '0199a000-d942-8f64-8886-578d8747312e',
    source: `urn:uuid:${LEDGER}`,
    type: 'HostRegistered',
    subject: 'host-0199a000-0000-8000-8000-000000000001',
    time: '2026-11-22T13:00:00.000Z',
    datacontenttype: 'application/json',
    recordedtime: '2026-11-22T13:00:01.000Z',
    correlationid: 'a-correlation',
    causationid: '0199a000-d942-8f64-8886-578d87473100',
    sequence: '0000000000000001',
    revision: 3,
    schemaversion: 2,
    actor: 'subject-00000000000000000000000000000001',
    commandid: '0199a000-d942-7f64-8886-578d8747312e',
    eventsha256: createHash('sha256').update(event.text).digest('hex'),
    data: { hostName: 'pc-1.fleet.example', note: { subject: 'subject-1', sealed: 'c2VhbGVkIHRvbw==' } },
  });
});

test('the names of attributes have the letters and the length that CloudEvents allows', () => {
  const { data, ...attributes } = cloudEventOf(stored(ENVELOPE), LEDGER);
  expect(data).toBeDefined();
  expect(Object.keys(attributes).filter((name) => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([]);
});

test('a message carries the event it was made from, also with more written beside it, and no other event of no other ledger', () => {
  const event = stored(ENVELOPE);
  const message = cloudEventOf(event, LEDGER);
  expect(carries(JSON.stringify(message), event, LEDGER)).toBe(true);
  expect(carries(JSON.stringify({ ...message, later: 'attribute' }), event, LEDGER)).toBe(true);
  expect(carries(JSON.stringify(message), event, OTHER_LEDGER)).toBe(false);
  expect(carries(JSON.stringify(message), stored({ ...ENVELOPE, data: {} }), LEDGER)).toBe(false);
  expect(carries(JSON.stringify(message), { ...event, id: ENVELOPE.causationId as EventId }, LEDGER)).toBe(false);
  expect(carries(JSON.stringify({ ...message, sequence: '0000000000000002' }), event, LEDGER)).toBe(false);
  for (const other of ['', 'null', '"text"', '[]', '{']) expect(carries(other, event, LEDGER)).toBe(false);
});
