import type Database from 'better-sqlite3';

/** Numbers for texts that repeat: a row then holds a small integer. The table is `(id INTEGER PRIMARY KEY, text TEXT UNIQUE)`. */
export interface Interner {
  /** The number of a text, made on first sight. Call it while folding, never while flushing: numbers must follow the log's order. */
  id(text: string): number;
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
  const insert = database.prepare<[string]>(`INSERT INTO ${table} (text) VALUES (?)`);
  const known = new Map<string, number>();
  return {
    id(text) {
      const remembered = known.get(text);
      if (remembered !== undefined) return remembered;
      const id = select.get(text) ?? Number(insert.run(text).lastInsertRowid);
      if (known.size >= INTERNED_TEXTS_MAX) known.clear();
      known.set(text, id);
      return id;
    },
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
