import { createReadStream } from 'node:fs';
import { EXPORTS_PATH, type ExportJobs } from '../application/exportPort.js';
import type { ServedPart } from './parts.js';

/** Serves exports to whoever holds a link that has not expired: its signature stands for a token. */
export function exportsPart(jobs: Pick<ExportJobs, 'open'> & { stop(): Promise<void> }): ServedPart {
  return {
    name: 'exports',
    routes(app) {
      app.get<{ Params: { id: string }; Querystring: { expires?: string; signature?: string } }>(`${EXPORTS_PATH}/:id`, async (request, reply) => {
        const { expires = '', signature = '' } = request.query;
        const file = jobs.open(request.params.id, expires, signature);
        if (file === undefined) return reply.code(404).send({ errors: [{ message: 'There is no such export, or the link has expired: ask for another one (export(id) { download { path } }).' }] });
        return reply
          .header('content-type', 'application/octet-stream')
          .header('content-length', file.bytes)
          .header('content-disposition', `attachment; filename="${file.name}"`)
          .header('cache-control', 'no-store')
          .header('referrer-policy', 'no-referrer')
          .send(createReadStream(file.path));
      });
    },
    stop: () => jobs.stop(),
  };
}
