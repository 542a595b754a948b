import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface BenchNats {
  readonly url: string;
  stop(): Promise<void>;
}

/** A `nats-server` of its own, from PATH, that stores beside the ledgers of the bench. */
export async function startNats(workDirectory: string): Promise<BenchNats> {
  const directory = mkdtempSync(join(workDirectory, 'nats-'));
  const child = spawn('nats-server', ['-js', '-sd', directory, '-a', '127.0.0.1', '-p', '-1'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const stopWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', stopWithParent);
  const failed = once(child, 'error').then(([error]) => {
    throw new Error('The feed is measured with nats-server, which is not on PATH.', { cause: error });
  });
  const url = await Promise.race([addressOf(createInterface({ input: child.stderr })), failed]);
  return {
    url,
    async stop() {
      process.off('exit', stopWithParent);
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function addressOf(lines: NodeJS.EventEmitter & AsyncIterable<string>): Promise<string> {
  return new Promise((resolve) => {
    let address = '';
    lines.on('line', (line: string) => {
      address = /Listening for client connections on (\S+)/.exec(line)?.[1] ?? address;
      if (line.includes('Server is ready')) resolve(`nats://${address}`);
    });
  });
}
