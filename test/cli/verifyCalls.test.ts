import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run, temporaryDirectory } from './program.js';

test('what keeps a verification from being made ends it with 3, never with the code of a verdict', async () => {
  const directory = temporaryDirectory();
  const calls = [
    [directory, '--since', join(directory, 'nothing')],
    [directory, '--key', 'no key'],
    // Nobody listens on port 1.
    ['http://127.0.0.1:1/'],
    [directory, '--rules', join(directory, 'nothing')],
    [directory, '--no-such-option'],
    [],
  ];
  for (const words of calls) expect([words, (await run(['verify', ...words])).code]).toEqual([words, 3]);
});
