import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { START } from '../../src/kernel/identifiers.js';
import { READ_EVENTS_MAX } from '../../src/store/port.js';
import { backupDatabase, type BackupProgress } from '../../src/store/sqlite/backup.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { eventMaker } from '../contract/syntheticEvents.js';

describe('a backup', () => {
  const make = eventMaker('000000000002');
  let directory: string;
  let source: string;
  let target: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ledger-backup-'));
    source = join(directory, 'ledger.db');
    target = join(directory, 'copy.db');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('taken under load is the log up to a head no older than its beginning', async () => {
    const store = openSqliteStore({ path: source });
    const grow = () => store.append(make.stream(), 'none', make.events(1).map((event) => ({ ...event, data: { note: 'x'.repeat(20_000) } })));
    await Promise.all(Array.from({ length: 500 }, grow));
    const begun = (await store.head()).sequence;

    const progress: BackupProgress[] = [];
    const state = { running: true };
    const backup = backupDatabase(source, target, (step) => progress.push(step)).finally(() => {
      state.running = false;
    });
    let appended = 0;
    while (state.running) {
      await grow();
      appended += 1;
    }
    await backup;

    const copy = openSqliteStore({ path: target });
    const copied = await copy.readAll(START, READ_EVENTS_MAX);
    expect(copied).toEqual(await store.readAll(START, copied.length));
    expect(copied.length).toBeGreaterThanOrEqual(begun);
    expect(appended, 'appends that went on meanwhile').toBeGreaterThan(1);
    expect(progress.length, 'turns of the event loop taken').toBeGreaterThan(1);
    expect(await copy.append(make.stream(), 'none', make.events(1))).toMatchObject({ kind: 'appended' });
    await copy.close();
    await store.close();
  });

  it('is readable by its owner alone and leaves nothing else behind', async () => {
    const store = openSqliteStore({ path: source });
    await backupDatabase(source, target, () => undefined);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(existsSync(`${target}.partial`)).toBe(false);
    await store.close();
  });

  it('never overwrites a file, and needs one to copy', async () => {
    await expect(backupDatabase(source, target, () => undefined)).rejects.toMatchObject({ code: 'STORE_MISSING' });
    await openSqliteStore({ path: source }).close();
    writeFileSync(target, 'kept');
    await expect(backupDatabase(source, target, () => undefined)).rejects.toMatchObject({ code: 'BACKUP_EXISTS' });
    expect(statSync(target).size).toBe(4);
  });
});
