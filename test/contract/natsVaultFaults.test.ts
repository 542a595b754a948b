import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, expect, test } from 'vitest';
import type { StreamId } from '../../src/kernel/identifiers.js';
import { openNatsVault, type NatsVaultOptions } from '../../src/vault/nats/natsVault.js';
import type { Vault } from '../../src/vault/port.js';
import { countingRandom, steppingClock } from '../support/deterministic.js';
import { startLossyProxy } from '../support/lossyProxy.js';
import { describeWithNats, startNatsCluster, startNatsServer, type NatsServer } from '../support/natsServer.js';

const KEY = Buffer.alloc(32, 3);
const BUCKET = 'vault';
const UNAVAILABLE = { name: 'VaultError', code: 'VAULT_UNAVAILABLE', retryable: true };
const random = countingRandom();
const clearing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clear of clearing.splice(0).reverse()) await clear();
}, 60_000);

async function server(options: readonly string[] = []): Promise<NatsServer> {
  const started = await startNatsServer({ options });
  clearing.push(() => started.stop());
  return started;
}

async function opened(servers: readonly string[], options: Partial<NatsVaultOptions> = {}): Promise<Vault> {
  const vault = await openNatsVault({ servers, bucket: BUCKET, key: KEY, now: steppingClock(), random, personBelievedMs: 0, ...options });
  clearing.push(() => vault.close());
  return vault;
}

