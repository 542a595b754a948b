import { understandEventRecord } from '../records/eventRecord.js';
import { instantOf } from '../records/localTime.js';
import { RECORD_CHARACTERS_MAX, type InputFormat, type ParseContext, type ParsedRecord, type RecordParser } from '../parser.js';
import type { RefusalCode } from '../refusals.js';
import { attributeOf, childOf, parseStrictXml, type XmlElement } from '../syntax/strictXml.js';
import { shapeOf, type XmlShape } from '../syntax/xmlShape.js';

/** `wevtutil qe … /f:xml`: `<Event>` elements one after another, with or without `<Events>` around them. */
export const eventXml: InputFormat = {
  name: 'event-xml',
  version: 1,
  title: 'Windows event log as XML (wevtutil qe "Key Management Service" /f:xml, Event Viewer "Save as XML")',
  needsHost: false,
  recognises,
  open,
};

function recognises(beginning: string): number {
  const text = beginning.replace(/^\uFEFF?(?:\s+|<\?xml[^>]*\?>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*(?:\[[^\]]*\]\s*)?>)*/, '');
  if (!/^<Events?[\s/>]/.test(text)) return 0;
  return /<System[\s>]/.test(text) ? 95 : 60;
}

/**
 * Cuts the text into `<Event …>…</Event>` and reads each alone. Since an element with a comment or CDATA section inside is refused
 * (Windows writes none), the first `</Event>` after a start always belongs to it; an event cut short is told by the next one's start
 * tag within it, and costs nothing but itself.
 */
