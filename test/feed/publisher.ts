import { setInterval } from 'node:timers/promises';
import { startFeed } from '../../src/feed/feed.js';
import type { FeedSettings } from '../../src/feed/settings.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';

// A process of its own, made to be killed: it publishes a log and says how far it is, nothing else.

const { path, servers, ledgerId, settings } = JSON.parse(process.argv[2] ?? '') as { path: string; servers: string[]; ledgerId: string; settings: FeedSettings };
const REPORT_MS = 5;

const store = openSqliteStore({ path, readOnly: true });
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const feed = startFeed({ servers, store, ledgerId, settings, log, timings: { retryMs: 20 } });
for await (const _ of setInterval(REPORT_MS)) process.stdout.write(`${JSON.stringify(await feed.state())}\n`);
