import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askServer, run, serve, STACK_TRACE, temporaryDirectory, type Ended } from './program.js';

/** Verbs that work on a data directory. */
const VERBS = [
  ['serve'], ['import'], ['status'], ['hosts'], ['keys'], ['position'],
  ['token', 'create'], ['token', 'list'], ['token', 'revoke'], ['key', 'show'], ['key', 'rotate'], ['forget'],
  ['export'], ['fsck'], ['backup'], ['restore'], ['rebuild'],
];
/** Those that name what they work on in their own words. */
const VERBS_OF_PLACES = ['verify', 'witness', 'migrate'];

async function ledgerOfExamples(): Promise<string> {
  const data = join(temporaryDirectory(), 'data');
  await run(['import', 'examples/exports/installed-products.csv', 'examples/exports/product-keys.csv', '--data', data]);
  return data;
}

describe('every verb', () => {
  test.each(VERBS)('%s %s explains itself with --help, and knows --json and --data', async (...verb) => {
    const { code, stdout, stderr } = await run([...verb.filter((word) => word !== undefined), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: activation-ledger/);
    expect(stdout).toContain('--json');
    expect(stdout).toContain('--data <dir>');
  });

  test.each(VERBS_OF_PLACES)('%s explains itself with --help, and knows --json', async (verb) => {
    const { code, stdout, stderr } = await run([verb, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: activation-ledger/);
    expect(stdout).toContain('--json');
  });

  test('the list of verbs is all of them', async () => {
    const { code, stdout } = await run(['--help']);
    const listed = [...stdout.slice(stdout.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm)].map(([, verb]) => verb);
    const verbs = new Set([...VERBS.map(([verb]) => verb), ...VERBS_OF_PLACES]);
    expect([code, listed.length, new Set(listed)]).toEqual([0, verbs.size + 1, new Set([...verbs, 'help'])]);
  });

  test('--version is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    ['an unknown verb', ['activate']],
    ['an unknown option', ['hosts', '--all']],
    ['a missing argument', ['import']],
    ['a status there is not', ['hosts', '--status', 'LICENSED']],
    ['a number out of bounds', ['keys', '--first', '201']],
    ['a log level there is not', ['serve', '--log-level', 'loud']],
    ['forgetting without --yes', ['forget', 'Ada']],
    ['an address that is none', ['status', '--url', 'localhost:4000', '--token', 'x']],
  ])('%s ends with exit 2, a word of why, and nothing on standard output', async (_, args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^error/)]);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  test.each([['hosts'], ['keys'], ['position'], ['status'], ['rebuild'], ['token', 'list'], ['token', 'revoke', 'x'], ['forget', 'Ada', '--yes'], ['backup', 'copy']])(
    '%s %s on a directory without a ledger says so, and begins none',
    async (...words) => {
      const data = join(temporaryDirectory(), 'absent');
      const { code, stderr } = await run([...words.filter((word) => word !== undefined), '--data', data]);
      expect([code, stderr]).toEqual([1, expect.stringContaining('holds no ledger')]);
      expect(() => statSync(data)).toThrow(/ENOENT/);
    },
  );
});

