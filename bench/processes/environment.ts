import { randomBytes } from 'node:crypto';
import type { CliEnvironment } from '../../src/cli/environment.js';
import { commandIdSource } from '../../src/kernel/commandIds.js';
import type { Instant } from '../../src/kernel/identifiers.js';

/** As in `src/main.ts`. */
export const newCommandId = commandIdSource({ now: Date.now, random: randomBytes });

/** The built program's own surroundings: real clock and ids, and worker threads. */
export const programEnvironment: Pick<CliEnvironment, 'now' | 'newId' | 'random' | 'userName' | 'programDirectory'> = {
  now: () => new Date().toISOString() as Instant,
  newId: newCommandId,
  random: (bytes) => randomBytes(bytes),
  userName: 'bench',
  programDirectory: new URL('../../src/', import.meta.url),
};
