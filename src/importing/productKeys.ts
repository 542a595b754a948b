/**
 * Product keys must not get past this file: whatever a parser keeps of its input goes through `maskProductKeys`,
 * and a field that holds a key through `mentionOfKey`.
 */
import type { KeyMention } from '../domain/observation.js';

/**
 * A whole product key: five groups of five letters or digits, also where something stands glued to it. Wider than the real alphabet on
 * purpose: nothing key-like is stored.
 */
const WHOLE_KEY = /[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}-([A-Z0-9]{5})/gi;
/** The letters and digits that keys are made of: no vowels, no 0, 1, 5. What is no plain key must at least consist of them, or words and ids would be masked. */
const KEY_CHARACTER = '[BCDFGHJKMNPQRTVWXY2346789]';
/** A key without dashes, or with blanks, dots, underscores or typographic dashes for them. */
const OTHERWISE_WRITTEN_KEY = new RegExp(
  `(?<![A-Z0-9])${KEY_CHARACTER}{5}([\\s._\\u2010-\\u2015\\u2212]?)(?:${KEY_CHARACTER}{5}\\1){3}(${KEY_CHARACTER}{5})(?![A-Z0-9])`,
  'gi',
);
const BROKEN_GROUP = `${KEY_CHARACTER}(?:\\s?${KEY_CHARACTER}){4}`;
/** A key with a blank where a line was broken, or blanks around its dashes. */
const BROKEN_KEY = new RegExp(`(?<![A-Z0-9])${BROKEN_GROUP}(?:\\s?-\\s?${BROKEN_GROUP}){3}\\s?-\\s?(${BROKEN_GROUP})(?![A-Z0-9])`, 'gi');
/** Characters of a whole key without its dashes: nothing shorter holds one. */
const KEY_CHARACTERS = 25;
const KEY_GROUP = new RegExp(`${KEY_CHARACTER}{5}`, 'i');
const WHOLE_KEY_RUN_TOGETHER = new RegExp(`^${KEY_CHARACTER}{25}$`, 'i');
/** Placeholders that tools print in place of the first four groups. */
const PLACEHOLDER_GROUP = /^(?:X{5}|\*{5}|#{5})$/i;
const LAST_FIVE = /^[A-Z0-9]{5}$/;

/** Replaces each whole product key in a text, however it is written, by `*****-…-LAST5`. */
export function maskProductKeys(text: string): string {
  // Every field of every record comes here, and hardly one holds a key: what every key has is looked for before the key itself.
  if (text.length < KEY_CHARACTERS) return text;
  const others = KEY_GROUP.test(text) ? text.replace(OTHERWISE_WRITTEN_KEY, (_, _separator: string, lastFive: string) => masked(lastFive)) : text;
  if (!others.includes('-')) return others;
  const dashed = others.replace(WHOLE_KEY, (_, lastFive: string) => masked(lastFive));
  return /\s/.test(dashed) ? dashed.replace(BROKEN_KEY, (_, lastFive: string) => masked(lastFive)) : dashed;
}

function masked(lastFive: string): string {
  return `*****-*****-*****-*****-${lastFive.replace(/\s/g, '').toUpperCase()}`;
}

/** Upper case, dashes between groups of five: the form fingerprints are computed over. Undefined if it is no whole key. */
export function normaliseProductKey(text: string): string | undefined {
  const compact = text.trim().toUpperCase().replaceAll('-', '');
  if (!/^[A-Z0-9]{25}$/.test(compact)) return undefined;
  if (!text.includes('-') && !WHOLE_KEY_RUN_TOGETHER.test(compact)) return undefined;
  return compact.replace(/(.{5})(?=.)/g, '$1-');
}

/**
 * What may be kept of a field that holds a key, whole (`AAAAA-…`), masked (`XXXXX-XXXXX-XXXXX-XXXXX-T83GX`) or the last five alone.
 * Undefined for anything else.
 */
export function mentionOfKey(text: string, fingerprint: (productKey: string) => string): KeyMention | undefined {
  const trimmed = text.trim().toUpperCase();
  if (LAST_FIVE.test(trimmed)) return { lastFive: trimmed };
  const groups = trimmed.split('-');
  if (groups.length === 5 && groups.slice(0, 4).every((group) => PLACEHOLDER_GROUP.test(group)) && LAST_FIVE.test(groups[4] ?? '')) {
    return { lastFive: groups[4] ?? '' };
  }
  const whole = normaliseProductKey(trimmed);
  return whole === undefined ? undefined : { lastFive: whole.slice(-5), fingerprint: fingerprint(whole) };
}
