import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';

/** How the program itself is started. */
export const NODE_FLAGS = ['--enable-source-maps'];

/** Runs a module of `bench/processes` to its end; its last line on standard output is its answer, in JSON. */
export async function runModule<Answer>(module: string, task: object, flags: readonly string[] = []): Promise<Answer> {
  const path = new URL(`./${module}.js`, import.meta.url).pathname;
  const child = spawn(process.execPath, [...NODE_FLAGS, ...flags, path, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = line;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${module} ended with ${code ?? 'a signal'}.`);
  return JSON.parse(last) as Answer;
}

export interface Server {
  /** The first line it printed. */
  readonly answer: unknown;
  stop(): Promise<void>;
}

/** Starts a process that prints one line of JSON when it is ready and then serves until it is told to stop. */
export async function startServer(args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, [...NODE_FLAGS, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  // A bench that fails or is interrupted leaves no server behind.
  const stopWithParent = (): void => void child.kill('SIGTERM');
  process.once('exit', stopWithParent);
  const line = await firstLine(child);
  return {
    answer: JSON.parse(line),
    async stop() {
      process.off('exit', stopWithParent);
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

/** What the process was asked to do. */
export function taskOfProcess<Task>(): Task {
  return JSON.parse(process.argv[2] ?? '{}') as Task;
}

export function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A clock that all processes of the system share. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Highest resident memory so far, in MiB. `getrusage` would count the parent's as well: it is inherited. */
export function peakRssMiB(): number {
  try {
    const [, kib = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Math.round(Number(kib) / 1_024);
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 1_024);
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The process has no standard output.');
  const lines = createInterface({ input: child.stdout });
  const line = new Promise<string>((resolve) => lines.once('line', resolve));
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`A server ended with ${String(code)} before it was ready.`);
  });
  return Promise.race([line, ended]);
}
