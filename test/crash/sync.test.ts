import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WriterOptions } from './acknowledgement.js';
import { writerArguments } from './startWriter.js';

// A killed process leaves its writes with the operating system, a power cut does not. So the system calls are looked at.

/** Appends in one traced run. */
const APPENDS = 25;
const isThere = spawnSync('strace', ['-V']).status === 0;
const isPromised = process.env['CI'] === 'true';
if (!isThere && !isPromised) console.log('passed over: strace is not installed, so the syncs before acknowledgements were not looked at');

describe.skipIf(!isThere && !isPromised)('the system calls of a process that appends', () => {
  it('show a sync of the write-ahead log between the write of each event and its acknowledgement', () => {
    const calls = traceWriter({ writers: 1, synchronous: 'FULL' });
    expect(judgeEach(calls)).toEqual(Array.from({ length: APPENDS }, () => 'synced'));
  });

  it('show no acknowledgement while the write-ahead log waits for a sync, when many appends share one', () => {
    const judgements = judgeShared(traceWriter({ writers: 8, synchronous: 'FULL' }));
    expect(judgements).toEqual(Array.from({ length: 8 * APPENDS }, () => 'synced'));
  });

  it('would show it if appends were acknowledged without a sync', () => {
    const calls = traceWriter({ writers: 1, synchronous: 'OFF' });
    expect(judgeEach(calls)).toEqual(Array.from({ length: APPENDS }, () => 'not synced'));
    expect(judgeShared(calls)).toEqual(Array.from({ length: APPENDS }, () => 'not synced'));
  });
});

type Call = 'write' | 'sync' | 'acknowledgement';
type Verdict = 'synced' | 'not synced' | 'not written';

/** What stands between each acknowledgement and the one before it, for a process that makes one append at a time. */
function judgeEach(calls: readonly Call[]): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  let since: Verdict = 'not written';
  for (const call of calls) {
    if (call === 'write') since = 'not synced';
    else if (call === 'sync') since = since === 'not synced' ? 'synced' : since;
    else {
      verdicts.push(since);
      since = 'not written';
    }
  }
  return verdicts;
}

/** Whether all that was written before each acknowledgement was synced before it too. */
function judgeShared(calls: readonly Call[]): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  let state: Verdict = 'not written';
  for (const call of calls) {
    if (call === 'write') state = 'not synced';
    else if (call === 'sync') state = 'synced';
    else verdicts.push(state);
  }
  return verdicts;
}

function traceWriter(options: Pick<WriterOptions, 'writers' | 'synchronous'>): readonly Call[] {
  const directory = mkdtempSync(join(tmpdir(), 'ledger-sync-'));
  try {
    const trace = join(directory, 'trace');
    const path = join(directory, 'ledger.db');
    const writer = writerArguments({ ...options, path, seed: 1, idPrefix: '0'.repeat(12), appends: APPENDS });
    // One file for each thread (-ff), so that no call is split in two; with the path of each descriptor (-y).
    const straceArguments = ['-ff', '-y', '-s', '16', '-e', 'trace=write,pwrite64,fsync,fdatasync', '-o', trace];
    const run = spawnSync('strace', [...straceArguments, process.execPath, ...writer], { encoding: 'utf8' });
    expect(run.status, `strace must be installed and allowed to trace: ${run.error?.message ?? run.stderr}`).toBe(0);
    expect(run.stdout.trim().split('\n')).toHaveLength(options.writers * APPENDS);
    const threads = readdirSync(directory).filter((name) => name.startsWith('trace.'));
    const traces = threads.map((name) => readFileSync(join(directory, name), 'utf8').split('\n').flatMap(callOf));
    return traces.find((calls) => calls.includes('acknowledgement')) ?? [];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function callOf(line: string): readonly Call[] {
  if (/^pwrite64\(\d+<[^>]*-wal>/.test(line)) return ['write'];
  if (/^(fsync|fdatasync)\(\d+<[^>]*-wal>\)\s+= 0/.test(line)) return ['sync'];
  if (/^write\(1<.*\{\\"stream\\"/.test(line)) return ['acknowledgement'];
  return [];
}
