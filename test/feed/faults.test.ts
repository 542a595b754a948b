import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { afterEach, expect, test, vi } from 'vitest';
import { seededRandom } from '../crash/seededRandom.js';
import { describeWithNats, startNatsCluster, startNatsServer, type NatsCluster } from '../support/natsServer.js';
import { connection, expectWholeLog, growingLog, STREAM, undoAll, undoLater, untilPublished, untilSequence, watchedFeed } from './feedFixture.js';
import { logFile, publishUntilKilled } from './killedPublisher.js';
import { startLossyProxy } from './lossyProxy.js';

/** How often the publisher is killed in one test. */
const KILLS = 4;
/** How often the leader is killed: a few with every test run, as many as are asked for in a long one. An election takes seconds. */
const LEADER_KILLS = Math.min(Number(process.env['CRASH_ROUNDS'] ?? 2), 10);
/** Decides when; printed, so that a failed run can be repeated. */
const SEED = Number(process.env['CRASH_SEED'] ?? 20_261_122);
const CLUSTER_TEST_MS = 180_000;

afterEach(undoAll, 60_000);

async function cluster(): Promise<NatsCluster> {
  const started = await startNatsCluster();
  undoLater(() => started.stop());
  return started;
}

describeWithNats(`what the feed publishes on one server is whole (CRASH_SEED=${SEED})`, () => {
  test('when single acknowledgements are lost', async () => {
    const nats = await startNatsServer();
    undoLater(() => nats.stop());
    const random = seededRandom(SEED);
    const proxy = await startLossyProxy(nats.url, () => random(500) === 0);
    const store = await growingLog(8_000);
    await untilPublished(watchedFeed({ servers: [proxy.url], store }), store);
    expect(proxy.lost()).toBeGreaterThan(0);
    await expectWholeLog([nats.url], store);
  });

  test('when from some point on no acknowledgement of a connection arrives', async () => {
    const nats = await startNatsServer();
    undoLater(() => nats.stop());
    const proxy = await startLossyProxy(nats.url, (count, own) => own <= 3 && count > own * 300);
    const store = await growingLog(5_000);
    const timings = { acknowledgementMs: 300, retryMs: 10 };
    await untilPublished(watchedFeed({ servers: [proxy.url], store, timings }), store);
    expect(proxy.lost()).toBeGreaterThan(3);
    await expectWholeLog([nats.url], store);
  });

  test('when the publisher is killed again and again', async () => {
    const nats = await startNatsServer();
    undoLater(() => nats.stop());
    await publishKilled([nats.url], {});
  }, CLUSTER_TEST_MS);
});

describeWithNats(`what the feed publishes on three servers with three replicas is whole (CRASH_SEED=${SEED})`, () => {
  test('when the publisher is killed again and again', async () => {
    const { urls } = await cluster();
    await publishKilled(urls, { replicas: 3 });
  }, CLUSTER_TEST_MS);

  test('when acknowledgements are lost', async () => {
    const { nodes, urls } = await cluster();
    const random = seededRandom(SEED);
    const proxies = await Promise.all(nodes.map(({ url }) => startLossyProxy(url, () => random(500) === 0)));
    const store = await growingLog(8_000);
    await untilPublished(watchedFeed({ servers: proxies.map(({ url }) => url), store, settings: { replicas: 3 } }), store);
    expect(proxies.reduce((sum, proxy) => sum + proxy.lost(), 0)).toBeGreaterThan(0);
    await expectWholeLog(urls, store);
  }, CLUSTER_TEST_MS);

  test('when the leader is killed under load again and again', async () => {
    const nats = await cluster();
    const { urls } = nats;
    const store = await growingLog(2_000);
    const feed = watchedFeed({ servers: urls, store, settings: { replicas: 3 } });
    const asked = await connection(urls);
    for (let kill = 1; kill <= LEADER_KILLS; kill += 1) {
      await store.grow(5_000);
      await untilSequence(feed, kill * 5_000 - 3_500);
      const leader = nats.node(await leaderOf(asked));
      await leader.kill();
      await untilSequence(feed, kill * 5_000 + 500);
      await leader.restart();
    }
    await untilPublished(feed, store);
    expect(feed.reported.filter(({ state }) => state === 'waiting').length).toBeGreaterThanOrEqual(LEADER_KILLS);
    await expectWholeLog(urls, store);
  }, CLUSTER_TEST_MS);

  test('when two publish it while the leader is killed', async () => {
    const nats = await cluster();
    const { urls } = nats;
    const store = await growingLog(4_000);
    const settings = { replicas: 3 };
    const feeds = [watchedFeed({ servers: urls, store, settings }), watchedFeed({ servers: urls.toReversed(), store, settings })];
    const [first = watchedFeed({ servers: urls, store, settings })] = feeds;
    await untilSequence(first, 1_000);
    const leader = nats.node(await leaderOf(await connection(urls)));
    await leader.kill();
    for (let count = 0; count < 100; count += 1) await store.grow(10);
    await Promise.all(feeds.map((feed) => untilPublished(feed, store)));
    await leader.restart();
    await expectWholeLog(urls, store);
  }, CLUSTER_TEST_MS);
});

/**
 * The name of the stream's leader, once there is one and both others hold what it holds. Who kills the leader while a restarted server is
 * still behind takes two of three copies at once, and then the cluster has no quorum until the killed one is back.
 */
async function leaderOf(asked: NatsConnection): Promise<string> {
  return vi.waitFor(async () => {
    const { cluster: placed } = await (await jetstreamManager(asked, { checkAPI: false })).streams.info(STREAM);
    if (placed?.leader === undefined || placed.leader === '') throw new Error('The stream has no leader.');
    const current = placed.replicas?.filter((replica) => replica.current && !replica.offline) ?? [];
    expect(current, 'replicas that are up to date').toHaveLength(2);
    return placed.leader;
  }, { timeout: 60_000, interval: 50 });
}

async function publishKilled(servers: readonly string[], settings: { replicas?: number }): Promise<void> {
  const { path, store } = await logFile(10_000);
  const random = seededRandom(SEED);
  let reached = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const { state, sequence } = await publishUntilKilled(path, servers, settings, reached + 1 + random(1_500));
    expect(state).toBe('publishing');
    reached = sequence;
  }
  expect(reached).toBeLessThan(10_000);
  const feed = watchedFeed({ servers, store, settings });
  await untilPublished(feed, store);
  await expectWholeLog(servers, store);
}
