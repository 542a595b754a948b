import type { BundleFiles } from './bundleFiles.js';

/** The rows of a CSV file as this program writes it (RFC 4180: comma, CRLF, quotes doubled), its titles first. A file in another form gives other rows, never an error. */
export async function* readCsvRows(files: BundleFiles, name: string): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  let before = '';
  for await (const chunk of files.read(name)) {
    for (const character of decoder.decode(chunk, { stream: true })) {
      if (quoted) {
        if (character === '"') quoted = false;
        else cell += character;
      } else if (character === '"') {
        // The second of two quotes stands for one.
        if (before === '"') cell += '"';
        quoted = true;
      } else if (character === ',') {
        row.push(cell);
        cell = '';
      } else if (character === '\n') {
        yield [...row, cell];
        row = [];
        cell = '';
      } else if (character !== '\r') cell += character;
      // A quote that opened a cell is not the first of two.
      before = character === '"' && quoted && cell === '' ? '' : character;
    }
  }
}
