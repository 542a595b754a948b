import { Writable } from 'node:stream';
import { pino } from 'pino';
import { openEmbeddedLedger, type EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { servicesOf } from '../../src/embedded/services.js';
import { buildLedgerSchema } from '../../src/graphql/schema.js';
import type { Vault } from '../../src/vault/port.js';
import { GRAPHQL_PATH, startServer, type RunningServer } from '../../src/server/server.js';
import { rememberTokens } from '../../src/server/tokenCache.js';
import { countingCommandIds, countingRandom, steppingClock } from '../support/deterministic.js';
import { newDirectory } from '../support/embedded.js';

/** When the ledgers of these tests are opened; their clock moves one second at each look. */
export const OPENED_AT = '2026-04-01T00:00:00.000Z';
export const TOKEN_OWNER = 'Ada Example';

const schema = buildLedgerSchema();
// Of all ledgers of one file, since one that is opened again must not repeat an id.
const newId = countingCommandIds();
const random = countingRandom();

/** A real ledger in a directory of its own, served on a free port as `serve` does, with a token. */
export interface ApiLedger {
  readonly ledger: EmbeddedLedger;
  readonly server: RunningServer;
  /** Where GraphQL is served. */
  readonly url: string;
  readonly token: { readonly tokenId: string; readonly secret: string };
  /** The vault as the server has it: a revocation through it takes effect at once. */
  readonly vault: Vault;
  /** Everything the server logged, at every level. */
  logText(): string;
  /** Sends a document by POST with the token; `language` is asked for by `Accept-Language`. */
  ask(query: string, variables?: Record<string, unknown>, language?: string): Promise<{ readonly status: number; readonly body: any }>;
  /** The same, for documents that must be answered without an error: the data alone. */
  data(query: string, variables?: Record<string, unknown>): Promise<any>;
  stop(): Promise<void>;
}

export async function startApi(directory = newDirectory(), port = 0): Promise<ApiLedger> {
  const environment = { now: steppingClock(OPENED_AT), newId, random, userName: 'tester', programDirectory: undefined };
  const ledger = await openEmbeddedLedger({ directory, environment, follow: 'live' });
  const lines: string[] = [];
  const log = pino(
    { level: 'trace' },
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString('utf8'));
        done();
      },
    }),
  );
  const token = await ledger.vault.createToken(TOKEN_OWNER);
  const vault = rememberTokens(ledger.vault, () => 0);
  const server = await startServer({ schema, services: servicesOf(ledger, environment, '0.0.0-test'), vault, log }, { port });
  const url = `${server.address}${GRAPHQL_PATH}`;
  const ask: ApiLedger['ask'] = async (query, variables, language) => {
    const wish = language === undefined ? {} : { 'accept-language': language };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token.secret}`, ...wish };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return { status: response.status, body: await response.json() };
  };
  return {
    ledger,
    server,
    url,
    token,
    vault,
    logText: () => lines.join(''),
    ask,
    async data(query, variables) {
      const { body } = await ask(query, variables);
      if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
      return body.data;
    },
    async stop() {
      await server.stop();
      await ledger.close();
    },
  };
}

const IMPORT = /* GraphQL */ `
  mutation Import($input: ImportObservationsInput!) {
    importObservations(input: $input) {
      __typename
      ... on UserError { code message path }
      ... on ImportObservationsSuccess {
        sequence
        applied
        import { id state format recordsRead eventsAppended recordsAlreadyKnown recordsWithoutNews recordsRefused refusals { record code } }
      }
    }
  }
`;

/** Imports a text by the mutation. */
export async function importBy(api: ApiLedger, content: string, input: Record<string, unknown> = {}): Promise<any> {
  return (await api.data(IMPORT, { input: { content, ...input } })).importObservations;
}
