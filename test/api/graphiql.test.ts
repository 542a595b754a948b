import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kmsCsv } from '../support/embedded.js';
import { importBy, startApi, type ApiLedger } from './apiLedger.js';

const CHROMIUM = '/usr/bin/chromium';
const present = existsSync(CHROMIUM);
if (!present) {
  const message = `No ${CHROMIUM}: the tests of the page want it ("apt-get install chromium" on Debian and Ubuntu).`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.log(`Passed over: ${message}`);
}

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

describe.skipIf(!present)('the GraphiQL page', { timeout: 60_000 }, () => {
  let browser: Browser;
  let api: ApiLedger;
  let page: Page;
  /** Every address the page asked for, and what it wrote to the console as an error. */
  let asked: string[];
  let complaints: string[];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    api = await startApi();
    await importBy(api, kmsCsv([1, 2, 3]));
    asked = [];
    complaints = [];
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.route('**', (route) => {
      asked.push(route.request().url());
      return route.request().url().startsWith(api.server.address) ? route.continue() : route.abort();
    });
    page.on('websocket', (socket) => asked.push(socket.url().replace(/^ws/, 'http')));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterEach(async () => {
    await page.close();
    await api.stop();
  });

  const signIn = async (token: string): Promise<void> => {
    await page.goto(api.url);
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const answered = (text: string): Promise<void> => page.locator('.graphiql-response', { hasText: text }).waitFor();
  const execute = (): Promise<void> => page.getByRole('button', { name: 'Execute' }).click();

  it('loads from its own server alone, and shows and asks nothing without a token', async () => {
    await page.goto(api.url);
    await page.getByLabel('Access token').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.title()).toBe('Activation Ledger');
    expect(await page.locator('#root').innerHTML()).toBe('');
    const files = asked.map((address) => address.replace(api.url, '')).sort();
    expect(files).toEqual(['', '/page/graphiql.css', '/page/graphiql.js', '/page/page.css', '/page/page.js']);
    expect(complaints).toEqual([]);
  });

  it('says that a token is not valid, and shows nothing', async () => {
    await signIn('no-token');
    await page.getByText('This token is not valid.').waitFor();
    expect(await page.locator('#root').innerHTML()).toBe('');
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('answers a query with the token, follows the ledger over its socket, and asks no other server', async () => {
    await signIn(api.token.secret);
    await page.getByText('Signed in · 9 events').waitFor();
    await execute();
    await answered('Windows 10 Enterprise');
    if (process.env['SCREENSHOT'] !== undefined) await page.screenshot({ path: process.env['SCREENSHOT'] });

    // A link to a document, as the editor keeps it in the address: it opens signed in, as a reload does.
    const head = (await api.ledger.store.head()).sequence;
    await page.goto(`${api.url}?query=${encodeURIComponent(`subscription { ledgerEvents(after: ${head}) { events { type } } }`)}`);
    const connected = page.waitForEvent('websocket');
    await execute();
    await connected;
    await api.data('mutation { registerHost(input: { name: "pc77" }) { __typename } }');
    await answered('HostRegistered');

    expect(asked.filter((address) => !address.startsWith(api.server.address))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').waitFor();
    expect(await page.locator('#root').innerHTML()).toBe('');
  });
});
