import { parseEnvelope, type EventEnvelope, type SealedText, type SourceReference, type StoredEvent } from '../kernel/envelope.js';
import type { CommandId, EventId, Instant, Revision, Sequence, StreamId, SubjectId } from '../kernel/identifiers.js';
import type { ProjectedEvent } from './definition.js';
import { openInstantReader } from './instantMs.js';

/** Makes the newest version of an event of any older one; the same object when it is the newest. */
export type Upcast = (event: EventEnvelope) => EventEnvelope;

/**
 * Reads stored events as projections see them. Members of the canonical text stand in order, so what nearly every fold needs is
 * cut out of it, and only `data` is parsed: half the time of parsing all of it. The rest is parsed when it is asked for.
 */
export function openEventReader(upcast: Upcast): (stored: StoredEvent) => ProjectedEvent {
  // One each, since both remember what they read last.
  const occurredMs = openInstantReader();
  const recordedMs = openInstantReader();
  const typeOf = openRepeatedTexts();
  const actorOf = openRepeatedTexts();
  return (stored) => {
    const layout = layoutOf(stored.text);
    if (layout !== undefined) {
      const { occurredAt, recordedAt } = layout;
      const names = { type: typeOf(layout.type), actor: actorOf(layout.actor) as SubjectId };
      const event = new StoredProjectedEvent(stored, layout, names, { occurred: occurredMs(occurredAt), recorded: recordedMs(recordedAt) });
      if (upcast(event) === event) return event;
    }
    const envelope = upcast(parseEnvelope(stored.text));
    return { ...envelope, sequence: stored.sequence, occurredMs: occurredMs(envelope.occurredAt), recordedMs: recordedMs(envelope.recordedAt) };
  };
}

/** Texts of one kind that are remembered; when there are more, the memory starts again empty. */
const TEXTS_REMEMBERED_MAX = 1_000;

/**
 * The same string for the same text. What is cut out of a text is compared and hashed anew each time; types and actors are few, and every
 * projection looks at them.
 */
function openRepeatedTexts(): (text: string) => string {
  const known = new Map<string, string>();
  let last = '';
  return (text) => {
    if (text === last) return last;
    const found = known.get(text);
    if (found === undefined && known.size >= TEXTS_REMEMBERED_MAX) known.clear();
    if (found === undefined) known.set(text, text);
    last = found ?? text;
    return last;
  };
}

/** What is cut out of the text. */
interface Layout {
  readonly type: string;
  readonly schemaVersion: number;
  readonly actor: SubjectId;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly data: object;
}

const ACTOR = '{"actor":"';
const DATA = ',"data":';
const ID = ',"id":"';
const INPUT_HASH = '","inputHash":"';
const OCCURRED_AT = '","occurredAt":"';
const RECORDED_AT = '","recordedAt":"';
const REVISION = '","revision":';
const SCHEMA_VERSION = ',"schemaVersion":';
const TYPE = '","type":"';
const END = '"}';
const ID_CHARACTERS = 36;
const HASH_CHARACTERS = 64;
const INSTANT_CHARACTERS = 24;
const VERSION_CHARACTERS_MAX = 4;

/**
 * Undefined for a text that is laid out in another way, such as one with a reason. No quotation mark inside a value stands without
 * a backslash before it, so a name found between its marks is a member; before `data` and behind it are none but the envelope's.
 */
function layoutOf(text: string): Layout | undefined {
  const dataAt = text.indexOf(DATA);
  const idAt = ownIdAt(text, dataAt);
  const occurredAt = idAt + ID.length + ID_CHARACTERS + INPUT_HASH.length + HASH_CHARACTERS + OCCURRED_AT.length;
  const recordedAt = occurredAt + INSTANT_CHARACTERS + RECORDED_AT.length;
  const revisionAt = recordedAt + INSTANT_CHARACTERS;
  const versionAt = text.indexOf(SCHEMA_VERSION, revisionAt) + SCHEMA_VERSION.length;
  const typeAt = text.lastIndexOf(TYPE) + TYPE.length;
  if (idAt === -1 || !text.startsWith(ACTOR) || !text.startsWith(OCCURRED_AT, occurredAt - OCCURRED_AT.length)) return undefined;
  if (!text.startsWith(RECORDED_AT, recordedAt - RECORDED_AT.length) || !text.startsWith(REVISION, revisionAt)) return undefined;
  return {
    type: text.slice(typeAt, -END.length),
    schemaVersion: Number.parseInt(text.slice(versionAt, versionAt + VERSION_CHARACTERS_MAX), 10),
    actor: text.slice(ACTOR.length, text.indexOf('"', ACTOR.length)) as SubjectId,
    occurredAt: text.slice(occurredAt, occurredAt + INSTANT_CHARACTERS) as Instant,
    recordedAt: text.slice(recordedAt, recordedAt + INSTANT_CHARACTERS) as Instant,
    data: JSON.parse(text.slice(dataAt + DATA.length, idAt)) as object,
  };
}

/** Where the envelope's own id stands, which its input hash follows: `data` may have members of that name too. */
function ownIdAt(text: string, dataAt: number): number {
  let at = text.indexOf(ID, dataAt);
  while (at !== -1 && !text.startsWith(INPUT_HASH, at + ID.length + ID_CHARACTERS)) at = text.indexOf(ID, at + 1);
  return at;
}

class StoredProjectedEvent implements ProjectedEvent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly stream: StreamId;
  readonly revision: Revision;
  readonly id: EventId;
  readonly actor: SubjectId;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly data: object;
  readonly sequence: Sequence;
  readonly occurredMs: number;
  readonly recordedMs: number;
  readonly #text: StoredEvent['text'];
  #whole: EventEnvelope | undefined;

  constructor(
    stored: StoredEvent,
    layout: Layout,
    names: { readonly type: string; readonly actor: SubjectId },
    times: { readonly occurred: number; readonly recorded: number },
  ) {
    this.type = names.type;
    this.schemaVersion = layout.schemaVersion;
    this.stream = stored.stream;
    this.revision = stored.revision;
    this.id = stored.id;
    this.actor = names.actor;
    this.occurredAt = layout.occurredAt;
    this.recordedAt = layout.recordedAt;
    this.data = layout.data;
    this.sequence = stored.sequence;
    this.occurredMs = times.occurred;
    this.recordedMs = times.recorded;
    this.#text = stored.text;
  }

  get correlationId(): string {
    return this.#parsed().correlationId;
  }

  get causationId(): EventId | undefined {
    return this.#parsed().causationId;
  }

  get commandId(): CommandId {
    return this.#parsed().commandId;
  }

  get inputHash(): string {
    return this.#parsed().inputHash;
  }

  get source(): SourceReference | undefined {
    return this.#parsed().source;
  }

  get reasonCode(): string | undefined {
    return this.#parsed().reasonCode;
  }

  get reasonTicket(): string | undefined {
    return this.#parsed().reasonTicket;
  }

  get reason(): SealedText | undefined {
    return this.#parsed().reason;
  }

  #parsed(): EventEnvelope {
    return (this.#whole ??= parseEnvelope(this.#text));
  }
}
