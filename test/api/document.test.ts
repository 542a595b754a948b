import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ASOF_SCAN_HOSTS_MAX } from '../../projections/hostStatus.js';
import { COMMAND_TEXT_CHARACTERS_MAX } from '../../src/application/acceptedText.js';
import { BULK_ITEMS_MAX } from '../../src/application/bulk.js';
import { KMS_PRODUCTS_MAX } from '../../src/application/keyCommands.js';
import { MAC_ADDRESSES_MAX } from '../../src/application/ledgerApplication.js';
import { ENTITLEMENTS_MAX } from '../../src/domain/agreement/decider.js';
import { STATUS_REASONS_MAX } from '../../src/domain/host/whyStatus.js';
import { ORGANISATIONS_MAX, ORGANISATION_LEVELS_MAX } from '../../src/domain/ledger/organisations.js';
import { COUNT_MAX } from '../../src/domain/productKey/counts.js';
import { RESERVATION_HOURS_MAX } from '../../src/domain/productKey/standing.js';
import { ADVICE_KEYS_MAX } from '../../src/graphql/advice/facts.js';
import { WIPED_HOSTS_MAX } from '../../src/graphql/advice/resolver.js';
import { POSITION_PARTS_MAX } from '../../src/graphql/licencePosition/position.js';
import { THRESHOLDS_MAX } from '../../src/graphql/productKey/limitAlerts.js';
import { REFUSALS_KEPT_MAX } from '../../src/application/runImport.js';
import { APPLIED_WAIT_MS_MAX } from '../../src/embedded/readModel.js';
import { FEED_EVENTS_MAX } from '../../src/graphql/event/feed.js';
import { STREAM_EVENTS_MAX } from '../../src/graphql/event/read.js';
import { IMPORT_CONTENT_BYTES_MAX } from '../../src/graphql/import/input.js';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from '../../src/graphql/relay/page.js';
import { RESUME_ELSEWHERE_CODE, UNAUTHENTICATED_CODE } from '../../src/server/closeCodes.js';
import { KEEP_ALIVE_MS } from '../../src/server/eventStream.js';
import * as limits from '../../src/server/limits.js';
import { STOP_WAIT_MS_MAX } from '../../src/server/server.js';
import { TOKEN_BELIEVED_MS_MAX } from '../../src/server/tokenCache.js';
import { CONNECTION_INIT_MS_MAX } from '../../src/server/webSocket.js';
import { kmsCsv } from '../support/embedded.js';
import { importBy, startApi, type ApiLedger } from './apiLedger.js';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

