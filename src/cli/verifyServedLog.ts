import { HASH_BYTES, leafHash } from '../audit/merkle.js';
import type { Verification } from '../audit/verify/finding.js';
import { verifyLog, type LogLeaf, type LogVerificationOptions } from '../audit/verify/verifyLog.js';
import { parseCheckpointText } from '../audit/checkpoint.js';
import { parseNote } from '../audit/signedNote.js';
import { hashesOfTile, readEntries, TILE_WIDTH, tilePath, tileWidth, type Tile } from '../audit/tiles.js';
import { VerbError } from './failure.js';
import { EXIT_OF_VERDICT } from './verdictExit.js';

/** A server that keeps silent for longer is one that does not answer. */
const ANSWER_MS_MAX = 30_000;

/** Checks the log that a server publishes: with a token all events against their hashes, without one the hashes alone. Throws VerbError where there is no answer to judge. */
export async function verifyServedLog(url: string, token: string | undefined, options: LogVerificationOptions): Promise<Verification> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  // No answer says nothing of the log: a script must not read one of these for "altered".
  const unanswered = (message: string): VerbError => new VerbError(message, EXIT_OF_VERDICT['cannot verify']);
  const get: Get = async (path) => {
    const response = await fetch(`${url.replace(/\/+$/, '')}/log/${path}`, { headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) }).catch((error: unknown) => {
      throw unanswered(`No server answers at ${url}: ${error instanceof Error ? error.message : String(error)}.`);
    });
    if (response.status === 404) return undefined;
    if (response.status === 401) throw unanswered(token === undefined ? 'The server shows its log to nobody without a token: give one with --token.' : 'The server does not accept the token.');
    if (!response.ok) throw unanswered(`The server answered ${response.status} for ${path}.`);
    return Buffer.from(await response.arrayBuffer());
  };
  const note = (await get('checkpoint'))?.toString('utf8');
  const size = parseCheckpointText(parseNote(note ?? '')?.text ?? '')?.size ?? 0;
  return verifyLog(note, leavesOf(get, size, token !== undefined), options);
}

/** Undefined where the server has nothing. */
type Get = (path: string) => Promise<Buffer | undefined>;

/** The tiles that a checkpoint of this size covers; the log ends for us where the server has none. */
async function* leavesOf(get: Get, size: number, withEntries: boolean): AsyncGenerator<readonly LogLeaf[]> {
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const width = tileWidth(0, index, size);
    const hashes = await hashesAt(get, { level: 0, index, width });
    const entries = withEntries ? await entriesAt(get, { level: 'entries', index, width }) : undefined;
    if (hashes === undefined || (withEntries && entries === undefined)) return;
    yield hashes.map((published, at) => {
      if (entries === undefined) return { hash: published };
      const entry = entries[at] ?? NOTHING;
      return { entry, hash: leafHash(entry), published };
    });
  }
}

const NOTHING = Buffer.alloc(0);

/** A tile of another length holds no hash that could be right. */
async function hashesAt(get: Get, tile: Tile): Promise<readonly Uint8Array[] | undefined> {
  const bytes = await get(tilePath(tile));
  return bytes && hashesOfTile(bytes.length === tile.width * HASH_BYTES ? bytes : Buffer.alloc(tile.width * HASH_BYTES), tile.width);
}

/** As many as can be read: a bundle that is cut off, or holds other lengths, lacks the rest. */
async function entriesAt(get: Get, tile: Tile): Promise<readonly Buffer[] | undefined> {
  const bytes = await get(tilePath(tile));
  if (bytes === undefined) return undefined;
  const entries: Buffer[] = [];
  for (const entry of readEntries(bytes)) {
    if (entry === undefined) break;
    entries.push(Buffer.from(entry.buffer, entry.byteOffset, entry.length));
  }
  return entries;
}
