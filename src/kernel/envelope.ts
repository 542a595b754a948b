import type { Brand, CommandId, EventId, Instant, Revision, Sequence, Position, StreamId, SubjectId } from './identifiers.js';

/** What an event may hold: JSON without fractions; integers within ±(2^53−1). `undefined` members are left out. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Free text a person wrote, encrypted with the data key of its subject (the vault opens it until the subject is forgotten). */
export interface SealedText {
  readonly subject: SubjectId;
  /** base64 of nonce ‖ ciphertext ‖ tag (AES-256-GCM; event id and field path are authenticated). */
  readonly sealed: string;
}

/**
 * Why, in words of another system. They are chosen from lists and numbers, hold no personal text, and stay readable when the subject that
 * gave the reason is forgotten.
 */
export interface ReasonReference {
  /** Of the organisation's own list of reasons: `LAB_REFRESH`. */
  readonly reasonCode?: string | undefined;
  /** Number of the ticket, change or order that asked for it: `CHG-4711`. */
  readonly reasonTicket?: string | undefined;
}

/** Where an imported event came from. */
export interface SourceReference {
  /** SHA-256 of the whole source file, hexadecimal. */
  readonly sha256: string;
  /** 1-based number of the record in the file. */
  readonly record: number;
  readonly parser: string;
  readonly parserVersion: number;
  /** The record's own time as it was written, where it could not be read without guessing; `occurredAt` then is not the record's. */
  readonly occurredAtRaw?: string | undefined;
}

/** What a decider returns: a fact without its place in the log. */
export interface DomainEvent<Type extends string = string> {
  readonly type: Type;
  readonly schemaVersion: number;
  /** When it happened, as the outside world claims: an `Instant`'s text (the domain does not know the kernel's brands). */
  readonly occurredAt: string;
  readonly data: object;
}

/** An event before it has a revision: what is handed to a store. */
export interface NewEvent extends ReasonReference {
  readonly id: EventId;
  readonly type: string;
  readonly schemaVersion: number;
  readonly recordedAt: Instant;
  readonly occurredAt: Instant;
  readonly actor: SubjectId;
  readonly reason?: SealedText | undefined;
  readonly correlationId: string;
  readonly causationId?: EventId | undefined;
  readonly commandId: CommandId;
  /** SHA-256 of the command's canonical input, hexadecimal: the same command id with another hash is a conflict. */
  readonly inputHash: string;
  readonly source?: SourceReference | undefined;
  readonly data: object;
}

/** The immutable envelope as stored. */
export interface EventEnvelope extends NewEvent {
  readonly stream: StreamId;
  readonly revision: Revision;
}

/** RFC 8785 text of an envelope; its UTF-8 bytes are what is stored, exported and hashed. */
export type CanonicalText = Brand<string, 'CanonicalText'>;

/** An event as a store delivers it. */
export interface StoredEvent {
  readonly position: Position;
  readonly sequence: Sequence;
  readonly stream: StreamId;
  readonly revision: Revision;
  readonly id: EventId;
  /** The stored bytes, unparsed: `parseEnvelope(text)` gives the envelope. */
  readonly text: CanonicalText;
}

/** Largest canonical form of one event, in bytes: a transparency-log entry carries a 16-bit length. */
export const EVENT_BYTES_MAX = 65_535;

export function parseEnvelope(text: CanonicalText): EventEnvelope {
  return JSON.parse(text) as EventEnvelope;
}
