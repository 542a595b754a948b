import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { beforeAll, expect, test } from 'vitest';
import { scheduleChecks, startServedCheck, type ServedCheck } from '../../src/cli/servedCheck.js';
import { checkSlowly, type CheckOutcome, type CheckTask } from '../../src/embedded/checkTask.js';
import { healthOf } from '../../src/server/parts.js';
import { importText, kmsCsv, newDirectory, openTestLedger, testEnvironment } from '../support/embedded.js';

const HOUR_MS = 3_600_000;
const EVENTS_PER_TILE = 256;

let task: CheckTask;
let tile: string;

/** A synthetic ledger of more than one tile, sealed. */
beforeAll(async () => {
  const environment = testEnvironment();
  const directory = newDirectory();
  const ledger = await openTestLedger(directory, environment);
  await importText(ledger, environment, kmsCsv(Array.from({ length: 160 }, (_, at) => at)));
  const { logPlace, merkleLog } = ledger;
  if (logPlace === undefined || merkleLog === undefined) throw new Error('The ledger of the test has no log to check.');
  task = { log: logPlace, directory: ledger.directory.treePath, origin: merkleLog.origin, verifierKeys: merkleLog.verifierKeys };
  tile = join(ledger.directory.treePath, 'tile', '0', '000');
  // There is no built program here that a thread could be of, and nobody asked for a check.
  const options = { ledger, now: () => 0, log: silent() };
  expect(startServedCheck({ ...options, programDirectory: undefined, everyHours: 24 })).toBeUndefined();
  expect(startServedCheck({ ...options, programDirectory: new URL('file:///nowhere/'), everyHours: 0 })).toBeUndefined();
  await ledger.close();
}, 60_000);

function silent(): { info(): void; warn(): void; error(fields: object, message: string): void; readonly errors: [object, string][] } {
  const errors: [object, string][] = [];
  return { errors, info: () => undefined, warn: () => undefined, error: (fields, message) => void errors.push([fields, message]) };
}

/** A schedule whose clock and timer are the test's. */
function scheduled(begin: () => Promise<CheckOutcome>) {
  const log = silent();
  const waiting: { at: number; work: () => void }[] = [];
  let now = 0;
  let current: Promise<unknown> = Promise.resolve();
  let left = 0;
  const check = scheduleChecks({
    everyHours: 24,
    now: () => now,
    log,
    after(milliseconds, work) {
      const entry = { at: now + milliseconds, work };
      waiting.push(entry);
      return () => void waiting.splice(waiting.indexOf(entry), waiting.includes(entry) ? 1 : 0);
    },
    begin() {
      const outcome = begin();
      current = outcome.catch(() => undefined);
      return { outcome, stop: async () => void (left += 1) };
    },
  });
  return {
    check,
    log,
    /** When what is waited for is due. */
    due: () => waiting.map(({ at }) => at),
    stopped: () => left,
    begin() {
      const [next] = waiting.splice(0, 1);
      if (next === undefined) throw new Error('Nothing is waited for.');
      now = next.at;
      next.work();
    },
    /** Lets a moment pass, at the end of which the check has ended. */
    async end(milliseconds: number) {
      now += milliseconds;
      await current;
      await Promise.resolve();
    },
    pass(milliseconds: number) {
      now += milliseconds;
    },
  };
}

const health = ({ part }: ServedCheck): unknown => part.health?.();

async function gauges(check: ServedCheck): Promise<readonly [age: number, findings: number]> {
  const metrics = new Registry();
  check.measure(metrics);
  const text = await metrics.metrics();
  const value = (name: string): number => Number(new RegExp(`^activation_ledger_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return [value('self_check_age_seconds'), value('self_check_findings')];
}

test('a log is checked soon after the start and then as often as was asked, and the age of what is known grows', async () => {
  const run = scheduled(() => checkSlowly(task));
  expect([run.due(), health(run.check), await gauges(run.check)]).toEqual([[30_000], { status: 'ok', ageSeconds: null, events: null, findings: null }, [-1, -1]]);
  run.begin();
  expect([run.due(), health(run.check)]).toEqual([[], { status: 'ok', ageSeconds: null, events: null, findings: null }]);
  await run.end(5_000);
  const { events } = health(run.check) as { readonly events: number };
  expect(events).toBeGreaterThan(EVENTS_PER_TILE);
  expect([run.due(), health(run.check)]).toEqual([[35_000 + 24 * HOUR_MS], { status: 'ok', ageSeconds: 0, events, findings: 0 }]);
  run.pass(90_000);
  expect([health(run.check), await gauges(run.check)]).toEqual([{ status: 'ok', ageSeconds: 90, events, findings: 0 }, [90, 0]]);
  expect(run.log.errors).toEqual([]);
});

test('damage that is found makes the server say failed until a later check finds none', async () => {
  const sound = readFileSync(tile);
  const run = scheduled(() => checkSlowly(task));
  writeFileSync(tile, sound.with(40, (sound[40] ?? 0) ^ 1));
  run.begin();
  await run.end(0);
  expect([health(run.check), await gauges(run.check)]).toEqual([expect.objectContaining({ status: 'failed', ageSeconds: 0, findings: 1 }), [0, 1]]);
  expect(healthOf([run.check.part], false)).toMatchObject({ code: 200, body: { status: 'failed', parts: { selfCheck: { status: 'failed', findings: 1 } } } });
  expect(run.log.errors).toEqual([[{ findings: [expect.objectContaining({ code: 'TILE_DIFFERS', place: 'tile/0/000' })] }, 'the log is not as it was written']]);

  writeFileSync(tile, sound);
  run.begin();
  await run.end(0);
  expect([health(run.check), await gauges(run.check)]).toEqual([expect.objectContaining({ status: 'ok', findings: 0 }), [0, 0]]);
});

test('a check that breaks off leaves the server degraded, is told, and is tried again', async () => {
  const run = scheduled(async () => {
    throw new Error('the disk is away');
  });
  run.begin();
  await run.end(0);
  expect([health(run.check), await gauges(run.check)]).toEqual([{ status: 'degraded', ageSeconds: 0, events: null, findings: null }, [0, -1]]);
  expect(run.log.errors).toEqual([[{ err: new Error('the disk is away') }, 'the log could not be checked']]);
  expect(run.due()).toEqual([30_000 + 24 * HOUR_MS]);
});

test('stopping calls off what is waited for, and leaves what is under way', async () => {
  const idle = scheduled(() => checkSlowly(task));
  await idle.check.part.stop();
  expect([idle.due(), idle.stopped()]).toEqual([[], 0]);

  const busy = scheduled(() => checkSlowly(task));
  busy.begin();
  await busy.check.part.stop();
  await busy.end(0);
  expect([busy.due(), busy.stopped(), busy.log.errors]).toEqual([[], 1, []]);
});
