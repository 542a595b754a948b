import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyCheckpoint } from '../../src/audit/checkpoint.js';
import { parseVerifierKey } from '../../src/audit/signedNote.js';
import { describeWithNats, startNatsServer } from '../support/natsServer.js';
import { askServer, PROJECT, run, serve, start, temporaryDirectory, until, type Server } from './program.js';

const FEED = '{ ledger { sequence feed { state sequence lag problem { code message } } } }';

async function feedOf(server: Server): Promise<{ sequence: number; feed: { state: string; sequence: number; lag: number; problem: { code: string } | null } | null }> {
  return (await askServer(server, FEED)).body.data.ledger;
}

async function metricsOf({ address, token }: Server): Promise<string> {
  return (await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
}

async function lastMessage(url: string, stream: string): Promise<number> {
  const connection = await connect({ servers: url });
  const { state, config } = await (await jetstreamManager(connection)).streams.info(stream);
  await connection.close();
  expect(config.max_age).toBe(7_776_000_000_000_000);
  return state.last_seq;
}

/** Those that are there, oldest first. */
async function checkpointsOn(url: string): Promise<readonly string[]> {
  const connection = await connect({ servers: url });
  try {
    const { streams } = await jetstreamManager(connection);
    const stream = 'activation-ledger-checkpoints';
    const last = await streams.info(stream).then(({ state }) => state.last_seq, () => 0);
    const messages = await Promise.all(Array.from({ length: last }, (_, index) => streams.getMessage(stream, { seq: index + 1 })));
    return messages.map((message) => message?.string() ?? '');
  } finally {
    await connection.close();
  }
}

function sizeOf(note: string | undefined): number {
  return Number(note?.split('\n')[1] ?? 0);
}

describeWithNats('serve --feed', () => {
  test('publishes the ledger, goes on without the server, and tells how far the feed is', async () => {
    const data = temporaryDirectory();
    await run(['import', join(PROJECT, 'examples/exports/kms-events.xml'), '--data', data]);
    const nats = await startNatsServer();
    try {
      const server = await serve(data, '--feed', nats.url, '--feed-prefix', 'acme.ledger', '--feed-max-age', '90d');
      await until('the feed has everything', async () => (await feedOf(server)).feed?.lag === 0);
      const before = await feedOf(server);
      expect(before.feed).toEqual({ state: 'PUBLISHING', sequence: before.sequence, lag: 0, problem: null });
      expect(before.sequence).toBeGreaterThan(20);
      expect(await lastMessage(nats.url, 'acme_ledger')).toBe(before.sequence);
      expect(await (await fetch(`${server.address}/healthz`)).json()).toMatchObject({ status: 'ok', parts: { feed: { status: 'ok', state: 'publishing', sequence: before.sequence, problem: null } } });
      await nats.kill();
      await until('the feed waits', async () => (await feedOf(server)).feed?.state === 'WAITING');
      const registered = await askServer(server, 'mutation { registerOrganisation(input: { name: "Synthetic Harbour" }) { __typename } }');
      expect(registered.body.errors).toBeUndefined();
      const { feed, sequence } = await feedOf(server);
      expect(feed).toMatchObject({ state: 'WAITING', sequence: before.sequence, lag: 1, problem: { code: 'FEED_UNAVAILABLE' } });
      expect(await metricsOf(server)).toContain('activation_ledger_feed_lag_events 1\n');
      expect(await (await fetch(`${server.address}/healthz`)).json()).toMatchObject({ status: 'degraded' });
      await nats.restart();
      await until('the feed has caught up', async () => (await feedOf(server)).feed?.lag === 0);
      expect(await lastMessage(nats.url, 'acme_ledger')).toBe(sequence);
      expect(await metricsOf(server)).toContain('activation_ledger_feed_stopped 0\n');
      server.child.kill('SIGTERM');
      expect((await server.ended).code).toBe(0);
    } finally {
      await nats.stop();
    }
  });

  test('publishes each signed checkpoint: the present one at the start, then what follows', async () => {
    const data = temporaryDirectory();
    await run(['import', join(PROJECT, 'examples/exports/kms-events.xml'), '--data', data]);
    const present = readFileSync(join(data, 'log/checkpoint'), 'utf8');
    const nats = await startNatsServer();
    try {
      const server = await serve(data, '--feed', nats.url);
      await until('a checkpoint of all events is on the feed', async () => sizeOf((await checkpointsOn(nats.url)).at(-1)) === (await feedOf(server)).sequence);
      await askServer(server, 'mutation { registerOrganisation(input: { name: "Synthetic Harbour" }) { __typename } }');
      const { sequence } = await feedOf(server);
      await until('the next checkpoint follows', async () => sizeOf((await checkpointsOn(nats.url)).at(-1)) === sequence);
      const keys = (await run(['key', 'show', '--data', data])).stdout.trim().split('\n').map((line) => parseVerifierKey(line)!);
      const published = await checkpointsOn(nats.url);
      for (const note of published) expect(verifyCheckpoint(note, keys).kind).toBe('verified');
      expect(published.at(-1)).toBe(readFileSync(join(data, 'log/checkpoint'), 'utf8'));
      expect(sizeOf(present)).toBeLessThan(sequence);
      server.child.kill('SIGTERM');
      expect((await server.ended).code).toBe(0);

      // Sealed while no feed was there.
      await run(['import', join(PROJECT, 'examples/exports/product-keys.csv'), '--data', data]);
      const sealed = readFileSync(join(data, 'log/checkpoint'), 'utf8');
      expect(sizeOf(sealed)).toBeGreaterThan(sequence);
      const again = start(['serve', '--data', data, '--port', '0', '--feed', nats.url]);
      await again.saying(/GraphQL/);
      await until('it is on the feed after the next start', async () => (await checkpointsOn(nats.url)).at(-1) === sealed);
    } finally {
      await nats.stop();
    }
  });
});

test('serve without --feed says that there is none', async () => {
  const server = await serve(temporaryDirectory());
  expect((await feedOf(server)).feed).toBeNull();
});
