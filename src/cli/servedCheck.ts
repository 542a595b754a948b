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
  let last: { readonly at: number; readonly outcome: CheckOutcome | undefined } | undefined;
  let thread: Worker | undefined;

  const ended = (outcome: CheckOutcome | undefined, problem: unknown): void => {
    last = { at: now(), outcome };
    if (outcome === undefined) log.error({ err: problem }, 'the log could not be checked');
    else if (outcome.findings.length > 0) log.error({ findings: outcome.findings }, 'the log is not as it was written');
    timer = setTimeout(check, everyHours * HOUR_MS);
  };
  const check = (): void => {
    thread = new Worker(new URL('embedded/checkThread.js', programDirectory), { workerData: task });
    thread.once('message', (message: FromChecker) => (message.kind === 'checked' ? ended(message.outcome, undefined) : ended(undefined, message.message)));
    thread.once('error', (error) => ended(undefined, error));
  };
  let timer = setTimeout(check, FIRST_AFTER_MS);
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
        clearTimeout(timer);
        await thread?.terminate();
      },
    },
    measure(metrics) {
      registerGauge(metrics, 'self_check_age_seconds', 'Since the log was last checked; -1 before the first time.', () => ageSeconds() ?? -1);
      registerGauge(metrics, 'self_check_findings', 'What the last check found, at most 10; -1 before the first time.', () => last?.outcome?.findings.length ?? -1);
    },
  };
}
