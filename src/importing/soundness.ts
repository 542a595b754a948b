/** What no observation may bring into the ledger, whatever a file holds. */
import type { Observation } from '../domain/observation.js';
import type { RefusalCode } from './refusals.js';

/** Longest text of one field, in characters: an event must stay far below its size limit. */
export const FIELD_CHARACTERS_MAX = 4_096;

/** Why an observation cannot be recorded; undefined when it can. The reason never shows the value. */
export function unsoundness(observation: Observation): { readonly code: RefusalCode; readonly reason: string } | undefined {
  return unsoundValue(observation, '');
}

function unsoundValue(value: unknown, field: string): { code: RefusalCode; reason: string } | undefined {
  if (typeof value === 'string') return unsoundText(value, field);
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return undefined;
    return { code: 'NUMBER_OUT_OF_RANGE', reason: `${field} is not a whole number that can be kept exactly.` };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key in value) {
    const found = unsoundValue((value as Record<string, unknown>)[key], field === '' ? key : `${field}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unsoundText(text: string, field: string): { code: RefusalCode; reason: string } | undefined {
  if (text.length > FIELD_CHARACTERS_MAX) {
    return { code: 'FIELD_TOO_LONG', reason: `${field} has ${text.length} characters; at most ${FIELD_CHARACTERS_MAX} are taken.` };
  }
  if (!text.isWellFormed()) return { code: 'TEXT_NOT_WELL_FORMED', reason: `${field} holds half of a character; export the file again as UTF-8.` };
  return undefined;
}
