/** Events at a steady rate, made in the process that serves them when another process asks for them, and that process's memory. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { monotonicMs } from './child.js';

/** Hosts that the events are about, by turns. */
export const HOSTS = 100;
/** Types of the events; all hosts have had one before the next begins. */
export const TYPES = ['HostSeenInBench', 'HostLeftInBench'] as const;
/** Who causes them. */
export const ACTOR = 'subject-of-the-bench';

/** What event `index` of this process says. */
export interface SourceEvent {
  readonly stream: string;
  readonly type: string;
  /** When it was due, in milliseconds of the clock that all processes share. */
  readonly dueMs: number;
}

export interface SteadyEvents {
  readonly perSecond: number;
  readonly events: number;
}

/** Bytes of the process after its garbage was collected. */
export interface Memory {
  readonly rss: number;
  readonly heap: number;
  /** Processor time that the process has used, in milliseconds. */
  readonly cpuMs: number;
}

export function hostStream(host: number): string {
  return `host-0199a000-0000-7000-8000-${host.toString(16).padStart(12, '0')}`;
}

export function typeOf(index: number): string {
  return TYPES[Math.floor(index / HOSTS) % TYPES.length] ?? TYPES[0];
}

/** Serves `POST /events` (SteadyEvents, answered when all are published) and `GET /memory` (Memory); resolves with the address. */
export function serveEventSource(publish: (event: SourceEvent) => Promise<void>): Promise<string> {
  let published = 0;

  const steadily = async ({ perSecond, events }: SteadyEvents): Promise<void> => {
    const start = monotonicMs();
    const under: Promise<void>[] = [];
    for (let sent = 0; sent < events; ) {
      const due = Math.min(events, Math.ceil(((monotonicMs() - start) / 1_000) * perSecond));
      for (; sent < due; sent += 1, published += 1) {
        under.push(publish({ stream: hostStream(published % HOSTS), type: typeOf(published), dueMs: start + (sent * 1_000) / perSecond }));
      }
      await delay(1);
    }
    await Promise.all(under);
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.url === '/events') await steadily(JSON.parse(body) as SteadyEvents);
    response.end(JSON.stringify(memory()));
  };

  const server = createServer((request, response) => void respond(request, response));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function memory(): Memory {
  // Twice, since finalisers of the first round release what the second collects.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return { rss, heap: heapUsed + external, cpuMs: (user + system) / 1_000 };
}
