import { EXIT, type CliEnvironment } from './environment.js';
import { VerbError } from './failure.js';
import type { LedgerPlace } from './verb.js';

/**
 * Puts one question of the API to the ledger of a place: over HTTP to a running server, or in this process to a data directory.
 * Throws `VerbError` with what the server or the ledger says against it.
 */
export async function ask<Data>(place: LedgerPlace, environment: CliEnvironment, version: string, query: string, variables: object = {}): Promise<Data> {
  if (place.url !== undefined) return askServer(place.url, tokenOf(place), query, variables);
  const { askDirectory } = await import('./askDirectory.js');
  return askDirectory(place.data, environment, version, query, variables);
}

/** The same to a running server alone. */
export async function askServer<Data>(url: string, token: string, query: string, variables: object): Promise<Data> {
  const address = serverAddress(url);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify({ query, variables }) }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new VerbError(`No server answers at ${address.origin}: ${cause}.`);
  });
  if (response.status === 401) throw new VerbError('The server does not accept this token. "token create" makes one.', EXIT.notAuthorised);
  const answer = (await response.json().catch(() => ({}))) as { data?: Data; errors?: readonly { message: string }[] };
  if (answer.errors !== undefined) throw new VerbError(answer.errors.map(({ message }) => message).join('; '));
  if (answer.data === undefined || answer.data === null) throw new VerbError(`${address.origin} answered ${response.status} and no data: is it an activation ledger?`);
  return answer.data;
}

function serverAddress(url: string): URL {
  const address = URL.parse('/graphql', url);
  if (address !== null && /^https?:$/.test(address.protocol)) return address;
  throw new VerbError(`${url} is no address of a server; one is http://127.0.0.1:4000.`, EXIT.usage);
}

/** The token that was given, or that of the environment. */
export function tokenOf(place: LedgerPlace): string {
  const token = place.token ?? process.env['ACTIVATION_LEDGER_TOKEN'];
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) throw new VerbError('This is no access token: one has neither spaces nor letters beyond ASCII.', EXIT.notAuthorised);
  if (token === undefined) throw new VerbError('A server wants a token: give it with --token, or in ACTIVATION_LEDGER_TOKEN.', EXIT.notAuthorised);
  return token;
}
