import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { rememberRows, ROWS_REMEMBERED_MAX } from '../../src/readmodel/rememberedRows.js';
import { temporaryDirectory } from './support/folding.js';

function writerAndFinders() {
  const path = join(temporaryDirectory(), 'rows.db');
  const writer = new Database(path);
  writer.pragma('journal_mode = WAL');
  writer.exec('CREATE TABLE words (name TEXT PRIMARY KEY, word TEXT)');
  const reader = new Database(path, { readonly: true });
  onTestFinished(() => {
    reader.close();
    writer.close();
  });
  const finderOn = (database: Database.Database) => {
    const select = database.prepare<[string], { word: string }>('SELECT word FROM words WHERE name = ?');
    let asked = 0;
    const find = rememberRows(database, (name) => {
      asked += 1;
      return select.get(name);
    });
    return { find: (name: string) => find(name)?.word, asked: () => asked };
  };
  const write = (name: string, word: string): void => void writer.prepare('INSERT OR REPLACE INTO words VALUES (?, ?)').run(name, word);
  return { reader, write, ofReader: finderOn(reader), ofWriter: finderOn(writer) };
}

test('what was found is looked up once until anything in the file changes', () => {
  const { write, ofReader } = writerAndFinders();
  write('a', 'one');
  expect([ofReader.find('a'), ofReader.find('a'), ofReader.asked()]).toEqual(['one', 'one', 1]);
  write('b', 'two');
  expect([ofReader.find('a'), ofReader.find('b'), ofReader.asked()]).toEqual(['one', 'two', 3]);
  write('a', 'three');
  expect(ofReader.find('a')).toBe('three');
});

test('within a transaction of the reader the answers are of its moment', () => {
  const { reader, write, ofReader } = writerAndFinders();
  write('a', 'one');
  reader.exec('BEGIN');
  expect(ofReader.find('a')).toBe('one');
  write('a', 'two');
  expect(ofReader.find('a')).toBe('one');
  reader.exec('COMMIT');
  expect(ofReader.find('a')).toBe('two');
});

test('what is not there is asked for again', () => {
  const { ofReader } = writerAndFinders();
  expect([ofReader.find('a'), ofReader.find('a'), ofReader.asked()]).toEqual([undefined, undefined, 2]);
});

test('a connection that writes sees what it wrote', () => {
  const { write, ofWriter } = writerAndFinders();
  write('a', 'one');
  expect(ofWriter.find('a')).toBe('one');
  write('a', 'two');
  expect(ofWriter.find('a')).toBe('two');
});

test('no more rows are kept than their bound', () => {
  const { reader } = writerAndFinders();
  let asked = 0;
  const find = rememberRows(reader, (name) => {
    asked += 1;
    return { name };
  });
  for (let number = 0; number < ROWS_REMEMBERED_MAX; number += 1) find(`row ${number}`);
  find('row 0');
  expect(asked).toBe(ROWS_REMEMBERED_MAX);
  find('one more');
  find('row 0');
  expect(asked).toBe(ROWS_REMEMBERED_MAX + 2);
});
