import { leafHash } from '../audit/merkle.js';
import type { Verification } from '../audit/verify/finding.js';
import { verifyLog, type LogLeaf, type LogVerificationOptions } from '../audit/verify/verifyLog.js';
import { parseCheckpointText } from '../audit/checkpoint.js';
import { parseNote } from '../audit/signedNote.js';
import { decodeEntries, hashesOfTile, TILE_WIDTH, tilePath, tileWidth } from '../audit/tiles.js';
import { VerbError } from './failure.js';

/** Checks the log that a server publishes: with a token all events, without one their hashes. */
export async function verifyServedLog(url: string, token: string | undefined, options: LogVerificationOptions): Promise<Verification> {
  const base = new URL('/log/', url);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const get = async (path: string): Promise<Buffer | undefined> => {
    const response = await fetch(new URL(path, base), { headers }).catch((error: unknown) => {
      throw new VerbError(`No server answers at ${base.origin}: ${error instanceof Error ? error.message : String(error)}.`);
    });
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  };
  const note = (await get('checkpoint'))?.toString('utf8');
  const size = parseCheckpointText(parseNote(note ?? '')?.text ?? '')?.size ?? 0;
  return verifyLog(note, leavesOf(get, size, token !== undefined), options);
}

/** The tiles that a checkpoint of this size covers; the log ends for us where the server has none. */
async function* leavesOf(get: (path: string) => Promise<Buffer | undefined>, size: number, withEntries: boolean): AsyncGenerator<readonly LogLeaf[]> {
  const level = withEntries ? 'entries' : 0;
  for (let index = 0; index * TILE_WIDTH < size; index += 1) {
    const width = tileWidth(level, index, size);
    const bytes = await get(tilePath({ level, index, width }));
    if (bytes === undefined) return;
    yield withEntries ? decodeEntries(bytes).map((entry) => ({ entry: Buffer.from(entry), hash: leafHash(entry) })) : hashesOfTile(bytes, width).map((hash) => ({ hash }));
  }
}
