/** The one place where the real clock, ids and randomness come from. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { runProgram } from './cli/program.js';
import type { CliEnvironment } from './cli/environment.js';
import { instantClock } from './embedded/outsideWorld.js';
import type { CommandId } from './kernel/identifiers.js';

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

const environment: CliEnvironment = {
  now: instantClock(() => Date.now()),
  newId: uuid7,
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

/** UUIDv7: 48 bits of time, the rest random. */
function uuid7(): CommandId {
  const time = Date.now().toString(16).padStart(12, '0');
  const bytes = randomBytes(10);
  bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70;
  bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}` as CommandId;
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
// Who pipes into `head` has seen enough: no failure, and nothing more to write to.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
process.exitCode = await runProgram(process.argv.slice(2), environment, version);
