import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyCounts, keyCountsAt, openKeyCountsQueries, type KeyActivationState, type KeyCountsQueries } from '../../projections/keyCounts.js';
import { usedOf, type ClassCounts } from '../../src/domain/productKey/counts.js';
import type { ProductKeyEvent } from '../../src/domain/productKey/events.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence, StreamId } from '../../src/kernel/identifiers.js';
import { history, steps } from '../domain/productKeyHistories.js';
import { confirmed, event, EVIDENCE, EXPIRED, HOST, lapsed, lost, ONE, registered, requested, reserved, seen, TWO, YESTERDAY } from '../domain/productKeySupport.js';
import { envelopeWriter, type WriteEnvelope } from '../readmodel/support/envelopes.js';
import { given, projected } from '../readmodel/support/folding.js';

const KEY = 'productKey-one' as StreamId;
const FORWARD = { limit: 200, direction: 'FORWARD' } as const;
const EVERYTHING = Number.MAX_SAFE_INTEGER as Sequence;

function written(write: WriteEnvelope, stream: string, events: readonly ProductKeyEvent[]): EventEnvelope[] {
  return events.map(({ type, data, occurredAt }) => write(stream, type, data as never, { occurredAt }));
}

async function queriesOn(...events: readonly ProductKeyEvent[]): Promise<KeyCountsQueries> {
  return openKeyCountsQueries(await given(written(envelopeWriter(), KEY, events), [keyCounts]));
}

function classesOf({ opening, confirmed: spent, reserved: open, observed, uncertain }: ClassCounts): ClassCounts {
  return { opening, confirmed: spent, reserved: open, observed, uncertain };
}

describe('counts of a key with requests', () => {
  test('are those the decider knows, whatever happened, and each activation of the list is in its class', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 8 }), async (histories) => {
        const write = envelopeWriter();
        const folded = histories.map((all, index) => ({ stream: `productKey-${index}` as StreamId, moments: history(all) }));
        const log = folded.flatMap(({ stream, moments }) => written(write, stream, moments.flatMap(({ events }) => events)));
        const keys = openKeyCountsQueries(await given(log, [keyCounts]));
        for (const { stream, moments } of folded) {
          const { counts, allowed } = moments.at(-1)!.state;
          const row = keys.byKey(stream)!;
          expect({ ...classesOf(row), used: row.used, allowed: row.allowed }).toEqual({ ...classesOf(counts), used: usedOf(counts), allowed });
          expect(listed(keys, stream)).toEqual({ ...classesOf(counts), opening: 0 });
        }
      }),
      { numRuns: 25 },
    );
  });

  test('as of any event are those the decider knew then', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const moments = history(all);
        const log = written(envelopeWriter(), KEY, moments.flatMap(({ events }) => events));
        const keys = openKeyCountsQueries(await given(log, [keyCounts]));
        let sequence = 0;
        for (const { events, state } of moments) {
          sequence += events.length;
          expect(classesOf(keys.byKey(KEY, sequence as Sequence)!)).toEqual(classesOf(state.counts));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('a running balance ends at the counts, and its changes add up to them', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const log = written(envelopeWriter(), KEY, history(all).flatMap(({ events }) => events));
        const keys = openKeyCountsQueries(await given(log, [keyCounts]));
        const { rows } = keys.balance(KEY, 0 as Sequence, EVERYTHING, FORWARD);
        expect(rows.map(({ row }) => row.sequence)).toEqual(rows.map(({ row }) => row.sequence).toSorted((a, b) => a - b));
        const sum = (name: keyof ClassCounts) => rows.reduce((total, { row }) => total + row.change[name], 0);
        const summed = { opening: sum('opening'), confirmed: sum('confirmed'), reserved: sum('reserved'), observed: sum('observed'), uncertain: sum('uncertain') };
        expect(summed).toEqual(classesOf(keys.byKey(KEY)!));
        expect(classesOf(rows.at(-1)!.row.after)).toEqual(summed);
      }),
      { numRuns: 25 },
    );
  });
});

const COUNTED: Readonly<Partial<Record<KeyActivationState, keyof ClassCounts>>> = {
  CONFIRMED: 'confirmed',
  RESERVED: 'reserved',
  OBSERVED: 'observed',
  MOVED_FROM_OPENING: 'observed',
  UNCERTAIN: 'uncertain',
};

/** Counts the activations that the list shows. */
function listed(keys: KeyCountsQueries, key: StreamId): ClassCounts {
  const counts = { opening: 0, confirmed: 0, reserved: 0, observed: 0, uncertain: 0 };
  for (const { row } of keys.activations(key, FORWARD).rows) {
    const name = COUNTED[row.state];
    if (name !== undefined) counts[name] += 1;
  }
  return counts;
}

