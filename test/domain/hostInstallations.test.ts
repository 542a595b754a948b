import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostCommand, HostObservationInput } from '../../src/domain/host/commands.js';
import { hostDeciderWith } from '../../src/domain/host/decider.js';
import type { HostEvent } from '../../src/domain/host/events.js';
import { ranAt } from '../../src/domain/host/installations.js';
import { NOW } from '../support/givenWhenThen.js';
import { givenRules } from '../support/ruleBook.js';

const decider = hostDeciderWith(givenRules());
const name = { name: 'pc1', domain: 'corp.example', raw: 'PC1.corp.example' };
const WINDOWS = '00000000-0000-4000-8000-00000000aaaa';
const OLDER_WINDOWS = '00000000-0000-4000-8000-00000000dddd';
const OFFICE = '00000000-0000-4000-8000-00000000bbbb';
const WINDOWS_FAMILY = '55c92734-d682-4d71-983e-d6ec3f16059f';
const OFFICE_FAMILY = '0ff1ce15-a989-479d-af46-f275c6370663';
const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();

function observation(fields: Partial<Extract<HostObservationInput, { kind: 'licenseState' }>> = {}): HostObservationInput {
  return { kind: 'licenseState', host: { rawName: name.raw }, evidence: 'SLMGR', status: 'LICENSED', ...fields };
}

/** A host that commands are sent to one after another. */
function host() {
  let state = decider.initial;
  const send = (command: HostCommand): readonly HostEvent[] => {
    const decision = decider.decide(state, command, { now: NOW });
    if (decision.kind === 'refused') throw new Error(decision.refusal.code);
    state = decision.events.reduce((folded, event) => decider.evolve(folded, event), state);
    return decision.events;
  };
  return {
    state: () => state,
    send,
    /** Number of the installation that the evidence is recorded of. */
    sees(occurredAt: string, fields: Parameters<typeof observation>[0] = {}): unknown {
      const event = send({ kind: 'recordObservation', name, occurredAt, observation: observation(fields) }).at(-1);
      return event !== undefined && 'installation' in event.data ? event.data.installation : undefined;
    },
    /** A reimaging completed at that time; gives the installation that began. */
    isReimaged(occurredAt: string, installation?: number): number {
      const request = `request-${state.installations.length}`;
      const product = { product: 'Windows 10' };
      send({ kind: 'requestReimaging', request, installation, device: { channel: 'VOLUME', ...product }, image: { image: 'lab', ...product }, method: 'KMS', acceptedWarnings: [] });
      send({ kind: 'completeReimaging', request, occurredAt });
      return state.installations.length;
    },
  };
}

