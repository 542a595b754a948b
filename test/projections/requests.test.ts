import { describe, expect, test } from 'vitest';
import { openRequestsQueries, requestPasses, requests, type RequestFilter, type RequestRow } from '../../projections/requests.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import type { Sequence, StreamId, SubjectId } from '../../src/kernel/identifiers.js';
import { ACTOR, envelopeWriter } from '../readmodel/support/envelopes.js';
import { given } from '../readmodel/support/folding.js';

const HOST = 'host-desk-1' as StreamId;
const OTHER_HOST = 'host-desk-2' as StreamId;
const KEY = 'productKey-1' as StreamId;
const RULESET = '0'.repeat(64);
const allowed = { ruleset: RULESET, judgements: [] };
const forbidden = { ruleset: RULESET, judgements: [{ rule: 'R-2', effect: 'REFUSE', outcome: 'VIOLATED', inputs: {} }, { rule: 'R-1', effect: 'WARN', outcome: 'VIOLATED', inputs: {}, accepted: true }] } as const;
const device = { channel: 'OEM', product: 'Windows 10', edition: 'Home' } as const;
const image = { image: 'lab-a', product: 'Windows 10', edition: 'Pro' } as const;
const march = (day: number): string => new Date(Date.UTC(2026, 2, day)).toISOString();

function log() {
  const write = envelopeWriter();
  const events: EventEnvelope[] = [];
  const add: typeof write = (...args) => {
    const event = write(...args);
    events.push(event);
    return event;
  };
  return { events, add, last: () => events.length as Sequence };
}

async function queriesOn(events: readonly EventEnvelope[]) {
  return openRequestsQueries(await given(events, [requests]));
}

/** One request of each kind and every way they end; invented. */
function everything() {
  const { events, add } = log();
  const reimaging = (request: string, fields: object = {}, host = HOST, actor: string = ACTOR) =>
    add(host, 'ReimagingRequested', { request, installation: 1, device, image, method: 'MAK_INDEPENDENT', agreement: 'V0000001', team: 'imaging', ...fields }, { occurredAt: march(1), actor });
  const activation = (name: string, onBehalfOf?: string) => {
    const served = onBehalfOf === undefined ? undefined : ({ kind: 'REIMAGING', request: onBehalfOf } as const);
    add(KEY, 'ActivationRequested', { activation: name, host: HOST, product: 'Windows 10', method: 'MAK_INDEPENDENT', purpose: onBehalfOf === undefined ? 'PRODUCTION' : 'REIMAGING', onBehalfOf: served }, { occurredAt: march(1) });
    add(KEY, 'ActivationGranted', { activation: name, expiresAt: march(4), decision: allowed }, { occurredAt: march(1) });
  };
  const first = reimaging('r1');
  activation('a1', 'r1');
  add(HOST, 'ReimagingGranted', { request: 'r1', serving: { key: KEY, lastFive: 'BBBBB', activation: 'a1' }, decision: allowed }, { occurredAt: march(1) });
  add(HOST, 'ReimagingCompleted', { request: 'r1', endedInstallation: 1, startedInstallation: 2, activationConsumed: 'UNKNOWN' }, { occurredAt: march(2) });
  add(KEY, 'ActivationConfirmed', { activation: 'a1', host: HOST, installation: 2, consumption: 'UNKNOWN', confirmedBy: 'REQUESTER', countsAs: 'UNCERTAIN' }, { occurredAt: march(2) });
  add(KEY, 'ActivationConsumptionResolved', { activation: 'a1', consumed: false, basis: 'REPORTS' }, { occurredAt: march(9) });
  reimaging('r2', { team: 'support' }, OTHER_HOST, 'subject-2');
  add(OTHER_HOST, 'ReimagingRefused', { request: 'r2', code: 'COPY_NOT_IDENTICAL', parameters: { rules: 'R-2' }, decision: forbidden }, { occurredAt: march(1) });
  add(HOST, 'CorrectionRecorded', { event: first.id, eventType: 'ReimagingRequested', field: 'image.image', was: 'lab-a', value: 'lab-b' });
  add(HOST, 'DowngradeRequested', { request: 'd1', installation: 2, from: device, to: { product: 'Windows 7' }, basis: 'OEM_TERMS', method: 'KMS' });
  add(HOST, 'DowngradeGranted', { request: 'd1', decision: allowed });
  add(KEY, 'LimitIncreaseRequested', { increase: 'l1', kind: 'MAK_ACTIVATIONS', quantity: 50, figures: {}, justificationGenerated: true });
  add(KEY, 'LimitIncreaseSubmitted', { increase: 'l1', caseNumber: 'SR-1' });
  add(KEY, 'LimitIncreaseGranted', { increase: 'l1', kind: 'MAK_ACTIVATIONS', quantity: 40, limit: 90 });
  activation('a2');
  add(KEY, 'ActivationFailed', { activation: 'a2', hresult: '0xC004C020' }, { occurredAt: march(3) });
  activation('a3');
  add(KEY, 'ActivationReleased', { activation: 'a3', cause: 'LAPSED' });
  return events;
}

