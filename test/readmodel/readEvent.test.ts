import { assert as holds, type Arbitrary, constant, dictionary, integer, oneof, option, property, record, string, uuid } from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText } from '../../src/kernel/canonical.js';
import { parseEnvelope, type EventEnvelope, type StoredEvent } from '../../src/kernel/envelope.js';
import type { Position, Sequence } from '../../src/kernel/identifiers.js';
import { openEventReader } from '../../src/readmodel/readEvent.js';

/** Texts and names that look like parts of an envelope. */
const tricky = oneof(string(), constant(',"data":{'), constant('","inputHash":"'), constant(',"id":"'), constant('","type":"x"}'), constant('\\"'));
const names = oneof(string(), constant('id'), constant('inputHash'), constant('data'), constant('type'), constant('stream'), constant('schemaVersion'));
const hexHash = string({ unit: constant('a'), minLength: 64, maxLength: 64 });
const instant = integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => new Date(ms).toISOString());
const nested = record({ id: uuid(), inputHash: hexHash, schemaVersion: integer() });

const envelopes = record(
  {
    id: uuid(),
    type: constant('Invented'),
    schemaVersion: integer({ min: 1, max: 12 }),
    stream: constant('host-1'),
    revision: integer({ min: 0 }),
    recordedAt: instant,
    occurredAt: instant,
    actor: constant('subject-1'),
    reason: record({ subject: constant('subject-1'), sealed: string() }),
    correlationId: tricky,
    causationId: uuid(),
    commandId: uuid(),
    inputHash: hexHash,
    source: record({ sha256: hexHash, record: integer(), parser: tricky, parserVersion: integer(), occurredAtRaw: option(tricky, { nil: undefined }) }),
    data: dictionary(names, oneof(tricky, integer(), nested)),
  },
  { requiredKeys: ['id', 'type', 'schemaVersion', 'stream', 'revision', 'recordedAt', 'occurredAt', 'actor', 'correlationId', 'commandId', 'inputHash', 'data'] },
) as unknown as Arbitrary<EventEnvelope>;

test('an event is read as parsing the whole of its text reads it, whatever its values look like', () => {
  const read = openEventReader((event) => event);
  holds(
    property(envelopes, (envelope) => {
      const event = stored(envelope);
      const { sequence, occurredMs, recordedMs, ...members } = pick(read(event), envelope);
      expect(members).toEqual(parseEnvelope(event.text));
      expect([sequence, occurredMs, recordedMs]).toEqual([1, Date.parse(envelope.occurredAt), Date.parse(envelope.recordedAt)]);
    }),
    { numRuns: 300 },
  );
});

test('an older version is made the newest from the whole event', () => {
  const read = openEventReader((event) => ({ ...event, schemaVersion: 2, data: { newer: true } }));
  holds(
    property(envelopes, (envelope) => {
      expect(read(stored(envelope))).toMatchObject({ commandId: envelope.commandId, schemaVersion: 2, data: { newer: true } });
    }),
    { numRuns: 20 },
  );
});

function stored(envelope: EventEnvelope): StoredEvent {
  const { stream, revision, id } = envelope;
  return { position: 1n as Position, sequence: 1 as Sequence, stream, revision, id, text: canonicalText(envelope) };
}

/** The members of an event that the envelope has, getters included, and those that reading adds. */
function pick(event: ReturnType<ReturnType<typeof openEventReader>>, envelope: EventEnvelope) {
  const { sequence, occurredMs, recordedMs } = event;
  const members = Object.keys(parseEnvelope(canonicalText(envelope))).map((name) => [name, event[name as keyof EventEnvelope]] as const);
  return { ...Object.fromEntries(members), sequence, occurredMs, recordedMs };
}
