import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { START } from '../../src/kernel/identifiers.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { askServer, run, serve, temporaryDirectory, until, type Server } from './program.js';

/** Commands under way at a time. */
const WRITERS = 4;
const EVENTS_READ = 10_000;

test('a backup taken while the server is written to is a whole beginning of the ledger, and restores to one that goes on', async () => {
  const directory = temporaryDirectory();
  const data = join(directory, 'data');
  const server = await serve(data);
  await run(['import', 'examples/exports/installed-products.csv', 'examples/exports/product-keys.csv', '--url', server.address, '--token', server.token]);
  const load = writeUntilStopped(server);
  await until('the load has begun', async () => load.acknowledged() > 20);

  const copied = await run(['backup', join(directory, 'copy'), '--data', data, '--json']);
  expect(copied.code).toBe(0);
  const { sequence, ledgerId } = JSON.parse(copied.stdout);
  await load.stop();
  server.child.kill('SIGTERM');
  expect((await server.ended).code).toBe(0);

  const restored = await run(['restore', join(directory, 'copy'), '--data', join(directory, 'restored'), '--json']);
  expect([restored.code, JSON.parse(restored.stdout)]).toMatchObject([0, { sequence, ledgerId }]);
  const [original, second] = [await eventsOf(data), await eventsOf(join(directory, 'restored'))];
  expect(sequence).toBeGreaterThan(20);
  expect(original.length).toBeGreaterThan(sequence);
  expect(second).toEqual(original.slice(0, sequence));

  const grown = await run(['import', 'examples/exports/kms-events.xml', '--data', join(directory, 'restored'), '--json']);
  expect([grown.code, JSON.parse(grown.stdout)]).toMatchObject([0, [{ recordsRead: 15, recordsRefused: 0 }]]);
});

test('a restored ledger answers with the same rows, and the same people', async () => {
  const directory = temporaryDirectory();
  const [data, copy, restored] = ['data', 'copy', 'restored'].map((name) => join(directory, name)) as [string, string, string];
  await run(['import', 'examples/exports/installed-products.csv', 'examples/exports/kms-events.xml', 'examples/exports/product-keys.csv', '--data', data]);
  await run(['backup', copy, '--data', data]);
  expect((await run(['restore', copy, '--data', restored])).stdout).toMatch(/^Restored ledger \S+ up to event \d+ to .*restored\. The read model is built at the next start\.\n$/);
  for (const verb of ['hosts', 'keys', 'status']) {
    const [before, after] = [await run([verb, '--data', data, '--json']), await run([verb, '--data', restored, '--json'])];
    expect(before.code).toBe(0);
    expect(after).toEqual(before);
  }
  const tokens = async (of: string): Promise<string> => (await run(['token', 'list', '--data', of, '--json'])).stdout;
  expect(await tokens(restored)).toBe(await tokens(data));
});

test('neither writes over a ledger, and a restore of nothing leaves nothing', async () => {
  const directory = temporaryDirectory();
  const [data, copy] = [join(directory, 'data'), join(directory, 'copy')];
  await run(['import', 'examples/exports/product-keys.csv', '--data', data]);
  await run(['backup', copy, '--data', data]);
  const twice = await run(['backup', copy, '--data', data]);
  expect([twice.code, twice.stderr]).toEqual([1, expect.stringContaining('BACKUP_EXISTS')]);
  const over = await run(['restore', copy, '--data', data]);
  expect([over.code, over.stderr]).toEqual([1, expect.stringContaining('RESTORE_TARGET_NOT_EMPTY')]);
  const nothing = await run(['restore', join(directory, 'absent'), '--data', join(directory, 'new')]);
  expect([nothing.code, nothing.stderr, existsSync(join(directory, 'new'))]).toEqual([1, expect.stringContaining('STORE_MISSING'), false]);
});

function writeUntilStopped(server: Server): { acknowledged: () => number; stop: () => Promise<void> } {
  let acknowledged = 0;
  let stopped = false;
  const write = async (writer: number): Promise<void> => {
    for (let count = 0; !stopped; count += 1) {
      const { body } = await askServer(server, 'mutation ($name: String!) { registerHost(input: { name: $name }) { __typename } }', { name: `load-${writer}-${count}` });
      expect(body).toEqual({ data: { registerHost: { __typename: 'RegisterHostSuccess' } } });
      acknowledged += 1;
    }
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  return {
    acknowledged: () => acknowledged,
    async stop() {
      stopped = true;
      await writers;
    },
  };
}

async function eventsOf(data: string): Promise<readonly string[]> {
  const store = openSqliteStore({ path: join(data, 'ledger.db') });
  try {
    return (await store.readAll(START, EVENTS_READ)).map(({ text }) => text);
  } finally {
    await store.close();
  }
}

test('a backup carries tree and checkpoint, and is restored only as the continuation of the last checkpoint kept outside', async () => {
  const directory = temporaryDirectory();
  const [data, copy, restored] = ['data', 'copy', 'restored'].map((name) => join(directory, name)) as [string, string, string];
  const checkpoint = join(data, 'log', 'checkpoint');
  await run(['import', 'examples/exports/installed-products.csv', '--data', data]);
  const [key, kept] = [(await run(['key', 'show', '--data', data])).stdout.trim(), join(directory, 'kept')];
  copyFileSync(checkpoint, kept);
  const copied = JSON.parse((await run(['backup', copy, '--data', data, '--json'])).stdout);
  expect(copied.sealed).toBe(copied.sequence);

  const held = await run(['restore', copy, '--data', restored, '--checkpoint', kept, '--key', key, '--json']);
  expect([held.code, JSON.parse(held.stdout)]).toMatchObject([0, { sequence: copied.sequence, sealed: copied.sequence }]);
  expect(readFileSync(join(restored, 'log', 'checkpoint'), 'utf8')).toBe(readFileSync(kept, 'utf8'));
  await run(['import', 'examples/exports/kms-events.xml', '--data', restored]);
  expect(readFileSync(join(restored, 'log', 'checkpoint'), 'utf8')).not.toBe(readFileSync(kept, 'utf8'));

  await run(['import', 'examples/exports/kms-events.xml', '--data', data]);
  const refusal = async (name: string, ...more: readonly string[]): Promise<readonly unknown[]> => {
    const { code, stderr } = await run(['restore', copy, '--data', join(directory, name), ...more]);
    return [code, /\(([A-Z_]+)\)/.exec(stderr)?.[1], existsSync(join(directory, name, 'ledger.db'))];
  };
  expect(await refusal('behind', '--checkpoint', checkpoint)).toEqual([1, 'LOG_BEHIND_HEAD', false]);
  expect(await refusal('other', '--checkpoint', kept, '--key', key.replace('+', 'x+'))).toEqual([1, 'CHECKPOINT_UNUSABLE', false]);

  const log = new Database(join(copy, 'ledger.db'));
  log.exec('DROP TRIGGER events_are_never_changed');
  expect(log.prepare(`UPDATE events SET text = replace(text, '"schemaVersion":1', '"schemaVersion":2') WHERE position = 3`).run().changes).toBe(1);
  log.close();
  expect(await refusal('changed')).toEqual([1, 'HEAD_MISMATCH', false]);
  expect(await refusal('changed', '--checkpoint', kept)).toEqual([1, 'HEAD_MISMATCH', false]);
});
