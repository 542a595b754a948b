import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Takes the bytes of one file, in order. What it was given may not be changed until the promise settles. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void> | void;
}

/** A file as it was written. */
export interface WrittenFile {
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

export interface FileSink extends Sink {
  write(bytes: Uint8Array): Promise<void>;
  /** Writes what is left, brings it to the disk, and tells what was written. */
  close(): Promise<WrittenFile>;
}

/** Small writes are gathered up to this. */
const GATHERED_BYTES = 262_144;

/** Makes a file that nobody but its owner may read; its folder is made if need be. Rejects with EEXIST where there is one already. */
export async function createFile(path: string): Promise<FileSink> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  const digest = createHash('sha256');
  const gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  let held = 0;
  let bytes = 0;

  const flush = async (): Promise<void> => {
    const length = held;
    held = 0;
    if (length > 0) await file.writeFile(gathered.subarray(0, length));
  };

  return {
    async write(chunk) {
      digest.update(chunk);
      bytes += chunk.length;
      if (held + chunk.length > GATHERED_BYTES) await flush();
      if (chunk.length > GATHERED_BYTES) await file.writeFile(chunk);
      else {
        gathered.set(chunk, held);
        held += chunk.length;
      }
    },
    async close() {
      try {
        await flush();
        await file.sync();
      } finally {
        await file.close();
      }
      return { bytes, sha256: digest.digest('hex') };
    },
  };
}
