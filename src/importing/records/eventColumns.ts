import type { EventRecord } from './eventRecord.js';
import { guidOf } from './licenceWords.js';
import { instantOf } from './localTime.js';
import type { ParseContext } from '../parser.js';

/** Where the fields of an event record stand in a table; undefined: the table does not have it. */
export interface EventColumns {
  readonly eventId: number | undefined;
  readonly provider: number | undefined;
  readonly channel: number | undefined;
  readonly computer: number | undefined;
  readonly recordId: number | undefined;
  readonly time: number | undefined;
  readonly message: number | undefined;
  /** Insertion strings, for exports without a message. */
  readonly strings: number | undefined;
}

/** Columns of `Get-WinEvent`, `Get-EventLog` and Event Viewer by their names, in any case and order. */
export function eventColumnsOf(headings: readonly string[]): EventColumns {
  const names = headings.map((heading) => heading.trim().toLowerCase());
  const place = (...wanted: string[]): number | undefined => {
    for (const name of wanted) if (names.includes(name)) return names.indexOf(name);
    return undefined;
  };
  return {
    eventId: place('id', 'eventid', 'event id', 'instanceid'),
    provider: place('providername', 'source', 'provider'),
    channel: place('logname', 'log name', 'log', 'containerlog'),
    computer: place('machinename', 'computername', 'computer', 'pscomputername'),
    recordId: place('recordid', 'index', 'eventrecordid'),
    time: place('timecreated', 'timegenerated', 'date and time', 'date', 'timewritten'),
    message: place('message', 'description'),
    strings: place('replacementstrings'),
  };
}

/**
 * Event Viewer's own CSV has five headings in the language of the machine and a sixth field without one:
 * level, date and time, source, event id, task category, message.
 */
export const EVENT_VIEWER_COLUMNS: EventColumns = {
  eventId: 3,
  provider: 2,
  channel: undefined,
  computer: undefined,
  recordId: undefined,
  time: 1,
  message: 5,
  strings: undefined,
};
export const EVENT_VIEWER_HEADINGS = 5;

/** The record in a row; undefined where no event id stands in its column. */
export function eventOfRow(columns: EventColumns, fields: readonly string[], context: ParseContext): EventRecord | undefined {
  const field = (place: number | undefined): string | undefined => {
    const text = place === undefined ? undefined : fields[place]?.trim();
    return text === '' ? undefined : text;
  };
  const eventId = eventIdOf(field(columns.eventId));
  if (eventId === undefined) return undefined;
  const timeRaw = field(columns.time);
  const message = field(columns.message);
  const strings = message === undefined ? field(columns.strings) : undefined;
  return {
    eventId,
    provider: field(columns.provider),
    channel: field(columns.channel),
    computer: field(columns.computer),
    recordId: field(columns.recordId),
    time: timeRaw === undefined ? undefined : instantOf(timeRaw, context),
    timeRaw,
    data: strings === undefined ? [] : [strings],
    message,
  };
}

/** The record in a row whose headings are not known: the field that is one of the ledger's event ids, and the one that holds a CMID. */
export function eventOfUnknownRow(fields: readonly string[], context: ParseContext): EventRecord | undefined {
  const idText = fields.find((field) => KNOWN_IDS.has(field.trim()));
  const message = fields.findLast((field) => /[,\r\n=]/.test(field));
  if (idText === undefined || message === undefined) return undefined;
  const timeRaw = fields.find((field) => field !== message && instantOf(field, context) !== undefined);
  return {
    eventId: Number(idText),
    provider: undefined,
    channel: undefined,
    computer: undefined,
    recordId: undefined,
    time: timeRaw === undefined ? undefined : instantOf(timeRaw, context),
    timeRaw,
    data: [],
    message,
  };
}

/** Whether a row looks like an event of the ledger's own kinds rather than like headings. */
export function looksLikeEvent(fields: readonly string[]): boolean {
  return fields.some((field) => KNOWN_IDS.has(field.trim())) && fields.some((field) => field.split(/[,\s]+/).some((word) => guidOf(word) !== undefined));
}

/** `12290`, or an instance id (`1073754114`), whose lower sixteen bits are the event id. */
export function eventIdOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value > 0xffff_ffff ? undefined : value % 0x1_0000;
}

const KNOWN_IDS: ReadonlySet<string> = new Set(['12288', '12289', '12290', '12293', '12294', '12308']);
