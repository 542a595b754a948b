/** What a parser may keep of its input: bounded, well-formed, and without product keys. */
import type { KeyMention } from '../../domain/observation.js';
import { maskProductKeys, mentionOfKey } from '../productKeys.js';

/** Longest text kept of one field, in UTF-16 units; keeps an event well under its 65,535 bytes. */
export const KEPT_CHARACTERS_MAX = 1024;
/** Longest name of a machine, in characters (RFC 1035: 255 octets). */
const HOST_CHARACTERS_MAX = 255;

/** The text trimmed, keys masked, control characters and runs of blanks made one blank, cut at its bound; undefined where nothing is left. */
export function keptText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const tidy = maskProductKeys(text.replace(/[\s\p{Cc}]+/gu, ' ').trim());
  const kept = tidy.slice(0, KEPT_CHARACTERS_MAX).toWellFormed().trim();
  return kept === '' ? undefined : kept;
}

/** The name of a machine as written; undefined where the text cannot be one. */
export function keptHostName(text: string | undefined): string | undefined {
  const name = keptText(text);
  return name === undefined || name.length > HOST_CHARACTERS_MAX || /[\s\\/,;*"<>|]/.test(name) ? undefined : name;
}

/** What may be kept of a field that holds a key; a last five that its owner has crossed out (`XXXXX`) is none. */
export function keptKey(text: string | undefined, fingerprint: (productKey: string) => string): KeyMention | undefined {
  const mention = text === undefined ? undefined : mentionOfKey(text, fingerprint);
  return mention?.lastFive === 'XXXXX' ? undefined : mention;
}