function open(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let text = '';
  /** Where the present record begins in `text`, or what is between records. */
  let at = 0;
  /** Up to here the record was searched for the start of the next. */
  let searched = 0;
  /** Just past the first end tag after the record's beginning, -1 if there is none up to `endSearched`. */
  let end = -1;
  let endSearched = 0;
  let record = 0;
  let place: Place = 'between';
  /** Characters of a declaration passed over so far, and whether they are within its brackets. */
  let declared = 0;
  let inSubset = false;
  const shapes: KnownShape[] = [];

  function refuse(code: RefusalCode, reason: string): void {
    record += 1;
    emit({ kind: 'refused', record, code, reason });
  }

  /** One step; false when more text is needed. */
  function advance(): boolean {
    switch (place) {
      case 'between':
        return passOverBetween();
      case 'junk':
        return passOverJunk();
      case 'comment':
        return passOverComment();
      case 'declaration':
        return passOverDeclaration();
      case 'event':
        return takeEvent();
    }
  }

  function passOverBetween(): boolean {
    while (isBlankCode(text.charCodeAt(at))) at += 1;
    if (at === text.length) return false;
    BETWEEN.lastIndex = at;
    const markup = BETWEEN.exec(text);
    if (markup !== null) {
      const [whole, event, comment] = markup;
      if (event !== undefined) place = 'event';
      else if (comment !== undefined) place = 'comment';
      searched = at;
      if (event === undefined) at += whole.length;
      return true;
    }
    // A tag cut by the end of the chunk cannot be judged yet.
    if (text.charCodeAt(at) === LESS && text.length - at < MARKUP_CHARACTERS_MAX && !text.includes('>', at)) return false;
    if (DECLARATION.test(text.slice(at, at + 10))) {
      refuse('XML_ENTITY', 'The file declares a document type or an entity. No event export does; the declaration is passed over.');
      place = 'declaration';
      declared = 0;
      return true;
    }
    refuse('MALFORMED_XML', 'Something other than events stands here. Reading goes on at the next event.');
    place = 'junk';
    at += 1;
    return true;
  }

  function passOverJunk(): boolean {
    const start = eventStart(text, at);
    if (start !== -1) {
      at = start;
      searched = start;
      place = 'event';
      return true;
    }
    // The start of an event may be cut by the end of the chunk.
    at = Math.max(at, text.length - EVENT_START_CHARACTERS);
    return false;
  }

  /** To the end of a declaration, an internal subset in brackets included, so that nothing within it is taken for an event. */
  function passOverDeclaration(): boolean {
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === OPENING_BRACKET) inSubset = true;
      else if (code === CLOSING_BRACKET) inSubset = false;
      declared += 1;
      if ((code === GREATER && !inSubset) || declared > DECLARATION_CHARACTERS_MAX) {
        at += 1;
        inSubset = false;
        place = declared > DECLARATION_CHARACTERS_MAX ? 'junk' : 'between';
        return true;
      }
    }
    return false;
  }

  function passOverComment(): boolean {
    const close = text.indexOf('-->', at);
    if (close === -1) {
      at = Math.max(at, text.length - 2);
      return false;
    }
    at = close + 3;
    place = 'between';
    return true;
  }

  function takeEvent(): boolean {
    if (takeKnownShape()) return true;
    findEnd();
    const next = eventStart(text, Math.max(at + 1, searched));
    const cut = next !== -1 && (end === -1 || next < end);
    if (!cut && end === -1 && text.length - at <= RECORD_CHARACTERS_MAX) {
      searched = Math.max(at, text.length - END_TAG_CHARACTERS_MAX);
      return false;
    }
    const boundary = cut ? next : end;
    if (boundary === -1 || boundary - at > RECORD_CHARACTERS_MAX) {
      refuse('RECORD_TOO_LONG', `An event of more than ${RECORD_CHARACTERS_MAX} characters is passed over.`);
      at += 1;
      place = 'junk';
    } else {
      if (cut) refuse('MALFORMED_XML', 'The event is cut short: the next one begins within it.');
      else readEvent(text.slice(at, end));
      at = boundary;
      searched = boundary;
      place = cut ? 'event' : 'between';
    }
    return true;
  }

  /** Keeps `end` what it says. An end once found serves until it is passed: many starts without one do not each search the whole text. */
  function findEnd(): void {
    if (end > at) return;
    end = eventEnd(text, Math.max(at, endSearched));
    endSearched = end === -1 ? Math.max(at, text.length - END_TAG_CHARACTERS_MAX) : end;
  }

  function readEvent(source: string): void {
    const event = parseStrictXml(source);
    if ('fault' in event) return refuse(event.fault, `The event is not read: ${event.reason}.`);
    record += 1;
    const parsed = understandParts(partsOf(event), record, context);
    emit(parsed);
    // Other events are of many shapes, and would only crowd out those that come by the million.
    const isOfInterest = parsed.kind === 'understood' && parsed.observations.length > 0;
    const shape = isOfInterest ? learnShape(source) : undefined;
    if (shape === undefined) return;
    shapes.unshift(shape);
    shapes.length = Math.min(shapes.length, KNOWN_SHAPES_MAX);
  }

  /** Takes an event that has the shape of one before; false if it has not, or is not whole yet. */
  function takeKnownShape(): boolean {
    for (const { shape, parts } of shapes) {
      const match = shape.match(text, at);
      if (match === undefined || match.end - at > RECORD_CHARACTERS_MAX) continue;
      record += 1;
      emit(understandParts(fillParts(parts, match.values), record, context));
      at = match.end;
      place = 'between';
      return true;
    }
    return false;
  }

  return {
    write(chunk) {
      text = at === 0 ? text + chunk : text.slice(at) + chunk;
      searched -= at;
      endSearched -= at;
      if (end !== -1) end -= at;
      at = 0;
      while (advance());
    },
    end() {
      if (place === 'event' || place === 'comment' || place === 'declaration') refuse('TRUNCATED', 'The file ends in the middle of an event or a comment.');
      else if (place === 'between' && at < text.length) refuse('TRUNCATED', 'The file ends in the middle of a tag.');
      text = '';
      at = 0;
      place = 'between';
    },
  };
}

type Place = 'between' | 'junk' | 'comment' | 'declaration' | 'event';

const LESS = 0x3c;
const GREATER = 0x3e;
/** What may stand between events: the start of one, a comment, the XML declaration, the root element's tags. */
const BETWEEN = /(<Event(?=[\s/>]))|(<!--)|<\?xml\s[^<>?]{0,200}\?>|<Events(?:\s[^<>]{0,1000})?>|<\/Events\s{0,100}>|\uFEFF/y;
const DECLARATION = /^<!(?:DOCTYPE|ENTITY)/;
const MARKUP_CHARACTERS_MAX = 1024;
const EVENT_START_CHARACTERS = '<Event '.length;
const END_TAG_CHARACTERS_MAX = 64;
const DECLARATION_CHARACTERS_MAX = 65_536;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/** Start of an event at or after a place; -1 without one. `<EventData>` and `<Events>` are none. */
function eventStart(text: string, from: number): number {
  let start = text.indexOf('<Event', from);
  while (start !== -1) {
    const code = text.charCodeAt(start + 6);
    if (isBlankCode(code) || code === 0x2f || code === 0x3e) return start;
    start = text.indexOf('<Event', start + 6);
  }
  return -1;
}

