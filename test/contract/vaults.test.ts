import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openSqliteVault } from '../../src/vault/sqlite/sqliteVault.js';
import { countingRandom, steppingClock } from '../support/deterministic.js';
import { vaultContract } from './vault.js';

/** One for all, so that no two vaults make the same secrets. */
const random = countingRandom();

async function sqliteFixture() {
  const directory = await mkdtemp(join(tmpdir(), 'vault-'));
  const path = join(directory, 'vault.db');
  const options = { path, now: steppingClock(), random };
  const open = async () => openSqliteVault(options);
  async function bytes(): Promise<Buffer> {
    const files = await readdir(directory);
    return Buffer.concat(await Promise.all(files.map((file) => readFile(join(directory, file)))));
  }
  return { path, open, reopen: open, bytes, namesAreClear: true };
}

vaultContract('sqlite', sqliteFixture);

test('the vault file is readable by its owner alone', async () => {
  const { path, open } = await sqliteFixture();
  await (await open()).close();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a vault of a newer version and a foreign file are refused', async () => {
  const { path, open } = await sqliteFixture();
  await (await open()).close();
  const database = new Database(path);
  database.pragma('user_version = 99');
  await expect(open()).rejects.toMatchObject({ code: 'VAULT_TOO_NEW' });
  database.pragma('application_id = 7');
  database.close();
  await expect(open()).rejects.toMatchObject({ code: 'VAULT_FOREIGN' });
});
