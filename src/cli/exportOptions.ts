import { readFile } from 'node:fs/promises';
import type { ViewFormat } from '../audit/export/bundle.js';
import { VerbError } from './failure.js';
import type { LedgerPlace } from './verb.js';

/** The words of `export`. */
export interface ExportOptions extends LedgerPlace {
  readonly out: string;
  readonly format: string;
  readonly from?: string;
  readonly to?: string;
  readonly host?: readonly string[];
  readonly key?: readonly string[];
  readonly agreement?: readonly string[];
  readonly type?: readonly string[];
  readonly reason: string;
  readonly since?: string;
  readonly views?: readonly ViewFormat[];
}

/** Where an export begins and ends: sequences, or times of recording. */
export interface ExportBounds {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly recordedFrom?: string | undefined;
  readonly recordedTo?: string | undefined;
}

/** The text of the checkpoint that an export goes on from. */
export async function earlierCheckpoint(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  return readFile(path, 'utf8').catch(() => {
    throw new VerbError(`The earlier checkpoint ${path} cannot be read.`);
  });
}
