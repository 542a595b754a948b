import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askServer, run, serve, start, temporaryDirectory } from './program.js';

test('a witness follows a server, and tells a log that was cut and one with another past from it', async () => {
  const directory = temporaryDirectory();
  const [data, copy, cut, state] = ['data', 'copy', 'cut', 'state'].map((name) => join(directory, name)) as [string, string, string, string];
  const server = await serve(data);
  const look = (address: string, ...more: readonly string[]) => run(['witness', '--url', address, '--token', server.token, '--state', state, '--once', '--json', ...more]);
  await askServer(server, '{ sealed(sequence: 2, withinMs: 10000) }');
  await run(['backup', copy, '--data', data]);
  const first = await look(server.address);
  expect([first.code, JSON.parse(first.stdout)]).toMatchObject([0, { kind: 'consistent', size: 2, from: 0 }]);

  await run(['import', 'examples/exports/installed-products.csv', '--url', server.address, '--token', server.token]);
  const sequence = (await askServer(server, '{ ledger { sequence } }')).body.data.ledger.sequence as number;
  await askServer(server, `{ sealed(sequence: ${sequence}, withinMs: 10000) }`);
  const second = await look(server.address);
  expect([second.code, JSON.parse(second.stdout)]).toMatchObject([0, { kind: 'consistent', size: sequence, from: 2 }]);
  expect((await look(server.address, '--key', `x${(await run(['key', 'show', '--data', data])).stdout.trim()}`)).code).toBe(1);
  server.child.kill('SIGTERM');
  await server.ended;
  expect((await look(server.address)).code).toBe(13);

  // The backup is the ledger as it was: the token in it is the same, and so is the key.
  await run(['restore', copy, '--data', cut]);
  const kept = readFileSync(state, 'utf8');
  const older = start(['serve', '--data', cut, '--port', '0']);
  const [, address = ''] = await older.saying(/GraphQL\s+(http:\/\/\S+)\/graphql/);
  const truncated = await look(address);
  expect([truncated.code, JSON.parse(truncated.stdout)]).toMatchObject([12, { kind: 'truncation', size: 2, seen: sequence }]);

  await run(['import', 'examples/exports/kms-events.xml', 'examples/exports/product-keys.csv', '--url', address, '--token', server.token]);
  const grown = (await askServer({ address, token: server.token }, '{ ledger { sequence } }')).body.data.ledger.sequence as number;
  await askServer({ address, token: server.token }, `{ sealed(sequence: ${grown}, withinMs: 10000) }`);
  expect(grown).toBeGreaterThan(sequence);
  const forked = await look(address);
  expect([forked.code, JSON.parse(forked.stdout)]).toMatchObject([10, { kind: 'fork', size: grown, seen: sequence }]);
  expect(readFileSync(state, 'utf8')).toBe(kept);
  expect((await run(['witness', '--url', address, '--token', 'alt_wrong', '--state', state, '--once'])).code).toBe(5);
});

test('a witness that waits for its next look ends when it is told to', async () => {
  const directory = temporaryDirectory();
  const server = await serve(join(directory, 'data'));
  await askServer(server, '{ sealed(sequence: 2, withinMs: 10000) }');
  const witness = start(['witness', '--url', server.address, '--token', server.token, '--state', join(directory, 'state'), '--every', '86400']);
  await witness.saying(/consistent/);
  witness.child.kill('SIGTERM');
  expect((await witness.ended).code).toBe(0);
});

test('fsck ends with 0 for a sound directory and with 6 for a damaged one, and waits for nobody', async () => {
  const directory = temporaryDirectory();
  const data = join(directory, 'data');
  const server = await serve(data);
  expect((await run(['fsck', '--data', data])).code).toBe(4);
  server.child.kill('SIGTERM');
  await server.ended;
  const sound = await run(['fsck', '--data', data]);
  expect([sound.code, sound.stdout]).toEqual([0, 'intact  2 events, and everything derived from them.\n']);
  copyFileSync(join(data, 'log', 'tile', '0', '000.p', '2'), join(data, 'log', 'tile', 'entries', '000.p', '2'));
  const damaged = await run(['fsck', '--data', data, '--json']);
  expect([damaged.code, JSON.parse(damaged.stdout).findings]).toEqual([6, [expect.objectContaining({ code: 'TILE_DIFFERS', place: 'tile/entries/000.p/2' })]]);
});
