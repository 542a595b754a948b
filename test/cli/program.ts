/** Runs the built program as a user does: a child process, its words, its exit code. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, vi } from 'vitest';

export const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = join(PROJECT, 'bin/activation-ledger.js');
/** How long a child may take to say or do what is waited for, in milliseconds. */
const PATIENCE_MS = 25_000;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first match in standard output. */
  saying(pattern: RegExp): Promise<RegExpExecArray>;
}

// A test here is a dozen processes, each of which loads the program.
vi.setConfig({ testTimeout: 120_000 });

const directories: string[] = [];
const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'activation-ledger-cli-'));
  directories.push(directory);
  return directory;
}

/** Runs one call of the program to its end. */
export function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return start(args, environment).ended;
}

/** Starts the program; after the test it is ended if it still runs. */
export function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
  const { ACTIVATION_LEDGER_TOKEN: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: PROJECT, env: { ...inherited, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      children.delete(child);
      resolve({ code, stdout, stderr });
    });
  });
  return {
    child,
    ended,
    saying: (pattern) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => reject(new Error(`${why} before it said ${pattern}. stdout: ${stdout} stderr: ${stderr}`));
        const timer = setTimeout(() => fail('The time was up'), PATIENCE_MS);
        const look = (): void => {
          const match = pattern.exec(stdout);
          if (match === null) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => fail('The program ended'));
      }),
  };
}

export interface Server extends Running {
  readonly address: string;
  readonly token: string;
}

/** Serves a fresh data directory on a free port. */
export async function serve(data: string, ...more: readonly string[]): Promise<Server> {
  const running = start(['serve', '--data', data, '--port', '0', ...more]);
  const [, address = ''] = await running.saying(/GraphQL\s+(http:\/\/\S+)\/graphql/);
  const [, token = ''] = await running.saying(/sign in\s+(\S+)\n[^]*\n\n/);
  return { ...running, address, token };
}

/** Puts one question to a server, as any client of the API does. */
export async function askServer(server: Pick<Server, 'address' | 'token'>, query: string, variables: object = {}): Promise<{ readonly status: number; readonly body: any }> {
  const response = await fetch(`${server.address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${server.token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: await response.json() };
}

/** Waits until a condition holds; it is looked at again whenever its own answer arrives. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    // Lets what is waited for go on.
    await new Promise((resolve) => void setImmediate(resolve));
    if (performance.now() > deadline) throw new Error(`The time was up before this held: ${what}.`);
  }
}

/** Nothing of a program's own code shows in what a person reads. */
export const STACK_TRACE = /\n\s+at \S+|unexpected:/;
