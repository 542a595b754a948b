import { fileURLToPath } from 'node:url';
import type { WriterOptions } from './acknowledgement.js';

/** Arguments for Node that run `writer.ts` from source. */
export function writerArguments(options: WriterOptions): readonly string[] {
  return ['--disable-warning=ExperimentalWarning', '--import', here('./sourceResolver.ts'), here('./writer.ts'), JSON.stringify(options)];
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
