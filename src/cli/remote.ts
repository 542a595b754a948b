import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { START, type Sequence } from '../kernel/identifiers.js';
import type { FileImportEvents, FileImportResult } from '../embedded/importFile.js';
import type { FileImport } from '../embedded/importRequest.js';
import { decodeText } from '../importing/decode.js';
import { askServer, tokenOf } from './ask.js';
import type { LedgerPlace } from './verb.js';
import { byteSize } from './numbers.js';

const IMPORT = /* GraphQL */ `
  mutation Import($input: ImportObservationsInput!) {
    importObservations(input: $input) {
      __typename
      ... on ImportObservationsSuccess {
        sequence
        import { id format recordsRead eventsAppended recordsAlreadyKnown recordsWithoutNews recordsTimeUnclear recordsRefused refusals { record code reason } }
      }
      ... on UserError { code message }
    }
  }
`;

interface ImportAnswer {
  readonly importObservations: {
    readonly sequence?: Sequence;
    readonly import?: {
      readonly id: string;
      readonly format: string;
      readonly recordsRead: number;
      readonly eventsAppended: number;
      readonly recordsAlreadyKnown: number;
      readonly recordsWithoutNews: number;
      readonly recordsTimeUnclear: number;
      readonly recordsRefused: number;
      readonly refusals: readonly { readonly record: number; readonly code: string; readonly reason: string }[];
    } | null;
    readonly code?: string;
    readonly message?: string;
  };
}

/** Largest file sent to a server, in bytes; the API takes no more in one call. */
export const UPLOAD_BYTES_MAX = 8_388_608;

/** Imports one file through a running server. The file's text is sent as UTF-8, whatever its encoding. */
export async function uploadFile(request: FileImport, place: LedgerPlace, newId: () => string, events: FileImportEvents): Promise<FileImportResult> {
  const facts = await stat(request.path).catch(() => undefined);
  if (facts === undefined) return { kind: 'refused', code: 'FILE_MISSING', reason: 'There is no such file.' };
  if (facts.size > UPLOAD_BYTES_MAX) {
    const reason = `It has ${byteSize(facts.size)}; a server takes ${byteSize(UPLOAD_BYTES_MAX)} at once. Stop the server and import into its data directory (--data), or split the file.`;
    return { kind: 'refused', code: 'FILE_TOO_LARGE', reason };
  }
  let content = '';
  const bytes = await readFile(request.path);
  const decoding = decodeText(request.encoding, (text) => {
    content += text;
  });
  const fault = decoding.write(bytes) ?? decoding.end();
  if (fault !== undefined) return { kind: 'refused', code: fault.code, reason: fault.reason };
  events.onStart?.(facts.size);
  const { format, host, timeZone, dateOrder, reason, reasonCode, reasonTicket } = request;
  const input = { commandId: newId(), content, sourceName: basename(request.path), format, host, timeZone, dateOrder, reason, reasonCode, reasonTicket };
  const { importObservations: answer } = await askServer<ImportAnswer>(String(place.url), tokenOf(place), IMPORT, { input });
  if (answer.import === undefined || answer.import === null) {
    return { kind: 'refused', code: answer.code ?? 'NOT_READABLE_YET', reason: answer.message ?? 'It was recorded; the server is rebuilding its read model and tells the account later.' };
  }
  const { id: importId, format: found, refusals, ...counts } = answer.import;
  for (const refusal of refusals) events.onRefused?.({ kind: 'refused', ...refusal });
  events.onProgress?.(facts.size, counts.recordsRead);
  const summary = { importId, ...counts, sequence: answer.sequence ?? START.sequence, refusals: refusals.map((refusal) => ({ kind: 'refused' as const, ...refusal })) };
  return { kind: 'imported', format: found, summary };
}