describe('the list of a key\'s activations', () => {
  const place = { host: HOST, installation: 1 };
  test.each<[string, KeyActivationState, readonly ProductKeyEvent[]]>([
    ['granted', 'RESERVED', reserved()],
    ['refused', 'REFUSED', [requested(), event('ActivationRefused', { activation: ONE, code: 'LIMIT_REACHED', parameters: {}, decision: { ruleset: '', judgements: [] } })]],
    ['confirmed', 'CONFIRMED', [...reserved(), confirmed()]],
    ['confirmed late', 'OBSERVED', [...reserved({ expiresAt: EXPIRED }), lapsed(), confirmed({ confirmedBy: 'LATE', countsAs: 'OBSERVED' })]],
    ['lapsed', 'LAPSED', [...reserved({ expiresAt: EXPIRED }), lapsed()]],
    ['failed', 'FAILED', [...reserved(), event('ActivationFailed', { activation: ONE, hresult: '0xC004F074' })]],
    ['cancelled', 'CANCELLED', [...reserved(), event('ActivationReleased', { activation: ONE, cause: 'CANCELLED' })]],
    ['left open by a reimaging', 'UNCERTAIN', [...reserved(), confirmed({ consumption: 'UNKNOWN', countsAs: 'UNCERTAIN' })]],
    ['seen', 'OBSERVED', [seen()]],
    ['seen and reversed', 'REVERSED', [seen(), event('ActivationReversed', { ...place, cause: 'DUPLICATE', evidenceSha256: EVIDENCE, countedAs: 'OBSERVED' })]],
    ['resolved', 'NOT_CONSUMED', [seen({ countsAs: 'UNCERTAIN' }), event('ActivationConsumptionResolved', { ...place, consumed: false, basis: 'STATEMENT' })]],
  ])('shows what was %s as %s', async (_what, state, events) => {
    const { rows } = (await queriesOn(registered(), ...events)).activations(KEY, FORWARD);
    expect(rows.map(({ row }) => row.state)).toEqual([state]);
  });

  test('names what was seen after its reservation had lapsed, once it is recognised', async () => {
    const goesOn = event('ActivationCarriedOver', { host: HOST, fromInstallation: 1, toInstallation: 2, activation: ONE });
    const keys = await queriesOn(registered(), ...reserved({ expiresAt: EXPIRED }), lapsed(), seen({}, EXPIRED), goesOn);
    const rows = keys.activations(KEY, FORWARD).rows.map(({ row }) => [row.state, row.installation, row.activation]);
    expect(rows).toEqual([['OBSERVED', 2, ONE], ['LAPSED', undefined, ONE]]);
  });

  test('tells what was asked for, and where it is once that is known', async () => {
    const keys = await queriesOn(registered(), ...reserved({ agreement: 'A1' }), confirmed({ hardware: 'board-7' }), seen({ countsAs: 'ALREADY_COUNTED', activation: ONE, installation: 3 }));
    const asked = { product: 'Windows 7', method: 'MAK_INDEPENDENT', purpose: 'PRODUCTION', agreement: 'A1', expiresAt: Date.parse('2026-06-04T12:00:00.000Z'), activation: ONE };
    const [row] = keys.activations(KEY, FORWARD).rows.map((each) => each.row);
    expect(row).toEqual({ ...asked, host: HOST, installation: 3, state: 'CONFIRMED', confirmedBy: 'REQUESTER', hardware: 'board-7', occurredAt: Date.parse('2026-06-01T12:00:00.000Z'), sequence: 2, lastSequence: 5 });
    const then = keys.activations(KEY, FORWARD, 3 as Sequence).rows.map((each) => each.row);
    expect(then).toEqual([{ ...asked, host: HOST, installation: undefined, state: 'RESERVED', occurredAt: Date.parse(YESTERDAY), sequence: 2, lastSequence: 3 }]);
  });

  test('an activation that was carried over is on its new installation', async () => {
    const carried = event('ActivationCarriedOver', { host: HOST, fromInstallation: 1, toInstallation: 2 });
    const { rows } = (await queriesOn(registered(), seen(), carried)).activations(KEY, FORWARD);
    expect(rows.map(({ row }) => [row.installation, row.state])).toEqual([[2, 'OBSERVED']]);
  });
});

