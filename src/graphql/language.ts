import { LANGUAGES, type Language } from '../domain/messages/message.js';

/** Longest `Accept-Language` read, in characters; the rest is not looked at. */
const ACCEPT_LANGUAGE_CHARACTERS_MAX = 1_000;
/** Used where nothing asked for is spoken here. */
export const DEFAULT_LANGUAGE: Language = 'en';

/**
 * The language to answer in: the one most wanted by an `Accept-Language` value (RFC 9110) that texts are kept in. Anything else, and
 * anything that is no such value, is English; a wish for a language never fails a request.
 */
export function languageOf(acceptLanguage: unknown): Language {
  if (typeof acceptLanguage !== 'string') return DEFAULT_LANGUAGE;
  const wishes = acceptLanguage.slice(0, ACCEPT_LANGUAGE_CHARACTERS_MAX).split(',').map(wishOf);
  const spoken = wishes.filter((wish) => wish.language !== undefined && wish.weight > 0);
  // Sorting is stable: of two wishes of the same weight the first one counts.
  return spoken.toSorted((a, b) => b.weight - a.weight)[0]?.language ?? DEFAULT_LANGUAGE;
}

function wishOf(text: string): { readonly language: Language | undefined; readonly weight: number } {
  const match = /^\s*([a-z]{1,8}|\*)(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=([01](?:\.\d{0,3})?)\s*)?$/i.exec(text);
  if (match === null) return { language: undefined, weight: 0 };
  const tag = match[1]?.toLowerCase();
  const language = tag === '*' ? DEFAULT_LANGUAGE : LANGUAGES.find((each) => each === tag);
  return { language, weight: match[2] === undefined ? 1 : Number(match[2]) };
}
