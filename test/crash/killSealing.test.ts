import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { verifyCheckpoint, type Checkpoint } from '../../src/audit/checkpoint.js';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot } from '../../src/audit/frontier.js';
import { leafHash } from '../../src/audit/merkle.js';
import { parseVerifierKey } from '../../src/audit/signedNote.js';
import { logOrigin } from '../../src/audit/origin.js';
import type { EmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { newDirectory, openTestLedger, testEnvironment } from '../support/embedded.js';
import { seededRandom } from './seededRandom.js';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 4);
const SEED = Number(process.env['CRASH_SEED'] ?? 20_261_124);
const TIMEOUT_MS_PER_ROUND = 30_000;
const ACKNOWLEDGEMENTS_MAX = 400;

it(
  `a ledger killed while it seals has signed one root of each size only, and goes on from there, ${ROUNDS} times in a row (CRASH_SEED=${SEED})`,
  async () => {
    const directory = newDirectory();
    const random = seededRandom(SEED);
    const notes: string[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await runUntilKilled(directory, 1 + random(ACKNOWLEDGEMENTS_MAX), random(2 ** 31));
      // Whatever stood there at any moment may be in the hands of others.
      if (existsSync(join(directory, 'log', 'checkpoint'))) notes.push(readFileSync(join(directory, 'log', 'checkpoint'), 'utf8'));
      const ledger = await openTestLedger(directory, testEnvironment());
      await sealAll(ledger);
      notes.push(ledger.merkleLog!.checkpoint()!.note);
      await expectGenuine(ledger, notes);
      await ledger.close();
    }
    expect(notes.length).toBeGreaterThan(ROUNDS);
  },
  ROUNDS * TIMEOUT_MS_PER_ROUND,
);

async function sealAll(ledger: EmbeddedLedger): Promise<void> {
  ledger.merkleLog!.headMoved();
  await ledger.merkleLog!.close();
}

async function expectGenuine(ledger: EmbeddedLedger, notes: readonly string[]): Promise<void> {
  const keys = ledger.merkleLog!.verifierKeys.map((text) => parseVerifierKey(text)!);
  const checkpoints = notes.map((note): Checkpoint => {
    const verdict = verifyCheckpoint(note, keys, logOrigin(ledger.ledgerId));
    if (verdict.kind !== 'verified') throw new Error(`a checkpoint is ${verdict.kind}`);
    return verdict.checkpoint;
  });
  let frontier = EMPTY_FRONTIER;
  for (const { size, root } of checkpoints.toSorted((one, other) => one.size - other.size)) {
    while (frontier.size < size) {
      const events = await ledger.store.readAll(await ledger.store.bookmarkAt(frontier.size), Math.min(1_000, size - frontier.size));
      frontier = extendFrontier(frontier, events.map(({ text }) => leafHash(text)));
    }
    expect(Buffer.from(root).equals(frontierRoot(frontier)), `the root of ${size} events`).toBe(true);
  }
  expect(checkpoints.at(-1)?.size).toBe((await ledger.store.head()).sequence);
}

async function runUntilKilled(directory: string, killAfter: number, seed: number): Promise<void> {
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const args = ['--disable-warning=ExperimentalWarning', '--import', here('./sourceResolver.ts'), here('./ledgerWriter.ts'), JSON.stringify({ directory, seed, writers: 8 })];
  const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(writer, 'exit');
  let lines = 0;
  for await (const _line of createInterface({ input: writer.stdout })) {
    lines += 1;
    if (lines === killAfter) writer.kill('SIGKILL');
  }
  expect(await exit, 'the end of the process').toEqual([null, 'SIGKILL']);
}
