import { render, type Parameters } from '../domain/messages/message.js';
import { maskProductKeys } from '../importing/productKeys.js';
import { refusalMessage, type RefusalCode } from './messages.js';
import type { RefusedOutcome } from './port.js';

/** Longest free text of one field of a command, in characters: an event must stay far below its size limit. */
export const COMMAND_TEXT_CHARACTERS_MAX = 1_000;

/**
 * The texts a person wrote into a command's fields, as they may be kept: each whole product key in them is masked down to its
 * last five. Refused where one is too long or no text that UTF-8 can hold.
 */
export function acceptTexts<Field extends string>(
  texts: Readonly<Record<Field, string | undefined>>,
): { readonly kind: 'accepted'; readonly texts: Readonly<Record<Field, string | undefined>> } | RefusedOutcome {
  const accepted: Record<string, string | undefined> = {};
  for (const [field, text] of Object.entries<string | undefined>(texts)) {
    if (text !== undefined && text.length > COMMAND_TEXT_CHARACTERS_MAX) {
      return refused('TEXT_TOO_LONG', { field, length: text.length, max: COMMAND_TEXT_CHARACTERS_MAX }, [field]);
    }
    if (text?.isWellFormed() === false) return refused('TEXT_NOT_WELL_FORMED', { field }, [field]);
    accepted[field] = text === undefined ? undefined : maskProductKeys(text);
  }
  return { kind: 'accepted', texts: accepted as Record<Field, string | undefined> };
}

/** A refusal in the words of its code; `path` where other fields are concerned than the code's own. */
export function refused(code: RefusalCode, parameters: Parameters = {}, path?: readonly string[]): RefusedOutcome {
  const message = refusalMessage(code);
  return { kind: 'refused', code, message: render(message, parameters), path: path ?? message.path, rules: [], parameters };
}
