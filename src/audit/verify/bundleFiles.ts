import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { readTarEntries, type TarEntry } from '../export/tar.js';

/** The files of a bundle, packed or not. */
export interface BundleFiles {
  readonly names: readonly string[];
  /** Undefined where there is no such file. */
  size(name: string): number | undefined;
  /** The bytes, in pieces that are used before the next is asked for. */
  read(name: string): AsyncGenerator<Buffer>;
  /** The whole of a small file. Undefined where there is none, or where it is longer than SMALL_FILE_BYTES_MAX. */
  readSmall(name: string): Promise<Buffer | undefined>;
  /** Bytes from a place on: fewer where the file ends. */
  readAt(name: string, offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Manifest, checkpoints, proofs: what is read at once. */
export const SMALL_FILE_BYTES_MAX = 16 * 1_048_576;
const READ_BYTES = 1_048_576;
const FILES_MAX = 10_000;

/** Opens a directory or an archive. Undefined where the path is neither. */
export async function openBundleFiles(path: string): Promise<BundleFiles | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory() === true) return openDirectory(path);
  if (facts?.isFile() !== true) return undefined;
  const file = await open(path, 'r');
  const entries = await readTarEntries(file);
  if (entries === undefined) {
    await file.close();
    return undefined;
  }
  const places = new Map(entries.map((entry) => [entry.name, entry]));
  return bundleFiles(
    new Map(entries.map(({ name, bytes }) => [name, bytes])),
    async (name, offset, length) => readWithin(file, places.get(name), offset, length),
    () => file.close(),
  );
}

async function openDirectory(root: string): Promise<BundleFiles> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const sizes = new Map<string, number>();
  for (const entry of found.slice(0, FILES_MAX)) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    sizes.set(relative(root, path).split(sep).join('/'), (await stat(path)).size);
  }
  const handles = new Map<string, FileHandle>();
  const handleOf = async (name: string): Promise<FileHandle> => {
    const known = handles.get(name);
    if (known !== undefined) return known;
    const handle = await open(join(root, name), 'r');
    handles.set(name, handle);
    return handle;
  };
  return bundleFiles(
    sizes,
    async (name, offset, length) => {
      const bytes = sizes.get(name);
      return bytes === undefined ? Buffer.alloc(0) : readWithin(await handleOf(name), { name, offset: 0, bytes }, offset, length);
    },
    async () => {
      for (const handle of handles.values()) await handle.close();
    },
  );
}

function bundleFiles(sizes: ReadonlyMap<string, number>, readAt: BundleFiles['readAt'], close: () => Promise<void>): BundleFiles {
  return {
    names: [...sizes.keys()],
    size: (name) => sizes.get(name),
    readAt,
    async *read(name) {
      const size = sizes.get(name) ?? 0;
      for (let at = 0; at < size; at += READ_BYTES) yield await readAt(name, at, READ_BYTES);
    },
    async readSmall(name) {
      const size = sizes.get(name);
      return size === undefined || size > SMALL_FILE_BYTES_MAX ? undefined : readAt(name, 0, size);
    },
    close,
  };
}

async function readWithin(file: FileHandle, entry: TarEntry | undefined, offset: number, length: number): Promise<Buffer> {
  if (entry === undefined) return Buffer.alloc(0);
  const wanted = Math.max(0, Math.min(length, entry.bytes - offset));
  const bytes = Buffer.allocUnsafe(wanted);
  const { bytesRead } = await file.read(bytes, 0, wanted, entry.offset + offset);
  return bytes.subarray(0, bytesRead);
}