describe('hosts and keys', () => {
  test('answer from the data directory as from a server, in the same words', async () => {
    const data = await ledgerOfExamples();
    const verbs = [['hosts'], ['keys'], ['position'], ['position', '--by', 'agreement'], ['hosts', '--status', 'NOTIFICATION'], ['keys', '--kind', 'MAK']];
    const here: Ended[] = [];
    for (const verb of verbs) here.push(await run([...verb, '--data', data]));
    const server = await serve(data);
    for (const [index, verb] of verbs.entries()) {
      expect(await run([...verb, '--url', server.address, '--token', server.token])).toEqual(here[index]);
    }
  });

  test('hosts shows what is activated, by what, until when', async () => {
    const { stdout } = await run(['hosts', '--data', await ledgerOfExamples(), '--search', 'lab']);
    expect(stdout.replaceAll(/ {2}(?:seen|\d{4}-\d\d-\d\d)$/gm, '').split('\n')).toEqual([
      'host                     status        until  product             method  key  ',
      'lab-201.harbour.example  permanent            Windows Enterprise  MAK     GGGGG',
      'lab-202.harbour.example  permanent            Windows Enterprise  MAK     GGGGG',
      'lab-203.harbour.example  notification         Windows Enterprise  MAK     GGGGG',
      '',
    ]);
  });

  test('keys shows how many activations each carries', async () => {
    const { stdout } = await run(['keys', '--data', await ledgerOfExamples(), '--kind', 'MAK']);
    expect(stdout).toMatch(/^key +kind +product +allowed +used +remaining +reported +on +active\nGGGGG +MAK +Windows 10 Enterprise +50 +2 +48 +31 +\d{4}-\d\d-\d\d +2\nJJJJJ +MAK +Office LTSC 2021 +100 +0 +100 +0\n$/);
  });

  test('position shows the numbers side by side, and says what is not known', async () => {
    const data = await ledgerOfExamples();
    const { stdout } = await run(['position', '--data', data, '--product', 'windows 10 enterprise']);
    expect(stdout).toBe('product                owned  consumed  allowed  used  reported  active\nWindows 10 Enterprise      0         0       50     2        31       2\n');
    const unreported = await run(['position', '--data', data, '--product', 'Office LTSC 2021']);
    expect(unreported.stdout).toBe('product           owned  consumed  allowed  used  reported  active\nOffice LTSC 2021      0         0      100     0   unknown       0\n');
    const none = await run(['position', '--data', data, '--licence-id', 'V1', '--by', 'agreement']);
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('none that match') });
  });
});

describe('a server', () => {
  test('tells its status to a token of the option or of the environment, the option first', async () => {
    const server = await serve(temporaryDirectory());
    const { stdout } = await run(['status', '--url', server.address, '--token', server.token, '--json'], { ACTIVATION_LEDGER_TOKEN: 'wrong' });
    expect(JSON.parse(stdout)).toMatchObject({ sequence: 2, store: 'sqlite', projections: { rebuilding: false } });
    expect((await run(['status', '--url', server.address], { ACTIVATION_LEDGER_TOKEN: server.token })).code).toBe(0);
  });

  test.each([
    ['a wrong token', ['--token', 'wrong'], /does not accept this token/],
    ['no token', [], /ACTIVATION_LEDGER_TOKEN/],
    ['a token that cannot be one', ['--token', 'two words'], /no access token/],
  ])('%s ends with exit 5', async (_, words, reason) => {
    const server = await serve(temporaryDirectory());
    for (const verb of [['status'], ['import', 'examples/exports/product-keys.csv']]) {
      const { code, stdout, stderr } = await run([...verb, '--url', server.address, ...words]);
      expect([code, stdout, stderr]).toEqual([5, '', expect.stringMatching(reason)]);
    }
  });

  test('that is not there is named, with exit 1', async () => {
    const { code, stderr } = await run(['hosts', '--url', 'http://127.0.0.1:1', '--token', 'x']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('No server answers at http://127.0.0.1:1')]);
    expect(stderr).not.toMatch(STACK_TRACE);
  });
});

describe('rebuild', () => {
  test('gives the same rows; beside a running server it is refused, and --prepare is not', async () => {
    const data = await ledgerOfExamples();
    const before = await run(['hosts', '--data', data, '--json']);
    expect(await run(['rebuild', '--data', data])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Rebuilt from \d+ events\.\n$/) });
    expect(await run(['hosts', '--data', data, '--json'])).toEqual(before);
    await serve(data);
    expect((await run(['rebuild', '--data', data])).code).toBe(4);
    const prepared = await run(['rebuild', '--prepare', '--data', data, '--json']);
    expect([prepared.code, JSON.parse(prepared.stdout)]).toMatchObject([0, { prepared: true, built: false }]);
  });
});