describe('after a reimaging', () => {
  test('older evidence belongs to the installation that ended, newer and simultaneous to the one that began', () => {
    const pc = host();
    expect(pc.sees(day(1), { skuId: WINDOWS })).toBe(1);
    expect(pc.isReimaged(day(10))).toBe(2);
    expect([pc.sees(day(9), { skuId: WINDOWS }), pc.sees(day(10), { skuId: WINDOWS }), pc.sees(day(11), { skuId: WINDOWS }), pc.sees(day(2), { skuId: WINDOWS })]).toEqual([1, 2, 2, 1]);
  });
  test('each of several installations in a row receives what happened in its time', () => {
    const pc = host();
    pc.sees(day(1), { skuId: WINDOWS });
    pc.isReimaged(day(10));
    pc.isReimaged(day(20));
    expect([5, 15, 25, 15].map((at) => pc.sees(day(at), { skuId: WINDOWS }))).toEqual([1, 2, 3, 2]);
  });
  test('the image may be of another SKU; then the old SKU is a further installation', () => {
    const pc = host();
    pc.sees(day(1), { skuId: OLDER_WINDOWS });
    pc.isReimaged(day(10));
    expect(pc.sees(day(11), { skuId: WINDOWS })).toBe(2);
    expect(pc.sees(day(12), { skuId: OLDER_WINDOWS })).toBe(3);
    expect(pc.sees(day(5), { skuId: OLDER_WINDOWS })).toBe(1);
  });
  test('other products of the host are other installations, seen before or after', () => {
    const pc = host();
    pc.sees(day(1), { skuId: WINDOWS, applicationId: WINDOWS_FAMILY });
    pc.sees(day(1), { skuId: OFFICE, applicationId: OFFICE_FAMILY });
    expect(pc.isReimaged(day(10), 1)).toBe(3);
    expect(pc.sees(day(11), { skuId: OFFICE, applicationId: OFFICE_FAMILY })).toBe(2);
    expect(pc.sees(day(11), { skuId: '00000000-0000-4000-8000-00000000cccc', applicationId: OFFICE_FAMILY })).toBe(4);
    expect(pc.sees(day(11), { skuId: WINDOWS, applicationId: WINDOWS_FAMILY })).toBe(3);
  });
  test('older evidence of a host that had no installation yet is of what was replaced', () => {
    const pc = host();
    pc.send({ kind: 'registerHost', name });
    expect(pc.isReimaged(day(10))).toBe(1);
    expect(pc.sees(day(5), { skuId: WINDOWS })).toBe(2);
    expect([pc.sees(day(11), { skuId: WINDOWS }), pc.sees(day(6), { skuId: WINDOWS })]).toEqual([1, 2]);
    expect(pc.state().installations).toEqual([
      { number: 1, skuId: WINDOWS, method: 'KMS', startedAt: day(10), replaces: 2 },
      { number: 2, skuId: WINDOWS, endedAt: day(10) },
    ]);
  });
  test('a response to an attempt of the ended installation belongs to none', () => {
    const pc = host();
    const facts = { hresult: '0x00000000', flags: '0x00000000' };
    const attempt = { kind: 'kmsAttempt', host: { rawName: name.raw }, kmsHost: 'kms.corp.example', virtualMachine: false, status: 'OOB_GRACE', minutesRemaining: 1, skuId: WINDOWS, ...facts } as const;
    const response = { kind: 'kmsResponse', host: { rawName: name.raw }, bound: true, currentCount: 30, activationIntervalMinutes: 120, renewalIntervalMinutes: 10_080, ...facts } as const;
    pc.send({ kind: 'recordObservation', name, occurredAt: day(1), observation: attempt });
    pc.isReimaged(day(10));
    const answered = (occurredAt: string): unknown => pc.send({ kind: 'recordObservation', name, occurredAt, observation: response }).at(-1)?.data;
    expect(answered(day(2))).toMatchObject({ installation: 1 });
    expect(answered(day(11))).toMatchObject({ installation: undefined });
  });
  test('the key it was served with is the installation\'s, so that another one found on it replaces it', () => {
    const pc = host();
    pc.send({ kind: 'registerHost', name });
    const key = { key: 'productKey-1', lastFive: 'BBBBB', kind: 'MAK', activation: { kind: 'granted', activation: 'a1' } } as const;
    const copy = { product: 'Windows 10' };
    pc.send({ kind: 'requestReimaging', request: 'r', device: { channel: 'VOLUME', ...copy }, image: { image: 'lab', ...copy }, method: 'MAK_INDEPENDENT', key, acceptedWarnings: [] });
    pc.send({ kind: 'completeReimaging', request: 'r', occurredAt: day(10), activationConsumed: 'YES' });
    const [event] = pc.send({ kind: 'recordObservation', name, occurredAt: day(11), observation: observation({ skuId: WINDOWS, key: { lastFive: 'CCCCC' } }) });
    expect(event?.data).toMatchObject({ installation: 1, keyLastFive: 'CCCCC', replacedKeyLastFive: 'BBBBB' });
  });
  test('evidence for which somebody named the installation is of that one', () => {
    const pc = host();
    pc.sees(day(1), { skuId: WINDOWS });
    pc.isReimaged(day(10));
    const [event] = pc.send({ kind: 'recordObservation', name, occurredAt: day(11), observation: observation({ skuId: WINDOWS }), installation: 1 });
    expect(event?.data).toMatchObject({ installation: 1 });
    expect(() => pc.send({ kind: 'recordObservation', name, observation: observation(), installation: 3 })).toThrow('INSTALLATION_UNKNOWN');
  });
});

describe('after a retirement', () => {
  test('what is observed later is recorded, of a new installation; what happened before, of the old one', () => {
    const pc = host();
    pc.sees(day(1), { skuId: WINDOWS });
    pc.send({ kind: 'retireHost', occurredAt: day(10) });
    expect([pc.sees(day(11), { skuId: WINDOWS }), pc.sees(day(12), { skuId: WINDOWS }), pc.sees(day(9), { skuId: WINDOWS })]).toEqual([2, 2, 1]);
  });
});

test('whatever the order, evidence lands on an installation that ran when it happened, and no installation is replaced twice', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('seen' as const), at: fc.integer({ min: 1, max: 60 }), skuId: fc.constantFrom(WINDOWS, OLDER_WINDOWS, undefined), lastFive: fc.constantFrom('AAAAA', 'BBBBB', undefined) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reimaged' as const), at: fc.integer({ min: 1, max: 60 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const pc = host();
      pc.send({ kind: 'registerHost', name });
      for (const each of steps) {
        if (each.kind === 'reimaged') {
          try {
            pc.isReimaged(day(each.at), pc.state().installations.findLast(({ endedAt }) => endedAt === undefined)?.number);
          } catch (error) {
            expect(String(error)).toMatch(/ENDS_BEFORE_START|REIMAGING_OPEN/);
          }
          continue;
        }
        const number = pc.sees(day(each.at), { skuId: each.skuId, key: each.lastFive === undefined ? undefined : { lastFive: each.lastFive } });
        const installation = pc.state().installations[Number(number) - 1];
        expect(installation?.number).toBe(number);
        expect(installation !== undefined && ranAt(installation, day(each.at))).toBe(true);
      }
      const { installations } = pc.state();
      expect(installations.map((each) => each.number)).toEqual(installations.map((_, index) => index + 1));
      const replaced = installations.flatMap(({ replaces }) => replaces ?? []);
      expect(new Set(replaced).size).toBe(replaced.length);
      for (const each of installations) expect(each.startedAt === undefined || each.endedAt === undefined || each.startedAt <= each.endedAt).toBe(true);
    }),
    { numRuns: 150 },
  );
});
