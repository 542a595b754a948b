import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { INPUT_FORMATS } from '../../src/importing/formats.js';
import { PROJECT, run, serve, temporaryDirectory } from '../cli/program.js';

const readme = readFileSync('README.md', 'utf8');
/** How long a command of the README may take, in milliseconds. */
const PATIENCE_MS = 60_000;

interface Block {
  readonly mark: string;
  readonly commands: string;
  readonly output: string;
}

/** The blocks that are marked to be run, with the output that stands behind them. */
function markedBlocks(text: string): Block[] {
  return [...text.matchAll(/<!-- (?<mark>run[^\n]*) -->\n```sh\n(?<commands>[^]*?)```\n(?:\n?```(?:text|json)\n(?<output>[^]*?)```)?/g)].map(({ groups = {} }) => ({
    mark: groups['mark'] ?? '',
    commands: groups['commands'] ?? '',
    output: groups['output'] ?? '',
  }));
}

/** The project as in a clone, but with a data directory of its own. */
function cloneLike(): string {
  const place = temporaryDirectory();
  for (const name of readdirSync(PROJECT).filter((each) => each !== 'data')) symlinkSync(join(PROJECT, name), join(place, name));
  return place;
}

/** Runs a script and gives its output; with `enough`, ends it as soon as it has said that. */
function shell(script: string, place: string, enough?: string): Promise<string> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: place, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    const end = (): void => void (child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'));
    const timer = setTimeout(end, PATIENCE_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (enough !== undefined && stdout.includes(enough)) end();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code === 0 || (enough !== undefined && stdout.includes(enough))) resolve(stdout);
      else reject(new Error(`${script} ended with ${code}: ${stdout}${stderr}`));
    });
  });
}

/** What is compared of an output: not rules, empty lines, days and sizes. Sizes hang on the version and the name of who exports. */
function comparable(text: string): string[] {
  return text.replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY').replaceAll(/[\d.]+ KiB/g, 'SIZE').split('\n').map((line) => line.replaceAll(/ +/g, ' ').trim()).filter((line) => line !== '' && !line.startsWith('─'));
}

describe('the README', () => {
  test('its session runs as it stands, and says what is printed there', async () => {
    const blocks = markedBlocks(readme);
    expect(blocks.map(({ mark }) => mark)).toEqual(['run', 'run', 'run with server', 'run with server until "event: next"', 'run audit']);
    const place = cloneLike();
    for (const { commands, output } of blocks.filter(({ mark }) => mark === 'run')) {
      expect(comparable(await shell(commands, place))).toEqual(comparable(output));
    }
    const server = await serve(join(place, 'data'));
    const there = (commands: string): string => commands.replaceAll('http://127.0.0.1:4000', server.address);
    const [query, subscription] = blocks.filter(({ mark }) => mark.startsWith('run with server'));
    expect(comparable(await shell(there(query?.commands ?? ''), place))).toEqual(comparable(query?.output ?? ''));
    const stream = await shell(`export ACTIVATION_LEDGER_TOKEN=${server.token}\n${there(subscription?.commands ?? '')}`, place, 'data: {');
    expect(stream.startsWith(String(subscription?.output.trimEnd().replace(/, …$/, '')))).toBe(true);
  }, 2 * PATIENCE_MS);

  test('its audit runs as it stands, from export to verdict', async () => {
    const place = cloneLike();
    await shell('npx activation-ledger import examples/exports/*', place);
    const audit = markedBlocks(readme).find(({ mark }) => mark === 'run audit');
    expect(comparable(await shell(audit?.commands ?? '', place))).toEqual(comparable(audit?.output ?? ''));
  }, 2 * PATIENCE_MS);

  test('would notice a command that fails and an output that is another', async () => {
    await expect(shell('npx activation-ledger hosts --no-such-option', cloneLike())).rejects.toThrow('ended with 2');
    expect(comparable('total 25')).not.toEqual(comparable('total 26'));
  });

  test('names every input format, every verb and every script that there is', async () => {
    for (const { name } of INPUT_FORMATS) expect(readme, name).toContain(`\`${name}\``);
    const { stdout } = await run(['--help']);
    for (const [, verb] of stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm)) if (verb !== 'help') expect(readme, verb).toMatch(new RegExp(`\`${verb}\\b`));
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
  });

  test('names every option of import and serve', async () => {
    for (const verb of ['import', 'serve', 'export', 'verify']) {
      const { stdout } = await run([verb, '--help']);
      for (const [, option] of stdout.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)) if (option !== '--help') expect(readme, option).toContain(option);
    }
  });

  test('links to nothing that is not there', () => {
    const targets = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target]) => String(target));
    const places = new Set([...readme.matchAll(/^#+ (.+)$/gm)].map(([, title]) => `#${String(title).toLowerCase().replaceAll(/[^\p{L}\p{N} -]/gu, '').replaceAll(' ', '-')}`));
    expect(targets.filter((target) => (target.startsWith('#') ? !places.has(target) : !existsSync(target.replace(/#.*$/, ''))))).toEqual([]);
  });
});
