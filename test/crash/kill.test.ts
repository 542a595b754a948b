import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import type { Acknowledgement } from './acknowledgement.js';
import { seededRandom } from './seededRandom.js';
import { writerArguments } from './startWriter.js';
import { verifyLog } from './verifyLog.js';

/** Kills in one run: a few with every test run, many in `npm run test:crash:long`. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 6);
/** Decides when each process is killed; printed, so that a failed run can be repeated. */
const SEED = Number(process.env['CRASH_SEED'] ?? 20_261_122);
const TIMEOUT_MS_PER_ROUND = 20_000;
/** A process is killed after at most so many acknowledgements … */
const ACKNOWLEDGEMENTS_MAX = 60;
/** … and up to so much later, so that the kill falls anywhere within a commit. */
const DELAY_MICROSECONDS_MAX = 4_000;

/** What else must hold for the directory of a log whose writer was killed; called after each kill. */
const FURTHER_CHECKS: readonly ((directory: string) => Promise<void>)[] = [];

describe('a process killed while it appends', () => {
  it(
    `leaves every acknowledged event in the log exactly once, ${ROUNDS} times in a row (CRASH_SEED=${SEED})`,
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'ledger-crash-'));
      try {
        const path = join(directory, 'ledger.db');
        const random = seededRandom(SEED);
        const acknowledged: Acknowledgement[] = [];
        let verified = 0;
        for (let round = 1; round <= ROUNDS; round += 1) {
          const before = acknowledged.length;
          acknowledged.push(...(await appendUntilKilled(path, round, random)));
          expect(acknowledged.length, `acknowledgements of round ${round}`).toBeGreaterThan(before);
          const store = openSqliteStore({ path });
          verified = await verifyLog(store, acknowledged);
          await store.close();
          for (const check of FURTHER_CHECKS) await check(directory);
        }
        console.log(`${ROUNDS} kills, ${acknowledged.length} acknowledged appends, ${verified} events in the log`);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
    ROUNDS * TIMEOUT_MS_PER_ROUND,
  );
});

async function appendUntilKilled(path: string, round: number, random: (below: number) => number): Promise<readonly Acknowledgement[]> {
  const idPrefix = round.toString(16).padStart(12, '0');
  const options = { path, seed: random(2 ** 31), idPrefix, writers: 8, appends: null, synchronous: 'FULL' } as const;
  const writer = spawn(process.execPath, writerArguments(options), { stdio: ['ignore', 'pipe', 'inherit'] });
  const killAfter = 1 + random(ACKNOWLEDGEMENTS_MAX);
  const delay = random(DELAY_MICROSECONDS_MAX) / 1_000;
  const acknowledged: Acknowledgement[] = [];
  const exit = once(writer, 'exit');
  for await (const line of createInterface({ input: writer.stdout })) {
    // The kill may cut the last line short; then the append was acknowledged to nobody.
    if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as Acknowledgement);
    if (acknowledged.length === killAfter) setTimeout(() => writer.kill('SIGKILL'), delay);
  }
  expect(await exit, 'the end of the process').toEqual([null, 'SIGKILL']);
  return acknowledged;
}
