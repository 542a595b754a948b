import { join } from 'node:path';

/** Where a server keeps exports: also what an erasure empties, since names and reasons are in them. */
export function exportsFolder(directory: string): string {
  return join(directory, 'exports');
}