describe('token', () => {
  test('create prints the token and nothing else; the running server takes it, and refuses one that was revoked', async () => {
    const data = temporaryDirectory();
    const server = await serve(data);
    const created = await run(['token', 'create', 'Ada', '--data', data]);
    expect(created).toEqual({ code: 0, stdout: expect.stringMatching(/^\S{20,}\n$/), stderr: expect.stringContaining('shown this once') });
    const token = created.stdout.trim();
    expect((await askServer({ address: server.address, token }, '{ ledger { sequence } }')).status).toBe(200);

    const listed = JSON.parse((await run(['token', 'list', '--data', data, '--json'])).stdout);
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(['administrator', 'Ada']);
    expect(JSON.stringify(listed)).not.toContain(token);
    expect((await run(['token', 'list', '--data', data])).stdout).toMatch(/^token +name +created \(UTC\) +revoked \(UTC\)\n\S+ +administrator +\d{4}-\d\d-\d\d \d\d:\d\d\n\S+ +Ada +\S+ \S+\n$/);

    const unused = (await run(['token', 'create', 'Ben', '--data', data, '--json'])).stdout;
    const revoked = await run(['token', 'revoke', JSON.parse(unused).tokenId, '--data', data]);
    expect([revoked.code, revoked.stdout]).toEqual([0, `Token ${JSON.parse(unused).tokenId} is revoked.\n`]);
    expect((await askServer({ address: server.address, token: JSON.parse(unused).token }, '{ ledger { sequence } }')).status).toBe(401);
    const again = await run(['token', 'revoke', JSON.parse(unused).tokenId, '--data', data]);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('There is no valid token')]);
  });
});

describe('forget', () => {
  test('leaves the name nowhere in the data directory, and what the person did stays, redacted', async () => {
    const data = temporaryDirectory();
    const server = await serve(data);
    const name = 'Ada Quillfeather';
    const reason = 'Because of ticket Wisteria 77';
    const token = (await run(['token', 'create', name, '--data', data])).stdout.trim();
    const unused = (await run(['token', 'create', name, '--data', data])).stdout.trim();
    const asAda = ['--url', server.address, '--token', token];
    expect((await run(['import', 'examples/exports/product-keys.csv', ...asAda, '--reason', reason, '--reason-code', 'KEY_LIST', '--ticket', 'CHG-4711'])).code).toBe(0);
    const actors = 'query { events(first: 50) { nodes { type actor { name } reason reasonCode reasonTicket } } }';
    expect(JSON.stringify((await askServer(server, actors)).body)).toContain(name);

    expect((await run(['forget', name, '--data', data, '--yes'])).code).toBe(0);
    const { nodes } = (await askServer(server, actors)).body.data.events;
    expect(nodes.filter((node: any) => node.actor.name === 'redacted' && node.reason === 'redacted')).not.toEqual([]);
    expect(JSON.stringify(nodes)).not.toContain('Ada');
    // What names the reason elsewhere is nobody's own words, and stays.
    expect(nodes.find(({ type }: any) => type === 'ImportStarted')).toMatchObject({ reason: 'redacted', reasonCode: 'KEY_LIST', reasonTicket: 'CHG-4711' });
    expect((await run(['status', '--url', server.address, '--token', unused])).code).toBe(5);
    server.child.kill('SIGTERM');
    await server.ended;

    expect(filesHolding(data, name)).toEqual([]);
    expect(filesHolding(data, reason)).toEqual([]);
    expect(filesHolding(data, 'ImportFinished')).not.toEqual([]);
    const again = await run(['forget', name, '--data', data, '--yes']);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(`knows nobody called ${name}`)]);
  });
});

function filesHolding(directory: string, text: string): string[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name)).filter((file) => readFileSync(file).includes(text));
}
