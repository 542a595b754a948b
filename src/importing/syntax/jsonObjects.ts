import { RECORD_CHARACTERS_MAX } from '../parser.js';

/** What becomes of the objects of a text. */
export interface JsonObjectConsumer {
  /** The text of one object, not yet parsed: its braces match, the rest is the parser's business. */
  object(text: string): void;
  /** Something that stands where an object should: once for each such place. */
  bad(code: 'MALFORMED_JSON' | 'RECORD_TOO_LONG' | 'TRUNCATED', reason: string): void;
}

export interface JsonObjectCutter {
  write(text: string): void;
  end(): void;
}

/** Deepest nesting of lists and wrappers around the records. */
const CONTAINERS_MAX = 64;
/** The member of a wrapper that holds the records. */
const WRAPPED_IN = 'value';

const QUOTE = 34;
const BACKSLASH = 92;
const LINE_FEED = 10;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/**
 * Cuts the records out of JSON one by one, so that a list of any length needs the memory of one record. Records are the objects
 * at the top, in lists, and in the list `value` of an object. A scanner, not a parser: it follows quotation marks, braces and
 * brackets. A string cannot hold a line feed, so an unclosed one ends there and costs one record.
 */
export function cutJsonObjects(consumer: JsonObjectConsumer): JsonObjectCutter {
  /** Open lists and wrappers, outermost first. */
  const containers: ('list' | 'wrapper')[] = [];
  let isInJunk = false;
  let inString = false;
  let isEscaped = false;

  /** Braces and brackets open within the record; 0 outside records. */
  let depth = 0;
  let captured: string[] = [];
  let capturedCharacters = 0;
  let isOverlong = false;
  /** Last character of the record that was no blank. */
  let lastSignificant = 0;
  /** The string that was last read directly inside the record, bounded; its name, if a colon follows. */
  let memberName = '';

  function write(text: string): void {
    let recordStart = depth > 0 ? 0 : -1;

    /** Keeps the record's characters before `end`. */
    function capture(end: number): void {
      if (recordStart === -1) return;
      capturedCharacters += end - recordStart;
      if (capturedCharacters > RECORD_CHARACTERS_MAX) {
        isOverlong = true;
        captured = [];
      } else if (!isOverlong) captured.push(text.slice(recordStart, end));
      recordStart = -1;
    }

    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (inString) {
        takeInString(code);
      } else if (depth === 0) {
        if (takeBetween(code)) recordStart = at;
      } else if (depth === 1 && code === OPEN_BRACKET && lastSignificant === COLON && memberName === WRAPPED_IN) {
        dropRecord();
        recordStart = -1;
        open('wrapper');
        open('list');
      } else if (depth === 1 && code === OPEN_BRACE && lastSignificant !== COLON) {
        // An object cannot begin here: the one before was never closed.
        dropRecord();
        consumer.bad('MALFORMED_JSON', 'The object has no end: its closing brace is missing.');
        beginRecord();
        recordStart = at;
      } else {
        takeInRecord(code);
        if (depth === 0) {
          capture(at + 1);
          endRecord();
        }
      }
    }
    capture(text.length);
  }

  function takeInString(code: number): void {
    const wasEscaped = isEscaped;
    isEscaped = false;
    if (code === LINE_FEED) inString = false;
    else if (wasEscaped) return;
    else if (code === BACKSLASH) isEscaped = true;
    else if (code === QUOTE) inString = false;
    else if (depth === 1 && memberName.length <= WRAPPED_IN.length) memberName += String.fromCharCode(code);
  }

  /** One character outside records. True where it begins one. */
  function takeBetween(code: number): boolean {
    if (code === OPEN_BRACE) {
      beginRecord();
      return true;
    }
    if (code === OPEN_BRACKET) open('list');
    else if (code === CLOSE_BRACKET) close('list');
    else if (code === CLOSE_BRACE) close('wrapper');
    else if (code === QUOTE) {
      inString = true;
      junk();
    } else if (!isBlank(code) && code !== COMMA) junk();
    return false;
  }

  function takeInRecord(code: number): void {
    if (isBlank(code)) return;
    if (code === QUOTE) {
      inString = true;
      if (depth === 1) memberName = '';
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    lastSignificant = code;
  }

  function beginRecord(): void {
    depth = 1;
    isInJunk = false;
    lastSignificant = OPEN_BRACE;
  }

  function endRecord(): void {
    const wasOverlong = isOverlong;
    const text = captured.join('');
    dropRecord();
    if (wasOverlong) consumer.bad('RECORD_TOO_LONG', `The object is longer than ${RECORD_CHARACTERS_MAX} characters.`);
    else consumer.object(text);
  }

  function dropRecord(): void {
    depth = 0;
    captured = [];
    capturedCharacters = 0;
    isOverlong = false;
    memberName = '';
  }

  function open(container: 'list' | 'wrapper'): void {
    if (containers.length >= CONTAINERS_MAX) {
      junk();
      return;
    }
    isInJunk = false;
    containers.push(container);
  }

  function close(container: 'list' | 'wrapper'): void {
    if (containers.at(-1) === container) containers.pop();
    else junk();
  }

  /** Anything else than records, lists and commas; inside a wrapper it is its other members. Reported once for each run. */
  function junk(): void {
    if (isInJunk || containers.at(-1) === 'wrapper') return;
    isInJunk = true;
    consumer.bad('MALFORMED_JSON', 'A JSON object was expected here: export with ConvertTo-Json.');
  }

  return {
    write,
    end() {
      if (depth > 0) consumer.bad('TRUNCATED', 'The file ends within an object: export it again.');
      else if (containers.length > 0) consumer.bad('TRUNCATED', 'The file ends within the list of objects: some may be missing; export it again.');
      dropRecord();
    },
  };
}

function isBlank(code: number): boolean {
  return code === 32 || code === LINE_FEED || code === 13 || code === 9 || code === 0xfeff;
}
