import { mkdirSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askServer, run, serve, STACK_TRACE, start, temporaryDirectory, until, type Server } from './program.js';

const SEQUENCE = '{ ledger { sequence } }';

describe('serve', () => {
  test('prints the address of the port it found free, and a token that works, on the first start alone', async () => {
    const data = join(temporaryDirectory(), 'new', 'ledger');
    const first = await serve(data);
    expect(first.address).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(await askServer(first, SEQUENCE)).toEqual({ status: 200, body: { data: { ledger: { sequence: 2 } } } });
    expect((await askServer({ ...first, token: `${first.token}x` }, SEQUENCE)).status).toBe(401);
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(0);

    const second = start(['serve', '--data', data, '--port', '0']);
    const [, address = ''] = await second.saying(/GraphQL\s+(http:\/\/\S+)\/graphql/);
    const [banner] = await second.saying(/sign in.*\n/);
    expect(banner).toContain('token create NAME');
    expect((await askServer({ address, token: first.token }, SEQUENCE)).status).toBe(200);
  });

  test('keeps the data directory from everybody else', async () => {
    const data = join(temporaryDirectory(), 'ledger');
    await serve(data);
    expect(statSync(data).mode & 0o777).toBe(0o700);
  });

  test('with --json says the same in one line', async () => {
    const data = temporaryDirectory();
    const running = start(['serve', '--data', data, '--port', '0', '--json']);
    const [line] = await running.saying(/^\{.*\}\n$/);
    const { address, graphql, token, sequence, ledgerId } = JSON.parse(line);
    expect(graphql).toBe(`${address}/graphql`);
    expect([sequence, typeof ledgerId]).toEqual([2, 'string']);
    expect((await askServer({ address, token }, SEQUENCE)).status).toBe(200);
  });

  test('refuses mutations without a reason where it is told to, and names that are no mutation', async () => {
    const server = await serve(temporaryDirectory(), '--require-reason', 'registerHost', 'retireHost');
    const register = (input: object) => askServer(server, 'mutation Q($input: RegisterHostInput!) { registerHost(input: $input) { __typename ... on UserError { code path } } }', { input });
    expect((await register({ name: 'pc.ledger.example' })).body.data.registerHost).toEqual({ __typename: 'CommandRefused', code: 'REASON_REQUIRED', path: ['reason'] });
    expect((await register({ name: 'pc.ledger.example', reason: 'new' })).body.data.registerHost).toEqual({ __typename: 'RegisterHostSuccess' });
    const { code, stderr } = await run(['serve', '--data', temporaryDirectory(), '--port', '0', '--require-reason', 'retireHosts']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no mutation retireHosts')]);
  });

  test('decides by the rules it is given, and records which they are when they change', async () => {
    const data = temporaryDirectory();
    const activated = async (server: Server): Promise<readonly { readonly data: { readonly configuredRules: readonly string[] } }[]> =>
      (await askServer(server, '{ events(filter: { types: ["RulesetActivated"] }) { nodes { data } } }')).body.data.events.nodes;
    const first = await serve(data, '--rules', 'examples/rules.json');
    expect((await activated(first)).map((event) => event.data.configuredRules)).toEqual([['R-1', 'R-100', 'R-7']]);
    first.child.kill('SIGTERM');
    await first.ended;
    const second = start(['serve', '--data', data, '--port', '0'], { ACTIVATION_LEDGER_RULES: 'examples/rules.json' });
    const [, address = ''] = await second.saying(/GraphQL\s+(http:\/\/\S+)\/graphql/);
    expect(await activated({ ...first, address })).toHaveLength(1);
  });

  test('refuses a second process on the directory, whatever its verb, with exit 4 and a word of what to do', async () => {
    const data = temporaryDirectory();
    await serve(data);
    for (const args of [['serve', '--port', '0'], ['hosts'], ['import', 'examples/exports/product-keys.csv']]) {
      const second = await run([...args, '--data', data]);
      expect(second).toEqual({ code: 4, stdout: '', stderr: expect.stringMatching(/in use by another process.*--url.*--data.*\(DIRECTORY_IN_USE\)\n$/) });
    }
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('on %s ends with exit 0 and answers what was asked before', async (signal) => {
    const data = temporaryDirectory();
    const server = await serve(data);
    const content = `Product Key\n${Array.from({ length: 3_000 }, (_, index) => `BBBBB-CCCCC-DDDDD-FFFFF-${(100_000 + index).toString(36).toUpperCase().padStart(5, 'X').slice(-5)}`).join('\n')}\n`;
    const mutation = 'mutation ($input: ImportObservationsInput!) { importObservations(input: $input) { __typename ... on ImportObservationsSuccess { import { recordsRead } } } }';
    const underWay = askServer(server, mutation, { input: { content } });
    await until('the import has begun', async () => (await askServer(server, SEQUENCE)).body.data.ledger.sequence > 2);
    server.child.kill(signal);
    expect((await underWay).body.data.importObservations.__typename).toBe('ImportObservationsSuccess');
    const { code, stderr } = await server.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${signal}: closing subscriptions`)]);
    const { stdout } = await run(['status', '--data', data, '--json']);
    expect(JSON.parse(stdout).projections.lag).toBe(0);
  });

  test('names a port that is in use, without a stack trace', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await run(['serve', '--data', temporaryDirectory(), '--port', String(port)]);
    taken.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Port ${port} is in use`)]);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  test('refuses a data directory that is a file', async () => {
    const { code, stderr } = await run(['serve', '--data', 'package.json', '--port', '0']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('is a file')]);
  });

  test('refuses a vault that is gone', async () => {
    const data = temporaryDirectory();
    mkdirSync(join(data, 'elsewhere'));
    await run(['import', 'examples/exports/product-keys.csv', '--data', data]);
    renameSync(join(data, 'vault.db'), join(data, 'elsewhere', 'vault.db'));
    const { code, stderr } = await run(['serve', '--data', data, '--port', '0']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/vault.*missing.*backup/)]);
    expect(stderr).not.toMatch(STACK_TRACE);
  });
});
