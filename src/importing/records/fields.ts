import { KEPT_CHARACTERS_MAX, keptText } from './keptText.js';

/** The named fields of one record, whatever format they come from. */
export interface Fields {
  /** First of these fields that holds something, fit to be kept (`keptText`); undefined without one. */
  text(...names: string[]): string | undefined;
  /** The same as written, for a field that may hold a product key: to be given to `mentionOfKey` alone, never kept. */
  written(...names: string[]): string | undefined;
  /** Name of a field that was asked for and is longer than KEPT_CHARACTERS_MAX; its record is to be refused. */
  overlong(): string | undefined;
}

/** Fields over a look-up by name. Empty fields and SQL Server's `NULL` count as absent. */
export function fieldsOver(lookUp: (name: string) => string | undefined): Fields {
  let overlong: string | undefined;

  function written(...names: string[]): string | undefined {
    for (const name of names) {
      const value = lookUp(name)?.trim();
      if (value === undefined || value === '' || value === 'NULL') continue;
      if (value.length <= KEPT_CHARACTERS_MAX) return value;
      overlong ??= name;
    }
    return undefined;
  }

  return {
    written,
    text: (...names) => keptText(written(...names)),
    overlong: () => overlong,
  };
}

/** How a field that is too long is told. */
export function fieldTooLong(name: string, where = 'The record'): string {
  return `${where}: the field ${name} is longer than ${KEPT_CHARACTERS_MAX} characters.`;
}
