import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openReadTurns } from '../../src/readmodel/readTurns.js';
import { temporaryDirectory } from './support/folding.js';

function writerAndReader() {
  const path = join(temporaryDirectory(), 'turns.db');
  const writer = new Database(path);
  writer.pragma('journal_mode = WAL');
  writer.exec('CREATE TABLE numbers (number INTEGER)');
  const reader = new Database(path, { readonly: true });
  const count = reader.prepare('SELECT COUNT(*) FROM numbers').pluck();
  const turns = openReadTurns(reader);
  onTestFinished(() => {
    turns.end();
    reader.close();
    writer.close();
  });
  const write = (): void => void writer.exec('INSERT INTO numbers VALUES (1)');
  const read = (): unknown => {
    turns.begin();
    return count.get();
  };
  return { turns, write, read };
}

test('what is read in one turn of the event loop is of one moment, and the next turn sees what was written', async () => {
  const { write, read } = writerAndReader();
  expect(read()).toBe(0);
  write();
  expect(read()).toBe(0);
  await nextTurn();
  expect(read()).toBe(1);
});

test('a turn ended early reads what was written in it, and ending one that is not begun does nothing', () => {
  const { turns, write, read } = writerAndReader();
  expect(read()).toBe(0);
  write();
  turns.end();
  turns.end();
  expect(read()).toBe(1);
});
