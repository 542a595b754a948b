import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** What a result depends on besides the program. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Runnable processes over the last minute, at the start. */
  readonly load: number;
  readonly fsync: { readonly p50Ms: number; readonly p95Ms: number };
  readonly node: string;
  readonly sqlite: string;
  readonly commit: string;
}

const SYNCS = 400;
const SYNC_BYTES = 4_096;

/** Looks at the machine; the disk is the one under `directory`. */
export function describeEnvironment(directory: string): Environment {
  const [processor] = cpus();
  return {
    cpu: processor?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    fsync: measureSync(directory),
    node: process.version,
    sqlite: sqliteVersion(),
    commit: commitOfTheProgram(),
  };
}

/** A page appended and synced, again and again: what a commit of SQLite costs at least. */
function measureSync(directory: string): Environment['fsync'] {
  const path = join(directory, 'sync-probe');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(SYNC_BYTES);
  const milliseconds: number[] = [];
  try {
    for (let count = 0; count < SYNCS; count += 1) {
      writeSync(file, page);
      const start = performance.now();
      fdatasyncSync(file);
      milliseconds.push(performance.now() - start);
    }
  } finally {
    closeSync(file);
    rmSync(path);
  }
  milliseconds.sort((left, right) => left - right);
  const percentile = (share: number): number => Math.round((milliseconds[Math.floor(SYNCS * share)] ?? 0) * 1_000) / 1_000;
  return { p50Ms: percentile(0.5), p95Ms: percentile(0.95) };
}

function sqliteVersion(): string {
  const database = new Database(':memory:');
  try {
    return database.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? 'unknown';
  } finally {
    database.close();
  }
}

function commitOfTheProgram(): string {
  try {
    const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();
    const changed = execFileSync('git', ['status', '--porcelain', '--untracked-files=no'], { encoding: 'utf8' }).trim() !== '';
    return changed ? `${commit} with changes` : commit;
  } catch {
    // An unpacked archive has no history.
    return 'unknown';
  }
}
