import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseEnvelope } from '../../src/kernel/envelope.js';
import type { EventId } from '../../src/kernel/identifiers.js';
import { openForReading } from '../../src/readmodel/readModelFile.js';
import { tableDigests } from '../../src/readmodel/tableDigests.js';
import { newDirectory, openTestLedger, testEnvironment } from '../support/embedded.js';
import { seededRandom } from './seededRandom.js';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 4);
const SEED = Number(process.env['CRASH_SEED'] ?? 20_261_123);
const TIMEOUT_MS_PER_ROUND = 30_000;
const ACKNOWLEDGEMENTS_MAX = 150;

it(
  `a ledger killed under load keeps what it acknowledged, and its read model goes on to equal a rebuild, ${ROUNDS} times in a row (CRASH_SEED=${SEED})`,
  async () => {
    const directory = newDirectory();
    const random = seededRandom(SEED);
    const acknowledged = new Set<EventId>();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = acknowledged.size;
      for (const id of await observeUntilKilled(directory, random)) acknowledged.add(id);
      expect(acknowledged.size, `events acknowledged in round ${round}`).toBeGreaterThan(before);

      const ledger = await openTestLedger(directory, testEnvironment());
      await expectWhole(ledger, acknowledged);
      await ledger.close();
      const rebuilt = newDirectory();
      for (const file of ['ledger.db', 'vault.db']) cpSync(join(directory, file), join(rebuilt, file), { recursive: true });
      await (await openTestLedger(rebuilt, testEnvironment())).close();
      expect(digests(directory)).toEqual(digests(rebuilt));
    }
    console.log(`${ROUNDS} kills, ${acknowledged.size} acknowledged events`);
  },
  ROUNDS * TIMEOUT_MS_PER_ROUND,
);

async function expectWhole(ledger: Awaited<ReturnType<typeof openTestLedger>>, acknowledged: ReadonlySet<EventId>): Promise<void> {
  const revisions = new Map<string, number>();
  const missing = new Set(acknowledged);
  const seen = new Set<EventId>();
  const { sequence: head } = await ledger.store.head();
  for (let after = 0; after < head; after += 10_000) {
    for (const event of await ledger.store.readAll(await ledger.store.bookmarkAt(after), 10_000)) {
      expect(seen.has(event.id), `${event.id} stands twice`).toBe(false);
      seen.add(event.id);
      missing.delete(event.id);
      const last = revisions.get(event.stream) ?? -1;
      if (event.revision !== last + 1) throw new Error(`${event.stream} goes from revision ${last} to ${event.revision}`);
      if (parseEnvelope(event.text).id !== event.id) throw new Error(`event ${event.sequence} is not what it is called`);
      revisions.set(event.stream, event.revision);
    }
  }
  expect([...missing]).toEqual([]);
}

function digests(directory: string): ReadonlyMap<string, string> {
  const [file, ...others] = readdirSync(directory).filter((name) => /^readmodel-[0-9a-f]+\.db$/.test(name));
  if (file === undefined || others.length > 0) throw new Error(`expected one read model in ${directory}`);
  const database = openForReading(join(directory, file));
  try {
    return tableDigests(database);
  } finally {
    database.close();
  }
}

async function observeUntilKilled(directory: string, random: (below: number) => number): Promise<readonly EventId[]> {
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const options = JSON.stringify({ directory, seed: random(2 ** 31), writers: 8 });
  const args = ['--disable-warning=ExperimentalWarning', '--import', here('./sourceResolver.ts'), here('./ledgerWriter.ts'), options];
  const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const killAfter = 1 + random(ACKNOWLEDGEMENTS_MAX);
  const ids: EventId[] = [];
  const exit = once(writer, 'exit');
  let lines = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    // The kill may cut the last line short; then it was acknowledged to nobody.
    if (line.endsWith(']')) ids.push(...(JSON.parse(line) as EventId[]));
    lines += 1;
    if (lines === killAfter) writer.kill('SIGKILL');
  }
  expect(await exit, 'the end of the process').toEqual([null, 'SIGKILL']);
  return ids;
}
