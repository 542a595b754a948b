/** Text in, chunks cut anywhere, and the same text out with line feeds where its lines end with a carriage return alone. */
export interface LineEnds {
  write(text: string): void;
  end(): void;
}

type Ends = 'unknown' | 'asTheyAre' | 'carriageReturns';

/**
 * What ends lines is told by the first line break: a carriage return that nothing of the kind follows ends all lines of the text. Nothing
 * else reads those, and a table would be one line, of headings alone.
 */
export function openLineEnds(onText: (text: string) => void): LineEnds {
  let ends: Ends = 'unknown';
  /** A carriage return at the end of a chunk, of which it is not known what follows. */
  let held = '';

  return {
    write(chunk) {
      const text = held + chunk;
      held = '';
      if (ends === 'unknown') {
        ends = endsOf(text);
        if (ends === 'unknown' && text.endsWith('\r')) held = '\r';
      }
      onText(ends === 'carriageReturns' ? text.replaceAll('\r', '\n') : held === '' ? text : text.slice(0, -1));
    },
    end() {
      if (held !== '') onText(held);
      held = '';
    },
  };
}

function endsOf(text: string): Ends {
  const at = text.search(/[\r\n]/);
  if (at === -1) return 'unknown';
  if (text[at] === '\n') return 'asTheyAre';
  const next = text[at + 1];
  if (next === undefined) return 'unknown';
  return next === '\n' || next === '\r' ? 'asTheyAre' : 'carriageReturns';
}
