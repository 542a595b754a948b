/** One file of many: POSIX ustar. It needs no index at its end, has no limit of 4 GiB, and every system reads it. */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sink } from './fileSink.js';

export interface TarEntry {
  readonly name: string;
  /** Where its bytes begin in the archive. */
  readonly offset: number;
  readonly bytes: number;
}

const BLOCK_BYTES = 512;
const NAME_BYTES_MAX = 100;
/** Sizes up to here are written as octal digits, larger ones in base 256. */
const OCTAL_SIZE_MAX = 8 ** 11 - 1;
const READ_BYTES = 1_048_576;
/** Files of an archive that is read. */
const ENTRIES_MAX = 10_000;

/** Packs files of a directory in the order given. `modifiedAt`: seconds since 1970. */
export async function writeTar(sink: Sink, directory: string, files: readonly { readonly path: string; readonly bytes: number }[], modifiedAt: number): Promise<void> {
  for (const { path, bytes } of files) {
    await sink.write(header(path, bytes, modifiedAt));
    for await (const chunk of createReadStream(join(directory, path), { highWaterMark: READ_BYTES })) await sink.write(chunk as Uint8Array);
    await sink.write(Buffer.alloc(padding(bytes)));
  }
  await sink.write(Buffer.alloc(2 * BLOCK_BYTES));
}

/** The plain files of an archive. Undefined where it is none; what is cut off ends the list. */
export async function readTarEntries(file: FileHandle): Promise<readonly TarEntry[] | undefined> {
  const { size } = await file.stat();
  const entries: TarEntry[] = [];
  const block = Buffer.alloc(BLOCK_BYTES);
  for (let at = 0; at + BLOCK_BYTES <= size && entries.length < ENTRIES_MAX; ) {
    await file.read(block, 0, BLOCK_BYTES, at);
    if (block.every((byte) => byte === 0)) break;
    if (checksum(block) !== Number.parseInt(text(block, 148, 8), 8)) return entries.length === 0 ? undefined : entries;
    const bytes = sizeOf(block);
    const offset = at + BLOCK_BYTES;
    // Tools that unpack and pack again add directories and attributes of their own.
    if (block[156] === 0x30 || block[156] === 0) entries.push({ name: text(block, 0, NAME_BYTES_MAX).replace(/^\.\//, ''), offset, bytes: Math.min(bytes, Math.max(0, size - offset)) });
    at = offset + bytes + padding(bytes);
  }
  return entries;
}

export async function isTar(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    return (await readTarEntries(file)) !== undefined;
  } finally {
    await file.close();
  }
}

function header(name: string, bytes: number, modifiedAt: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) throw new RangeError(`A name in the archive has at most ${NAME_BYTES_MAX} bytes: ${name}`);
  block.write(name, 0);
  block.write('0000600\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  if (bytes <= OCTAL_SIZE_MAX) block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  else {
    block[124] = 0x80;
    block.writeBigUInt64BE(BigInt(bytes), 128);
  }
  block.write(`${modifiedAt.toString(8).padStart(11, '0')}\0`, 136);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Sum of the header's bytes, its own field taken as spaces. */
function checksum(block: Buffer): number {
  return block.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function sizeOf(block: Buffer): number {
  return block[124] === 0x80 ? Number(block.readBigUInt64BE(128)) : Number.parseInt(text(block, 124, 12), 8);
}

function text(block: Buffer, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end).trim();
}

function padding(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
}
