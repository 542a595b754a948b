/** Exports of a server: made one after another, kept in the data directory for a while, and fetched by a link that expires. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORT_LINK_MS_MAX, EXPORTS_PATH, type ExportJob, type ExportJobs, type ExportRequest } from '../application/exportPort.js';
import { refused } from '../application/acceptedText.js';
import type { RefusedOutcome } from '../application/port.js';
import { ExportError } from '../audit/export/bundle.js';
import type { ExportFormat } from '../domain/vocabulary.js';
import type { SubjectId } from '../kernel/identifiers.js';
import type { EmbeddedLedger } from './embeddedLedger.js';
import { resolveFilter } from './exportFilter.js';
import { exportsFolder } from './exportsFolder.js';
import { exportLedger, type CompletedExport, type ExportOrder } from './exportLedger.js';
import { logSealOf } from './logSeal.js';
import type { OutsideWorld } from './outsideWorld.js';

/** How long a file is kept, in milliseconds. */
export const EXPORT_KEPT_MS_MAX = 86_400_000;
/** Exports kept: the oldest goes when another is asked for. */
export const EXPORTS_KEPT_MAX = 20;
/** Exports that wait for their turn, the one under way among them. */
export const EXPORTS_WAITING_MAX = 5;
/** Between two looks for files that were kept long enough. */
const SWEEP_INTERVAL_MS = 60_000;
const LINK_KEY_BYTES = 32;

export interface OwnExportJobs extends ExportJobs {
  /** Cancels what is under way, and removes all files. */
  stop(): Promise<void>;
}

export interface ExportJobsOptions {
  readonly ledger: EmbeddedLedger;
  readonly environment: Pick<OutsideWorld, 'now' | 'random'>;
  readonly version: string;
  readonly onError: (error: unknown) => void;
}

interface Job {
  readonly id: string;
  readonly actor: SubjectId;
  readonly format: ExportFormat;
  readonly requestedAt: number;
  readonly path: string;
  readonly stop: AbortController;
  state: ExportJob['state'];
  done: number;
  total: number;
  failure?: ExportJob['failure'];
  completed?: CompletedExport;
}

const ENDINGS: Readonly<Record<ExportFormat, string>> = { NDJSON: 'ndjson', CSV: 'csv.tar', XLSX: 'xlsx', PARQUET: 'parquet.tar', BUNDLE: 'tar' };

