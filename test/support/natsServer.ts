import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';

/** A real `nats-server` with JetStream, on loopback and in a directory of its own. */
export interface NatsServer {
  /** `nats://127.0.0.1:PORT`; the same after a restart. */
  readonly url: string;
  /** Where JetStream stores; kept over a restart, gone after `stop`. */
  readonly directory: string;
  /** All that the server has printed, of all its runs. */
  output(): string;
  /** Kills it as a crash would (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>;
  /** After `kill`: the same port, the same directory. Resolves when it is ready. */
  restart(): Promise<void>;
  /** Lets it hang (SIGSTOP): connections stay open and nothing is answered. */
  pause(): void;
  resume(): void;
  /** Kills it and removes its directory. */
  stop(): Promise<void>;
}

export interface NatsCluster {
  readonly nodes: readonly NatsServer[];
  readonly urls: readonly string[];
  /** The node of that name, as JetStream names its leaders: `n1`, `n2`, `n3`. */
  node(name: string): NatsServer;
  stop(): Promise<void>;
}

export interface NatsServerOptions {
  /** More of the program's own options: `['--auth', 'token']`. */
  readonly options?: readonly string[];
}

const CLUSTER_NODES = 3;
/** Longest wait for a server or a cluster to be ready; the machine may be busy. */
const READY_MS_MAX = 60_000;
/** Below the range from which the system takes ports of its own, so that a port is still free when its server comes back. */
const PORTS = { from: 20_000, to: 32_000 };
const HOW_TO_GET = 'apt-get install nats-server, or https://github.com/nats-io/nats-server/releases; it has to be on PATH';

/**
 * Suites that need `nats-server`. Where the program is absent they are skipped and a line says so;
 * where CI is set they run, and fail.
 */
export function describeWithNats(name: string, body: () => void): void {
  const isSkipped = skipsWithout(spawnSync('nats-server', ['--version']).status === 0, process.env['CI']);
  if (isSkipped) console.log(`skipped: ${name}: there is no nats-server (${HOW_TO_GET})`);
  describe.skipIf(isSkipped)(name, { timeout: READY_MS_MAX }, body);
}

/** What is promised in CI is never skipped. */
export function skipsWithout(isThere: boolean, ci: string | undefined): boolean {
  return !isThere && (ci ?? '') === '';
}

export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const server = natsServer(await freePort(), options.options ?? []);
  await server.restart();
  return server;
}

/** Three nodes with JetStream that have elected the leader of their metadata: a stream may have three replicas. */
export async function startNatsCluster(options: NatsServerOptions = {}): Promise<NatsCluster> {
  const names = Array.from({ length: CLUSTER_NODES }, (_, index) => `n${index + 1}`);
  const clientPorts: number[] = [];
  const routePorts: number[] = [];
  for (const _ of names) {
    clientPorts.push(await freePort());
    routePorts.push(await freePort());
  }
  const routes = routePorts.map((port) => `nats://127.0.0.1:${port}`);
  const nodes = names.map((name, index) => {
    const cluster = ['--server_name', name, '--cluster_name', 'test', '--cluster', routes[index] ?? '', '--routes', routes.join(',')];
    return natsServer(clientPorts[index] ?? 0, [...cluster, ...(options.options ?? [])]);
  });
  await Promise.all(nodes.map((node) => node.restart()));
  await Promise.all(nodes.map((node) => node.printed(LEADER_ELECTED)));
  return {
    nodes,
    urls: nodes.map(({ url }) => url),
    node(name) {
      const node = nodes[names.indexOf(name)];
      if (node === undefined) throw new Error(`There is no node ${name}.`);
      return node;
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

const READY = /Server is ready/;
const LEADER_ELECTED = /JetStream cluster new metadata leader|Self is new JetStream cluster metadata leader/;

interface WatchedNatsServer extends NatsServer {
  /** Resolves when a line of the present run matches; rejects when the run ends or takes too long. */
  printed(line: RegExp): Promise<void>;
}

function natsServer(port: number, options: readonly string[]): WatchedNatsServer {
  const directory = mkdtempSync(join(tmpdir(), 'nats-'));
  let child: ChildProcess | undefined;
  let earlier = '';
  let output = '';

  function launch(): ChildProcess {
    earlier += output;
    output = '';
    const started = spawn('nats-server', ['-js', '-sd', directory, '-a', '127.0.0.1', '-p', String(port), ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    const killWithUs = () => started.kill('SIGKILL');
    process.once('exit', killWithUs);
    started.once('close', () => process.removeListener('exit', killWithUs));
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      started.emit('printed');
    });
    return started;
  }

  async function printed(line: RegExp): Promise<void> {
    const running = child;
    if (running === undefined) throw new Error('The NATS server is not running.');
    const signal = AbortSignal.timeout(READY_MS_MAX);
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
      running.emit('printed');
    };
    running.once('close', end);
    try {
      while (!line.test(output) && !hasEnded) await once(running, 'printed', { signal });
    } catch (cause) {
      throw new Error(`The NATS server did not print ${line} within ${READY_MS_MAX} ms:\n${output}`, { cause });
    } finally {
      running.removeListener('close', end);
    }
    if (!line.test(output)) throw new Error(`The NATS server ended before it printed ${line}:\n${output}`);
  }

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const closed = once(running, 'close');
    running.kill('SIGKILL');
    await closed;
  }

  return {
    url: `nats://127.0.0.1:${port}`,
    directory,
    output: () => earlier + output,
    printed,
    kill,
    async restart() {
      await kill();
      child = launch();
      await printed(READY);
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async stop() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Where this process looks next: each test process begins elsewhere. */
let nextPort = PORTS.from + ((process.pid * 37) % (PORTS.to - PORTS.from));

async function freePort(): Promise<number> {
  for (let tried = 0; tried < PORTS.to - PORTS.from; tried += 1) {
    const port = nextPort;
    nextPort = port + 1 < PORTS.to ? port + 1 : PORTS.from;
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${PORTS.from} to ${PORTS.to} is free.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