describeWithNats('the vault in a NATS bucket, while things fail', () => {
  test('what was acknowledged is there after the server was killed and came back, and the vault goes on by itself', async () => {
    const nats = await server();
    const vault = await opened([nats.url]);
    const { secret, tokenId } = await vault.createToken('Ada');
    const forgotten = await vault.subjectFor('Bo');
    await vault.forgetSubject(forgotten);
    const key = Buffer.from(await vault.fingerprintKey());
    await nats.kill();
    await expect(vault.authenticate(secret)).rejects.toMatchObject(UNAVAILABLE);
    await expect(vault.createToken('Ada')).rejects.toMatchObject(UNAVAILABLE);
    await expect(opened([nats.url])).rejects.toMatchObject(UNAVAILABLE);
    await nats.restart();
    await expect.poll(() => vault.authenticate(secret).catch(() => undefined), { timeout: 30_000 }).toMatchObject({ tokenId });
    expect(await vault.findSubject('Bo')).toBeUndefined();
    expect((await vault.listTokens()).map((token) => token.tokenId)).toEqual([tokenId]);
    const again = await opened([nats.url]);
    expect(Buffer.from(await again.fingerprintKey()).equals(key)).toBe(true);
  });

  test('what a server that hangs is asked fails in the end, and is answered when it goes on', async () => {
    const nats = await server();
    const vault = await opened([nats.url]);
    const subject = await vault.subjectFor('Ada');
    nats.pause();
    try {
      await expect(vault.nameOf(subject)).rejects.toMatchObject(UNAVAILABLE);
      await expect(vault.keepConfirmationId({ productKey: 'productKey-one' as StreamId, activation: 'activation-1' }, '1'.repeat(48))).rejects.toMatchObject(UNAVAILABLE);
    } finally {
      nats.resume();
    }
    await expect.poll(() => vault.nameOf(subject).catch(() => undefined), { timeout: 30_000 }).toBe('Ada');
  });

  test.each([
    ['a token is made once', /"seq":/, async (vault: Vault) => {
      const { secret, tokenId } = await vault.createToken('Bo');
      expect(await vault.authenticate(secret)).toMatchObject({ tokenId });
      expect((await vault.listTokens()).filter(({ name }) => name === 'Bo')).toHaveLength(1);
    }],
    ['a token is revoked', /"seq":/, async (vault: Vault) => {
      const [token] = await vault.listTokens();
      expect(await vault.revokeToken(token?.tokenId ?? '')).toBe(true);
    }],
    ['a subject is forgotten', /"success": ?true/, async (vault: Vault) => {
      expect(await vault.forgetSubject(await vault.subjectFor('Ada'))).toBe(true);
      expect(await vault.findSubject('Ada')).toBeUndefined();
    }],
  ])('when the acknowledgement is lost, %s', async (_what, acknowledgement, act) => {
    const nats = await server();
    const proxy = await startLossyProxy(Number(new URL(nats.url).port));
    clearing.push(() => proxy.stop());
    const vault = await opened([`nats://127.0.0.1:${proxy.port}`]);
    await vault.createToken('Ada');
    const lost = proxy.loseAnswer(acknowledgement);
    await act(vault);
    await lost;
  });

  test('a bucket that is gone is said to be lost, not made again empty', async () => {
    const nats = await server();
    const vault = await opened([nats.url]);
    const connection = await connect({ servers: nats.url });
    const manager = await jetstreamManager(connection);
    await manager.streams.delete(`KV_${BUCKET}`);
    await expect(vault.findSubject('Ada')).rejects.toMatchObject({ code: 'VAULT_LOST', retryable: false });
    const names = await manager.streams.names().next();
    expect(names).toEqual([]);
    await connection.close();
  });

  test('a server that does not let it in is said to', async () => {
    const nats = await server(['--user', 'ledger', '--pass', 'synthetic']);
    await expect(opened([nats.url])).rejects.toMatchObject({ code: 'VAULT_FORBIDDEN', retryable: false });
  });

  test('a vault that was closed answers nothing', async () => {
    const nats = await server();
    const vault = await opened([nats.url]);
    await vault.close();
    await vault.close();
    await expect(vault.findSubject('Ada')).rejects.toMatchObject({ code: 'VAULT_CLOSED', retryable: false });
  });

  test('a cluster keeps three copies, and goes on when the leader of the bucket is killed', { timeout: 120_000 }, async () => {
    const cluster = await startNatsCluster();
    clearing.push(() => cluster.stop());
    const [one, other] = await Promise.all([opened(cluster.urls), opened(cluster.urls)]);
    const { secret, tokenId } = await one.createToken('Ada');
    const subject = await one.subjectFor('Bo');
    const connection = await connect({ servers: [...cluster.urls] });
    clearing.push(() => connection.close());
    const { config, cluster: placed } = await (await jetstreamManager(connection)).streams.info(`KV_${BUCKET}`);
    expect(config.num_replicas).toBe(3);
    await cluster.node(placed?.leader ?? '').kill();
    await expect.poll(() => other.authenticate(secret).catch(() => undefined), { timeout: 60_000 }).toMatchObject({ tokenId });
    const forgotten = async (): Promise<string | undefined> => {
      await other.forgetSubject(subject);
      return one.findSubject('Bo');
    };
    await expect.poll(() => forgotten().catch(() => 'not yet'), { timeout: 60_000 }).toBeUndefined();
    expect((await other.listTokens()).map((token) => token.tokenId)).toEqual([tokenId]);
  });

  test('what is forgotten is overwritten in the bucket of every node of a cluster; their replication logs keep the encrypted entry for a time', { timeout: 120_000 }, async () => {
    const cluster = await startNatsCluster();
    clearing.push(() => cluster.stop());
    const vault = await opened(cluster.urls);
    const subject = await vault.subjectFor('Ada');
    const connection = await connect({ servers: [...cluster.urls] });
    clearing.push(() => connection.close());
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info(`KV_${BUCKET}`, { subjects_filter: `$KV.${BUCKET}.person.*` });
    const [name = ''] = Object.keys(state.subjects ?? {});
    const stored = (await manager.streams.getMessage(`KV_${BUCKET}`, { last_by_subj: name }))?.string() ?? '';
    const holders = () => Promise.all(cluster.nodes.map((node) => filesWith(node.directory, stored)));
    await expect.poll(async () => bucketFiles(await holders())).toEqual([1, 1, 1]);
    await vault.forgetSubject(subject);
    await expect.poll(async () => bucketFiles(await holders())).toEqual([0, 0, 0]);
    expect((await holders()).flat().filter((file) => !file.includes('_js_'))).toEqual([]);
  });
});

function bucketFiles(holders: readonly (readonly string[])[]): number[] {
  return holders.map((files) => files.filter((file) => file.includes(`KV_${BUCKET}`)).length);
}

/** The files under a directory that hold this text. */
async function filesWith(directory: string, text: string): Promise<string[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = found.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const holds = await Promise.all(files.map(async (file) => (await readFile(file).catch(() => Buffer.alloc(0))).includes(text)));
  return files.filter((_, index) => holds[index]);
}
