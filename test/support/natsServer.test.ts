import { existsSync } from 'node:fs';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, expect, test } from 'vitest';
import { describeWithNats, skipsWithout, startNatsCluster, startNatsServer } from './natsServer.js';

const clearing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clear of clearing.splice(0).reverse()) await clear();
}, 60_000);

async function connection(servers: readonly string[]): Promise<NatsConnection> {
  const connected = await connect({ servers: [...servers] });
  clearing.push(() => connected.close());
  return connected;
}

describeWithNats('a NATS server of the tests', () => {
  test('keeps what it acknowledged over a kill and a restart, at the same address', async () => {
    const server = await startNatsServer();
    clearing.push(() => server.stop());
    const before = await connection([server.url]);
    await (await jetstreamManager(before)).streams.add({ name: 'kept', subjects: ['kept.>'] });
    await jetstream(before).publish('kept.one', 'text');
    await before.close();
    await server.kill();
    await server.restart();
    const after = await jetstreamManager(await connection([server.url]));
    expect((await after.streams.info('kept')).state.messages).toBe(1);
    expect((await after.streams.getMessage('kept', { seq: 1 }))?.string()).toBe('text');
    await server.stop();
    expect(existsSync(server.directory)).toBe(false);
  });

  test('takes further options', async () => {
    const server = await startNatsServer({ options: ['--auth', 'synthetic-token'] });
    clearing.push(() => server.stop());
    await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow(/authorization/i);
    const allowed = await connect({ servers: server.url, token: 'synthetic-token' });
    await allowed.close();
  });

  test('says why it did not start', async () => {
    await expect(startNatsServer({ options: ['--no-such-option'] })).rejects.toThrow(/ended before.*no-such-option/s);
  });

  test('forms a cluster of three, in which a stream has three replicas and a leader by name', async () => {
    const cluster = await startNatsCluster();
    clearing.push(() => cluster.stop());
    const manager = await jetstreamManager(await connection(cluster.urls));
    const { cluster: placed } = await manager.streams.add({ name: 'three', subjects: ['three.>'], num_replicas: 3 });
    expect(placed?.replicas).toHaveLength(2);
    expect(cluster.nodes).toContain(cluster.node(placed?.leader ?? 'none'));
    expect(() => cluster.node('n4')).toThrow('There is no node n4.');
  });
});

test.each([
  [true, undefined, false],
  [true, 'true', false],
  [false, undefined, true],
  [false, '', true],
  [false, 'true', false],
  [false, '1', false],
])('where the program is there: %s, and CI is %s, its suites are skipped: %s', (isThere, ci, skipped) => {
  expect(skipsWithout(isThere, ci)).toBe(skipped);
});
