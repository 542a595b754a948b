import { splitLines, type LineSplitter } from './lines.js';

/** Least width, in columns, at which a console breaks a line; wide characters may leave its last column empty. */
const CONSOLE_COLUMNS_MIN = 79;
/** Longest line taken, in characters; real ones have a few hundred. */
export const TOOL_LINE_CHARACTERS_MAX = 4096;

/** `Label:` at the beginning, also with a full-width colon: a line of its own, not the rest of one. */
const LABELLED = /^\s*[^\s:：][^:：]{0,100}(?::(?=\s|$)|：)/;

/**
 * Cuts text into lines and puts together again those that a console broke at its width: a line as wide as a console, followed by
 * one that is neither blank nor a line of its own. `undefined` stands for a line too long to be kept.
 */
export function unwrapLines(line: (text: string | undefined) => void): LineSplitter {
  let pending: string | undefined;
  /** The last piece of the pending line, which decides whether it was broken. */
  let lastPiece = '';

  function take(raw: string | undefined): void {
    const text = raw !== undefined && raw.length > TOOL_LINE_CHARACTERS_MAX ? undefined : raw;
    if (text !== undefined && pending !== undefined && isRestOf(pending, lastPiece, text) && pending.length + text.length <= TOOL_LINE_CHARACTERS_MAX) {
      pending += withoutSharedIndentation(lastPiece, text);
      lastPiece = text;
      return;
    }
    flush();
    if (text === undefined) line(undefined);
    else {
      pending = text;
      lastPiece = text;
    }
  }

  function flush(): void {
    if (pending !== undefined) line(pending);
    pending = undefined;
  }

  const lines = splitLines(take);
  return {
    write: (text) => lines.write(text),
    end() {
      lines.end();
      flush();
    },
  };
}

/** A line broken before its colon goes on with whatever follows; one that has its label, with what has none. */
function isRestOf(line: string, piece: string, next: string): boolean {
  if (piece.length < CONSOLE_COLUMNS_MIN / 2 || columnsOf(piece) < CONSOLE_COLUMNS_MIN) return false;
  return next.trim() !== '' && !/^\s*(?:---|<)/.test(next) && !(LABELLED.test(line) && LABELLED.test(next));
}

/** Text that was pasted with an indentation has it on the rest of a line as well. */
function withoutSharedIndentation(piece: string, next: string): string {
  const indentation = Math.min(leadingBlanks(piece), leadingBlanks(next));
  return next.slice(indentation);
}

function leadingBlanks(text: string): number {
  return text.length - text.trimStart().length;
}

/** East Asian letters and full-width forms take two columns. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

function columnsOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
