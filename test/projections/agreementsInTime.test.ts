import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agreements, openAgreementsQueries } from '../../projections/agreements.js';
import { licenceUse, openLicenceUseQueries } from '../../projections/licenceUse.js';
import type { EventEnvelope } from '../../src/kernel/envelope.js';
import { derivedStreamId } from '../../src/kernel/eventIds.js';
import type { Sequence } from '../../src/kernel/identifiers.js';
import type { ProjectedEvent } from '../../src/readmodel/definition.js';
import { openEmpty } from '../../src/readmodel/readModelFile.js';
import { envelopeWriter } from '../readmodel/support/envelopes.js';

const PROJECTIONS = [agreements, licenceUse];
const LICENCE_IDS = ['V1', 'V2'];
const DAYS = ['2025-12-31', '2026-01-01', '2026-06-30', '2027-01-01'];
const PRODUCTS = ['Suite', 'System'];
const FORWARD = { limit: 50, direction: 'FORWARD' } as const;
const streamOf = (licenceId: string) => derivedStreamId('agreement', 'licenceId', licenceId);

const licenceId = fc.constantFrom(...LICENCE_IDS);
const product = fc.constantFrom(...PRODUCTS);
const entitlement = fc.constantFrom('e1', 'e2');
const organisation = fc.constantFrom('one', 'two');
const activation = fc.constantFrom('a1', 'a2', 'a3');
const quantity = fc.integer({ min: 0, max: 40 });
const day = fc.constantFrom(...DAYS);
const decision = { ruleset: 'r', judgements: [] };

