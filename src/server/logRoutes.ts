/** The log as evidence, as a part of a served ledger. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SealedLog } from '../application/sealedLog.js';
import type { Log } from './log.js';
import type { PartHealth, RouteAccess, ServedPart } from './parts.js';

/** Where the log is served as evidence; the prefix of a tiled log (https://c2sp.org/tlog-tiles). */
export const LOG_PATH = '/log';

export interface LogRoutesOptions {
  /** Whether checkpoint, keys and tiles of hashes, which tell how long the log is and nothing of what it says, are served to whoever asks. */
  readonly isPublic: boolean;
}

/** Routes and health of a log that is sealed. Its owner closes it with the ledger: the last checkpoint is made then. */
export function evidencePart(sealedLog: SealedLog & { readonly failed: Promise<Error> }, log: Log, options: LogRoutesOptions): ServedPart {
  void sealedLog.failed.then((error) => log.error({ err: error }, 'the log is not sealed any more'));
  return {
    name: 'evidence',
    health(): PartHealth {
      const fault = sealedLog.fault();
      const status = fault === undefined ? 'ok' : fault.sealing ? 'degraded' : 'failed';
      return { status, sealed: sealedLog.checkpoint()?.sequence ?? 0, fault: fault?.code ?? null };
    },
    routes: (app, access) => serveLog(app, access, sealedLog, options),
    stop: async () => undefined,
  };
}

/** Checkpoints go out of date within seconds, and must be seen to. */
const CACHE_CHECKPOINT = 'no-cache';
const CACHE_YEAR_SECONDS = 31_536_000;
/** What the paths of bundles of entries begin with, below `tile/`. */
const ENTRIES = 'entries/';
const TEXT = 'text/plain; charset=utf-8';
const BYTES = 'application/octet-stream';

/** Adds `/log/`: `checkpoint`, `key`, `tile/…`, and, for whoever has a token, `tile/entries/…` and `proof/<sequence>`. */
function serveLog(app: FastifyInstance, { requireToken }: RouteAccess, log: SealedLog, { isPublic }: LogRoutesOptions): void {
  const guarded = { onRequest: requireToken };
  const open = isPublic ? {} : guarded;
  const cacheable = `${isPublic ? 'public' : 'private'}, max-age=${CACHE_YEAR_SECONDS}, immutable`;

  app.get(`${LOG_PATH}/checkpoint`, open, async (_request, reply) => {
    const checkpoint = log.checkpoint();
    return checkpoint === undefined ? nothing(reply) : send(reply, TEXT, CACHE_CHECKPOINT, checkpoint.note);
  });
  app.get(`${LOG_PATH}/key`, open, async (_request, reply) => send(reply, TEXT, CACHE_CHECKPOINT, log.verifierKeys.map((key) => `${key}\n`).join('')));
  app.get<{ Params: { '*': string } }>(`${LOG_PATH}/tile/*`, open, async (request, reply) => {
    const path = request.params['*'];
    // The router takes `entries%2F000` for a path of this route, and decodes it: entries are read by the guarded one alone.
    const tile = path.startsWith(ENTRIES) ? undefined : await log.tile(`tile/${path}`);
    return tile === undefined ? nothing(reply) : send(reply, BYTES, cacheable, Buffer.from(tile));
  });
  app.get<{ Params: { '*': string } }>(`${LOG_PATH}/tile/${ENTRIES}*`, guarded, async (request, reply) => {
    const bundle = await log.tile(`tile/${ENTRIES}${request.params['*']}`);
    return bundle === undefined ? nothing(reply) : send(reply, BYTES, `private, max-age=${CACHE_YEAR_SECONDS}, immutable`, Buffer.from(bundle));
  });
  app.get(`${LOG_PATH}/proof/:sequence`, guarded, async (request: FastifyRequest<{ Params: { sequence: string } }>, reply) => {
    const { sequence } = request.params;
    const receipt = /^[1-9]\d{0,15}$/.test(sequence) ? await log.receipt(Number(sequence)) : undefined;
    return receipt === undefined ? nothing(reply) : send(reply, TEXT, CACHE_CHECKPOINT, receipt.proof);
  });
}

function send(reply: FastifyReply, type: string, cache: string, content: string | Buffer): FastifyReply {
  return reply.header('content-type', type).header('cache-control', cache).header('x-content-type-options', 'nosniff').send(content);
}

function nothing(reply: FastifyReply): FastifyReply {
  return send(reply.code(404), TEXT, CACHE_CHECKPOINT, 'The log has nothing there, or has not sealed it yet.\n');
}
