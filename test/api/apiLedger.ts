import { Writable } from 'node:stream';
import { pino } from 'pino';
import { openEmbeddedLedger, openLedger, type EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import type { LedgerParts } from '../../src/embedded/ledgerParts.js';
import type { OutsideWorld } from '../../src/embedded/outsideWorld.js';
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
  /** Sends a document by POST with the token; `language` is asked for by `Accept-Language`. `sequence`: what `Ledger-Sequence` says. */
  ask(query: string, variables?: Record<string, unknown>, language?: string): Promise<{ readonly status: number; readonly body: any; readonly sequence: string | null }>;
  /** The same, for documents that must be answered without an error: the data alone. */
  data(query: string, variables?: Record<string, unknown>): Promise<any>;
  /** The same, not answered before queries see that event. */
  dataAtLeast(sequence: number, query: string, variables?: Record<string, unknown>): Promise<any>;
  stop(): Promise<void>;
}

export async function startApi(directory = newDirectory(), port = 0): Promise<ApiLedger> {
  const environment = outsideWorld(OPENED_AT);
  return serveApi(await openEmbeddedLedger({ directory, environment, follow: 'live' }), environment, port);
}

/** A node of a ledger whose log and vault are elsewhere, served likewise. `openedAt`: when its clock begins; nodes' clocks differ. */
export async function startNodeApi(openParts: (environment: OutsideWorld) => Promise<LedgerParts>, openedAt = OPENED_AT): Promise<ApiLedger> {
  const environment = outsideWorld(openedAt);
  return serveApi(await openLedger(() => openParts(environment), { environment, follow: 'live' }), environment, 0);
}

function outsideWorld(openedAt: string): OutsideWorld {
  return { now: steppingClock(openedAt), newId, random, userName: 'tester', programDirectory: undefined };
}

async function serveApi(ledger: EmbeddedLedger, environment: OutsideWorld, port: number): Promise<ApiLedger> {
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
  const post = async (query: string, variables: Record<string, unknown> | undefined, more: Record<string, string>) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token.secret}`, ...more };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return { status: response.status, body: (await response.json()) as any, sequence: response.headers.get('ledger-sequence') };
  };
  const ask: ApiLedger['ask'] = (query, variables, language) => post(query, variables, language === undefined ? {} : { 'accept-language': language });
  return {
    ledger,
    server,
    url,
    token,
    vault,
    logText: () => lines.join(''),
    ask,
    data: async (query, variables) => dataOf(await ask(query, variables)),
    dataAtLeast: async (sequence, query, variables) => dataOf(await post(query, variables, { 'ledger-at-least': String(sequence) })),
    async stop() {
      await server.stop();
      await ledger.close();
    },
  };
}

function dataOf({ body }: { readonly body: any }): any {
  if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors));
  return body.data;
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
