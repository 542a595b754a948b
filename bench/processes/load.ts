/** The load generator: so many connections, each sending its next request when the last is answered. */
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';
import { answer, taskOfProcess } from './child.js';

export interface LoadTask {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
  /** Bodies sent by turns; each connection begins with the first. */
  readonly bodies?: readonly string[];
  /** A file that holds them as JSON, where they are too many for a command line. */
  readonly bodiesFile?: string;
  /** Sends no body twice, whatever the connection: for mutations. More bodies than will be sent are given. */
  readonly once?: boolean;
  /** All connections go through the bodies together, so that none is sent again before all others were. */
  readonly together?: boolean;
}

const { url, token, connections, seconds, bodies: given, bodiesFile, once = false, together = false } = taskOfProcess<LoadTask>();
const bodies = bodiesFile === undefined ? (given ?? []) : (JSON.parse(readFileSync(bodiesFile, 'utf8')) as readonly string[]);
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
const [first = ''] = bodies;
const probe = await fetch(url, { method: 'POST', headers, body: first });
const shown = (await probe.json()) as { readonly data?: Readonly<Record<string, unknown>> | null; readonly errors?: unknown };
// An answer without data would be fast.
if (shown.errors !== undefined || Object.values(shown.data ?? {}).every((value) => value === null)) throw new Error(`${url} answers ${JSON.stringify(shown).slice(0, 500)}`);
// The probe has sent the first.
let sent = 1;
const next = <Request extends object>(request: Request): Request => {
  const body = bodies[once ? sent : sent % bodies.length] ?? '';
  sent += 1;
  return { ...request, body };
};
const requests = once || together ? [{ setupRequest: next }] : bodies.map((body) => ({ body }));
const result = await autocannon({ url, connections, duration: seconds, method: 'POST', headers, requests });
if (once && sent > bodies.length) throw new Error(`${sent} requests were sent, and there were bodies for ${bodies.length}.`);
if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} requests failed, ${result.errors} were cut.`);
answer({ rate: result.requests.total / result.duration });
