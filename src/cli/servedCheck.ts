import { Worker } from 'node:worker_threads';
import type { Registry } from 'prom-client';
import type { CheckOutcome, CheckTask, FromChecker } from '../embedded/checkTask.js';
import type { EmbeddedLedger } from '../embedded/embeddedLedger.js';
import type { Log } from '../server/log.js';
import { registerGauge } from '../server/metrics.js';
import type { PartHealth, ServedPart } from '../server/parts.js';

export interface ServedCheck {
  readonly part: ServedPart;
  measure(metrics: Registry): void;
}

export interface ServedCheckOptions {
  readonly ledger: EmbeddedLedger;
  readonly programDirectory: URL | undefined;
  /** Between the end of a check and the next one. */
  readonly everyHours: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

const HOUR_MS = 3_600_000;
/** Before the first check: a start has enough to do. */
const FIRST_AFTER_MS = 30_000;

/** Checks log and tree again and again, in a thread of its own; undefined where there is none to check, or no thread to do it in. */
export function startServedCheck({ ledger, programDirectory, everyHours, now, log }: ServedCheckOptions): ServedCheck | undefined {
  const { merkleLog, logPlace } = ledger;
  if (merkleLog === undefined || logPlace === undefined || programDirectory === undefined || everyHours === 0) return undefined;
  const task: CheckTask = { log: logPlace, directory: ledger.directory.treePath, origin: merkleLog.origin, verifierKeys: merkleLog.verifierKeys };
  return scheduleChecks({ everyHours, now, log, after: afterMilliseconds, begin: () => beginInThread(new URL('embedded/checkThread.js', programDirectory), task) });
}

export interface CheckSchedule extends Pick<ServedCheckOptions, 'everyHours' | 'now' | 'log'> {
  /** Does something later, unless the returned function is called before. */
  readonly after: (milliseconds: number, work: () => void) => () => void;
  readonly begin: () => RunningCheck;
}

export interface RunningCheck {
  /** Rejects where the log could not be checked. */
  readonly outcome: Promise<CheckOutcome>;
  /** Leaves it; its outcome may then never come. */
  stop(): Promise<void>;
}

/** The first check soon after the start, each later one so many hours after the end of the one before. */
export function scheduleChecks({ everyHours, now, log, after, begin }: CheckSchedule): ServedCheck {
  let last: { readonly at: number; readonly outcome: CheckOutcome | undefined } | undefined;
  let running: RunningCheck | undefined;
  let stopped = false;

  const ended = (outcome: CheckOutcome | undefined, problem?: unknown): void => {
    running = undefined;
    if (stopped) return;
    last = { at: now(), outcome };
    if (outcome === undefined) log.error({ err: problem }, 'the log could not be checked');
    else if (outcome.findings.length > 0) log.error({ findings: outcome.findings }, 'the log is not as it was written');
    callOff = after(everyHours * HOUR_MS, check);
  };
  const check = (): void => {
    running = begin();
    void running.outcome.then(ended, (problem: unknown) => ended(undefined, problem));
  };
  let callOff = after(FIRST_AFTER_MS, check);
  const ageSeconds = (): number | undefined => last && Math.round((now() - last.at) / 1_000);

  return {
    part: {
      name: 'selfCheck',
      health(): PartHealth {
        if (last === undefined) return { status: 'ok', ageSeconds: null, events: null, findings: null };
        const { outcome } = last;
        const status = outcome === undefined ? 'degraded' : outcome.findings.length > 0 ? 'failed' : 'ok';
        return { status, ageSeconds: ageSeconds() ?? null, events: outcome?.events ?? null, findings: outcome?.findings.length ?? null };
      },
      async stop() {
        stopped = true;
        callOff();
        await running?.stop();
      },
    },
    measure(metrics) {
      registerGauge(metrics, 'self_check_age_seconds', 'Since the log was last checked; -1 before the first time.', () => ageSeconds() ?? -1);
      registerGauge(metrics, 'self_check_findings', 'What the last check found, at most 10; -1 before the first time.', () => last?.outcome?.findings.length ?? -1);
    },
  };
}

function afterMilliseconds(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
}

function beginInThread(entry: URL, task: CheckTask): RunningCheck {
  const thread = new Worker(entry, { workerData: task });
  const outcome = new Promise<CheckOutcome>((resolve, reject) => {
    thread.once('message', (message: FromChecker) => (message.kind === 'checked' ? resolve(message.outcome) : reject(new Error(message.message))));
    thread.once('error', reject);
    // After either of the two this rejects nothing any more.
    thread.once('exit', () => reject(new Error('The thread that checks ended without a word.')));
  });
  return { outcome, stop: async () => void (await thread.terminate()) };
}
