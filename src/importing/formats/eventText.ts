import { eventColumnsOf, eventIdOf, eventOfRow } from '../records/eventColumns.js';
import { understandEventRecord, type EventRecord } from '../records/eventRecord.js';
import { splitLines } from '../syntax/lines.js';
import { instantOf } from '../records/localTime.js';
import { RECORD_CHARACTERS_MAX, type InputFormat, type ParseContext, type ParsedRecord, type RecordParser } from '../parser.js';
import { eventXml } from './eventXml.js';
import type { RefusalCode } from '../refusals.js';

/** Event log records as text: Event Viewer's copy, `wevtutil qe … /f:text`, PowerShell's `Format-List`, or a message with its event id. */
export const eventText: InputFormat = {
  name: 'event-text',
  version: 1,
  title: 'Windows event log as text (Event Viewer "Copy details as text", wevtutil qe … /f:text, Get-WinEvent … | Format-List)',
  needsHost: false,
  recognises,
  open,
};

function recognises(beginning: string): number {
  const text = beginning.replace(/^\uFEFF/, '').trimStart();
  if (/^(?:Event\[\d+\]:?\s*\r?\n\s*)?Log Name:/.test(text)) return 95;
  if (/^Source:[^\n]*\n\s*(?:[A-Z][\w ]*:[^\n]*\n\s*){0,6}Event ID:/.test(text)) return 90;
  if (/^Event ID:? ?\d{1,5}\s*\r?\n/.test(text)) return 80;
  const head = text.slice(0, 2000);
  return /^[A-Z]\w*\s+: ?/.test(head) && /^(?:Id|EventID|InstanceId)\s+: \d+\s*$/m.test(head) && /^(?:TimeCreated|TimeGenerated)\s+: /m.test(head) ? 85 : 0;
}

function open(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let record = 0;
  let draft = emptyDraft();
  let endsWithLine = true;

  function refuse(code: RefusalCode, reason: string): void {
    record += 1;
    emit({ kind: 'refused', record, code, reason });
  }

  /** Hands out what was gathered; `cut`: the file ended within its last line. */
  function finish(cut: boolean): void {
    const done = draft;
    draft = emptyDraft();
    if (done.isOverlong) return refuse('RECORD_TOO_LONG', `A record of more than ${RECORD_CHARACTERS_MAX} characters is passed over.`);
    if (done.characters === 0) return;
    record += 1;
    emit(understandDraft(done, record, cut, context));
  }

  const lines = splitLines((line) => {
    if (line !== undefined && startsRecord(line, draft)) finish(false);
    if (line === undefined || draft.characters + line.length > RECORD_CHARACTERS_MAX) draft.isOverlong = true;
    else if (!draft.isOverlong) takeLine(line, draft);
    draft.wasBlank = line?.trim() === '';
  });

  return {
    write(text) {
      if (text !== '') endsWithLine = text.endsWith('\n');
      lines.write(text);
    },
    end() {
      lines.end();
      finish(!endsWithLine);
    },
  };
}

/** What is gathered of one record. */
interface Draft {
  /** `list`: PowerShell's `Name : value`, `text`: `Name: value` lines and a description. */
  form: 'unknown' | 'text' | 'list';
  readonly fields: Map<string, string>;
  readonly message: string[];
  readonly xml: string[];
  part: 'headings' | 'message' | 'xml';
  lastField: string | undefined;
  characters: number;
  isOverlong: boolean;
  wasBlank: boolean;
}

function emptyDraft(): Draft {
  return {
    form: 'unknown',
    fields: new Map(),
    message: [],
    xml: [],
    part: 'headings',
    lastField: undefined,
    characters: 0,
    isOverlong: false,
    wasBlank: false,
  };
}

const BLOCK = /^\uFEFF?\s*Event\[\d+\]:?\s*$/;
const LOG_NAME = /^\uFEFF?\s*Log Name:/;
const HEADING = /^\uFEFF?\s*(Log Name|Source|Date|Event ID|Task(?: Category)?|Level|Opcode|Keywords?|User(?: Name)?|Computer|Description):(.*)$/;
const BARE_ID = /^\uFEFF?\s*Event ID:? ?(\d{1,5})\s*$/;
const EVENT_XML = /^\s*Event Xml:\s*$/;
const LIST_FIELD = /^\uFEFF?([A-Za-z]\w*)\s*:(?: (.*))?$/;

/** Whether a line begins another record than the one being gathered. */
function startsRecord(line: string, draft: Draft): boolean {
  if (draft.characters === 0 && !draft.isOverlong) return false;
  if (BLOCK.test(line)) return true;
  if (LOG_NAME.test(line)) return draft.fields.size > 0 || draft.isOverlong;
  if (draft.form === 'list') {
    const name = LIST_FIELD.exec(line)?.[1]?.toLowerCase();
    return draft.wasBlank && name !== undefined && draft.fields.has(name);
  }
  // Bare records have neither block nor log name; in a full record such lines are part of the description.
  if (draft.fields.has('log name') || draft.part === 'headings') return false;
  return /^Source: ?\S/.test(line) || BARE_ID.test(line);
}

