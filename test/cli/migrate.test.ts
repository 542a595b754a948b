import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/embedded/moveLedger.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { importText, kmsCsv, openTestLedger, testEnvironment } from '../support/embedded.js';
import { describeWithNats } from '../support/natsServer.js';
import { run, STACK_TRACE, start, temporaryDirectory } from './program.js';
import { sharedServers } from './sharedLedger.js';

/** Each test takes about a dozen processes. */
const TEST_MS_MAX = 240_000;

/** A data directory into which so many synthetic machines were imported, with a token. */
async function filled(machines: number): Promise<{ readonly data: string; readonly token: string }> {
  const [data, environment] = [join(temporaryDirectory(), 'data'), testEnvironment()];
  // Of each number of machines another ledger.
  for (let used = 0; used < machines; used += 1) environment.newId();
  const ledger = await openTestLedger(data, environment);
  await importText(ledger, environment, kmsCsv(Array.from({ length: machines }, (_, index) => index + 1)));
  const { secret } = await ledger.vault.createToken('Ada Example');
  await ledger.close();
  return { data, token: secret };
}

async function digestIn(data: string): Promise<{ readonly events: number; readonly sha256: string }> {
  const store = openSqliteStore({ path: join(data, 'ledger.db'), readOnly: true });
  try {
    return await digestOf(store);
  } finally {
    await store.close();
  }
}

async function migrate(...args: readonly string[]): Promise<any> {
  const { code, stdout, stderr } = await run(['migrate', ...args, '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Serves a ledger that has its tokens; the address. */
async function serveAgain(data: string): Promise<string> {
  const [, address = ''] = await start(['serve', '--data', data, '--port', '0']).saying(/GraphQL\s+(http:\/\/\S+)\/graphql/);
  return address;
}

const asJson = async (...args: readonly string[]): Promise<any> => JSON.parse((await run([...args, '--json'])).stdout);

describeWithNats('migrate', () => {
  const servers = sharedServers();

  test('takes a ledger from a directory to KurrentDB and back, the same by number, digest, answers and tokens', async () => {
    const { data, token } = await filled(150);
    const expected = await digestIn(data);
    const there = servers.newLedger();
    const away = await migrate('--from', data, ...there.end('to'));
    expect(away).toMatchObject({ ...expected, present: 0, vault: { fingerprintKey: 1, ledger: 1, token: 1 } });
    const target = join(temporaryDirectory(), 'data');
    const back = await migrate(...there.end('from'), '--to', target);
    expect(back).toMatchObject({ ...expected, ledgerId: away.ledgerId, present: 0, vault: away.vault });
    expect(await digestIn(target)).toEqual(expected);
    expect(await asJson('hosts', '--data', target)).toEqual(await asJson('hosts', '--data', data));
    expect(await asJson('token', 'list', '--data', target)).toEqual(await asJson('token', 'list', '--data', data));
    expect(await asJson('status', '--url', await serveAgain(target), '--token', token)).toMatchObject({ ledgerId: away.ledgerId, sequence: expected.events + 1, store: 'sqlite' });
  }, TEST_MS_MAX);

  test('is continued after it was killed, and until then nobody serves the half of it', async () => {
    const { data } = await filled(1_500);
    const expected = await digestIn(data);
    const there = servers.newLedger();
    const { log } = servers.kurrentdb();
    const before = log.all.length;
    const running = start(['migrate', '--from', data, ...there.end('to')]);
    const stopListening = log.onAppended(() => {
      if (log.all.length - before > 400) running.child.kill('SIGKILL');
    });
    expect((await running.ended).code).toBeNull();
    stopListening();
    const half = await run(['serve', '--data', join(temporaryDirectory(), 'node'), '--port', '0', ...there.flags]);
    expect([half.code, half.stderr]).toMatchObject([1, expect.stringContaining('VAULT_MISSING')]);
    const moved = await migrate('--from', data, ...there.end('to'));
    expect(moved).toMatchObject(expected);
    expect(moved.present).toBeGreaterThan(300);
    expect(moved.present).toBeLessThan(expected.events);
    // Once more changes nothing.
    expect(await migrate('--from', data, ...there.end('to'))).toMatchObject({ ...expected, present: expected.events });
  }, TEST_MS_MAX);

  test('shows a bar for each step, the proof, and what to keep in mind', async () => {
    const { data } = await filled(20);
    const { events, sha256 } = await digestIn(data);
    const { code, stdout, stderr } = await run(['migrate', '--from', data, '--to', join(temporaryDirectory(), 'data')]);
    expect(code).toBe(0);
    expect(stdout).toContain(`events   ${events}`);
    expect(stdout).toContain(`sha-256  ${sha256} (both)`);
    expect(stderr).toMatch(/copy: 100% .*\n[^]*prove: 100% [^]*two that go on apart are two ledgers/);
  }, TEST_MS_MAX);

  test('refuses a target that holds anything else, a ledger that is served, and places that are none', async () => {
    const [one, other] = [await filled(3), await filled(4)];
    const refused = async (args: readonly string[]) => {
      const { code, stdout, stderr } = await run(['migrate', ...args]);
      expect([stdout, stderr.match(STACK_TRACE), stderr.includes('sesame')]).toEqual(['', null, false]);
      return [code, /\((?<code>[A-Z_]+)\)/.exec(stderr)?.groups?.['code']];
    };
    const there = servers.newLedger();
    expect(await refused(['--from', one.data, '--to', other.data])).toEqual([1, 'VAULT_OF_ANOTHER_LEDGER']);
    await migrate('--from', other.data, ...there.end('to'));
    expect(await refused(['--from', one.data, ...there.end('to')])).toEqual([1, 'VAULT_OF_ANOTHER_LEDGER']);
    // The log alone, under a vault that is still empty.
    const vaultElsewhere = [...there.end('to'), '--to-vault-bucket', servers.newLedger().bucket];
    expect(await refused(['--from', one.data, ...vaultElsewhere])).toEqual([1, 'TARGET_FOREIGN']);
    expect(await refused(['--from', join(temporaryDirectory(), 'none'), '--to', join(temporaryDirectory(), 'data')])).toEqual([1, 'STORE_MISSING']);
    expect(await refused(['--from', one.data, '--to', one.data])).toEqual([2, undefined]);
    expect(await refused(['--from', one.data, '--to', 'kurrentdb://admin:sesame@127.0.0.1:2113'])).toEqual([2, undefined]);
    expect(await refused(['--from', 'postgres://admin:sesame@127.0.0.1', '--to', one.data])).toEqual([2, undefined]);
    await serveAgain(one.data);
    expect(await refused(['--from', one.data, '--to', join(temporaryDirectory(), 'data')])).toEqual([4, 'DIRECTORY_IN_USE']);
  }, TEST_MS_MAX);
});
