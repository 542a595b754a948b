import { describe, expect, test } from 'vitest';
import { duration, size } from '../../src/cli/feedOptions.js';
import { natsServers } from '../../src/cli/natsServers.js';
import { startServedFeed } from '../../src/cli/servedFeed.js';
import { openMemoryStore } from '../../src/store/memory/memoryStore.js';
import type { SqliteStore } from '../../src/store/sqlite/sqliteStore.js';

describe('the options of the feed', () => {
  test.each([
    ['0', 0],
    ['45s', 45_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['90d', 7_776_000_000],
  ])('%s is so many milliseconds', (text, milliseconds) => {
    expect(duration(text)).toBe(milliseconds);
  });

  test.each([
    ['0', 0],
    ['1048576', 1_048_576],
    ['500MiB', 524_288_000],
    ['10GiB', 10_737_418_240],
  ])('%s is so many bytes', (text, bytes) => {
    expect(size(text)).toBe(bytes);
  });

  test('servers are told apart by commas', () => {
    expect(natsServers('nats://a.example:4222, tls://b.example', '--feed-credentials')).toEqual(['nats://a.example:4222', 'tls://b.example']);
  });

  test.each(['', '90', '1y', '-1d', '1.5h', 'd'])('"%s" is no duration', (text) => {
    expect(() => duration(text)).toThrow(/must be/);
  });

  test.each(['', '10GB', '-1', '1.5MiB', '999999999999999TiB'])('"%s" is no size', (text) => {
    expect(() => size(text)).toThrow(/must be/);
  });

  test.each(['', 'a.example:4222', 'http://a.example', 'nats://', 'nats://user:secret@a.example', 'nats://a.example/path', 'nats://a.example:4222,'])('"%s" is not taken for servers, and not repeated', (text) => {
    expect(() => natsServers(text, '--feed-credentials')).toThrow(/^Each server [^@]*sign in with --feed-credentials\.$/);
  });

  test('without --feed the others are a mistake, and none is no feed', async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const ledger = { store: openMemoryStore() as unknown as SqliteStore, ledgerId: 'synthetic', merkleLog: undefined };
    await expect(startServedFeed({ feedReplicas: 3 }, ledger, log)).rejects.toThrow(/need --feed/);
    await expect(startServedFeed({ feed: 'nats://127.0.0.1:1', feedReplicas: 2 }, ledger, log)).rejects.toThrow(/replicas/);
    expect(await startServedFeed({}, ledger, log)).toBeUndefined();
  });
});
