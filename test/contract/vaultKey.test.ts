import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readVaultKey, VAULT_KEY_VARIABLE } from '../../src/vault/nats/vaultKey.js';

const HEX = '00112233445566778899aabbccddeeff'.repeat(2);
const BASE64 = Buffer.from(HEX, 'hex').toString('base64');

async function fileWith(content: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'key-')), 'vault.key');
  await writeFile(path, content);
  return path;
}

test.each([HEX, HEX.toUpperCase(), `${HEX}\n`, BASE64, `  ${BASE64}\r\n`])('a file with %j is a key', async (content) => {
  const key = await readVaultKey({ file: await fileWith(content), environment: {} });
  expect(Buffer.from(key).toString('hex')).toBe(HEX);
});

test('the environment is looked at when no file is named, and only then', async () => {
  const environment = { [VAULT_KEY_VARIABLE]: HEX };
  expect(Buffer.from(await readVaultKey({ environment })).toString('hex')).toBe(HEX);
  const other = 'f'.repeat(64);
  expect(Buffer.from(await readVaultKey({ file: await fileWith(other), environment })).toString('hex')).toBe(other);
  await expect(readVaultKey({ file: '/no/such/file', environment })).rejects.toMatchObject({ code: 'VAULT_KEY_MISSING' });
});

test.each([{}, { [VAULT_KEY_VARIABLE]: '' }])('without a key it is said how to make one', async (environment) => {
  await expect(readVaultKey({ environment })).rejects.toMatchObject({ code: 'VAULT_KEY_MISSING', message: expect.stringContaining('openssl rand -hex 32') });
});

test.each(['', HEX.slice(1), `${HEX}0`, `${HEX}${HEX}`, BASE64.slice(0, -1), `${HEX.slice(0, -1)}g`, `${HEX} ${HEX}`, 'x'.repeat(10_000)])('%j is no key, and is not repeated', async (content) => {
  const failure: unknown = await readVaultKey({ file: await fileWith(content), environment: {} }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'VAULT_KEY_MALFORMED' });
  if (content !== '') expect((failure as Error).message).not.toContain(content);
});
