import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { jetstreamManager } from '@nats-io/jetstream';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { describeWithNats, startNatsServer } from '../support/natsServer.js';
import { connection, growingLog, STREAM, undoAll, undoLater, untilPublished, watchedFeed } from './feedFixture.js';

afterEach(undoAll, 60_000);

const EXAMPLE = resolve('examples/feed-consumer.ts');

interface Consumed {
  readonly sequences: readonly number[];
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs the example until it has printed that event, ends it with the signal, and gives what it printed; or until it ends by itself. */
async function consume(url: string, directory: string, until: number, signal: NodeJS.Signals): Promise<Consumed> {
  const child = spawn(process.execPath, [EXAMPLE, url, 'synthetic'], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  undoLater(async () => void child.kill('SIGKILL'));
  const closed = once(child, 'close') as Promise<[number | null]>;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const sequences: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    sequences.push(Number(line.split(' ')[0]));
    if (sequences.at(-1) === until) child.kill(signal);
  }
  const [code] = await closed;
  return { sequences, code, stderr };
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describeWithNats('the consumer of the examples', () => {
  test('prints each event once, in order, over an orderly end', async () => {
    const nats = await startNatsServer();
    undoLater(() => nats.stop());
    const store = await growingLog(200);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilPublished(feed, store);
    const first = await consume(nats.url, nats.directory, 200, 'SIGTERM');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.sequences).toEqual(numbers(1, 200));
    await store.grow(50);
    await untilPublished(feed, store);
    const second = await consume(nats.url, nats.directory, 250, 'SIGTERM');
    expect(second.sequences).toEqual(numbers(201, 250));
  });

  test('goes on after a kill, at most one event again', async () => {
    const nats = await startNatsServer();
    undoLater(() => nats.stop());
    const store = await growingLog(150);
    await untilPublished(watchedFeed({ servers: [nats.url], store }), store);
    const killed = await consume(nats.url, nats.directory, 100, 'SIGKILL');
    const reached = killed.sequences.length;
    const second = await consume(nats.url, nats.directory, 150, 'SIGTERM');
    const from = second.sequences[0] ?? 0;
    expect(killed.sequences).toEqual(numbers(1, reached));
    expect(second.sequences).toEqual(numbers(from, 150));
    expect([from, from + 1]).toContain(reached + 1);
  });

  test('stops when events were dropped before it read them, and says which', async () => {
    const nats = await startNatsServer();
    undoLater(() => nats.stop());
    const store = await growingLog(20);
    const feed = watchedFeed({ servers: [nats.url], store });
    await untilPublished(feed, store);
    expect((await consume(nats.url, nats.directory, 20, 'SIGTERM')).code).toBe(0);
    await store.grow(30);
    await untilPublished(feed, store);
    await (await jetstreamManager(await connection([nats.url]))).streams.purge(STREAM, { keep: 10 });
    const { code, stderr } = await consume(nats.url, nats.directory, 50, 'SIGTERM');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^events 21 to 40 are missing/);
  });
});

test('the consumer for the command line is a script that a shell can read, and says that it was not run', () => {
  expect(spawnSync('bash', ['-n', 'examples/feed-consumer.sh']).status).toBe(0);
  expect(readFileSync('examples/feed-consumer.sh', 'utf8')).toContain('Only its syntax has been checked');
});
