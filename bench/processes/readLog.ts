/** The floor of a resumed subscription: the last events of a log, read and parsed in process. */
import { parseEnvelope } from '../../src/kernel/envelope.js';
import { openSqliteStore } from '../../src/store/sqlite/sqliteStore.js';
import { answer, taskOfProcess } from './child.js';

const { path, events } = taskOfProcess<{ path: string; events: number }>();
/** As many as a subscription reads at once. */
const PAGE_EVENTS = 200;

const store = openSqliteStore({ path, readOnly: true });
const { sequence } = await store.head();
let place = await store.bookmarkAt(sequence - events);
const start = performance.now();
let read = 0;
for (;;) {
  const page = await store.readAll(place, PAGE_EVENTS);
  const last = page.at(-1);
  if (last === undefined) break;
  for (const { text } of page) if (parseEnvelope(text).type !== '') read += 1;
  place = last;
}
const rate = read / ((performance.now() - start) / 1_000);
await store.close();
answer({ rate, head: sequence });
