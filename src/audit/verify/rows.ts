/** The lines of `events.ndjson`, each with its hash. */
import { createHash, type Hash } from 'node:crypto';
import { leafHash } from '../merkle.js';
import type { BundleFiles } from './bundleFiles.js';

export interface Line {
  /** Without its line feed. Used before the next one is asked for. */
  readonly bytes: Buffer;
  readonly leaf: Uint8Array;
  /** False: the file ended before a line feed. */
  readonly ended: boolean;
}

const LINE_FEED = 0x0a;
/** An event is shorter: what is longer is none. */
const LINE_BYTES_MAX = 65_535;

/** Lines of a file a piece at a time, hashed; `digest` is that of the whole file, when all has been read. */
export function readLines(files: BundleFiles, name: string): { readonly pieces: () => AsyncGenerator<readonly Line[]>; readonly digest: () => string } {
  const digest = createHash('sha256');
  return {
    digest: () => digest.digest('hex'),
    pieces: () => splitLines(digested(files.read(name), digest), lineOf),
  };
}

/** Lines of a file that is known to be sound, a piece at a time: nothing of them is hashed. */
export function readKnownLines(files: BundleFiles, name: string): AsyncGenerator<readonly Buffer[]> {
  return splitLines(files.read(name), (bytes) => bytes);
}

async function* digested(chunks: AsyncIterable<Buffer>, digest: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    digest.update(chunk);
    yield chunk;
  }
}

/** What is longer than an event can be ends its line where the piece ends. */
async function* splitLines<Made>(chunks: AsyncIterable<Buffer>, make: (bytes: Buffer, ended: boolean) => Made): AsyncGenerator<readonly Made[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const lines: Made[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
      lines.push(make(bytes.subarray(from, end), true));
      from = end + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > LINE_BYTES_MAX) {
      lines.push(make(rest, false));
      rest = Buffer.alloc(0);
    }
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [make(rest, false)];
}

/** A line that is too long to be an event has the hash of none. */
function lineOf(bytes: Buffer, ended: boolean): Line {
  return { bytes, ended, leaf: bytes.length > LINE_BYTES_MAX ? new Uint8Array(0) : leafHash(bytes) };
}

/** What the end of a canonical line tells: its members stand in order, and behind `data` and `reason` are none but the envelope's. */
export interface LineFacts {
  readonly recordedAt: string;
  readonly revision: number;
  readonly stream: string;
  readonly type: string;
}

const RECORDED_AT = '"recordedAt":"';
const TAIL = /^"recordedAt":"([^"]{24})","revision":(\d+),"schemaVersion":\d+,(?:"source":\{.*\},)?"stream":"([^"]+)","type":"([^"]+)"\}$/s;

/** Undefined for a line that is not the canonical text of an event. */
export function factsOfLine(bytes: Buffer): LineFacts | undefined {
  const at = bytes.lastIndexOf(RECORDED_AT);
  const [, recordedAt, revision, stream, type] = TAIL.exec(at === -1 ? '' : bytes.toString('utf8', at)) ?? [];
  return recordedAt === undefined || stream === undefined || type === undefined ? undefined : { recordedAt, revision: Number(revision), stream, type };
}
