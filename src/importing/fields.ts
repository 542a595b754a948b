import { maskProductKeys } from './productKeys.js';

/** Longest text of a field that is kept, in characters: an event must fit 65,535 bytes. */
export const FIELD_CHARACTERS_MAX = 1024;

/** The named fields of one record, whatever format they come from. */
export interface Fields {
  /** First of these fields that holds something, fit to be kept (`keepable`); undefined without one. */
  text(...names: string[]): string | undefined;
  /** The same as written, for a field that may hold a product key: to be given to `mentionOfKey` alone, never kept. */
  written(...names: string[]): string | undefined;
  /** Name of a field that was asked for and is longer than FIELD_CHARACTERS_MAX; its record is to be refused. */
  overlong(): string | undefined;
}

/** Fields over a look-up by name. Empty fields and SQL Server's `NULL` count as absent. */
export function fieldsOver(lookUp: (name: string) => string | undefined): Fields {
  let overlong: string | undefined;

  function written(...names: string[]): string | undefined {
    for (const name of names) {
      const value = lookUp(name)?.trim();
      if (value === undefined || value === '' || value === 'NULL') continue;
      if (value.length <= FIELD_CHARACTERS_MAX) return value;
      overlong ??= name;
    }
    return undefined;
  }

  return {
    written,
    text(...names) {
      const value = written(...names);
      return value === undefined ? undefined : keepable(value);
    },
    overlong: () => overlong,
  };
}

/**
 * A text fit to be kept: well-formed Unicode (what is stored and hashed is UTF-8), control characters as blanks, product keys masked.
 * Undefined if nothing is left.
 */
export function keepable(text: string): string | undefined {
  const blank = text.toWellFormed().replace(/\p{Cc}+/gu, ' ').trim();
  return blank === '' ? undefined : maskProductKeys(blank);
}
