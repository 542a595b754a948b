/** What `tls://` promises of vault and feed, on a real server that does not encrypt. */
import { afterEach, expect, test } from 'vitest';
import { openNatsVault } from '../../src/vault/nats/natsVault.js';
import { growingLog, undoAll, undoLater, untilPublished, watchedFeed } from '../feed/feedFixture.js';
import { countingRandom, steppingClock } from '../support/deterministic.js';
import { describeWithNats, startNatsServer, type NatsServer } from '../support/natsServer.js';

const KEY = Buffer.alloc(32, 5);
/** What a client says first, as the server shows it when it traces. */
const FIRST_WORD = /<<- \[CONNECT /g;

afterEach(undoAll, 60_000);

async function tracingServer(): Promise<NatsServer> {
  const server = await startNatsServer({ options: ['-V'] });
  undoLater(() => server.stop());
  return server;
}

function encrypted({ url }: NatsServer): string {
  return url.replace('nats://', 'tls://');
}

function greetings(server: NatsServer): number {
  return server.output().match(FIRST_WORD)?.length ?? 0;
}

describeWithNats('the vault in a NATS bucket', () => {
  const vaultOn = (...servers: readonly string[]) => openNatsVault({ servers, bucket: 'vault', key: KEY, now: steppingClock(), random: countingRandom() });

  test('tells a server that does not encrypt nothing when it is named with tls://', async () => {
    const server = await tracingServer();
    const refused = { name: 'VaultError', code: 'VAULT_UNENCRYPTED', retryable: false, message: expect.stringContaining('does not encrypt') };
    await expect(vaultOn(encrypted(server))).rejects.toMatchObject(refused);
    await expect(vaultOn(server.url, encrypted(server)), 'one that is named with tls:// among them').rejects.toMatchObject(refused);
    expect(greetings(server)).toBe(0);
    await (await vaultOn(server.url)).close();
    expect(greetings(server)).toBe(1);
  });
});

describeWithNats('the feed', () => {
  test('tells a server that does not encrypt nothing when it is named with tls://', async () => {
    const server = await tracingServer();
    const store = await growingLog(10);
    const feed = watchedFeed({ servers: [encrypted(server)], store });
    await expect.poll(async () => (await feed.state()).error, { timeout: 30_000 }).toMatchObject({ code: 'FEED_UNAVAILABLE', message: expect.stringContaining('tls') });
    expect([(await feed.state()).sequence, greetings(server)]).toEqual([0, 0]);
    await feed.stop();
    await untilPublished(watchedFeed({ servers: [server.url], store }), store);
    expect(greetings(server)).toBe(1);
  });
});
