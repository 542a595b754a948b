/** How the verbs speak to a person: colours, tables and progress on a terminal, plain lines elsewhere. */
import { stripVTControlCharacters } from 'node:util';
import { SingleBar } from 'cli-progress';
import picocolors from 'picocolors';
import type { CliEnvironment } from './environment.js';
import { groupDigits } from './numbers.js';
import { tableLines, type Cell, type Column } from './table.js';

export interface Terminal {
  /** One line to standard output: results. */
  readonly print: (line: string) => void;
  /** One line to standard error: what a person should know and a pipe should not. */
  readonly note: (line: string) => void;
  readonly paint: Paint;
  /** An empty line between what a person sees; nothing in a pipe. */
  readonly breathe: () => void;
  /** A table on standard output; on a terminal it fits its width. */
  readonly table: (columns: readonly Column[], rows: readonly (readonly Cell[])[]) => void;
  readonly progress: (title: string, total: number | undefined, unit: string) => Progress;
}

export type Paint = Pick<ReturnType<typeof picocolors.createColors>, 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'>;

export interface Progress {
  update(done: number, detail?: string): void;
  stop(): void;
}

/** Width of a terminal that does not tell its own. */
const TERMINAL_COLUMNS = 80;
/** Lines of progress where there is no terminal: one for each tenth. */
const PLAIN_STEPS = 10;
/** Frames a second of a progress bar. */
const BAR_FRAMES_PER_SECOND = 8;

export function openTerminal(environment: CliEnvironment): Terminal {
  const { stdout, stderr } = environment;
  const paint = picocolors.createColors((stdout.isTTY === true || stderr.isTTY === true) && process.env['NO_COLOR'] === undefined);
  const print = (line: string): void => writeLine(stdout, line);
  const note = (line: string): void => writeLine(stderr, line);
  return {
    print,
    note,
    paint,
    breathe() {
      if (stdout.isTTY === true) print('');
    },
    table(columns, rows) {
      const width = stdout.isTTY === true ? (stdout.columns ?? TERMINAL_COLUMNS) : undefined;
      for (const line of tableLines(columns, rows, { paintTitle: paint.bold, paintRule: paint.dim, width })) print(line);
    },
    progress: (title, total, unit) => (stderr.isTTY === true ? bar(stderr, title, total, unit, paint) : plainProgress(note, title, total, unit)),
  };
}

/** Colours only where somebody sees them. */
function writeLine(stream: CliEnvironment['stdout'], line: string): void {
  stream.write(`${stream.isTTY === true ? line : stripVTControlCharacters(line)}\n`);
}

function bar(stderr: NodeJS.WritableStream, title: string, total: number | undefined, unit: string, paint: Paint): Progress {
  const shape = total === undefined ? '{detail}' : `${paint.cyan('{bar}')} {percentage}%  {detail}`;
  const single = new SingleBar({
    stream: stderr,
    format: `${paint.bold(title)}  ${shape}`,
    barCompleteChar: '━',
    barIncompleteChar: '┄',
    barsize: 32,
    fps: BAR_FRAMES_PER_SECOND,
    hideCursor: true,
    clearOnComplete: false,
    autopadding: true,
  });
  single.start(Math.max(total ?? 1, 1), 0, { detail: '' });
  return {
    update(done, detail) {
      single.update(total === undefined ? 0 : Math.min(done, total), { detail: detail ?? `${groupDigits(done)} ${unit}` });
    },
    stop() {
      if (total !== undefined) single.update(single.getTotal());
      single.stop();
    },
  };
}

function plainProgress(note: (line: string) => void, title: string, total: number | undefined, unit: string): Progress {
  let told = 0;
  return {
    update(done, detail) {
      if (total === undefined || total === 0) return;
      const step = Math.floor((done / total) * PLAIN_STEPS);
      if (step <= told) return;
      told = step;
      note(`${title.trimEnd()}: ${step * (100 / PLAIN_STEPS)}% (${detail ?? `${groupDigits(done)} ${unit}`})`);
    },
    stop() {
      return undefined;
    },
  };
}
