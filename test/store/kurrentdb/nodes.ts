import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from '../../../src/kernel/envelope.js';
import { openKurrentdbStore } from '../../../src/store/kurrentdb/kurrentdbStore.js';
import type { KurrentdbStore, KurrentdbStoreOptions, KurrentdbTiming } from '../../../src/store/kurrentdb/options.js';
import type { AppendResult, EventStore } from '../../../src/store/port.js';
import type { Bookmark } from '../../../src/kernel/identifiers.js';
import { startKurrentdbDouble, type DoubleOptions, type KurrentdbDouble } from '../../support/kurrentdb/double.js';

/** Short enough that a test need not wait, long enough that a busy machine answers within them. */
export const SHORT: KurrentdbTiming = {
  appendAttemptMs: 400,
  appendMs: 4_000,
  readAttemptMs: 2_000,
  readMs: 4_000,
  deliveryMs: 150,
  backoffMs: 10,
  backoffMsMax: 100,
  disposeMs: 200,
};

export const PREFIX = 'acme.';

/** Doubles, and nodes of one ledger on them, closed and removed together. */
export interface Cluster {
  double(options?: DoubleOptions): Promise<KurrentdbDouble>;
  /** A node with an index file of its own, or the one named; its subscription has reached the double. */
  node(double: KurrentdbDouble, options?: Partial<KurrentdbStoreOptions>): Promise<KurrentdbStore>;
  newIndexPath(): string;
  end(): Promise<void>;
}

export function openCluster(): Cluster {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-nodes-'));
  const opened: { close(): Promise<void> }[] = [];
  let files = 0;
  const newIndexPath = (): string => {
    files += 1;
    return join(directory, `kurrentdb-index-${files}.db`);
  };
  return {
    newIndexPath,
    async double(options) {
      const double = await startKurrentdbDouble(options);
      opened.push({ close: () => double.stop() });
      return double;
    },
    async node(double, options) {
      const { connectionString } = double;
      const before = double.subscriptionsReceived();
      const node = await openKurrentdbStore({ connectionString, prefix: PREFIX, indexPath: newIndexPath(), timing: SHORT, ...options });
      opened.push(node);
      // It subscribes when it is open already: a fault that a test sets next must not meet this subscription.
      await until('the subscription of a node', () => double.subscriptionsReceived() > before);
      return node;
    },
    async end() {
      for (const each of opened.toReversed()) await each.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Turns of the event loop that a condition is waited for. */
const TURNS_MAX = 2_000_000;

export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (await isSo()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail(`${what} did not come within ${TURNS_MAX} turns of the event loop`);
}

export function appended(result: AppendResult): readonly StoredEvent[] {
  if (result.kind !== 'appended') assert.fail(`the append came to ${JSON.stringify(result)}`);
  return result.events;
}

/** Events that a subscription delivers until there are so many. */
export async function take(store: Pick<EventStore, 'subscribe'>, after: Bookmark, count: number): Promise<readonly StoredEvent[]> {
  const abort = new AbortController();
  const events: StoredEvent[] = [];
  for await (const batch of store.subscribe(after, { limit: 100, signal: abort.signal })) {
    events.push(...batch);
    if (events.length >= count) abort.abort();
  }
  return events;
}
