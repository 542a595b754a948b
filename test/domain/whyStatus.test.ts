import { describe, expect, test } from 'vitest';
import type { EventOf } from '../../src/domain/events.js';
import { STATUS_REASONS_MAX, whyStatus } from '../../src/domain/host/whyStatus.js';
import type { FigureId } from '../../src/domain/rules/figures.js';
import { builtInRules } from '../../src/domain/rules/builtIn.js';

const DAY_MS = 86_400_000;
const ms = (day: number): number => Date.UTC(2026, 0, day);

/** Events of one invented host, numbered in the order they are recorded. */
function log() {
  const events: Parameters<typeof whyStatus>[0][number][] = [];
  const add = (day: number, event: object): void => {
    events.push({ schemaVersion: 1, occurredAt: new Date(ms(day)).toISOString(), occurredMs: ms(day), sequence: events.length + 1, ...event } as never);
  };
  return {
    events,
    add,
    state: (day: number, status: string, installation = 1, fields: object = {}) =>
      add(day, { type: 'LicenseStateObserved', data: { installation, evidence: 'SLMGR', status, method: 'KMS', ...fields } }),
    renewal: (day: number, hresult = '0x00000000') =>
      add(day, {
        type: 'KmsRequestObserved',
        data: { installation: 1, cmid: '', hresult, requiredCount: 25, virtualMachine: false, statusBefore: 'LICENSED', minutesRemaining: 200_000, skuId: 'sku' } satisfies EventOf<'KmsRequestObserved'>['data'],
      }),
  };
}

const short = (reasons: ReturnType<typeof whyStatus>) => reasons.map(({ effect, sequence, status }) => [effect, sequence, status]);

describe('why an installation has its status', () => {
  test('the changes of state, the last failure and the newest evidence, oldest first', () => {
    const { events, state, renewal } = log();
    state(1, 'OOB_GRACE', 1, { minutesRemaining: 1_000_000 });
    state(2, 'LICENSED');
    renewal(9);
    renewal(12, '0xC004F042');
    renewal(16);
    expect(short(whyStatus(events, 1, ms(17), builtInRules))).toEqual([
      ['STATE_CHANGED', 1, 'GRACE'],
      ['STATE_CHANGED', 2, 'ACTIVE_UNTIL'],
      ['LAST_FAILURE', 4, 'RENEWAL_OVERDUE'],
      ['NEWEST_EVIDENCE', 5, 'ACTIVE_UNTIL'],
    ]);
  });
  test('what time has done comes last and has no event', () => {
    const { events, state } = log();
    state(1, 'LICENSED');
    const reasons = whyStatus(events, 1, ms(1) + 211 * DAY_MS, builtInRules);
    expect(short(reasons)).toEqual([['STATE_CHANGED', 1, 'ACTIVE_UNTIL'], ['TIME_PASSED', undefined, 'NOTIFICATION']]);
    expect(reasons.at(-1)?.at).toBe(ms(1) + 210 * DAY_MS);
  });
  test('by the figures in force', () => {
    const { events, state } = log();
    state(1, 'LICENSED');
    const rules = { figure: (id: FigureId, on: string) => (id === 'KMS_VALIDITY' ? 30 : builtInRules.figure(id, on)) };
    expect(whyStatus(events, 1, ms(1) + 40 * DAY_MS, rules).at(-1)).toEqual({ effect: 'TIME_PASSED', at: ms(1) + 30 * DAY_MS, sequence: undefined, status: 'GRACE' });
  });
  test('the order is that of what happened, not of the log', () => {
    const { events, state } = log();
    state(9, 'LICENSED');
    state(2, 'NOTIFICATION');
    expect(short(whyStatus(events, 1, ms(10), builtInRules))).toEqual([['STATE_CHANGED', 2, 'NOTIFICATION'], ['STATE_CHANGED', 1, 'ACTIVE_UNTIL']]);
  });
  test('how it began and ended, and no other installation\'s events', () => {
    const { events, state, add } = log();
    state(1, 'LICENSED', 1);
    add(5, { type: 'ReimagingCompleted', data: { request: 'r', endedInstallation: 1, startedInstallation: 2 } });
    state(6, 'NOTIFICATION', 2);
    add(7, { type: 'ActivationMethodChanged', data: { installation: 2, to: 'ADBA' } });
    add(8, { type: 'HostRetired', data: {} });
    expect(short(whyStatus(events, 1, ms(400), builtInRules))).toEqual([['STATE_CHANGED', 1, 'ACTIVE_UNTIL'], ['ENDED', 2, 'ACTIVE_UNTIL']]);
    expect(short(whyStatus(events, 2, ms(9), builtInRules))).toEqual([
      ['STARTED', 2, 'UNKNOWN'],
      ['STATE_CHANGED', 3, 'NOTIFICATION'],
      ['METHOD_CHANGED', 4, 'NOTIFICATION'],
      ['ENDED', 5, 'NOTIFICATION'],
    ]);
    expect(whyStatus(events, 3, ms(9), builtInRules)).toEqual([]);
  });
  test('no more than the newest of them', () => {
    const { events, state } = log();
    for (let day = 1; day <= 80; day += 1) state(day, day % 2 === 0 ? 'NOTIFICATION' : 'UNLICENSED');
    const reasons = whyStatus(events, 1, ms(81), builtInRules);
    expect([reasons.length, reasons.at(0)?.sequence, reasons.at(-1)?.sequence]).toEqual([STATUS_REASONS_MAX, 31, 80]);
  });
});
