import { RECORD_CHARACTERS_MAX } from '../parser.js';

/** Cuts chunks of text into lines without their ends (LF or CRLF; a lone CR ends no line). */
export interface LineSplitter {
  write(text: string): void;
  /** Hands out the last line, if it has characters. */
  end(): void;
}

/**
 * A line longer than RECORD_CHARACTERS_MAX is not kept: `line` gets `undefined` in its place, once, so that the caller can refuse it
 * and the memory stays bounded.
 */
export function splitLines(line: (text: string | undefined, number: number) => void): LineSplitter {
  let rest = '';
  let overlong = false;
  let number = 0;

  function deliver(text: string): void {
    number += 1;
    const wasOverlong = overlong || text.length > RECORD_CHARACTERS_MAX;
    overlong = false;
    line(wasOverlong ? undefined : text.endsWith('\r') ? text.slice(0, -1) : text, number);
  }

  return {
    write(text) {
      let start = 0;
      let end = text.indexOf('\n', start);
      while (end !== -1) {
        deliver(rest + text.slice(start, end));
        rest = '';
        start = end + 1;
        end = text.indexOf('\n', start);
      }
      rest += text.slice(start);
      if (rest.length > RECORD_CHARACTERS_MAX) {
        overlong = true;
        rest = '';
      }
    },
    end() {
      if (rest !== '' || overlong) deliver(rest);
      rest = '';
    },
  };
}

/** A line without the carriage returns at its end, however many: `\r+$` would look at each of them again from each of them. */
export function withoutCarriageReturns(line: string): string {
  let end = line.length;
  while (end > 0 && line.charCodeAt(end - 1) === CARRIAGE_RETURN) end -= 1;
  return end === line.length ? line : line.slice(0, end);
}

const CARRIAGE_RETURN = 13;
