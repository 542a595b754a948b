import { hash } from 'node:crypto';
import { parseEnvelope, type CanonicalText, type Json, type StoredEvent } from '../kernel/envelope.js';

/**
 * An event as the feed carries it: a CloudEvent 1.0 in JSON, structured mode. `source` and `id` together are unique;
 * `correlationid`, `causationid`, `recordedtime` and `sequence` are the documented extensions of those names.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** The event's id. */
  readonly id: string;
  /** `urn:uuid:` and the ledger's id. */
  readonly source: string;
  /** The event's type, as `docs/events.md` lists them. */
  readonly type: string;
  /** The id of the event's stream. */
  readonly subject: string;
  /** When it happened, as the outside world claims. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** When the ledger recorded it. */
  readonly recordedtime: string;
  readonly correlationid: string;
  readonly causationid?: string | undefined;
  /** Its number in the ledger, which is that of its message in the stream too: SEQUENCE_DIGITS digits, so that text order is number order. */
  readonly sequence: string;
  /** Its number in its own stream, from 0. */
  readonly revision: number;
  /** Version of the shape of `data`. */
  readonly schemaversion: number;
  /** Who did it: an opaque id. */
  readonly actor: string;
  readonly commandid: string;
  /** SHA-256 of the event's canonical bytes, hexadecimal: what the log holds, and what an audit checks. */
  readonly eventsha256: string;
  readonly data: Json;
}

/** Of the largest integer that JSON numbers hold exactly. */
const SEQUENCE_DIGITS = 16;

/** The event as a message. Nothing is opened for it: sealed text stays sealed, and the reason of a command is left out. */
export function cloudEventOf(stored: StoredEvent, ledgerId: string): CloudEvent {
  const event = parseEnvelope(stored.text);
  return {
    specversion: '1.0',
    id: event.id,
    source: sourceOf(ledgerId),
    type: event.type,
    subject: event.stream,
    time: event.occurredAt,
    datacontenttype: 'application/json',
    recordedtime: event.recordedAt,
    correlationid: event.correlationId,
    causationid: event.causationId,
    sequence: sequenceText(stored.sequence),
    revision: event.revision,
    schemaversion: event.schemaVersion,
    actor: event.actor,
    commandid: event.commandId,
    eventsha256: sha256(stored.text),
    data: event.data as Json,
  };
}

/** Whether a message carries this very event of this very ledger, whatever else a later version writes beside it. */
export function carries(message: string, stored: StoredEvent, ledgerId: string): boolean {
  const found = parsed(message);
  return (
    found !== undefined &&
    found['source'] === sourceOf(ledgerId) &&
    found['id'] === stored.id &&
    found['sequence'] === sequenceText(stored.sequence) &&
    found['eventsha256'] === sha256(stored.text)
  );
}

function sourceOf(ledgerId: string): string {
  return `urn:uuid:${ledgerId}`;
}

function sequenceText(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}

function sha256(text: CanonicalText): string {
  return hash('sha256', text, 'hex');
}

function parsed(message: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
