/** Asks at a steady rate, whether or not the last question is answered, and says how long each answer took from when it was due. */
import { Agent, request } from 'node:http';
import { answer, taskOfProcess } from './child.js';

export interface LatenciesTask {
  readonly url: string;
  readonly token: string;
  readonly seconds: number;
  readonly perSecond: number;
  /** Bodies sent by turns. */
  readonly bodies: readonly string[];
}

/** Connections kept open at most; more than a server that keeps up ever needs. */
const CONNECTIONS_MAX = 256;

/**
 * Asked before those that count: the first request of this process takes it some 70 ms (modules, sockets, compilation), and the ones that fall
 * due meanwhile wait behind it. In a run of five seconds these alone were more than the slowest in a hundred.
 */
const WARM_UP_SECONDS = 1;

const { url, token, seconds, perSecond, bodies } = taskOfProcess<LatenciesTask>();
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX });
const warmUp = Math.ceil(WARM_UP_SECONDS * perSecond);
const total = warmUp + Math.max(1, Math.round(seconds * perSecond));
const start = performance.now();
const milliseconds = await Promise.all(Array.from({ length: total }, (_, index) => askAt(start + (index * 1_000) / perSecond, bodies[index % bodies.length] ?? '')));
agent.destroy();
answer({ milliseconds: milliseconds.slice(warmUp) });

function askAt(due: number, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    setTimeout(() => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${token}` };
      const asked = request(url, { method: 'POST', agent, headers }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}.`));
        response.resume();
        response.on('end', () => resolve(performance.now() - due));
      });
      asked.on('error', reject);
      asked.end(body);
    }, Math.max(0, due - performance.now()));
  });
}
