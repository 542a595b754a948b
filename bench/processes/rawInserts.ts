/** The floor of an import: the bytes it wrote, inserted raw into the same tables and indexes. */
import { rmSync } from 'node:fs';
import { openRawLog, openRawReader } from '../floor/rawLog.js';
import { answer, taskOfProcess } from './child.js';

export interface RawInsertsTask {
  /** The log that the import wrote. */
  readonly source: string;
  /** A file to write, removed afterwards. */
  readonly target: string;
  readonly batch: number;
}

/** Rows read between two timed writes: reading is not part of the floor. */
const ROWS_HELD = 25_000;

const task = taskOfProcess<RawInsertsTask>();
for (const suffix of ['', '-wal', '-shm']) rmSync(`${task.target}${suffix}`, { force: true });
const reader = openRawReader(task.source);
const log = openRawLog(task.target);
let events = 0;
let seconds = 0;
for (;;) {
  const rows = reader.read(events, ROWS_HELD);
  if (rows.events.length === 0) break;
  seconds += log.write(rows, task.batch);
  events += rows.events.length;
}
log.close();
reader.close();
for (const suffix of ['', '-wal', '-shm']) rmSync(`${task.target}${suffix}`, { force: true });
answer({ events, seconds });