it('names every limit with the number the code has', () => {
  const section = page.slice(page.indexOf('## Limits'));
  const named = [...section.matchAll(/^\| (?<limit>[^|]+) \| (?<most>[\d,]+)/gm)].map(({ groups }) => [groups?.['limit'], Number(groups?.['most']?.replaceAll(',', ''))]);
  expect(Object.fromEntries(named)).toEqual({
    'content of one `importObservations`': IMPORT_CONTENT_BYTES_MAX,
    'HTTP body': limits.HTTP_BODY_BYTES_MAX,
    'WebSocket message': limits.SOCKET_MESSAGE_BYTES_MAX,
    'text of one field of a command': COMMAND_TEXT_CHARACTERS_MAX,
    'items of one call': BULK_ITEMS_MAX,
    'products of one `configureKmsHost`': KMS_PRODUCTS_MAX,
    'hardware addresses of a host': MAC_ADDRESSES_MAX,
    'entitlements of an agreement': ENTITLEMENTS_MAX,
    organisations: ORGANISATIONS_MAX,
    'hours that a reservation counts': RESERVATION_HOURS_MAX,
    'any count': COUNT_MAX,
    'hosts of one `wipeAdvice`': WIPED_HOSTS_MAX,
    'keys that advice chooses from': ADVICE_KEYS_MAX,
    'thresholds of `limitAlerts`': THRESHOLDS_MAX,
    'reasons of a status (`why`)': STATUS_REASONS_MAX,
    'parts of one `licencePosition`': POSITION_PARTS_MAX,
    'rows of a page': PAGE_SIZE_MAX,
    'rows of a page when not told': PAGE_SIZE_DEFAULT,
    'refused records kept with an import': REFUSALS_KEPT_MAX,
    document: limits.DOCUMENT_CHARACTERS_MAX,
    'tokens of a document': limits.DOCUMENT_TOKENS_MAX,
    'nesting of fields': limits.DOCUMENT_DEPTH_MAX,
    'fields of an operation': limits.DOCUMENT_FIELDS_MAX,
    'aliases of an operation': limits.DOCUMENT_ALIASES_MAX,
    'values an operation may ask for': limits.OPERATION_COMPLEXITY_MAX,
    'events folded for `validAt`': STREAM_EVENTS_MAX,
    'hosts scanned for one page of `hosts(asOf:)`': ASOF_SCAN_HOSTS_MAX,
    'events delivered at once': FEED_EVENTS_MAX,
    'WebSocket connections': limits.SOCKETS_MAX,
    'operations of one connection': limits.SOCKET_OPERATIONS_MAX,
    'event streams': limits.EVENT_STREAMS_MAX,
    'time to send `connection_init`': CONNECTION_INIT_MS_MAX,
    'silence of an event stream': KEEP_ALIVE_MS,
    'a valid token is believed for': TOKEN_BELIEVED_MS_MAX,
    'wait for the event of `Ledger-At-Least`': APPLIED_WAIT_MS_MAX,
    'requests under way when the server stops': STOP_WAIT_MS_MAX,
  });
  for (const [name, bound] of Object.entries({ ...limits })) {
    if (typeof bound === 'number') expect(section, name).toContain(` ${bound.toLocaleString('en')}`);
  }
  expect(section).toContain(`on ${ORGANISATION_LEVELS_MAX} levels`);
  expect(page).toContain(`closed with ${RESUME_ELSEWHERE_CODE}`);
  expect(page).toContain(`closed with ${UNAUTHENTICATED_CODE}`);
});

let api: ApiLedger;
let child: ChildProcess | undefined;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  }
  child = undefined;
  await api.stop();
});

/** The page's first block of code in a language, with the address of this test's server. */
function example(language: string): string {
  const block = new RegExp(`\`\`\`${language}\n(?<code>[^]*?)\n\`\`\``).exec(page)?.groups?.['code'] ?? '';
  expect(block).toContain('127.0.0.1:4000');
  return block.replaceAll('127.0.0.1:4000', new URL(api.url).host);
}

/** Runs a program with the token in its environment; resolves each time its output holds a text. */
function run(program: string, args: readonly string[]): (text: string) => Promise<void> {
  const started = spawn(program, args, { env: { ...process.env, TOKEN: api.token.secret }, stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  let output = '';
  let errors = '';
  started.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString('utf8')));
  started.stdout.on('data', (bytes: Buffer) => (output += bytes.toString('utf8')));
  return async (text) => {
    while (!output.includes(text)) {
      if (started.exitCode !== null) throw new Error(`It ended with ${started.exitCode}: ${errors}`);
      await Promise.race([once(started.stdout, 'data'), once(started, 'exit')]);
    }
  };
}

it('shows a client of five lines that follows the ledger and resumes by itself', async () => {
  const code = example('js');
  expect(code.split('\n')).toHaveLength(5);
  const printed = run(process.execPath, ['--input-type=module', '--eval', code]);
  await printed("{ sequence: 1, type: 'LedgerOpened' }");
  const { port } = new URL(api.url);
  const directory = api.ledger.directory.path;
  await api.stop();
  api = await startApi(directory, Number(port));
  const { sequence } = await importBy(api, kmsCsv([1]));
  await printed(`{ sequence: ${sequence}, type: 'ImportFinished' }`);
});

const withCurl = spawnSync('curl', ['--version']).status === 0;
if (!withCurl && process.env['CI'] !== 'true') console.log('Passed over: no curl ("apt-get install curl" on Debian and Ubuntu).');

it.skipIf(!withCurl && process.env['CI'] !== 'true')('shows a line of curl that follows the ledger', async () => {
  const printed = run('sh', ['-c', `exec ${example('sh')}`]);
  await printed('"type":"LedgerOpened"');
  await importBy(api, kmsCsv([1]));
  await printed('"type":"ImportFinished"');
});
