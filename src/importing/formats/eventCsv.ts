import { firstRowsOf, openCsv } from '../syntax/csvRows.js';
import {
  EVENT_VIEWER_COLUMNS,
  EVENT_VIEWER_HEADINGS,
  eventColumnsOf,
  eventOfRow,
  eventOfUnknownRow,
  looksLikeEvent,
  type EventColumns,
} from '../records/eventColumns.js';
import { understandEventRecord } from '../records/eventRecord.js';
import type { InputFormat, ParseContext, ParsedRecord, RecordParser } from '../parser.js';

/** Event log records as CSV, one a row, told by their columns; the message may hold line breaks. */
export const eventCsv: InputFormat = {
  name: 'event-csv',
  version: 1,
  title: 'Windows event log as CSV (Get-WinEvent or Get-EventLog … | Export-Csv, Event Viewer "Save as CSV")',
  needsHost: false,
  recognises,
  open,
};

function open(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let layout: Layout | undefined;
  let headings: readonly string[] = [];
  let record = 0;

  return openCsv(
    (fields) => {
      if (layout === undefined) {
        layout = layoutOf(fields);
        headings = fields;
        if (layout.hasHeadings) return;
      }
      const columns = layout.columns ?? (fields.length === EVENT_VIEWER_HEADINGS + 1 && layout.isEventViewers ? EVENT_VIEWER_COLUMNS : undefined);
      const event = columns === undefined ? eventOfUnknownRow(fields, context) : eventOfRow(columns, fields, context);
      if (event === undefined && layout.hasHeadings && isHeadingAgain(fields, headings)) {
        layout = layoutOf(fields);
        headings = fields;
        return;
      }
      record += 1;
      if (event !== undefined) emit(understandEventRecord(event, record, context));
      else emit({ kind: 'refused', record, code: 'MISSING_EVENT_ID', reason: 'No field of the row is an event id. Export the records with their columns Id and Message.' });
    },
    (code, reason) => {
      record += 1;
      emit({ kind: 'refused', record, code, reason });
    },
  );
}

/** Exports that were put together in one file: each begins with its own headings, which may differ. */
function isHeadingAgain(fields: readonly string[], headings: readonly string[]): boolean {
  const isSame = fields.length === headings.length && fields.every((field, at) => field === headings[at]);
  return isSame || layoutOf(fields).columns !== undefined;
}

interface Layout {
  /** Undefined where the headings are unknown and the row itself has to tell. */
  readonly columns: EventColumns | undefined;
  readonly isEventViewers: boolean;
  readonly hasHeadings: boolean;
}

function layoutOf(first: readonly string[]): Layout {
  if (looksLikeEvent(first)) return { columns: undefined, isEventViewers: false, hasHeadings: false };
  const columns = eventColumnsOf(first);
  const isWhole = columns.eventId !== undefined && (columns.message ?? columns.strings) !== undefined;
  return { columns: isWhole ? columns : undefined, isEventViewers: first.length === EVENT_VIEWER_HEADINGS, hasHeadings: true };
}

function recognises(beginning: string): number {
  if (/^\uFEFF?\s*#TYPE (?:Selected\.)?System\.Diagnostics\.Event/.test(beginning)) return 95;
  const [first, second = []] = firstRowsOf(beginning, SNIFFED_ROWS);
  if (first === undefined || first.length < 2) return 0;
  const layout = layoutOf(first);
  if (layout.columns !== undefined && holdsEventId(layout.columns, second)) return 90;
  if (layout.isEventViewers && second.length === EVENT_VIEWER_HEADINGS + 1 && /^\d{1,5}$/.test(second[3] ?? '')) return 85;
  return looksLikeEvent(layout.hasHeadings ? second : first) ? 50 : 0;
}

/** Other exports have columns called Id and Description as well: the first row decides, and a table without rows its further columns. */
function holdsEventId(columns: EventColumns, row: readonly string[]): boolean {
  if (row.length === 0) return columns.time !== undefined || columns.recordId !== undefined;
  return columns.eventId !== undefined && /^\d{1,10}$/.test((row[columns.eventId] ?? '').trim());
}

const SNIFFED_ROWS = 2;
