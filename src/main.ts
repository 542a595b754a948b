/** The one place where the real clock, ids and randomness come from. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { runProgram } from './cli/program.js';
import type { CliEnvironment } from './cli/environment.js';
import { commandIdSource } from './kernel/commandIds.js';
import type { Instant } from './kernel/identifiers.js';

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

const environment: CliEnvironment = {
  now: () => new Date().toISOString() as Instant,
  newId: commandIdSource({ now: Date.now, random: randomBytes }),
  random: (bytes) => randomBytes(bytes),
  stdout: process.stdout,
  stderr: process.stderr,
  userName: userInfo().username,
  stopRequested: () =>
    new Promise((resolve) => {
      for (const signal of stopSignals) process.once(signal, () => resolve(signal));
    }),
  programDirectory: import.meta.url.endsWith('.js') ? new URL('./', import.meta.url) : undefined,
};

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
// Who pipes into `head` has seen enough: no failure, and nothing more to write to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await runProgram(process.argv.slice(2), environment, version);