const FORWARD = { limit: 100, direction: 'FORWARD' } as const;

test('a request whose activation was seen after it had lapsed is completed when that goes on with the newer installation', async () => {
  const { events, add } = log();
  add(KEY, 'ActivationRequested', { activation: 'a1', host: HOST, product: 'Windows 10', method: 'MAK_INDEPENDENT', purpose: 'REIMAGING' }, { occurredAt: march(1) });
  add(KEY, 'ActivationGranted', { activation: 'a1', expiresAt: march(4), decision: allowed }, { occurredAt: march(1) });
  add(KEY, 'ActivationReleased', { activation: 'a1', cause: 'LAPSED' }, { occurredAt: march(4) });
  add(KEY, 'ActivationCarriedOver', { host: HOST, fromInstallation: 1, toInstallation: 2, activation: 'a1' }, { occurredAt: march(6) });
  const asked = await queriesOn(events);
  expect(asked.byId('a1', 3 as Sequence)?.state).toBe('LAPSED');
  expect(asked.byId('a1')).toMatchObject({ state: 'COMPLETED', endedAt: Date.parse(march(6)), installation: 2, consumed: 'YES' });
});

describe('requests', () => {
  test('each tells what was asked, by whom, and what became of it', async () => {
    const asked = await queriesOn(everything());
    const states = asked.page({}, false, FORWARD).rows.map(({ row }) => [row.request, row.kind, row.state]);
    expect(states).toEqual([
      ['r1', 'REIMAGING', 'COMPLETED'],
      ['a1', 'ACTIVATION', 'COMPLETED'],
      ['r2', 'REIMAGING', 'REFUSED'],
      ['d1', 'DOWNGRADE', 'GRANTED'],
      ['l1', 'LIMIT_INCREASE', 'GRANTED'],
      ['a2', 'ACTIVATION', 'FAILED'],
      ['a3', 'ACTIVATION', 'LAPSED'],
    ]);
    expect(asked.byId('r2')).toEqual({
      request: 'r2', kind: 'REIMAGING', state: 'REFUSED', stream: OTHER_HOST, sequence: 8, lastSequence: 9, actor: 'subject-2',
      requestedAt: Date.parse(march(1)), decidedAt: Date.parse(march(1)), endedAt: Date.parse(march(1)),
      host: OTHER_HOST, installation: 1, agreement: 'V0000001', team: 'support', image: 'lab-a', method: 'MAK_INDEPENDENT', purpose: 'REIMAGING', product: 'Windows 10',
      licensed: device, target: { product: 'Windows 10', edition: 'Pro' },
      decision: forbidden, refusal: { code: 'COPY_NOT_IDENTICAL', parameters: { rules: 'R-2' }, rules: ['R-2'] },
    });
    expect(asked.byId('l1')).toMatchObject({ key: KEY, limitKind: 'MAK_ACTIVATIONS', quantity: 50, grantedQuantity: 40, limit: 90, caseNumber: 'SR-1' });
    expect(asked.byId('a2')).toMatchObject({ host: HOST, key: KEY, purpose: 'PRODUCTION', hresult: '0xC004C020', expiresAt: Date.parse(march(4)) });
    expect(asked.byId('nothing')).toBeUndefined();
  });

  test('whether an activation was consumed is unknown until it is resolved, for the reimaging too', async () => {
    const events = everything();
    const asked = await queriesOn(events);
    const resolved = events.findIndex(({ type }) => type === 'ActivationConsumptionResolved') + 1;
    const consumed = (asOf?: number) => [asked.byId('r1', asOf as Sequence)?.consumed, asked.byId('a1', asOf as Sequence)?.consumed];
    expect([consumed(resolved - 1), consumed(resolved), consumed()]).toEqual([['UNKNOWN', 'UNKNOWN'], ['NO', 'NO'], ['NO', 'NO']]);
  });

  test('a correction shows from then on', async () => {
    const events = everything();
    const asked = await queriesOn(events);
    const at = events.findIndex(({ type }) => type === 'CorrectionRecorded') + 1;
    expect([asked.byId('r1', (at - 1) as Sequence)?.image, asked.byId('r1', at as Sequence)?.image, asked.byId('r1')?.image]).toEqual(['lab-a', 'lab-b', 'lab-b']);
  });

  test.each<[string, RequestFilter, readonly string[]]>([
    ['kind', { kinds: ['DOWNGRADE', 'LIMIT_INCREASE'] }, ['d1', 'l1']],
    ['state', { states: ['REFUSED', 'FAILED'] }, ['r2', 'a2']],
    ['no state at all', { states: [] }, []],
    ['host', { host: HOST }, ['r1', 'a1', 'd1', 'a2', 'a3']],
    ['key', { key: KEY }, ['r1', 'a1', 'l1', 'a2', 'a3']],
    ['agreement', { agreement: 'V0000001' }, ['r1', 'r2']],
    ['team', { team: 'support' }, ['r2']],
    ['image', { image: 'lab-b' }, ['r1']],
    ['purpose', { purpose: 'REIMAGING' }, ['r1', 'a1', 'r2']],
    ['actor', { actor: 'subject-2' as SubjectId }, ['r2']],
    ['refusal', { refusalCode: 'COPY_NOT_IDENTICAL' }, ['r2']],
    ['time', { requestedFrom: Date.parse(march(1)), requestedTo: Date.parse(march(2)) }, ['r1', 'a1', 'r2', 'a2', 'a3']],
    ['several', { host: HOST, kinds: ['ACTIVATION'], states: ['LAPSED'] }, ['a3']],
  ])('are filtered by %s', async (_name, filter, expected) => {
    const asked = await queriesOn(everything());
    expect(asked.page(filter, false, FORWARD).rows.map(({ row }) => row.request)).toEqual(expected);
    expect(asked.count(filter)).toBe(expected.length);
    const everyone = asked.page({}, false, FORWARD).rows.map(({ row }) => row);
    expect(everyone.filter((row) => requestPasses(row, filter)).map(({ request }) => request)).toEqual(expected);
  });

  test('are counted by kind and state', async () => {
    const asked = await queriesOn(everything());
    expect(asked.counts({})).toEqual([
      { kind: 'ACTIVATION', state: 'COMPLETED', requests: 1 },
      { kind: 'ACTIVATION', state: 'FAILED', requests: 1 },
      { kind: 'ACTIVATION', state: 'LAPSED', requests: 1 },
      { kind: 'DOWNGRADE', state: 'GRANTED', requests: 1 },
      { kind: 'LIMIT_INCREASE', state: 'GRANTED', requests: 1 },
      { kind: 'REIMAGING', state: 'COMPLETED', requests: 1 },
      { kind: 'REIMAGING', state: 'REFUSED', requests: 1 },
    ]);
  });

  test('walked page by page, in either direction, come once each in their order', async () => {
    const asked = await queriesOn(everything());
    for (const descending of [false, true]) {
      for (const direction of ['FORWARD', 'BACKWARD'] as const) {
        const walked: string[] = [];
        let cursor: readonly (string | number | null)[] | undefined;
        for (let pages = 0; pages < 10; pages += 1) {
          const bound = direction === 'FORWARD' ? { after: cursor } : { before: cursor };
          const page = asked.page({}, descending, { limit: 2, direction, ...bound });
          const names = page.rows.map(({ row }) => row.request);
          if (direction === 'FORWARD') walked.push(...names);
          else walked.unshift(...names);
          if (!page.hasMore) break;
          cursor = (direction === 'FORWARD' ? page.rows.at(-1) : page.rows[0])?.cursor;
        }
        const inOrder = ['r1', 'a1', 'r2', 'd1', 'l1', 'a2', 'a3'];
        expect(walked).toEqual(descending ? inOrder.toReversed() : inOrder);
      }
    }
  });

  test('as of any event are what a read model of the log up to there says', async () => {
    const events = everything();
    const asked = await queriesOn(events);
    for (let length = 0; length <= events.length; length += 1) {
      const then = await queriesOn(events.slice(0, length));
      const asOf = length as Sequence;
      expect(asked.page({}, false, FORWARD, asOf).rows).toEqual(then.page({}, false, FORWARD).rows);
      expect(asked.page({ states: ['GRANTED'] }, true, FORWARD, asOf).rows).toEqual(then.page({ states: ['GRANTED'] }, true, FORWARD).rows);
      expect(asked.counts({}, asOf)).toEqual(then.counts({}));
      for (const request of ['r1', 'a1', 'd1', 'l1']) expect(asked.byId(request, asOf)).toEqual(then.byId(request));
    }
  });

  test('an event tells which requests it changed, as they were with it', async () => {
    const events = everything();
    const asked = await queriesOn(events);
    for (let sequence = 1; sequence <= events.length; sequence += 1) {
      const changed = asked.changedBy(sequence as Sequence);
      expect(changed).toEqual(changed.map(({ request }) => asked.byId(request, sequence as Sequence)));
      expect(changed.map(({ lastSequence }) => lastSequence)).toEqual(changed.map(() => sequence));
    }
    const sequenceOf = (type: string) => (events.findIndex((event) => event.type === type) + 1) as Sequence;
    const named = (rows: readonly RequestRow[]) => rows.map(({ request }) => request);
    expect(named(asked.changedBy(sequenceOf('ReimagingCompleted')))).toEqual(['r1']);
    expect(named(asked.changedBy(sequenceOf('ActivationConsumptionResolved')))).toEqual(['r1', 'a1']);
  });
});

