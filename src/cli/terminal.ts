/** How the verbs speak to a person: colours, tables and progress on a terminal, plain lines elsewhere. */
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import picocolors from 'picocolors';
import type { CliEnvironment } from './environment.js';

export interface Terminal {
  /** One line to standard output: results. */
  readonly print: (line: string) => void;
  /** One line to standard error: what a person should know and a pipe should not. */
  readonly note: (line: string) => void;
  readonly paint: Paint;
  /** A table on standard output; the first row is the heading. Numbers are right-aligned. */
  readonly table: (heading: readonly string[], rows: readonly (readonly (string | number)[])[]) => void;
  readonly progress: (title: string, total: number | undefined, unit: string) => Progress;
}

export type Paint = Pick<ReturnType<typeof picocolors.createColors>, 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'>;

export interface Progress {
  update(done: number, detail?: string): void;
  stop(): void;
}

/** Lines of progress where there is no terminal: one for each tenth. */
const PLAIN_STEPS = 10;
/** Frames a second of a progress bar. */
const BAR_FRAMES_PER_SECOND = 8;

export function openTerminal(environment: CliEnvironment): Terminal {
  const { stdout, stderr } = environment;
  const paint = picocolors.createColors(stdout.isTTY === true && process.env['NO_COLOR'] === undefined);
  const print = (line: string): void => void stdout.write(`${line}\n`);
  const note = (line: string): void => void stderr.write(`${line}\n`);
  return {
    print,
    note,
    paint,
    table(heading, rows) {
      const table = new Table({
        head: heading.map((text) => paint.bold(text)),
        colAligns: heading.map((_, index) => (rows.length > 0 && rows.every((row) => typeof row[index] === 'number') ? 'right' : 'left')),
        style: { head: [], border: [], compact: true },
        chars: stdout.isTTY === true ? TERMINAL_FRAME : PLAIN_FRAME,
      });
      for (const row of rows) table.push(row.map((cell) => (typeof cell === 'number' ? groupDigits(cell) : cell)));
      print(table.toString());
    },
    progress: (title, total, unit) => (stderr.isTTY === true ? bar(stderr, title, total, unit, paint) : plainProgress(note, title, total, unit)),
  };
}

/** `1234567` as `1,234,567`. */
export function groupDigits(value: number): string {
  return value.toLocaleString('en-GB');
}

/** `1536` bytes as `1.5 KiB`. */
export function byteSize(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
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
    etaBuffer: 100,
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
      note(`${title}: ${step * (100 / PLAIN_STEPS)}% (${detail ?? `${groupDigits(done)} ${unit}`})`);
    },
    stop() {
      return undefined;
    },
  };
}

const TERMINAL_FRAME = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '',
  bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '─', 'mid-mid': '─',
  right: '', 'right-mid': '', middle: '  ',
};
const PLAIN_FRAME = { ...TERMINAL_FRAME, mid: '', 'mid-mid': '' };