/** Just past the first end tag of an event; -1 when there is none yet. */
function eventEnd(text: string, from: number): number {
  let end = text.indexOf('</Event', from);
  while (end !== -1) {
    let close = end + 7;
    while (isBlankCode(text.charCodeAt(close)) && close - end < END_TAG_CHARACTERS_MAX) close += 1;
    if (text.charCodeAt(close) === GREATER && close - end < END_TAG_CHARACTERS_MAX) return close + 1;
    end = text.indexOf('</Event', end + 7);
  }
  return -1;
}

function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** The parts of an event that count, as written. */
interface EventParts {
  readonly eventId: string;
  readonly provider: string | undefined;
  readonly time: string | undefined;
  readonly channel: string | undefined;
  readonly computer: string | undefined;
  readonly recordId: string | undefined;
  readonly data: readonly string[];
  readonly message: string | undefined;
}

function partsOf(event: XmlElement): EventParts {
  const system = childOf(event, 'System');
  const provider = childOf(system, 'Provider');
  const timeCreated = childOf(system, 'TimeCreated');
  const data: string[] = [];
  for (const item of childOf(event, 'EventData')?.children ?? []) if (item.name === 'Data') data.push(item.text);
  return {
    eventId: childOf(system, 'EventID')?.text ?? '',
    provider: provider === undefined ? undefined : (attributeOf(provider, 'Name') ?? attributeOf(provider, 'EventSourceName')),
    time: timeCreated === undefined ? undefined : attributeOf(timeCreated, 'SystemTime'),
    channel: childOf(system, 'Channel')?.text,
    computer: childOf(system, 'Computer')?.text,
    recordId: childOf(system, 'EventRecordID')?.text,
    data,
    message: childOf(childOf(event, 'RenderingInfo'), 'Message')?.text,
  };
}

function understandParts(parts: EventParts, record: number, context: ParseContext): ParsedRecord {
  const eventId = /^\s*\d{1,5}\s*$/.test(parts.eventId) ? Number(parts.eventId) : undefined;
  if (eventId === undefined) {
    return { kind: 'refused', record, code: 'MISSING_EVENT_ID', reason: 'The element <Event> has no <System> part with an event id.' };
  }
  return understandEventRecord(
    {
      eventId,
      provider: parts.provider,
      channel: nonEmpty(parts.channel),
      computer: nonEmpty(parts.computer),
      recordId: parts.recordId?.trim(),
      time: parts.time === undefined ? undefined : instantOf(parts.time, SYSTEM_TIME),
      timeRaw: parts.time,
      data: parts.data,
      message: parts.message,
    },
    record,
    context,
  );
}

/** SystemTime is UTC whether it says so or not. */
const SYSTEM_TIME = { timeZone: 'UTC', dateOrder: 'YMD' } as const;

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === '' ? undefined : trimmed;
}

/** A shape met before, with the number of the value that each part of an event has in it. */
interface KnownShape {
  readonly shape: XmlShape;
  readonly parts: EventParts;
}

/** Shapes tried on an event before it is parsed: a log has few kinds of events, each always in the same form. */
const KNOWN_SHAPES_MAX = 8;
/** A larger event is parsed each time; it is none of those that come by the million. */
const SHAPE_CHARACTERS_MAX = 8192;

/** Undefined where the parts are not values of their own (text beside child elements, references): such an event is parsed each time. */
function learnShape(source: string): KnownShape | undefined {
  if (source.length > SHAPE_CHARACTERS_MAX || source.includes('&')) return undefined;
  const { shape, numbered } = shapeOf(source);
  const element = parseStrictXml(numbered);
  if ('fault' in element) return undefined;
  const parts = partsOf(element);
  const numbers = [parts.eventId, parts.provider, parts.time, parts.channel, parts.computer, parts.recordId, parts.message, ...parts.data];
  return numbers.every((number) => number === undefined || /^\d+$/.test(number)) ? { shape, parts } : undefined;
}

function fillParts(parts: EventParts, values: readonly string[]): EventParts {
  const value = (number: string | undefined): string | undefined => (number === undefined ? undefined : values[Number(number)]);
  return {
    eventId: value(parts.eventId) ?? '',
    provider: value(parts.provider),
    time: value(parts.time),
    channel: value(parts.channel),
    computer: value(parts.computer),
    recordId: value(parts.recordId),
    data: parts.data.map((number) => value(number) ?? ''),
    message: value(parts.message),
  };
}