function takeLine(line: string, draft: Draft): void {
  if (draft.characters > 0 || line.trim() !== '') draft.characters += line.length;
  if (draft.form === 'unknown') draft.form = formOf(line);
  if (draft.form === 'list') takeListLine(line, draft);
  else takeTextLine(line, draft);
}

function formOf(line: string): Draft['form'] {
  if (line.trim() === '') return 'unknown';
  return LIST_FIELD.test(line) && !HEADING.test(line) ? 'list' : 'text';
}

function takeTextLine(line: string, draft: Draft): void {
  if (draft.part === 'xml') draft.xml.push(line);
  else if (EVENT_XML.test(line)) draft.part = 'xml';
  else if (draft.part === 'message') draft.message.push(line);
  else takeHeading(line, draft);
}

function takeHeading(line: string, draft: Draft): void {
  const bareId = BARE_ID.exec(line)?.[1];
  if (bareId !== undefined) {
    draft.fields.set('event id', bareId);
    return;
  }
  const [, name, text = ''] = HEADING.exec(line) ?? [];
  const value = text.trim();
  if (name === 'Description') {
    draft.part = 'message';
    draft.message.push(value);
  } else if (name !== undefined) draft.fields.set(name.toLowerCase(), value);
  else if (line.trim() !== '' && !BLOCK.test(line)) {
    draft.part = 'message';
    draft.message.push(line);
  }
}

/** A value too long for its line goes on in indented ones, cut anywhere. */
function takeListLine(line: string, draft: Draft): void {
  const [, name, value = ''] = LIST_FIELD.exec(line) ?? [];
  if (name !== undefined) {
    draft.lastField = name.toLowerCase();
    draft.fields.set(draft.lastField, value.trim());
  } else if (draft.lastField !== undefined && line.trim() !== '') {
    draft.fields.set(draft.lastField, `${draft.fields.get(draft.lastField) ?? ''}${line.trim()}`);
  }
}

function understandDraft(draft: Draft, record: number, cut: boolean, context: ParseContext): ParsedRecord {
  const xml = draft.xml.join('\n').trim();
  if (xml !== '') return understandEmbeddedXml(xml, record, context);
  const event = draft.form === 'list' ? eventOfList(draft.fields, context) : eventOfText(draft, context);
  const understood: ParsedRecord =
    event === undefined
      ? { kind: 'refused', record, code: 'MISSING_EVENT_ID', reason: 'The text has no line with an event id.' }
      : understandEventRecord(event, record, context);
  if (cut && understood.kind === 'refused' && (understood.code === 'INCOMPLETE_RECORD' || understood.code === 'MISSING_EVENT_ID')) {
    return { ...understood, code: 'TRUNCATED', reason: 'The file ends in the middle of a record.' };
  }
  return understood;
}

/** Event Viewer copies the event's XML below its text: it says everything, in no language, with the record's number and its UTC time. */
function understandEmbeddedXml(xml: string, record: number, context: ParseContext): ParsedRecord {
  const records: ParsedRecord[] = [];
  const parser = eventXml.open(context, (parsed) => records.push(parsed));
  parser.write(xml);
  parser.end();
  const [only] = records;
  if (only === undefined || records.length > 1) {
    return { kind: 'refused', record, code: 'MALFORMED_XML', reason: 'Below "Event Xml:" stands something other than one event.' };
  }
  return { ...only, record };
}

function eventOfText(draft: Draft, context: ParseContext): EventRecord | undefined {
  const field = (name: string): string | undefined => draft.fields.get(name) || undefined;
  const eventId = eventIdOf(field('event id'));
  if (eventId === undefined) return undefined;
  const timeRaw = field('date');
  return {
    eventId,
    provider: field('source'),
    channel: field('log name'),
    computer: field('computer'),
    recordId: undefined,
    time: timeRaw === undefined ? undefined : instantOf(timeRaw, context),
    timeRaw,
    data: [],
    message: draft.message.join('\n').trim(),
  };
}

function eventOfList(fields: ReadonlyMap<string, string>, context: ParseContext): EventRecord | undefined {
  const event = eventOfRow(eventColumnsOf([...fields.keys()]), [...fields.values()], context);
  if (event?.eventId !== 12308 || event.message !== undefined) return event;
  // PoShEvents (Get-KMSClientEvent) takes the event apart: product and activation object have fields of their own.
  const parts = ['productskuid', 'adactivationobjectname', 'adactivationobject'].map((name) => fields.get(name) ?? '');
  return { ...event, data: parts };
}