describe('what a key is', () => {
  test('its standing, its policy and its limit as events changed them', async () => {
    const keys = await queriesOn(
      registered({ pool: 'SYSTEMS', obtainedFrom: 'PORTAL', overage: 'WARN' }),
      event('ProductKeyPolicyChanged', { reservationHours: 24 }),
      event('LimitRevised', { kind: 'MAK_ACTIVATIONS', limit: 40, previous: 50, initiative: 'MICROSOFT' }),
      event('ProductKeyRetired', {}),
      event('ProductKeyReplaced', { replacement: 'productKey-two' }),
      event('ProductKeyBlocked', { blockedBy: 'MICROSOFT', errorCode: '0xC004C003' }),
    );
    expect(keys.byKey(KEY)).toMatchObject({ pool: 'SYSTEMS', obtainedFrom: 'PORTAL', overage: 'WARN', reservationHours: 24, allowed: 40, remaining: 40 });
    expect(keys.byKey(KEY)).toMatchObject({ status: 'BLOCKED', replacedBy: 'productKey-two', errorCode: '0xC004C003' });
    expect([2, 4].map((sequence) => keys.byKey(KEY, sequence as Sequence)?.status)).toEqual(['ACTIVE', 'RETIRED']);
  });

  test('a KMS host key allows what K-4 says, or what was granted, and each host and object spends of it', async () => {
    const decision = { ruleset: '', judgements: [] };
    const keys = await queriesOn(
      registered({ kind: 'KMS_HOST', allowed: undefined }),
      event('KmsHostConfigured', { host: HOST, products: [], slot: 1, decision }),
      event('KmsHostReactivated', { host: HOST, activations: 2, decision }),
      event('ActivationObjectCreated', { name: 'AO', forest: 'corp.example' }),
      event('LimitRevised', { kind: 'KMS_HOST_SLOTS', limit: 7, initiative: 'MICROSOFT' }),
    );
    expect(keys.byKey(KEY, 4 as Sequence)).toMatchObject({ allowed: 60, confirmed: 3, used: 3, remaining: 57, slotsTaken: 1 });
    expect(keys.byKey(KEY)).toMatchObject({ allowed: 70, remaining: 67 });
  });

  test('what is unexplained leaves out what is reserved, and a limit raised since the report', async () => {
    const keys = await queriesOn(
      registered(),
      seen({}, YESTERDAY),
      ...reserved(),
      event('RemainingActivationsObserved', { remaining: 47, evidence: 'VAMT_DATABASE' }, YESTERDAY),
      event('LimitRevised', { kind: 'MAK_ACTIVATIONS', limit: 75, previous: 50, initiative: 'MICROSOFT' }),
      seen({ installation: 2 }),
    );
    expect(keys.byKey(KEY)).toMatchObject({ allowed: 75, used: 3 });
    expect(keys.byKey(KEY)?.unexplained).toBe(2);
  });

  test('a correction holds from then on, and for the past where validity is asked for', async () => {
    const write = envelopeWriter();
    const log = written(write, KEY, [registered({ product: 'Windows 7', allowed: 50 }), event('RemainingActivationsObserved', { remaining: 5, evidence: 'VAMT_DATABASE' }, YESTERDAY)]);
    const correct = (index: number, field: string, value: string | number) =>
      write(KEY, 'CorrectionRecorded', { event: log[index]!.id, eventType: log[index]!.type, field, was: '', value }, { occurredAt: '2026-06-02T00:00:00.000Z' });
    const corrected = [...log, correct(0, 'product', 'Windows 10'), correct(1, 'remaining', 50)];
    const keys = openKeyCountsQueries(await given(corrected, [keyCounts]));
    expect(keys.byKey(KEY, 2 as Sequence)).toMatchObject({ product: 'Windows 7', reported: { remaining: 5 } });
    expect(keys.byKey(KEY)).toMatchObject({ product: 'Windows 10', reported: { remaining: 50 } });
    expect(keyCountsAt(projected(corrected, KEY), Date.parse('2026-06-01T00:00:00.000Z'))).toMatchObject({ product: 'Windows 10', reported: { remaining: 50 } });
  });

  test('an activation confirmed for a time before it was asked for was spent then', async () => {
    const log = written(envelopeWriter(), KEY, [registered({}, '2026-05-01T00:00:00.000Z'), ...reserved(), confirmed({}, '2026-05-20T00:00:00.000Z')]);
    expect(keyCountsAt(projected(log, KEY), Date.parse('2026-05-21T00:00:00.000Z'))).toMatchObject({ confirmed: 1, reserved: 0, used: 1 });
    expect(keyCountsAt(projected(log, KEY), Date.parse('2026-06-01T00:00:00.000Z'))).toMatchObject({ confirmed: 1, reserved: 0, used: 1 });
  });

  test('how fast it is spent leaves out reservations and what lies outside the time', async () => {
    const keys = await queriesOn(registered(), seen({}, '2026-01-01T00:00:00.000Z'), lost(YESTERDAY), seen({ installation: 2 }, YESTERDAY), ...reserved({ activation: TWO }));
    const from = Date.parse('2026-05-01T00:00:00.000Z');
    expect(keys.spending(KEY, from, Date.parse(YESTERDAY))).toEqual({ spent: 1, firstAt: Date.parse('2026-01-01T00:00:00.000Z') });
    expect(keys.spending(KEY, from, Date.parse(YESTERDAY) - 1)).toEqual({ spent: 0, firstAt: Date.parse('2026-01-01T00:00:00.000Z') });
    expect(keys.spending('productKey-none' as StreamId, from, from)).toEqual({ spent: 0, firstAt: undefined });
  });
});