test('completed reimagings are reported by image, team and month, with what they consumed', async () => {
  const { events, add } = log();
  const reimaged = (request: string, fields: { readonly name: string; readonly team?: string; readonly at: string; readonly consumed?: 'YES' | 'NO' | 'UNKNOWN' }) => {
    add(HOST, 'ReimagingRequested', { request, device, image: { ...image, image: fields.name }, method: 'MAK_INDEPENDENT', team: fields.team });
    add(HOST, 'ReimagingGranted', { request, decision: allowed });
    add(HOST, 'ReimagingCompleted', { request, startedInstallation: 1, activationConsumed: fields.consumed }, { occurredAt: fields.at });
  };
  reimaged('1', { name: 'lab', team: 'imaging', at: '2026-03-31T23:59:59.999Z', consumed: 'YES' });
  reimaged('2', { name: 'lab', team: 'imaging', at: '2026-03-01T00:00:00.000Z', consumed: 'NO' });
  reimaged('3', { name: 'lab', team: 'imaging', at: '2026-04-01T00:00:00.000Z', consumed: 'UNKNOWN' });
  reimaged('4', { name: 'office', at: '2026-03-02T00:00:00.000Z' });
  add(HOST, 'ReimagingRequested', { request: '5', device, image, method: 'KMS' });
  const asked = await queriesOn(events);
  expect(asked.reimagings({})).toEqual([
    { image: 'lab', team: 'imaging', month: '2026-04', reimagings: 1, consumed: 0, notConsumed: 0, unknown: 1 },
    { image: 'lab', team: 'imaging', month: '2026-03', reimagings: 2, consumed: 1, notConsumed: 1, unknown: 0 },
    { image: 'office', team: undefined, month: '2026-03', reimagings: 1, consumed: 0, notConsumed: 0, unknown: 0 },
  ]);
  expect(asked.reimagings({ team: 'imaging' }, 6 as Sequence).map(({ reimagings }) => reimagings)).toEqual([2]);
});
