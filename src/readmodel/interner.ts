import type Database from 'better-sqlite3';
import { openRowBuffer } from './rowBuffer.js';

/** Numbers for texts that repeat: a row then holds a small integer. The table is `(id INTEGER PRIMARY KEY, text TEXT UNIQUE)`. */
export interface Interner {
  /** The number of a text, made on first sight. Call it while folding, never while flushing: numbers must follow the log's order. */
  id(text: string): number;
  /** Writes the new texts; call it before each commit. */
  flush(): void;
}

export interface InternedTexts {
  text(id: number): string;
  find(text: string): number | undefined;
}

/** Texts remembered at once; when there are more, the memory starts again empty. */
const INTERNED_TEXTS_MAX = 200_000;

/** DDL of an interner's table. */
export function internerTable(table: string): string {
  return `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT`;
}

export function openInterner(database: Database.Database, table: string): Interner {
  const select = database.prepare<[string], number>(`SELECT id FROM ${table} WHERE text = ?`).pluck();
  const added = openRowBuffer<[id: number, text: string]>(database, { insert: `INSERT INTO ${table}`, columns: ['id', 'text'] });
  const known = new Map<string, number>();
  let lastId = database.prepare<[], number | null>(`SELECT MAX(id) FROM ${table}`).pluck().get() ?? 0;
  // While everything in the table is remembered, a text that is not cannot be there: a build from nothing looks up none of its new texts.
  let remembersAll = lastId === 0;

  const remember = (text: string, id: number): number => {
    if (known.size >= INTERNED_TEXTS_MAX) {
      // What is forgotten must be found in the table.
      added.flush();
      known.clear();
      remembersAll = false;
    }
    known.set(text, id);
    return id;
  };

  return {
    id(text) {
      const remembered = known.get(text);
      if (remembered !== undefined) return remembered;
      const found = remembersAll ? undefined : select.get(text);
      if (found !== undefined) return remember(text, found);
      lastId += 1;
      added.add([lastId, text]);
      return remember(text, lastId);
    },
    flush: () => added.flush(),
  };
}

export function openInternedTexts(database: Database.Database, table: string): InternedTexts {
  const select = database.prepare<[number], string>(`SELECT text FROM ${table} WHERE id = ?`).pluck();
  const find = database.prepare<[string], number>(`SELECT id FROM ${table} WHERE text = ?`).pluck();
  const known = new Map<number, string>();
  return {
    text(id) {
      const remembered = known.get(id);
      if (remembered !== undefined) return remembered;
      const text = select.get(id);
      if (text === undefined) throw new Error(`No text ${id} in ${table}`);
      if (known.size >= INTERNED_TEXTS_MAX) known.clear();
      known.set(id, text);
      return text;
    },
    find: (text) => find.get(text),
  };
}
