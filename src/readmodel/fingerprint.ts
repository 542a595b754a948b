import { createHash } from 'node:crypto';
import type { Projection } from './definition.js';

/** Changes with the engine's own tables or with what it writes into them. */
export const ENGINE_VERSION = 1;

const FINGERPRINT_HEX_DIGITS = 16;

/** Names the file: another projection, version or table gives another fingerprint, and so a file built anew. */
export function readModelFingerprint(projections: readonly Projection[]): string {
  const parts = projections.map((projection) => `${projection.name}:${definitionHash(projection)}`).toSorted();
  return sha256(JSON.stringify([ENGINE_VERSION, parts])).slice(0, FINGERPRINT_HEX_DIGITS);
}

/** Tells whether the tables of one projection in an older file can be read by today's queries. */
export function definitionHash(projection: Projection): string {
  return sha256(JSON.stringify([projection.name, projection.version, projection.tables]));
}

/** Hexadecimal SHA-256 of a text's UTF-8 bytes. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
