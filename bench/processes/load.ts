/** The load generator: so many connections, each sending its next request when the last is answered. */
import autocannon from 'autocannon';
import { answer, taskOfProcess } from './child.js';

export interface LoadTask {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
  /** Bodies sent by turns. */
  readonly bodies: readonly string[];
}

const { url, token, connections, seconds, bodies } = taskOfProcess<LoadTask>();
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
const [first = ''] = bodies;
const probe = await fetch(url, { method: 'POST', headers, body: first });
const shown = (await probe.json()) as { readonly data?: Readonly<Record<string, unknown>> | null; readonly errors?: unknown };
// An answer without data would be fast.
if (shown.errors !== undefined || Object.values(shown.data ?? {}).every((value) => value === null)) throw new Error(`${url} answers ${JSON.stringify(shown).slice(0, 500)}`);
const result = await autocannon({ url, connections, duration: seconds, method: 'POST', headers, requests: bodies.map((body) => ({ body })) });
if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} requests failed, ${result.errors} were cut.`);
answer({ rate: result.requests.total / result.duration });
