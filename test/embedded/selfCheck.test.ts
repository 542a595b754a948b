import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from 'node:crypto';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkSlowly } from '../../src/embedded/checkTask.js';
import { openEmbeddedLedger } from '../../src/embedded/embeddedLedger.js';
import { checkDirectory, type SelfCheck } from '../../src/embedded/selfCheck.js';
import { openForReading } from '../../src/readmodel/readModelFile.js';
import type { EventId, Revision, StreamId } from '../../src/kernel/identifiers.js';
import { openSqliteSnapshots } from '../../src/store/sqlite/sqliteSnapshots.js';
import { applicationOf, importText, kmsCsv, newDirectory, openTestLedger, testEnvironment } from '../support/embedded.js';
import { seededRandom } from '../crash/seededRandom.js';

/** Flips in each kind of file. */
const FLIPS = 12;
const SEED = 20_261_122;

const environment = testEnvironment();
let sound = '';

/** A synthetic ledger with more than one tile, a reason, a confirmation id, a token, snapshots and two signing keys. */
beforeAll(async () => {
  sound = newDirectory();
  const ledger = await openTestLedger(sound, environment);
  await importText(ledger, environment, kmsCsv(Array.from({ length: 160 }, (_, at) => at)));
  const application = applicationOf(ledger, environment);
  await application.registerHost({ name: 'desk.corp.example' }, { actor: ledger.localActor, reason: 'synthetic ticket 7', correlationId: 'test' });
  await ledger.vault.createToken('auditor');
  await ledger.vault.keepConfirmationId({ productKey: 'productKey-one' as never, activation: 'activation-1' }, '123456'.repeat(8));
  await ledger.readModel.catchUp();
  await ledger.close();
  const snapshots = openSqliteSnapshots(join(sound, 'snapshots.db'));
  const state = JSON.stringify({ synthetic: 'x'.repeat(40_000) });
  snapshots.save('host-synthetic' as StreamId, { decider: 'host', deciderVersion: 1, revision: 0 as Revision, lastEventId: '' as EventId, state, digest: hash('sha256', state, 'hex') });
  snapshots.close();
}, 60_000);

const check = (directory: string): Promise<SelfCheck> => checkDirectory({ directory, environment });

test('a ledger that nobody touched is intact, and the check changes nothing', async () => {
  const directory = copied();
  const before = bytesOf(directory);
  const first = await check(directory);
  expect(first).toEqual({ events: expect.any(Number), findings: [], more: false });
  expect(first.events).toBeGreaterThan(256);
  expect(await check(directory)).toEqual(first);
  for (const [path, bytes] of before) if (!/-(?:wal|shm)$/.test(path)) expect(readFileSync(join(directory, path)).equals(bytes), path).toBe(true);
});

describe('a flipped byte', () => {
  test.each(['log/checkpoint', 'log/head', 'log/tile/0/000', 'log/tile/1/000.p/1', 'log/tile/entries/000', 'vault.db', 'vault.db.digest'])('anywhere in %s is found', async (path) => {
    for (const [directory, at] of flips(path)) expect([at, (await check(directory)).findings.length > 0]).toEqual([at, true]);
  }, 60_000);

  test.each(['unfinished tile', 'unfinished bundle'])('in the %s of the last checkpoint is found', async (kind) => {
    const folder = kind === 'unfinished tile' ? 'log/tile/0/001.p' : 'log/tile/entries/001.p';
    const [width = ''] = readdirSync(join(sound, folder));
    for (const [directory, at] of flips(join(folder, width))) expect([at, (await check(directory)).findings.length > 0]).toEqual([at, true]);
  }, 60_000);

  test.each(['ledger.db', 'the read model', 'snapshots.db'])('in %s is found, or is where nothing stands', async (file) => {
    const path = file === 'the read model' ? readModelFile() : file;
    const before = contentOf(join(sound, path));
    let found = 0;
    for (const [directory, at] of flips(path)) {
      const { findings } = await check(directory);
      if (findings.length > 0) found += 1;
      else expect([at, contentOf(join(directory, path))]).toEqual([at, before]);
    }
    expect(found).toBeGreaterThan(0);
  }, 120_000);
});