/** What can happen, as instructions: ids of corrected events are known only when they are written. */
const step = fc.oneof(
  fc.record({ type: fc.constant('register' as const), licenceId, organisation }),
  fc.record({ type: fc.constant('buy' as const), licenceId, entitlement, product, quantity, from: day }),
  fc.record({ type: fc.constant('amend' as const), licenceId, entitlement, quantity: fc.option(quantity, { nil: undefined }), until: fc.option(day, { nil: undefined }) }),
  fc.record({ type: fc.constant('end' as const), licenceId, endedOn: day }),
  fc.record({ type: fc.constant('correct' as const), licenceId, of: fc.nat(20), value: quantity }),
  fc.record({ type: fc.constant('organisation' as const), organisation, parent: fc.option(organisation, { nil: undefined }) }),
  fc.record({ type: fc.constant('key' as const), product, licenceId }),
  fc.record({ type: fc.constant('request' as const), activation, product, licenceId: fc.option(licenceId, { nil: undefined }) }),
  fc.record({ type: fc.constant('outcome' as const), activation, confirmed: fc.boolean() }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A log that obeys the deciders as far as the projections rely on it: what is registered or requested is so once. */
function logOf(steps: readonly Step[]): readonly EventEnvelope[] {
  const write = envelopeWriter();
  const log: EventEnvelope[] = [];
  const done = new Set<string>();
  const first = (name: string): boolean => !done.has(name) && done.add(name).has(name);
  for (const each of steps) {
    if (each.type === 'register' && first(each.licenceId)) {
      log.push(write(streamOf(each.licenceId), 'AgreementRegistered', { licenceId: each.licenceId, programme: 'SELECT', organisation: each.organisation, keysFrom: 'PORTAL' }));
    }
    if (each.type === 'buy' && done.has(each.licenceId) && first(`${each.licenceId}/${each.entitlement}`)) {
      log.push(write(streamOf(each.licenceId), 'EntitlementRecorded', { entitlement: each.entitlement, product: each.product, quantity: each.quantity, from: each.from }));
    }
    if (each.type === 'amend' && done.has(`${each.licenceId}/${each.entitlement}`)) {
      log.push(write(streamOf(each.licenceId), 'EntitlementAmended', { entitlement: each.entitlement, quantity: each.quantity, until: each.until }));
    }
    if (each.type === 'end' && done.has(each.licenceId)) log.push(write(streamOf(each.licenceId), 'AgreementEnded', { endedOn: each.endedOn }));
    if (each.type === 'correct') {
      const bought = log.filter(({ stream, type }) => stream === streamOf(each.licenceId) && type === 'EntitlementRecorded');
      const event = bought[each.of % Math.max(1, bought.length)];
      if (event !== undefined) log.push(write(event.stream, 'CorrectionRecorded', { event: event.id, eventType: event.type, field: 'quantity', was: 0, value: each.value }));
    }
    if (each.type === 'organisation') {
      const data = { organisation: each.organisation, parent: each.parent === each.organisation ? undefined : each.parent };
      if (first(`organisation ${each.organisation}`)) log.push(write('ledger', 'OrganisationRegistered', { ...data, name: each.organisation }));
      else log.push(write('ledger', 'OrganisationMoved', data));
    }
    if (each.type === 'key') log.push(write('productKey-1', 'ProductKeyRegistered', { lastFive: 'GGGGG', kind: 'MAK', product: each.product, agreement: each.licenceId }));
    if (each.type === 'request' && first(each.activation)) {
      log.push(write('productKey-1', 'ActivationRequested', { activation: each.activation, host: 'host-1', product: each.product, method: 'MAK_INDEPENDENT', purpose: 'PRODUCTION', agreement: each.licenceId }));
      log.push(write('productKey-1', 'ActivationGranted', { activation: each.activation, expiresAt: '2026-02-01T00:00:00.000Z', decision }));
    }
    if (each.type === 'outcome' && done.has(each.activation)) {
      if (each.confirmed) log.push(write('productKey-1', 'ActivationConfirmed', { activation: each.activation, host: 'host-1', consumption: 'CONSUMED', confirmedBy: 'REQUESTER', countsAs: 'CONFIRMED' }));
      else log.push(write('productKey-1', 'ActivationReleased', { activation: each.activation, cause: 'CANCELLED' }));
    }
  }
  return log;
}

/** Folds events one by one, as a follower does. */
function foldOf() {
  const database = openEmpty(PROJECTIONS);
  const writers = PROJECTIONS.map((projection) => projection.open(database));
  let sequence = 0;
  return {
    apply(envelope: EventEnvelope): void {
      sequence += 1;
      const event: ProjectedEvent = { ...envelope, sequence: sequence as Sequence, occurredMs: Date.parse(envelope.occurredAt), recordedMs: Date.parse(envelope.recordedAt) };
      for (const writer of writers) writer.apply(event);
      for (const writer of writers) writer.flush();
    },
    queries: { agreements: openAgreementsQueries(database), licenceUse: openLicenceUseQueries(database) },
    close: () => database.close(),
  };
}

/** All that can be asked, as known with an event or now. */
function answers({ queries }: ReturnType<typeof foldOf>, asOf?: Sequence): unknown {
  const { agreements: asked, licenceUse: use } = queries;
  const consumed = use.consumed(asOf);
  return {
    agreements: asked.page({}, false, FORWARD, asOf),
    entitlements: LICENCE_IDS.map((each) => asked.entitlements(streamOf(each), FORWARD, asOf)),
    history: LICENCE_IDS.map((each) => asked.entitlementHistory(streamOf(each), 'e1', FORWARD, asOf)),
    owned: DAYS.map((each) => asked.owned(each, asOf)),
    organisations: asked.organisations({}, false, FORWARD, asOf),
    keys: use.keys(asOf),
    consumed,
    consuming: consumed.map(({ cell }) => use.consumingKeys(cell, 10, asOf)),
  };
}

test('as of any event, everything is as it was when that event was the last', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const fold = foldOf();
      const known: unknown[] = [];
      for (const envelope of logOf(steps)) {
        fold.apply(envelope);
        known.push(answers(fold));
      }
      for (const [index, then] of known.entries()) expect(answers(fold, (index + 1) as Sequence)).toEqual(then);
      fold.close();
    }),
    { numRuns: 60 },
  );
});

test('what consumes licences is as many as were granted and have not ended', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const fold = foldOf();
      const log = logOf(steps);
      for (const envelope of log) fold.apply(envelope);
      const states = new Map<string, boolean>();
      for (const { type, data } of log) {
        const { activation: id } = data as { activation?: string };
        if (id !== undefined) states.set(id, type !== 'ActivationReleased');
      }
      const consumed = fold.queries.licenceUse.consumed().reduce((total, { reserved, confirmed }) => total + reserved + confirmed, 0);
      expect(consumed).toBe([...states.values()].filter(Boolean).length);
      fold.close();
    }),
    { numRuns: 100 },
  );
});
