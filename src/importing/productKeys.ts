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
/** The same without its dashes. */
const WHOLE_KEY_RUN_TOGETHER = /^[BCDFGHJKMNPQRTVWXY2346789]{25}$/i;
/** Placeholders that tools print in place of the first four groups. */
const PLACEHOLDER_GROUP = /^(?:X{5}|\*{5}|#{5})$/i;
const LAST_FIVE = /^[A-Z0-9]{5}$/;

/** Replaces each whole product key in a text by `*****-…-LAST5`. */
export function maskProductKeys(text: string): string {
  // Most texts hold no key: one cheap scan for four dashes' worth of shape is all they cost.
  return text.includes('-') ? text.replace(WHOLE_KEY, (_, lastFive: string) => `*****-*****-*****-*****-${lastFive.toUpperCase()}`) : text;
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
