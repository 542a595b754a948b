import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { afterEach, expect, test } from 'vitest';
import type { PublishedStore } from '../../src/feed/stream.js';
import { StoreError } from '../../src/store/port.js';
import { describeWithNats, startNatsServer, type NatsServer } from '../support/natsServer.js';
import { connection, expectWholeLog, growingLog, LEDGER, messagesOf, STREAM, undoAll, undoLater, untilPublished, untilSequence, untilState, watchedFeed } from './feedFixture.js';

afterEach(undoAll, 60_000);

async function server(): Promise<NatsServer> {
  const started = await startNatsServer();
  undoLater(() => started.stop());
  return started;
}

async function managerOf({ url }: NatsServer) {
  return jetstreamManager(await connection([url]));
}

describeWithNats('the feed on one server', () => {
  test('publishes history and then what comes, each event once, in order, as message of its own number', async () => {
    const nats = await server();
    const store = await growingLog(3_000);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilPublished(feed, store);
    for (let count = 1; count <= 20; count += 1) await store.grow(count);
    await untilPublished(feed, store);
    expect(await feed.state()).toEqual({ state: 'publishing', sequence: 3_210, lag: 0 });
    await expectWholeLog([nats.url], store);
    await feed.stop();
    expect(await feed.stopped).toBeUndefined();
    expect(feed.reported.map(({ state }) => state)).toEqual(['publishing', 'stopped']);
  });

  test('goes on where the stream ends when it is started again, and publishes nothing twice', async () => {
    const nats = await server();
    const store = await growingLog(700);
    for (let round = 0; round < 3; round += 1) {
      const feed = watchedFeed({ servers: [nats.url], store });
      await untilPublished(feed, store);
      await feed.stop();
      await store.grow(300);
    }
    await untilPublished(watchedFeed({ servers: [nats.url], store }), store);
    await expectWholeLog([nats.url], store);
  });

  test('waits for a server that is not there yet, tells how many events wait, and publishes them all when it comes', async () => {
    const nats = await server();
    await nats.kill();
    const store = await growingLog(400);
    const feed = watchedFeed({ servers: [nats.url], store });
    await expect.poll(async () => (await feed.state()).error?.code).toBe('FEED_UNAVAILABLE');
    await store.grow(100);
    expect(await feed.state()).toMatchObject({ state: 'waiting', sequence: 0, lag: 500 });
    await nats.restart();
    await untilPublished(feed, store);
    await expectWholeLog([nats.url], store);
  });

  test('loses and doubles nothing when the server is killed again and again while it publishes', async () => {
    const nats = await server();
    const store = await growingLog(12_000);
    const feed = watchedFeed({ servers: [nats.url], store });
    for (const sequence of [500, 3_000, 6_000, 9_000]) {
      await untilSequence(feed, sequence);
      await nats.kill();
      await untilState(feed, 'waiting');
      await store.grow(100);
      await nats.restart();
    }
    await untilPublished(feed, store);
    await expectWholeLog([nats.url], store);
  });

  test('goes on after a server that hung, and loses and doubles nothing', async () => {
    const nats = await server();
    const store = await growingLog(6_000);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilSequence(feed, 1_000);
    nats.pause();
    await untilState(feed, 'waiting');
    nats.resume();
    await untilPublished(feed, store);
    await expectWholeLog([nats.url], store);
  });

  test('keeps to what it finds when another publishes the same ledger, and takes over when the other ends', async () => {
    const nats = await server();
    const store = await growingLog(5_000);
    const first = watchedFeed({ servers: [nats.url], store });
    const second = watchedFeed({ servers: [nats.url], store });
    await untilPublished(first, store);
    for (let count = 0; count < 200; count += 1) await store.grow(5);
    await Promise.all([untilPublished(first, store), untilPublished(second, store)]);
    const states = (): readonly string[] => [first, second].map((feed) => feed.progress().error?.code ?? feed.progress().state).sort();
    await expect.poll(states, { timeout: 10_000 }).toEqual(['FEED_STANDS_BY', 'publishing']);
    const [active, other] = first.progress().state === 'publishing' ? [first, second] : [second, first];
    await active.stop();
    await store.grow(1_000);
    await untilPublished(other, store);
    expect(other.progress().state).toBe('publishing');
    await expectWholeLog([nats.url], store);
  });

  test('waits while its log has not come as far as the stream, which another node fills', async () => {
    const nats = await server();
    const store = await growingLog(40);
    await store.grow(10);
    const other = watchedFeed({ servers: [nats.url], store });
    await untilPublished(other, store);
    await other.stop();
    const behind = await growingLog(40);
    const feed = watchedFeed({ servers: [nats.url], store: behind, timings: { logBehindMs: 60_000, retryMs: 10 } });
    await expect.poll(() => feed.progress().error?.message).toMatch(/event 50, which has not come to this log yet/);
    await behind.grow(10);
    await behind.grow(5);
    await untilPublished(feed, behind);
    await expectWholeLog([nats.url], behind);
  });

  test('waits, however long, while it cannot be known whether its log has lost its end', async () => {
    const nats = await server();
    const store = await growingLog(40);
    await store.grow(10);
    const other = watchedFeed({ servers: [nats.url], store });
    await untilPublished(other, store);
    await other.stop();
    const behind = await growingLog(40);
    let asked = 0;
    let isAway = true;
    const away: PublishedStore = {
      ...behind,
      async findByIds(ids) {
        asked += 1;
        if (isAway) throw new StoreError('STORE_UNAVAILABLE', 'the servers of the log do not answer', { retryable: true });
        return behind.findByIds(ids);
      },
    };
    const feed = watchedFeed({ servers: [nats.url], store: away });
    await expect.poll(() => asked, { timeout: 30_000 }).toBeGreaterThan(2);
    expect(feed.progress().state).toBe('waiting');
    await behind.grow(10);
    isAway = false;
    await behind.grow(5);
    await untilPublished(feed, behind);
    await expectWholeLog([nats.url], behind);
  });

  test('recognises its stream although every message has aged out, and goes on with the next number', async () => {
    const nats = await server();
    const store = await growingLog(1_000);
    const settings = { maxMessages: 10 };
    const before = watchedFeed({ servers: [nats.url], store, settings });
    await untilPublished(before, store);
    await before.stop();
    await expectWholeLog([nats.url], store, 991);
    await (await managerOf(nats)).streams.purge(STREAM);
    await store.grow(15);
    const after = watchedFeed({ servers: [nats.url], store, settings });
    await untilPublished(after, store);
    await expectWholeLog([nats.url], store, 1_006);
  });

  test('fills a stream that was deleted from the first event on', async () => {
    const nats = await server();
    const store = await growingLog(600);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilPublished(feed, store);
    await (await managerOf(nats)).streams.delete(STREAM);
    await store.grow(1);
    await untilState(feed, 'waiting');
    await untilPublished(feed, store);
    await expectWholeLog([nats.url], store);
  });

  test('makes the stream with the settings asked for, and changes those of an existing one, leaving alone what it was not told', async () => {
    const nats = await server();
    const store = await growingLog(1);
    const first = watchedFeed({ servers: [nats.url], store, settings: { storage: 'memory', maxAgeMs: 86_400_000, maxBytes: 2_097_152, maxMessages: 500 } });
    await untilPublished(first, store);
    await first.stop();
    const manager = await managerOf(nats);
    const made = {
      subjects: ['activation-ledger.*.*.*'],
      storage: StorageType.Memory,
      max_age: 86_400_000_000_000,
      max_bytes: 2_097_152,
      max_msgs: 500,
      num_replicas: 1,
      deny_delete: true,
      allow_direct: true,
      duplicate_window: 10_000_000_000,
    };
    expect((await manager.streams.info(STREAM)).config).toMatchObject(made);
    const second = watchedFeed({ servers: [nats.url], store, settings: { maxAgeMs: 5_000, maxBytes: 0 } });
    await untilState(second, 'publishing');
    const changed = { ...made, max_age: 5_000_000_000, max_bytes: -1, duplicate_window: 5_000_000_000 };
    expect((await manager.streams.info(STREAM)).config).toMatchObject(changed);
  });

  test('publishes the last signed checkpoint beside the events, in a stream of its own', async () => {
    const nats = await server();
    const store = await growingLog(10);
    const feed = watchedFeed({ servers: [nats.url], store });
    feed.publishCheckpoint('superseded before there was a connection\n');
    feed.publishCheckpoint('synthetic.example/log\n10\nroot\n');
    await untilPublished(feed, store);
    const checkpoints = `${STREAM}-checkpoints`;
    await expect.poll(async () => (await messagesOf([nats.url], checkpoints).catch(() => [])).length, { timeout: 10_000 }).toBe(1);
    feed.publishCheckpoint('synthetic.example/log\n11\nroot\n');
    await expect.poll(async () => (await messagesOf([nats.url], checkpoints)).length, { timeout: 10_000 }).toBe(2);
    const messages = await messagesOf([nats.url], checkpoints);
    expect(messages.map(({ subject }) => subject)).toEqual(['activation-ledger.checkpoint', 'activation-ledger.checkpoint']);
    expect(messages.map((message) => message.string())).toEqual(['synthetic.example/log\n10\nroot\n', 'synthetic.example/log\n11\nroot\n']);
    await expectWholeLog([nats.url], store);
  });
});