/** Opens the exports of a ledger. What an earlier process kept is removed: nobody has a link to it any more. */
export function openExportJobs({ ledger, environment, version, onError }: ExportJobsOptions): OwnExportJobs {
  const folder = exportsFolder(ledger.directory.path);
  rmSync(folder, { recursive: true, force: true });
  const linkKey = environment.random(LINK_KEY_BYTES);
  const jobs = new Map<string, Job>();
  const now = (): number => Date.parse(environment.now());
  let turn: Promise<void> = Promise.resolve();

  const remove = (job: Job): void => {
    jobs.delete(job.id);
    job.stop.abort();
    rmSync(job.path, { force: true });
  };
  const sweep = (): void => {
    const oldest = now() - EXPORT_KEPT_MS_MAX;
    const over = [...jobs.values()].filter(({ state }) => state !== 'RUNNING');
    for (const [index, job] of over.entries()) if (job.requestedAt < oldest || over.length - index > EXPORTS_KEPT_MAX) remove(job);
  };
  const timer = setInterval(sweep, SWEEP_INTERVAL_MS);
  timer.unref();

  const run = async (job: Job, order: Omit<ExportOrder, 'filter'>, filter: ExportOrder['filter']): Promise<void> => {
    try {
      if (job.stop.signal.aborted) throw new ExportError('CANCELLED', 'The export was cancelled.');
      const seal = await logSealOf(ledger);
      job.completed = await exportLedger(
        { ...order, filter },
        {
          ledger,
          seal,
          now: environment.now,
          version,
          signal: job.stop.signal,
          onProgress: (done, total) => {
            job.done = done;
            job.total = total;
          },
        },
      );
      job.state = 'COMPLETED';
    } catch (error) {
      job.state = job.stop.signal.aborted ? 'CANCELLED' : 'FAILED';
      if (job.state === 'CANCELLED') return;
      const known = error instanceof ExportError;
      if (!known) onError(error);
      job.failure = known ? { code: error.code, message: error.message } : { code: 'INTERNAL', message: 'The export failed; the log of the server says why.' };
    }
  };

  return {
    async request(asked) {
      const known = jobs.get(asked.exportId);
      if (known !== undefined && known.actor === asked.actor) return { kind: 'accepted', job: shown(known) };
      if (known !== undefined) return exportRefused('COMMAND_ID_REUSED', 'This command id was used for another command.', ['commandId']);
      if (asked.reason === undefined || asked.reason.trim() === '') return refused('REASON_REQUIRED', { name: 'requestExport' });
      if ([...jobs.values()].filter(({ state }) => state === 'RUNNING').length >= EXPORTS_WAITING_MAX) return exportRefused('EXPORTS_TOO_MANY', `At most ${EXPORTS_WAITING_MAX} exports wait for their turn; ask again in a while.`, []);
      const filter = filterOf(asked, ledger);
      if ('kind' in filter) return filter;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const { exportId, actor, format, reason, from, to, since, views } = asked;
      const path = join(folder, `${exportId}.${ENDINGS[format]}`);
      const job: Job = { id: exportId, actor, format, requestedAt: now(), path, stop: new AbortController(), state: 'RUNNING', done: 0, total: 0 };
      jobs.set(exportId, job);
      sweep();
      turn = turn.then(() => run(job, { format, out: path, from, to, since, reason, viewFormats: views, exportId, actor }, filter.streams));
      return { kind: 'accepted', job: shown(job) };
    },
    find(id, actor) {
      const job = jobs.get(id);
      return job?.actor === actor ? shown(job) : undefined;
    },
    cancel(id, actor) {
      const job = jobs.get(id);
      if (job?.actor !== actor || job.state !== 'RUNNING') return false;
      job.stop.abort();
      return true;
    },
    link(id, actor) {
      const job = jobs.get(id);
      if (job?.actor !== actor || job.completed === undefined) return undefined;
      const expiresAt = now() + EXPORT_LINK_MS_MAX;
      return { path: `${EXPORTS_PATH}/${id}?expires=${expiresAt}&signature=${signatureOf(linkKey, id, String(expiresAt)).toString('base64url')}`, expiresAt };
    },
    open(id, expires, signature) {
      const job = jobs.get(id);
      const expected = signatureOf(linkKey, id, expires);
      const given = Buffer.from(signature, 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected) || !(Number(expires) > now())) return undefined;
      if (job?.completed === undefined || !existsSync(job.path)) return undefined;
      return { path: job.path, name: `activation-ledger-${id}.${ENDINGS[job.format]}`, bytes: job.completed.bytes };
    },
    async stop() {
      clearInterval(timer);
      for (const job of jobs.values()) job.stop.abort();
      await turn;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function shown({ id, state, format, requestedAt, done, total, failure, completed }: Job): ExportJob {
  const account = completed && { fromSequence: completed.from, toSequence: completed.to, events: completed.events, bytes: completed.bytes, digest: completed.digest, sequence: completed.sequence, keptUntil: requestedAt + EXPORT_KEPT_MS_MAX };
  return { id, state, format, requestedAt, done, total, failure, completed: account };
}

function filterOf({ recordedFrom, recordedTo, hosts, keys, agreements, types }: ExportRequest, ledger: EmbeddedLedger): { readonly streams: ExportOrder['filter'] } | RefusedOutcome {
  try {
    return { streams: resolveFilter({ recordedFrom, recordedTo, hosts, keys, agreements, types }, ledger) };
  } catch (error) {
    if (error instanceof ExportError) return exportRefused(error.code, error.message, []);
    throw error;
  }
}

function exportRefused(code: string, message: string, path: readonly string[]): RefusedOutcome {
  return { kind: 'refused', code, message, path, rules: [] };
}

/** HMAC-SHA-256: who cannot make it has no link. */
function signatureOf(key: Uint8Array, id: string, expires: string): Buffer {
  return createHmac('sha256', key).update(`${id}\n${expires}`).digest();
}
