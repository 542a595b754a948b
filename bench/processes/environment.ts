import { randomBytes } from 'node:crypto';
import type { CliEnvironment } from '../../src/cli/environment.js';
import { instantClock } from '../../src/embedded/outsideWorld.js';
import type { CommandId } from '../../src/kernel/identifiers.js';

/** The built program's own surroundings: real clock and ids, and worker threads. */
export const programEnvironment: Pick<CliEnvironment, 'now' | 'newId' | 'random' | 'userName' | 'programDirectory'> = {
  now: instantClock(() => Date.now()),
  newId: newCommandId,
  random: (bytes) => randomBytes(bytes),
  userName: 'bench',
  programDirectory: new URL('../../src/', import.meta.url),
};

/** UUIDv7. */
export function newCommandId(): CommandId {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomBytes(9).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6)}` as CommandId;
}
