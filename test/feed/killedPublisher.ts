import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { FeedState } from '../../src/feed/feed.js';
import type { FeedSettings } from '../../src/feed/settings.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import type { EventStore } from '../../src/store/port.js';
import { growthOf, LEDGER, undoLater } from './feedFixture.js';

/** A log in a file, which another process can publish. */
export async function logFile(count: number): Promise<{ readonly path: string; readonly store: EventStore }> {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-feed-'));
  const path = join(directory, 'ledger.db');
  const store = openSqliteStore({ path });
  undoLater(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  await growthOf(store, '0000000000fe')(count);
  return { path, store };
}

/** Publishes in a process of its own and kills it once it has reported that sequence; answers with the last report. */
export async function publishUntilKilled(path: string, servers: readonly string[], settings: FeedSettings, killAt: number): Promise<FeedState> {
  const task = JSON.stringify({ path, servers, ledgerId: LEDGER, settings });
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', here('../crash/sourceResolver.ts'), here('./publisher.ts'), task], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let last: FeedState = { state: 'waiting', sequence: 0, lag: 0 };
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.endsWith('}')) continue;
    last = JSON.parse(line) as FeedState;
    if (last.sequence >= killAt || last.state === 'stopped') child.kill('SIGKILL');
  }
  expect(await exit, 'the end of the process').toEqual([null, 'SIGKILL']);
  return last;
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
