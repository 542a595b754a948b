import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** From the source tree, and from `dist`. */
const ROOTS = ['../../', '../../../'];

/** The text of a file that comes with the program, by its path in the project. */
export function readProjectFile(path: string): Promise<string> {
  const root = ROOTS.map((each) => new URL(each, import.meta.url)).find((each) => existsSync(new URL('package.json', each)));
  if (root === undefined) throw new Error(`${fileURLToPath(import.meta.url)} does not stand in its project.`);
  return readFile(new URL(path, root), 'utf8');
}
