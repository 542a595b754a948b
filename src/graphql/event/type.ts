import { Field, ID, Int, ObjectType } from 'type-graphql';
import { parseEnvelope, type EventEnvelope, type StoredEvent } from '../../kernel/envelope.js';
import type { Sequence, SubjectId } from '../../kernel/identifiers.js';
import { connectionType } from '../relay/connection.js';
import { globalId } from '../relay/globalId.js';
import { Node } from '../relay/node.js';
import { InstantScalar } from '../scalars/instant.js';
import { JsonScalar } from '../scalars/json.js';
import { SequenceScalar } from '../scalars/sequence.js';
import { UuidScalar } from '../scalars/uuid.js';

@ObjectType({ simpleResolvers: true, description: 'A person or program that acts in the ledger.' })
export class Actor {
  readonly subject: SubjectId;

  constructor(subject: SubjectId) {
    this.subject = subject;
  }

  @Field(() => ID, { description: 'Opaque id of the subject; it stays when the name is forgotten.' })
  get id(): string {
    return this.subject;
  }
}

@ObjectType({ simpleResolvers: true, description: 'Where an imported event came from.' })
export class EventSource {
  @Field(() => String, { description: 'SHA-256 of the whole source file, hexadecimal.' })
  readonly sha256: string;

  @Field(() => Int, { description: 'Number of the record in the file, from 1.' })
  readonly record: number;

  @Field(() => String, { description: 'Name of the parser that read it.' })
  readonly parser: string;

  @Field(() => Int, { description: 'Version of that parser.' })
  readonly parserVersion: number;

  constructor(source: NonNullable<EventEnvelope['source']>) {
    this.sha256 = source.sha256;
    this.record = source.record;
    this.parser = source.parser;
    this.parserVersion = source.parserVersion;
  }
}

/** An event as the log holds it. Its text is parsed when a field needs it. */
@ObjectType({ implements: Node, simpleResolvers: true, description: 'An immutable fact in the ledger.' })
export class LedgerEvent extends Node {
  readonly #stored: StoredEvent;
  #parsed: EventEnvelope | undefined;

  constructor(stored: StoredEvent) {
    super();
    this.#stored = stored;
  }

  get envelope(): EventEnvelope {
    return (this.#parsed ??= parseEnvelope(this.#stored.text));
  }

  override get id(): string {
    return globalId('LedgerEvent', this.sequence);
  }

  @Field(() => SequenceScalar, { description: 'Its number in the ledger: the cursor to resume from.' })
  get sequence(): Sequence {
    return this.#stored.sequence;
  }

  @Field(() => UuidScalar, { description: 'Its own id, the same on every store.' })
  get eventId(): string {
    return this.#stored.id;
  }

  @Field(() => String, { description: 'What happened, in the past tense: `LicenseStateObserved`, …' })
  get type(): string {
    return this.envelope.type;
  }

  @Field(() => Int, { description: 'Version of the shape of its data.' })
  get schemaVersion(): number {
    return this.envelope.schemaVersion;
  }

  @Field(() => String, { description: 'The stream it stands in: `host-…`, `productKey-…`, `ledger`.' })
  get stream(): string {
    return this.#stored.stream;
  }

  @Field(() => Int, { description: 'Its number in that stream, from 0.' })
  get revision(): number {
    return this.#stored.revision;
  }

  @Field(() => InstantScalar, { description: 'When the ledger recorded it, by the clock of the recording node.' })
  get recordedAt(): string {
    return this.envelope.recordedAt;
  }

  @Field(() => InstantScalar, { description: 'When it happened, as the outside world claims.' })
  get occurredAt(): string {
    return this.envelope.occurredAt;
  }

  @Field(() => Actor, { description: 'Who caused it.' })
  get actor(): Actor {
    return new Actor(this.envelope.actor);
  }

  @Field(() => String, { nullable: true, description: 'Why, as a code of the organisation\'s own list; it stays when a person is forgotten.' })
  get reasonCode(): string | undefined {
    return this.envelope.reasonCode;
  }

  @Field(() => String, { nullable: true, description: 'The ticket, change or order that asked for it; it stays when a person is forgotten.' })
  get reasonTicket(): string | undefined {
    return this.envelope.reasonTicket;
  }

  @Field(() => String, { description: 'Shared by all events of one request.' })
  get correlationId(): string {
    return this.envelope.correlationId;
  }

  @Field(() => UuidScalar, { nullable: true, description: 'The event that led to this one.' })
  get causationId(): string | undefined {
    return this.envelope.causationId;
  }

  @Field(() => UuidScalar, { description: 'The command that recorded it.' })
  get commandId(): string {
    return this.envelope.commandId;
  }

  @Field(() => EventSource, { nullable: true, description: 'The file and record it was imported from; null for what was entered.' })
  get source(): EventSource | undefined {
    const { source } = this.envelope;
    return source && new EventSource(source);
  }

  @Field(() => JsonScalar, { description: 'What the fact says; its shape is described per type in the event catalogue.' })
  get data(): object {
    return this.envelope.data;
  }
}

const shared = new WeakMap<StoredEvent, LedgerEvent>();

/** The same object for the same stored event, so that its text is parsed once for all subscribers it is read for. */
export function sharedEvent(stored: StoredEvent): LedgerEvent {
  let event = shared.get(stored);
  if (event === undefined) {
    event = new LedgerEvent(stored);
    shared.set(stored, event);
  }
  return event;
}

@ObjectType({ simpleResolvers: true, description: 'One or more events in log order, delivered together.' })
export class LedgerEventBatch {
  @Field(() => [LedgerEvent], { description: 'The events, in log order. One at a time when live, more when catching up.' })
  readonly events: readonly LedgerEvent[];

  @Field(() => SequenceScalar, { description: 'Where to resume after this batch: pass it as `after`.' })
  readonly cursor: Sequence;

  constructor(events: readonly LedgerEvent[], cursor: Sequence) {
    this.events = events;
    this.cursor = cursor;
  }
}

export const LedgerEventConnection = connectionType('LedgerEvent', () => LedgerEvent, 'events').Connection;
