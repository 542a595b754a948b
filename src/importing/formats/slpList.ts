import { splitLines, withoutCarriageReturns } from '../syntax/lines.js';
import { RECORD_CHARACTERS_MAX, type InputFormat, type ParseContext, type ParsedRecord, type RecordParser } from '../parser.js';
import { SOFTWARE_LICENSING_VERSION, readSoftwareLicensingRecord } from '../records/softwareLicensingProduct.js';

/** `wmic path SoftwareLicensingProduct get /format:list` (`Name=Value`) and PowerShell's `Format-List` (`Name : Value`). */
export const slpList: InputFormat = {
  name: 'slp-list',
  version: SOFTWARE_LICENSING_VERSION,
  title: 'SoftwareLicensingProduct or SoftwareLicensingService as a list (wmic /format:list, Format-List)',
  needsHost: false,
  recognises(beginning) {
    const names = new Set<string>();
    for (const line of beginning.split('\n')) {
      const name = propertyIn(withoutCarriageReturns(line))?.name;
      if (name !== undefined) names.add(name);
    }
    // VAMT's objects have some of the same properties, and one that WMI has not.
    if (names.has('fullyqualifieddomainname')) return 0;
    const known = TELLING_PROPERTIES.filter((name) => names.has(name)).length;
    return known === 0 ? 0 : Math.min(95, 55 + 15 * known);
  },
  open: (context, emit) => openSlpList(context, emit),
};

const TELLING_PROPERTIES = ['partialproductkey', 'licensestatus', 'graceperiodremaining', 'licensestatusreason', 'clientmachineid', 'keymanagementservicemachine'];

/** A property's name at the line's beginning: `Name=Value`, `Name : Value`, `Name     : Value`. */
const PROPERTY = /^\uFEFF?([A-Za-z_]\w{0,63})(?:=|\s{0,80}:(?:\s|$))(.*)$/s;
/** Least blanks before a continuation line of Format-List, which stands under the value. */
const CONTINUATION = /^ {6}/;

function propertyIn(line: string): { readonly name: string; readonly value: string } | undefined {
  const match = PROPERTY.exec(line);
  return match === null ? undefined : { name: (match[1] ?? '').toLowerCase(), value: match[2] ?? '' };
}

/** A property as its lines came in, joined when the record is whole and the width of the console is known. */
interface WrappedValue {
  readonly pieces: string[];
  /** Characters of the whole lines the pieces stood in. */
  readonly widths: number[];
}

function openSlpList(context: ParseContext, emit: (record: ParsedRecord) => void): RecordParser {
  let properties = new Map<string, WrappedValue>();
  let last: WrappedValue | undefined;
  let characters = 0;
  let isOverlong = false;
  let hasBlankAfterFirst = false;
  let isDoubleSpaced = false;
  let record = 0;

  function takeLine(raw: string | undefined): void {
    if (raw === undefined) {
      isOverlong = true;
      return;
    }
    // wmic ends its lines with two carriage returns.
    const line = withoutCarriageReturns(raw);
    if (line.trim() === '') {
      takeBlank();
      return;
    }
    const property = propertyIn(line);
    if (property !== undefined) takeProperty(property.name, property.value, line.length);
    else if (last !== undefined && CONTINUATION.test(line)) keep(last, line.trimStart(), line.length);
  }

  /** A blank line ends a record; where one follows each property (lone carriage returns made into line ends) only a repeated name does. */
  function takeBlank(): void {
    if (properties.size === 1) hasBlankAfterFirst = true;
    else if (properties.size > 1 && !isDoubleSpaced) endRecord();
    last = undefined;
  }

  function takeProperty(name: string, value: string, width: number): void {
    if (properties.has(name)) endRecord();
    if (properties.size === 1 && hasBlankAfterFirst) isDoubleSpaced = true;
    last = { pieces: [], widths: [] };
    properties.set(name, last);
    keep(last, value, width);
  }

  function keep(wrapped: WrappedValue, piece: string, width: number): void {
    characters += width;
    if (characters > RECORD_CHARACTERS_MAX) {
      isOverlong = true;
      return;
    }
    wrapped.pieces.push(piece);
    wrapped.widths.push(width);
  }

  function endRecord(): void {
    if (properties.size > 0 || isOverlong) {
      record += 1;
      emit(isOverlong ? overlong(record) : readSoftwareLicensingRecord(unwrapped(properties), record, context));
    }
    properties = new Map();
    last = undefined;
    characters = 0;
    isOverlong = false;
    hasBlankAfterFirst = false;
    isDoubleSpaced = false;
  }

  const lines = splitLines(takeLine);
  return {
    write: (text) => lines.write(text),
    end() {
      lines.end();
      endRecord();
      if (record === 0) {
        emit({ kind: 'refused', record: 1, code: 'NO_RECORDS', reason: 'No properties of SoftwareLicensingProduct or SoftwareLicensingService were found in the text.' });
      }
    },
  };
}

function overlong(record: number): ParsedRecord {
  return { kind: 'refused', record, code: 'RECORD_TOO_LONG', reason: `The record or one of its lines is longer than ${RECORD_CHARACTERS_MAX} characters.` };
}

function unwrapped(properties: ReadonlyMap<string, WrappedValue>): ReadonlyMap<string, string> {
  let consoleWidth = 0;
  for (const { widths } of properties.values()) for (const width of widths) consoleWidth = Math.max(consoleWidth, width);
  const values = new Map<string, string>();
  for (const [name, wrapped] of properties) values.set(name, joined(wrapped, consoleWidth));
  return values;
}

/**
 * Format-List breaks at blanks, which it may drop, and inside a word only where the console's width forces it. After a dash no blank
 * is put: ids have none, and a product key with one in it would pass for something else.
 */
function joined({ pieces, widths }: WrappedValue, consoleWidth: number): string {
  let text = '';
  pieces.forEach((piece, index) => {
    const isForcedBreak = index > 0 && widths[index - 1] === consoleWidth;
    text += index === 0 || isForcedBreak || /[ -]$/.test(text) ? piece : ` ${piece}`;
  });
  return text;
}
