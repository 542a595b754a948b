import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { builtInCatalogue } from '../domain/catalogue/builtIn.js';
import { extendCatalogue, type Catalogue } from '../domain/catalogue/catalogue.js';
import { parseCatalogueFile } from '../importing/catalogueFile.js';

/** The built-in product facts with those of a user's file added or put in their place. Throws an error with code CATALOGUE_REFUSED. */
export async function loadCatalogue(path: string | undefined): Promise<Catalogue> {
  if (path === undefined) return builtInCatalogue;
  const outcome = parseCatalogueFile(await readFile(path, 'utf8'));
  if (outcome.kind === 'ok') return extendCatalogue(builtInCatalogue, outcome.additions);
  throw Object.assign(new Error(`${path} is no catalogue: ${outcome.problems.slice(0, 5).join('; ')}`), { code: 'CATALOGUE_REFUSED' });
}

/** SHA-256 of the user's file, hexadecimal; undefined where there is none. */
export async function catalogueDigest(path: string | undefined): Promise<string | undefined> {
  return path === undefined ? undefined : hash('sha256', await readFile(path), 'hex');
}