describeWithNats('what these tests compare', () => {
  test('shows a gap, a message too many and a message of something else', async () => {
    const nats = await server();
    const store = await growingLog(20);
    await untilPublished(watchedFeed({ servers: [nats.url], store }), store);
    await expectWholeLog([nats.url], store);
    await expect(expectWholeLog([nats.url], await growingLog(19)), 'one too many').rejects.toThrow(/to deeply equal/);
    await expect(expectWholeLog([nats.url], await growingLog(21)), 'one is missing').rejects.toThrow(/to deeply equal/);
    const different = await growingLog(19);
    await different.growOtherwise(1);
    await expect(expectWholeLog([nats.url], different), 'the last one is another').rejects.toThrow(/to deeply equal/);
  });
});

describeWithNats('the feed stops, with what to do,', () => {
  async function refusalOf(nats: NatsServer, options: Partial<Parameters<typeof watchedFeed>[0]> = {}): Promise<string> {
    const store = options.store ?? (await growingLog(50));
    const feed = watchedFeed({ servers: [nats.url], store, ...options });
    const error = await feed.stopped;
    expect(await feed.state()).toMatchObject({ state: 'stopped', error: { message: error?.message } });
    return `${(error as { code?: string } | undefined)?.code}: ${error?.message}`;
  }

  test('when the stream is the feed of another ledger', async () => {
    const nats = await server();
    const store = await growingLog(50);
    await untilPublished(watchedFeed({ servers: [nats.url], store }), store);
    expect(await refusalOf(nats, { store, ledgerId: LEDGER.replace('0199', '0200') })).toMatch(/^FEED_OF_ANOTHER_LEDGER: .*another --feed-prefix/);
  });

  test('when somebody else made the stream', async () => {
    const nats = await server();
    await (await managerOf(nats)).streams.add({ name: STREAM, subjects: ['activation-ledger.*.*.*'] });
    expect(await refusalOf(nats)).toMatch(/^FEED_OF_ANOTHER_LEDGER: .*delete the stream/);
  });

  test('when another stream has its subjects', async () => {
    const nats = await server();
    await (await managerOf(nats)).streams.add({ name: 'everything', subjects: ['activation-ledger.>'] });
    expect(await refusalOf(nats)).toMatch(/^FEED_SUBJECTS_TAKEN: .*another --feed-prefix/);
  });

  test('when the log has lost its end', async () => {
    const nats = await server();
    const store = await growingLog(50);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilPublished(feed, store);
    await feed.stop();
    expect(await refusalOf(nats, { store: await growingLog(49) })).toMatch(/^FEED_AHEAD_OF_LOG: .* 50 messages, the log 49 events.*Restore the log/);
  });

  test('when the log lost its end and has gone on differently', async () => {
    const nats = await server();
    const store = await growingLog(40);
    await store.grow(10);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilPublished(feed, store);
    await feed.stop();
    const restored = await growingLog(40);
    await restored.growOtherwise(20);
    expect(await refusalOf(nats, { store: restored })).toMatch(/^FEED_DIFFERS_FROM_LOG: Message 41 .*Restore the log/);
  });

  test('when something else publishes on its subjects', async () => {
    const nats = await server();
    const store = await growingLog(50);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilPublished(feed, store);
    await jetstream(await connection([nats.url])).publish('activation-ledger.host.HostRegistered.1', 'forged');
    await store.grow(10);
    const error = await feed.stopped;
    expect(error).toMatchObject({ code: 'FEED_DIFFERS_FROM_LOG' });
    expect(await feed.state()).toMatchObject({ state: 'stopped', sequence: 50, lag: 10 });
  });

  test('when the kind of storage is to change', async () => {
    const nats = await server();
    const store = await growingLog(50);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilPublished(feed, store);
    await feed.stop();
    expect(await refusalOf(nats, { store, settings: { storage: 'memory' } })).toMatch(/^FEED_SETTING_FIXED: .*file.*memory/);
  });

  test('when the server cannot have as many replicas', async () => {
    expect(await refusalOf(await server(), { settings: { replicas: 3 } })).toMatch(/^FEED_SETTINGS_REFUSED: .*replicas/);
  });
});
