/** The scenario of `examples/`, against a running server: its figures are those the README shows. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PROJECT, serve, temporaryDirectory } from './program.js';

test("a school's year ends with the figures that the README shows", async () => {
  const server = await serve(temporaryDirectory());
  const environment = { ...process.env, ACTIVATION_LEDGER_TOKEN: server.token };
  const { stdout } = await promisify(execFile)(process.execPath, ['examples/school-year.mjs', server.address], { cwd: PROJECT, env: environment });
  const shown = /node examples\/school-year\.mjs[^]*?```text\n(?<output>[^]*?)```/.exec(readFileSync('README.md', 'utf8'))?.groups?.['output'];
  expect(stdout.trim()).toBe(shown?.trim());
});