describe('in the log, the check finds', () => {
  const changed = async (sql: string): Promise<readonly string[]> => {
    const directory = copied();
    const log = new Database(join(directory, 'ledger.db'));
    log.exec('DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted; PRAGMA foreign_keys = OFF');
    log.exec(sql);
    log.close();
    return (await check(directory)).findings.map(({ code }) => code);
  };

  test('an event whose words were changed with care', async () => {
    const codes = await changed(`UPDATE events SET text = replace(text, '"schemaVersion":1', '"schemaVersion":2') WHERE position = 9`);
    expect(codes).toEqual(expect.arrayContaining(['ROOT_DIFFERS', 'TILE_DIFFERS']));
  });

  test('an event that is written another way', async () => {
    expect(await changed(`UPDATE events SET text = replace(text, '{"actor"', '{ "actor"') WHERE position = 9`)).toContain('NOT_CANONICAL');
  });

  test('the end cut off', async () => {
    expect(await changed('DELETE FROM events WHERE position > 200')).toEqual(expect.arrayContaining(['EVENTS_MISSING']));
  });

  test('an event under another stream', async () => {
    expect(await changed(`UPDATE streams SET name = 'host-another' WHERE name LIKE 'host-%' AND id = (SELECT max(id) FROM streams)`)).toContain('EVENT_MISPLACED');
  });

  test('an event under an id that its command does not give', async () => {
    expect(await changed(`UPDATE events SET id = zeroblob(16) WHERE position = 9`)).toContain('EVENT_MISPLACED');
  });
});

test('rows that no event led to are found', async () => {
  const directory = copied();
  const database = new Database(join(directory, readModelFile()));
  database.exec('DELETE FROM readmodel_clock WHERE sequence = (SELECT max(sequence) FROM readmodel_clock)');
  database.close();
  expect((await check(directory)).findings.map(({ code }) => code)).toEqual(['READ_MODEL_DIFFERS']);
});

test.each([['before', -1], ['behind', 1]] as const)('a read model that says it stands %s where it stands is found', async (_where, by) => {
  const directory = copied();
  const database = new Database(join(directory, readModelFile()));
  expect(database.prepare('UPDATE readmodel_checkpoint SET sequence = sequence + ?').run(by).changes).toBe(1);
  database.close();
  expect((await check(directory)).findings.map(({ code }) => code)).toContain('READ_MODEL_DIFFERS');
});

test('a read model that is behind the log, and right as far as it goes, is intact', async () => {
  const directory = copied();
  const ledger = await openTestLedger(directory, environment);
  const { sequence } = await ledger.store.head();
  await importText(ledger, environment, kmsCsv([801, 802], 900));
  expect((await ledger.store.head()).sequence).toBeGreaterThan(sequence);
  await ledger.close();
  for (const name of readdirSync(directory).filter((each) => each.startsWith('readmodel-'))) rmSync(join(directory, name));
  for (const name of readdirSync(sound).filter((each) => each.startsWith('readmodel-'))) cpSync(join(sound, name), join(directory, name));
  expect((await check(directory)).findings).toEqual([]);
});

function copied(): string {
  const directory = newDirectory();
  cpSync(sound, directory, { recursive: true });
  return directory;
}

/** Copies of the ledger, each with one bit flipped somewhere in the file. */
function* flips(path: string): Generator<readonly [directory: string, at: number]> {
  const random = seededRandom(SEED);
  for (let flip = 0; flip < FLIPS; flip += 1) {
    const directory = copied();
    const file = join(directory, path);
    const bytes = readFileSync(file);
    let at = random(bytes.length);
    // Most of a small database is empty; nothing stands there.
    while (bytes[at] === 0) at = (at + 1) % bytes.length;
    bytes[at] = bytes[at]! ^ (1 << random(8));
    writeFileSync(file, bytes);
    yield [directory, at];
  }
}

function readModelFile(): string {
  return readdirSync(sound).find((name) => /^readmodel-[0-9a-f]+\.db$/.test(name)) ?? '';
}

/** All rows of all tables. */
function contentOf(path: string): unknown {
  const database = openForReading(path);
  try {
    const tables = database.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).pluck().all();
    return tables.map((table) => [table, database.prepare(`SELECT * FROM "${table}"`).all()]);
  } finally {
    database.close();
  }
}

function bytesOf(directory: string): ReadonlyMap<string, Buffer> {
  const paths = readdirSync(directory, { recursive: true }) as string[];
  return new Map(paths.filter((path) => statSync(join(directory, path)).isFile()).map((path) => [path, readFileSync(join(directory, path))]));
}

test('beside a ledger that goes on growing and sealing, the log is checked and found intact, and a damaged tile is found', async () => {
  const directory = copied();
  const outside = testEnvironment();
  const ledger = await openEmbeddedLedger({ directory, environment: { ...outside, newId: environment.newId }, follow: 'live' });
  const { origin, verifierKeys } = ledger.merkleLog!;
  const task = { log: { kind: 'sqlite' as const, path: ledger.directory.logPath }, directory: ledger.directory.treePath, origin, verifierKeys };
  const [outcome] = await Promise.all([checkSlowly(task), importText(ledger, environment, kmsCsv([901, 902, 903], 1_000))]);
  expect(outcome.findings).toEqual([]);
  const tile = join(directory, 'log/tile/0/000');
  const bytes = readFileSync(tile);
  writeFileSync(tile, bytes.with(9, bytes[9]! ^ 4));
  expect((await checkSlowly(task)).findings).toEqual([expect.objectContaining({ code: 'TILE_DIFFERS', place: 'tile/0/000' })]);
  await ledger.close();
});
