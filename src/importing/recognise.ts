import { SNIFF_CHARACTERS, type InputFormat } from './parser.js';

/** The format that is surest of a file's beginning (up to SNIFF_CHARACTERS of it); undefined if none knows it, or two are equally sure. */
export function recogniseFormat(beginning: string, formats: readonly InputFormat[]): InputFormat | undefined {
  const sniffed = beginning.slice(0, SNIFF_CHARACTERS);
  let best: InputFormat | undefined;
  let bestScore = 0;
  for (const format of formats) {
    const score = format.recognises(sniffed);
    if (score > bestScore) [best, bestScore] = [format, score];
    else if (score === bestScore) best = undefined;
  }
  return best;
}
